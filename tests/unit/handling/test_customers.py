"""Golden customers: the eight types, who stands behind a special background, and what they are after."""

from collections import Counter
from pathlib import Path

import pytest
import yaml

from tagging.customer.tagger import build
from tagging.finding import CustomerSign, CustomerType, Motive
from tagging.options import TaggerOptions

GOLDEN = Path(__file__).parents[2] / "golden" / "customer"
TYPES = yaml.safe_load((GOLDEN / "types.yaml").read_text("utf-8"))
MOTIVES = yaml.safe_load((GOLDEN / "motives.yaml").read_text("utf-8"))
SIGNS = yaml.safe_load((GOLDEN / "signs.yaml").read_text("utf-8"))
NONE = "none"
MIN_RECALL = 0.9


@pytest.fixture(scope="module")
def tagger():
    return build(TaggerOptions(override_dir=None, models_dir=Path("none")))


@pytest.fixture(scope="module")
def hear(dialogue, tagger):
    """What the tagger makes of a customer who says these sentences, with an agent's murmur between."""

    def tag(sentences):
        return tagger.tag(dialogue([line for said in sentences for line in (("C", said), ("A", "嗯"))]))

    return tag


def judged(golden, names_of):
    """Count right and missed; list what was named wrongly."""
    right, missed, wrong = Counter(), [], []
    for name, calls in golden.items():
        for sentences in calls:
            named = names_of(sentences)
            wrong += [f"{sentences} {other}" for other in named if other != name]
            if name in named:
                right[name] += 1
            elif name != NONE:
                missed.append(f"{name} {sentences}")
    return right, missed, wrong


def test_types_are_told_rightly_or_not_at_all(hear):
    def names_of(sentences):
        return [each.customer_type for each in hear(sentences) if isinstance(each, CustomerType)]

    right, missed, wrong = judged(TYPES, names_of)
    assert wrong == []
    assert len(TYPES) == 9
    assert min(len(calls) for calls in TYPES.values()) >= 5
    assert sum(right.values()) >= MIN_RECALL * sum(len(TYPES[name]) for name in TYPES if name != NONE), missed


def test_signs_are_told_rightly_or_not_at_all(hear):
    def names_of(sentences):
        return [each.sign for each in hear(sentences) if isinstance(each, CustomerSign)]

    right, missed, wrong = judged(SIGNS, names_of)
    assert wrong == []
    assert len(SIGNS) == 7
    assert sum(right.values()) >= MIN_RECALL * sum(
        len(calls) for name, calls in SIGNS.items() if name != NONE
    ), missed


def test_signs_are_the_customers_alone(dialogue, tagger):
    kind_agent = dialogue([("A", "您真是个好人，您别着急，慢慢说，太感谢您了"), ("C", "嗯")])
    assert [each for each in tagger.tag(kind_agent) if isinstance(each, CustomerSign)] == []


def test_motives_are_told_rightly_or_not_at_all(hear):
    def names_of(sentences):
        return [each.motive for each in hear(sentences) if isinstance(each, Motive)]

    right, missed, wrong = judged(MOTIVES, names_of)
    assert wrong == []
    assert sum(right.values()) >= MIN_RECALL * sum(
        len(calls) for name, calls in MOTIVES.items() if name != NONE
    ), missed


@pytest.mark.parametrize(
    ("said", "background"),
    [
        ("我是电视台的", "press"),
        ("我本人就是公务员", "government"),
        ("我是一名律师", "lawyer"),
        ("我在纪委上班", "discipline_inspection"),
        ("我自己就是博主", "online_media"),
    ],
)
def test_a_special_background_says_who(hear, said, background):
    (found,) = [each for each in hear([said]) if isinstance(each, CustomerType)]
    assert (found.customer_type, found.background) == ("special_background", background)


def test_other_types_have_no_background(hear):
    (found,) = [each for each in hear(["我已经全程录音了"]) if isinstance(each, CustomerType)]
    assert (found.customer_type, found.background) == ("well_prepared", None)


def test_a_vague_word_counts_in_the_second_turn(hear):
    once = hear(["我还是没听懂"])
    twice = hear(["我还是没听懂", "我搞不懂这个"])
    assert not [each for each in once if isinstance(each, CustomerType)]
    assert [each.customer_type for each in twice if isinstance(each, CustomerType)] == ["stubborn_novice"]
