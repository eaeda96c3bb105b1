"""Who is compared with whom: calls handled well beside calls handled badly, over all candidates at once.

In: the good and the bad candidates with what makes them alike. Out: pairs, no call in two of them, whose
scores add up to the most that any such pairs reach. Pure.

Only calls with the same sub-cause in the same line of business can be a pair, so candidates are looked at
block by block of (sub-cause, line); an edge between two is worth both scores and what makes them alike
(`PairPoints`). The assignment is solved exactly by the sparse Jonker-Volgenant algorithm
(`scipy.sparse.csgraph.min_weight_full_bipartite_matching`): every good call gets a place of its own that
costs as much as staying alone, so that a full matching always exists. The edges are at most the sum over
blocks of good x bad calls; time grows about with edges x good calls.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from warehouse.case import PairPoints


@dataclass(frozen=True, slots=True)
class Side:
    """One call that may be a side of a pair.

    `causes` maps each sub-cause to how surely (0..1) the customer complains of it; `is_new`: of the night
    that cases are chosen for. At least one side of a pair is new.
    """

    key: str
    score: float
    causes: Mapping[str, float]
    line: str | None
    customer_types: frozenset[str]
    agent: str | None
    night: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """A good and a bad call by their keys, the cause they share, and what being alike adds to the score."""

    good: str
    bad: str
    cause: str
    customer_type: str | None
    alike: tuple[tuple[str, float], ...]
    score: float


def possible_pairs(good: Sequence[Side], bad: Sequence[Side], points: PairPoints) -> tuple[Pair, ...]:
    """Return every pair that may be made, each good and bad call at most once together, by key."""
    blocks = _blocks(bad)
    found: dict[tuple[str, str], Pair] = {}
    for one in good:
        for cause in one.causes:
            for other in blocks.get((cause, one.line), ()):
                if one.key == other.key or not (one.is_new or other.is_new):
                    continue
                if (one.key, other.key) not in found:
                    found[one.key, other.key] = _pair(one, other, points)
    return tuple(found[keys] for keys in sorted(found))


def assign(pairs: Iterable[Pair]) -> tuple[Pair, ...]:
    """Return the pairs that no call shares and whose scores add up to the most, best first.

    A pair that is worth nothing or less is never made. Equal sums are broken by the keys, so that the same
    pairs come back whatever the order they are given in.
    """
    wanted = sorted((pair for pair in pairs if pair.score > 0), key=lambda pair: (pair.good, pair.bad))
    if not wanted:
        return ()
    goods = {key: at for at, key in enumerate(sorted({pair.good for pair in wanted}))}
    bads = {key: at for at, key in enumerate(sorted({pair.bad for pair in wanted}))}
    # Alone costs `ceiling`; a pair costs less by its score. No cost is 0: a sparse matrix would lose it.
    ceiling = max(pair.score for pair in wanted) + 1.0
    rows = [goods[pair.good] for pair in wanted] + list(range(len(goods)))
    columns = [bads[pair.bad] for pair in wanted] + [len(bads) + at for at in range(len(goods))]
    costs = [ceiling - pair.score for pair in wanted] + [ceiling] * len(goods)
    shape = (len(goods), len(bads) + len(goods))
    matched_rows, matched_columns = min_weight_full_bipartite_matching(
        csr_matrix((np.asarray(costs), (rows, columns)), shape=shape)
    )
    partner = dict(zip(matched_rows.tolist(), matched_columns.tolist(), strict=True))
    made = [pair for pair in wanted if partner[goods[pair.good]] == bads[pair.bad]]
    return tuple(sorted(made, key=lambda pair: (-pair.score, pair.good, pair.bad)))


def _blocks(sides: Sequence[Side]) -> dict[tuple[str, str | None], list[Side]]:
    blocks: dict[tuple[str, str | None], list[Side]] = defaultdict(list)
    for side in sides:
        for cause in side.causes:
            blocks[cause, side.line].append(side)
    return blocks


def _pair(one: Side, other: Side, points: PairPoints) -> Pair:
    """Return the pair with the cause that both complain of most surely."""
    cause = min(
        one.causes.keys() & other.causes.keys(),
        key=lambda name: (-one.causes[name] - other.causes[name], name),
    )
    shared = min(one.customer_types & other.customer_types, default=None)
    alike = tuple(
        (name, value)
        for name, value, is_so in (
            ("cause_alike", points.same_sub_cause, True),
            ("customer_alike", points.same_customer_type, shared is not None),
            ("same_night", points.same_night, one.night == other.night),
            ("same_agent", points.same_agent, one.agent is not None and one.agent == other.agent),
        )
        if is_so and value
    )
    score = one.score + other.score + sum(value for _, value in alike)
    return Pair(one.key, other.key, cause, shared, alike, score)
