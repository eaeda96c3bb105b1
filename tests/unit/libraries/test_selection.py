"""What is chosen of many candidates: never too much, always the best, not the same again and again."""

from collections import Counter
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.case import Diversity
from warehouse.selection import Candidate, choose

TRAITS = ("cause", "sub_cause", "team", "agent")
VALUES = st.frozensets(st.sampled_from("abc"), max_size=2)
SCORES = st.one_of(st.integers(-3, 20).map(float), st.floats(-5, 50))


@st.composite
def candidates(draw: st.DrawFn) -> list[Candidate]:
    count = draw(st.integers(0, 14))
    return [
        Candidate(f"k{number}", draw(SCORES), {trait: draw(VALUES) for trait in TRAITS})
        for number in range(count)
    ]


def candidate(key: str, score: float, **traits: str) -> Candidate:
    return Candidate(key, score, {trait: frozenset((value,)) for trait, value in traits.items()})


@settings(deadline=None)
@given(candidates(), st.integers(1, 6))
def test_never_more_than_the_quota_each_once_and_the_best_always_in(given_ones, quota: int) -> None:
    chosen = choose(given_ones, quota, Diversity())
    assert len(chosen) == min(quota, len(given_ones))
    assert len({each.candidate.key for each in chosen}) == len(chosen)
    if given_ones:
        assert chosen[0].candidate.score == max(each.score for each in given_ones)
        assert chosen[0].repeats == ()


@settings(deadline=None)
@given(candidates(), st.integers(1, 6), st.randoms(use_true_random=False))
def test_the_order_of_the_candidates_does_not_matter(given_ones, quota: int, random: Random) -> None:
    shuffled = given_ones.copy()
    random.shuffle(shuffled)
    assert choose(shuffled, quota, Diversity()) == choose(given_ones, quota, Diversity())


@settings(deadline=None)
@given(candidates(), st.integers(1, 6))
def test_every_choice_is_the_one_worth_most_then(given_ones, quota: int) -> None:
    """The lazy choice is the plain greedy one, worth computed anew for everyone at every step."""
    worths = Diversity().repeat_worth
    chosen = choose(given_ones, quota, Diversity())
    for place, each in enumerate(chosen):
        before = [earlier.candidate for earlier in chosen[:place]]
        left = [one for one in given_ones if one not in before]
        assert each.worth == pytest.approx(max(_plain_worth(one, before, worths) for one in left))


def _plain_worth(one: Candidate, before: list[Candidate], worths) -> float:
    factor = 1.0
    for trait, values in one.traits.items():
        count = max((sum(value in other.traits[trait] for other in before) for value in values), default=0)
        factor *= worths[trait] ** count
    return one.score * factor if one.score > 0 else one.score / factor


@settings(deadline=None)
@given(candidates(), st.integers(1, 6))
def test_worth_is_score_and_repeats_together_and_never_rises(given_ones, quota: int) -> None:
    chosen = choose(given_ones, quota, Diversity())
    for each in chosen:
        assert each.worth == pytest.approx(
            each.candidate.score + sum(repeat.points for repeat in each.repeats)
        )
        assert all(repeat.points < 0 < repeat.count for repeat in each.repeats)
    worths = [each.worth for each in chosen]
    assert worths == sorted(worths, reverse=True)


@settings(deadline=None)
@given(candidates(), st.integers(1, 6), st.integers(1, 2))
def test_limits_hold_for_every_value(given_ones, quota: int, limit: int) -> None:
    chosen = choose(given_ones, quota, Diversity(limits=dict.fromkeys(TRAITS, limit)))
    for trait in TRAITS:
        shares = Counter(value for each in chosen for value in each.candidate.traits[trait])
        assert all(count <= limit for count in shares.values())
    assert bool(chosen) == bool(given_ones)


def test_an_unlike_case_comes_before_a_slightly_better_one_of_the_same_kind() -> None:
    chosen = choose(
        [
            candidate("first", 10, cause="fees", agent="A1", again="A1 fees"),
            candidate("same again", 9, cause="fees", agent="A1", again="A1 fees"),
            candidate("unlike", 7, cause="product", agent="A2", again="A2 product"),
        ],
        3,
        Diversity(),
    )
    assert [each.candidate.key for each in chosen] == ["first", "unlike", "same again"]
    assert [(repeat.trait, repeat.count) for repeat in chosen[2].repeats] == [
        ("cause", 1),
        ("agent", 1),
        ("again", 1),
    ]


def test_what_is_not_known_is_no_repeat() -> None:
    unknown = [Candidate(key, 5.0, {"agent": frozenset(), "team": frozenset()}) for key in "abc"]
    assert [each.worth for each in choose(unknown, 3, Diversity())] == [5.0, 5.0, 5.0]
