"""Which of many candidates a library takes: the best, and not the same again and again.

In: candidates with a score and traits (cause, team, agent ...), the quota, how much repeats may count. Out:
the chosen ones, best first, each with what its repeats cost it. Pure.

The choice is greedy. With the set S already chosen, a candidate c is worth

    worth(c | S) = score(c) * product over traits t of repeat_worth[t] ** n_t(c, S)

where n_t(c, S) is how many of S share a value of trait t with c (of several values, the most repeated one);
the one worth most is taken next, equal worth goes by score, then by key. A negative score is divided by the
product instead, so that a repeat never gains. Worth never grows while S grows, so the last known worth of a
candidate bounds it from above, and most need not be looked at again (lazy greedy, after Minoux 1978):
candidates x log in practice, candidates x quota at worst.
"""

import heapq
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from warehouse.case import Diversity

# Always in this order, so that what repeats cost is told in the same order.
TRAITS = ("cause", "sub_cause", "matter", "team", "agent", "again")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One case, or a pair, that may be chosen; `traits` by name, a trait that is not known has no values.

    `key` is its own and stable: it breaks ties.
    """

    key: str
    score: float
    traits: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Repeat:
    """What it cost a candidate (`points`, at most 0) that `count` chosen before it have the same trait."""

    trait: str
    count: int
    points: float


@dataclass(frozen=True, slots=True)
class Chosen:
    """A candidate that was taken, what it was worth then, and why less than its score."""

    candidate: Candidate
    worth: float
    repeats: tuple[Repeat, ...]


def choose(candidates: Sequence[Candidate], quota: int, diversity: Diversity) -> tuple[Chosen, ...]:
    """Return at most `quota` candidates, best first; the order in which they are given does not matter.

    The candidate with the highest score is always among them. Where `diversity.limits` leave nothing more to
    take, fewer than `quota` come back.
    """
    heap = [(-each.score, -each.score, each.key, index) for index, each in enumerate(candidates)]
    heapq.heapify(heap)
    seen: Counter[tuple[str, str]] = Counter()
    chosen: list[Chosen] = []
    while heap and len(chosen) < quota:
        negated, *_, index = heapq.heappop(heap)
        candidate = candidates[index]
        counts = _counts(candidate, seen)
        if any(counts[trait] >= limit for trait, limit in diversity.limits.items() if trait in counts):
            continue  # counts only grow: it is out for good
        worth, repeats = _worth(candidate, counts, diversity)
        if worth < -negated:
            heapq.heappush(heap, (-worth, -candidate.score, candidate.key, index))
            continue
        chosen.append(Chosen(candidate, worth, repeats))
        seen.update((trait, value) for trait, values in candidate.traits.items() for value in values)
    return tuple(chosen)


def _counts(candidate: Candidate, seen: Mapping[tuple[str, str], int]) -> dict[str, int]:
    return {
        trait: max((seen[trait, value] for value in values), default=0)
        for trait, values in candidate.traits.items()
    }


def _worth(
    candidate: Candidate, counts: Mapping[str, int], diversity: Diversity
) -> tuple[float, tuple[Repeat, ...]]:
    worth = candidate.score
    repeats: list[Repeat] = []
    for trait in TRAITS:
        share = diversity.repeat_worth.get(trait, 1.0) ** counts.get(trait, 0)
        lower = worth * share if worth > 0 else worth / share
        if lower != worth:
            repeats.append(Repeat(trait, counts[trait], lower - worth))
        worth = lower
    return worth, tuple(repeats)
