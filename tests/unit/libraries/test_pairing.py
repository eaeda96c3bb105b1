"""Pairs are chosen over all candidates at once: no call twice, and no better pairs anywhere."""

from itertools import combinations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.case import PairPoints
from warehouse.pairing import Pair, Side, assign, possible_pairs


def side(key: str, score: float = 5.0, *causes: str, **more) -> Side:
    known = {"line": "bank", "customer_types": frozenset(), "agent": None, "night": "n", "is_new": True}
    return Side(key, score, dict.fromkeys(causes or ("annual_fee",), 0.9), **(known | more))


def total(pairs) -> float:
    return sum(pair.score for pair in pairs)


def best_of_all(pairs: list[Pair]) -> float:
    """The most that any set of pairs reaches in which no call stands twice, by trying them all."""
    fits = (
        some
        for size in range(min(len(pairs), 4) + 1)
        for some in combinations(pairs, size)
        if len({pair.good for pair in some}) == len({pair.bad for pair in some}) == size
    )
    return max(total(some) for some in fits)


def pair(good: int, bad: int, score: float) -> Pair:
    return Pair(f"g{good}", f"b{bad}", "annual_fee", None, (), score)


PAIRS = st.dictionaries(
    st.tuples(st.integers(0, 3), st.integers(0, 3)),
    st.one_of(st.integers(-2, 9), st.floats(-5, 40)),
    max_size=12,
).map(lambda scores: [pair(good, bad, float(score)) for (good, bad), score in scores.items()])


@settings(deadline=None)
@given(PAIRS)
def test_no_pairs_are_worth_more_in_all(pairs: list[Pair]) -> None:
    made = assign(pairs)
    assert set(made) <= set(pairs)
    assert len({each.good for each in made}) == len({each.bad for each in made}) == len(made)
    assert total(made) == pytest.approx(best_of_all(pairs), abs=1e-6)


@settings(deadline=None)
@given(PAIRS, st.randoms(use_true_random=False))
def test_the_order_of_the_pairs_does_not_matter(pairs: list[Pair], random: Random) -> None:
    shuffled = pairs.copy()
    random.shuffle(shuffled)
    assert assign(shuffled) == assign(pairs)


def test_all_together_beats_everyones_first_choice() -> None:
    """Mutual first choices would make one pair, g0-b0, and leave two calls alone."""
    made = assign([pair(0, 0, 10), pair(0, 1, 9), pair(1, 0, 9)])
    assert {(each.good, each.bad) for each in made} == {("g0", "b1"), ("g1", "b0")}


def test_a_pair_has_a_sub_cause_and_a_line_in_common_and_one_side_is_new() -> None:
    good = [side("g", 4, "annual_fee", "price")]
    bad = [
        side("alike", 5, "price"),
        side("other cause", 5, "signal"),
        side("other line", 5, "price", line="telecom"),
        side("g", 5, "price"),
    ]
    (only,) = possible_pairs(good, bad, PairPoints())
    assert (only.bad, only.cause, only.score) == ("alike", "price", 4 + 5 + 10 + 1)
    old = side("old", 5, "price", is_new=False)
    assert possible_pairs([side("h", 4, "price", is_new=False)], [old], PairPoints()) == ()
    assert len(possible_pairs(good, [old], PairPoints())) == 1


def test_like_customers_are_preferred_and_the_same_agent_is_not() -> None:
    good = side("g", customer_types=frozenset(("venting",)), agent="A1")
    alike = side("alike", customer_types=frozenset(("venting", "justice")), agent="A2")
    unlike = side("unlike", customer_types=frozenset(("justice",)), agent="A1")
    pairs = {each.bad: each for each in possible_pairs([good], [alike, unlike], PairPoints())}
    assert pairs["alike"].customer_type == "venting"
    assert pairs["alike"].score - pairs["unlike"].score == 3 + 2
    assert [each.bad for each in assign(pairs.values())] == ["alike"]


def test_the_cause_that_both_complain_of_most_surely_is_named() -> None:
    good = Side("g", 1.0, {"price": 0.9, "annual_fee": 0.5}, None, frozenset(), None, "n", True)
    bad = Side("b", 1.0, {"price": 0.6, "annual_fee": 0.9}, None, frozenset(), None, "n", True)
    assert [each.cause for each in possible_pairs([good], [bad], PairPoints())] == ["price"]
