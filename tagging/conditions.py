"""Conditions compiled: what was said, and how sayings stand to each other. Pure.

In: a `Search` (one call, and what its leaves matched). Out: hits. Leaves are filled by `tagging.matching`,
which tries only what a turn may hold; everything above them reads hits alone and never a text.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from tagging.call_view import CallView
from tagging.condition_schema import Scope, SignalLimit, Within
from tagging.finding import MatchKind, Signal
from tagging.hits import Hit, Place, in_order, together
from tagging.leaf import Leaf
from tagging.scope import is_in_scope, span_times


@dataclass(frozen=True, slots=True)
class Where:
    """Whose words a condition is about, and in which part of the call."""

    said_by: str
    scope: Scope


class Search:
    """One call and what the leaves matched in it; `signals` are asked for only when a rule needs them."""

    def __init__(
        self,
        call: CallView,
        matched: Mapping[int, Sequence[Hit]],
        signals: Callable[[], Sequence[Signal]],
    ):
        self.call = call
        self.matched = matched
        self.signals = signals

    def start_s(self, hit: Hit) -> float:
        """Return the second at which a hit's words begin."""
        place = hit.places[0]
        return span_times(self.call.turns[place.position], place.char_start, place.char_end).start_s

    def end_s(self, hit: Hit) -> float:
        """Return the second at which a hit's words end."""
        place = hit.places[-1]
        return span_times(self.call.turns[place.position], place.char_start, place.char_end).end_s

    def is_off(self, scope: Scope) -> bool:
        """Say whether a scope looks at other lines of business than this call's."""
        lines = scope.lines_of_business
        return bool(lines) and self.call.transcript.line_of_business not in lines


class Node(Protocol):
    """A compiled condition. `is_always`: it may hold where no leaf matched."""

    @property
    def where(self) -> Where: ...

    @property
    def is_always(self) -> bool: ...

    def leaves(self) -> tuple[Leaf, ...]: ...

    def find(self, search: Search) -> list[Hit]: ...


class Said:
    """Something is said: a leaf's matches within its scope, less those that are undone there."""

    is_always = False

    def __init__(self, leaf: Leaf, where: Where):
        self.leaf = leaf
        self.where = where

    def leaves(self) -> tuple[Leaf, ...]:
        return (self.leaf,)

    def find(self, search: Search) -> list[Hit]:
        found = search.matched.get(self.leaf.number, ())
        if not found or search.is_off(self.where.scope):
            return []
        return [
            hit
            for hit in found
            if is_in_scope(self.where.scope, search.call, hit.places)
            and not self.leaf.is_undone(search.call, hit)
        ]


class Measured:
    """A number of the call is within limits: true of the whole call."""

    is_always = True

    def __init__(self, limit: SignalLimit, where: Where):
        self._limit = limit
        self.where = where

    def leaves(self) -> tuple[Leaf, ...]:
        return ()

    def find(self, search: Search) -> list[Hit]:
        limit = self._limit
        for signal in search.signals():
            if signal.name == limit.name and (limit.role is None or signal.role == limit.role):
                is_high = limit.at_least is None or signal.value >= limit.at_least
                is_low = limit.at_most is None or signal.value <= limit.at_most
                return [Hit((), MatchKind.SIGNAL, 1.0)] if is_high and is_low else []
        return []


class Group:
    """Conditions put together; where they look is where the first of them does."""

    def __init__(self, children: Sequence[Node]):
        self.children = tuple(children)
        self.where = self.children[0].where

    @property
    def is_always(self) -> bool:
        return any(child.is_always for child in self.children)

    def leaves(self) -> tuple[Leaf, ...]:
        return tuple(leaf for child in self.children for leaf in child.leaves())


class AnyOf(Group):
    """One of several conditions."""

    def find(self, search: Search) -> list[Hit]:
        return in_order(hit for child in self.children for hit in child.find(search))


class AllOf(Group):
    """Several conditions, in the same turn or the same call; found where the first of them is said."""

    def __init__(self, children: Sequence[Node], within: Within):
        super().__init__(children)
        self._within = within

    def find(self, search: Search) -> list[Hit]:
        found: list[list[Hit]] = []
        for child in self.children:
            hits = child.find(search)
            if not hits:
                return []
            found.append(hits)
        if self._within == "call":
            return [together(found[0][0], [hits[0] for hits in found[1:]])]
        return _in_same_unit(search, found)


def _in_same_unit(search: Search, found: Sequence[Sequence[Hit]]) -> list[Hit]:
    """Return one hit per turn in which every condition has one; what holds for the call holds in each."""
    by_unit: list[dict[int, Hit]] = []
    for hits in found:
        units: dict[int, Hit] = {}
        for hit in hits:
            units.setdefault(unit_of(search, hit), hit)
        by_unit.append(units)
    spoken = [units for units in by_unit if -1 not in units]
    if not spoken:
        return [together(found[0][0], [hits[0] for hits in found[1:]])]
    shared = set(spoken[0]).intersection(*spoken[1:])
    together_in = ([units.get(unit) or units[-1] for units in by_unit] for unit in sorted(shared))
    return [together(each[0], each[1:]) for each in together_in]


def unit_of(search: Search, hit: Hit) -> int:
    """Return the first turn of what is read as one with a hit's words, -1 for the whole call."""
    return search.call.unit_of(hit.first.position) if hit.places else -1


class Unless(Group):
    """The first condition where none of the others holds, in its turn or anywhere in the call."""

    def __init__(self, child: Node, others: Sequence[Node], within: Within):
        super().__init__((child, *others))
        self._within = within

    @property
    def is_always(self) -> bool:
        return self.children[0].is_always

    def find(self, search: Search) -> list[Hit]:
        found = self.children[0].find(search)
        if not found:
            return found
        undoing = [hit for child in self.children[1:] for hit in child.find(search)]
        if self._within == "call" or any(not hit.places for hit in undoing):
            return [] if undoing else found
        units = {unit_of(search, hit) for hit in undoing}
        return [hit for hit in found if unit_of(search, hit) not in units]


class Missing(Group):
    """What had to be said was not. It stands, without characters, in the turn where it was expected.

    That is the first turn of its speaker when the scope looks at the call's beginning, else his last. A call
    in which he says nothing lacks nothing.
    """

    def __init__(self, child: Node):
        super().__init__((child,))

    @property
    def is_always(self) -> bool:
        return True

    def find(self, search: Search) -> list[Hit]:
        scope = self.where.scope
        if search.is_off(scope) or self.children[0].find(search):
            return []
        positions = search.call.positions_of(self.where.said_by)
        if not positions:
            return []
        is_early = scope.first_s is not None or scope.first_turns is not None
        position = positions[0 if is_early else -1]
        at = 0 if is_early else len(search.call.turns[position].text)
        return [Hit((Place(position, at, at),), MatchKind.ABSENCE, 1.0)]
