"""Near-duplicates: one case stands for them all."""

from dataclasses import replace
from datetime import date
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.case import Folding
from warehouse.folding import Folded, Story, fold

DAY = date(2026, 11, 20)
SAID = "我这个月的账单上多出来一笔八十块钱的手续费，办分期的时候没有人跟我说过要收，这笔钱应该退给我才对吧"
NEARLY = "我这个月账单上多出来一笔八十块钱的手续费，办分期的时候没有人跟我说过要收，这笔钱应该退给我对吧"
OTHER = "家里的宽带从昨天晚上开始就一直断，重启了好几次都没有用，孩子上网课等着用，你们什么时候能派人来修"


def story(key: str, score: float = 1.0, **more) -> Story:
    return replace(
        Story(key, score, f"digest of {key}", f"customer of {key}", frozenset(("fees",)), DAY, ""), **more
    )


def test_the_same_recording_under_another_id_is_one_case() -> None:
    twice = [story("a", 2.0, recording="r"), story("b", 3.0, recording="r"), story("c")]
    assert fold(twice, Folding()) == (Folded("b", ("a",)), Folded("c", ()))


def test_the_same_customer_with_the_same_cause_within_days_is_one_case() -> None:
    def calls(**more) -> int:
        return len(fold([story("a", customer="w"), story("b", customer="w", **more)], Folding(days=3)))

    assert calls() == 1
    assert calls(day=date(2026, 11, 23)) == 1
    assert calls(day=date(2026, 11, 24)) == 2
    assert calls(causes=frozenset(("product",))) == 2
    assert len(fold([story("a", customer=None), story("b", customer=None)], Folding())) == 2


def test_nearly_the_same_words_are_one_case_and_other_words_are_not() -> None:
    told = [story("a", text=SAID), story("b", text=NEARLY), story("c", text=OTHER)]
    assert fold(told, Folding(similarity=0.8)) == (Folded("a", ("b",)), Folded("c", ()))
    assert len(fold(told, Folding(similarity=1.01))) == 3


def test_few_words_or_masked_ones_tell_nothing() -> None:
    assert len(fold([story("a", text="我不清楚"), story("b", text="我不清楚")], Folding())) == 2
    masked = "*" * 60
    assert len(fold([story("a", text=masked), story("b", text=masked)], Folding())) == 2


@st.composite
def stories(draw: st.DrawFn) -> list[Story]:
    return [
        story(
            f"k{number}",
            draw(st.integers(0, 3).map(float)),
            recording=draw(st.sampled_from("rst")) if draw(st.booleans()) else f"own {number}",
            customer=draw(st.sampled_from([None, "v", "w"])),
            causes=draw(st.frozensets(st.sampled_from(["fees", "product"]))),
            text=draw(st.sampled_from(["", SAID, NEARLY, OTHER])),
        )
        for number in range(draw(st.integers(0, 8)))
    ]


@settings(deadline=None)
@given(stories(), st.randoms(use_true_random=False))
def test_nobody_is_lost_and_the_order_does_not_matter(told: list[Story], random: Random) -> None:
    folded = fold(told, Folding())
    assert sorted(key for each in folded for key in (each.key, *each.others)) == sorted(
        each.key for each in told
    )
    score = {each.key: each.score for each in told}
    assert all(score[each.key] >= score[other] for each in folded for other in each.others)
    shuffled = told.copy()
    random.shuffle(shuffled)
    assert fold(shuffled, Folding()) == folded
