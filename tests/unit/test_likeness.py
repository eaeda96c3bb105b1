"""How far wordings are from what was said: costs, places, and what skipping and missing syllables cost."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tagging.taboo.tagger as taboo
from tagging.lexicon import load_settings, load_vocabulary
from tagging.pinyin import to_pinyin
from tagging.taboo.likeness import Likeness
from tagging.taboo.schema import TabooSettings

NEAR = load_settings(Path(taboo.__file__).parent, None, TabooSettings).near
LIKENESS = Likeness(NEAR, load_vocabulary(None).sound)


def nearest(wording: str, said: str, filler: str = ""):
    at = said.find(filler) if filler else -1
    fillers = [at <= index < at + len(filler) for index in range(len(said))]
    return LIKENESS.nearest(to_pinyin(wording), to_pinyin(said), fillers)


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        ("shi", "shi", 0, 0),
        ("shi", "si", 0.1, 0.2),
        ("lan", "nang", 0.4, 0.5),
        ("shi", "ma", 1, 1),
        ("shi", "zhi", 0.5, 0.7),
        ("fei", "hei", 0.3, 0.4),
    ],
)
def test_cost_of_two_syllables(one: str, other: str, low: float, high: float) -> None:
    assert low <= LIKENESS.cost(one, other) <= high
    assert LIKENESS.cost(one, other) == LIKENESS.cost(other, one)


@pytest.mark.parametrize(
    ("wording", "said", "words"),
    [
        ("我不知道不清楚", "那个我不知道不清楚呀", "我不知道不清楚"),
        ("公司的规定就是这样的", "那个公司的规矩就是这样的大家", "公司的规矩就是这样的"),
        ("这是常有的事", "那就是长有的鞋", "是长有的"),
        ("绝对不可能发生这种事", "里面继续不可能大声追上去", "继续不可能大声追上"),
    ],
)
def test_the_nearest_place(wording: str, said: str, words: str) -> None:
    place = nearest(wording, said)
    assert place is not None
    assert said[place.start : place.end] == words
    assert (place.mean_cost == 0) is (words == wording)


def test_what_is_too_far_is_nowhere() -> None:
    assert nearest("公司的规定就是这样的", "您好请问有什么可以帮您") is None
    assert nearest("公司的规定就是这样的", "") is None


def test_fillers_are_skipped_for_less_than_other_words() -> None:
    filled = nearest("公司的规定", "公司的那个规定", "那个")
    other = nearest("公司的规定", "公司的全新规定")
    assert filled is not None
    assert other is not None
    assert filled.mean_cost == pytest.approx(2 * NEAR.filler_cost / 5)
    assert filled.mean_cost < other.mean_cost


SYLLABLES = st.lists(
    st.sampled_from(to_pinyin("这种问题我们见得多了不知道清楚公司规定")), min_size=1, max_size=12
)


@given(SYLLABLES, SYLLABLES, SYLLABLES)
def test_a_wording_is_found_where_it_stands(before: list[str], wording: list[str], after: list[str]) -> None:
    said = [*before, *wording, *after]
    place = LIKENESS.nearest(wording, said, [False] * len(said))
    assert place is not None
    assert place.mean_cost == 0
    assert 0 <= place.start < place.end <= len(said)
    assert said[place.start : place.end] == wording


@given(SYLLABLES, SYLLABLES)
def test_no_cost_above_the_limit(wording: list[str], said: list[str]) -> None:
    place = LIKENESS.nearest(wording, said, [False] * len(said))
    assert place is None or 0 <= place.mean_cost <= NEAR.max_mean_cost
