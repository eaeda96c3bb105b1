"""The prefilter: whatever a turn has all of is a candidate there, other turns hardly ever are."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagging.prefilter import ANYWHERE, Filed, PatternIndex, features_of, presence_of

SKIPPED = " \n\x01"
TEXTS = st.lists(st.text("一二三四五六 \x00𠮷a", max_size=8), min_size=1, max_size=48)
NEEDS = st.lists(st.frozensets(st.sampled_from(["一", "二三", "𠮷", "a四", "六六"]), min_size=1), min_size=1)


@dataclass(frozen=True)
class Numbered:
    number: int


def candidates(needs, texts):
    index = PatternIndex([Filed(need, 7, Numbered(at)) for at, need in enumerate(needs)], {})
    joined = "\x00".join(texts)
    presence = presence_of(joined, joined, SKIPPED, [len(text) for text in texts])
    return {pattern.number: units for _, pattern, units in index.candidates(presence)}


@given(NEEDS, TEXTS)
def test_a_turn_that_has_all_is_a_candidate(needs, texts):
    features = [features_of(text, text.replace(" ", "")) for text in texts]
    found = candidates(needs, texts)
    for number, need in enumerate(needs):
        having = {at for at, own in enumerate(features) if need <= own}
        assert having <= set(found.get(number, ()))


@pytest.mark.parametrize(
    ("need", "units"),
    [
        ({"管"}, [0, 1]),
        ({"归我", "管"}, [1]),
        ({"归我", f"吗{ANYWHERE}"}, [1, 2]),
        ({"不归", "归我", "我们", "们管"}, [1]),
        ({"归我", "投诉"}, None),
        ({"管不"}, None),
    ],
)
def test_features_are_asked_of_one_turn(need, units):
    texts = ["你们管吗", "不 归我们管", "归我"]
    assert candidates([frozenset(need)], texts).get(0) == units
