"""What kind of caller it is and what she is after, decided from what was heard. Pure.

In: what fired, with evidence and weight. Out: `CustomerType`s, `Motive`s, `CustomerSign`s, none where unsure.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tagging.customer.schema import CustomerEntry
from tagging.finding import CustomerSign, CustomerType, Evidence, Motive

SPECIAL_BACKGROUND = "special_background"


@dataclass(frozen=True, slots=True)
class Heard:
    """One firing with its entry, evidence and confidence; `words` are all that it stands on."""

    entry: CustomerEntry
    evidence: Evidence
    confidence: float
    also: tuple[Evidence, ...]
    words: str


def customer_types(heard: Sequence[Heard], min_support: float) -> Iterator[CustomerType]:
    """Yield the special background when stated, and the one other type that most speaks for.

    A type's support is the sum over turns of the weightiest entry in each. Below `min_support`, or with
    equal support of two, none is named: better silent than wrong.
    """
    by_type: dict[str, list[Heard]] = {}
    for each in heard:
        if each.entry.customer_type is not None:
            by_type.setdefault(each.entry.customer_type, []).append(each)
    special = by_type.pop(SPECIAL_BACKGROUND, [])
    if special:
        yield _typed(SPECIAL_BACKGROUND, special)
    ranked = sorted(by_type, key=lambda name: (-_support(by_type[name]), name))
    if not ranked or _support(by_type[ranked[0]]) < min_support:
        return
    if len(ranked) == 1 or _support(by_type[ranked[0]]) > _support(by_type[ranked[1]]):
        yield _typed(ranked[0], by_type[ranked[0]])


def motives(heard: Sequence[Heard]) -> Iterator[Motive]:
    """Yield each motive once, with its surest evidence, by name."""
    by_motive: dict[str, Heard] = {}
    for each in heard:
        name = each.entry.motive
        if name is not None and (name not in by_motive or each.confidence > by_motive[name].confidence):
            by_motive[name] = each
    for name in sorted(by_motive):
        yield Motive(name, by_motive[name].confidence, by_motive[name].evidence)


def signs(heard: Sequence[Heard]) -> Iterator[CustomerSign]:
    """Yield each sign once a turn, with its surest evidence, in order of turns."""
    by_turn: dict[tuple[int, str], Heard] = {}
    for each in heard:
        if each.entry.sign is not None:
            key = (each.evidence.turn_index, each.entry.sign)
            if key not in by_turn or each.confidence > by_turn[key].confidence:
                by_turn[key] = each
    for turn_index, name in sorted(by_turn):
        best = by_turn[turn_index, name]
        yield CustomerSign(turn_index, name, best.confidence, best.evidence, best.also)


def _support(heard: Sequence[Heard]) -> float:
    by_turn: dict[int, float] = {}
    for each in heard:
        turn_index = each.evidence.turn_index
        by_turn[turn_index] = max(by_turn.get(turn_index, 0.0), each.entry.weight)
    return sum(by_turn.values())


def _typed(name: str, heard: Sequence[Heard]) -> CustomerType:
    best = max(heard, key=lambda each: (each.entry.weight, each.confidence))
    return CustomerType(name, best.confidence, best.evidence, best.also, best.entry.background)
