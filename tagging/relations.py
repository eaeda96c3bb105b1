"""How sayings stand to each other: counted, repeated, near one another, one after the other. Pure.

In: hits of other conditions. Out: hits, with the words that they needed besides.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from rapidfuzz import fuzz

from tagging.conditions import Group, Node, Search, Where, unit_of
from tagging.finding import MatchKind
from tagging.hits import Hit, Place, together
from tagging.leaf import Leaf
from tagging.pieces import sentences_of
from tagging.scope import is_in_scope

# Further words that a finding shows beside those it stands on.
MAX_ALSO = 8


class Counted(Group):
    """A condition that holds so many times; found where the number is reached, the earlier ones beside it."""

    def __init__(self, child: Node, at_least: int, at_most: int | None):
        super().__init__((child,))
        self._at_least = at_least
        self._at_most = at_most

    def find(self, search: Search) -> list[Hit]:
        found = self.children[0].find(search)
        if len(found) < self._at_least or (self._at_most is not None and len(found) > self._at_most):
            return []
        return [together(found[self._at_least - 1], found[: self._at_least - 1][-MAX_ALSO:])]


class Repeated(Group):
    """A condition that holds in so many turns; found in the turn that reaches the number."""

    def __init__(self, child: Node, in_turns: int):
        super().__init__((child,))
        self._in_turns = in_turns

    def find(self, search: Search) -> list[Hit]:
        firsts: dict[int, Hit] = {}
        for hit in self.children[0].find(search):
            if hit.places:
                firsts.setdefault(unit_of(search, hit), hit)
        if len(firsts) < self._in_turns:
            return []
        turns = [firsts[unit] for unit in sorted(firsts)][: self._in_turns]
        return [together(turns[-1], turns[:-1][-MAX_ALSO:])]


class NearTo(Group):
    """Conditions of one turn, each no further than so many characters from the one before it."""

    def __init__(self, children: Sequence[Node], within_chars: int, *, is_ordered: bool):
        super().__init__(children)
        self._within_chars = within_chars
        self._is_ordered = is_ordered

    def find(self, search: Search) -> list[Hit]:
        found = [[hit for hit in child.find(search) if hit.places] for child in self.children]
        kept: list[Hit] = []
        for anchor in found[0]:
            chain = self._chain(search, anchor, found[1:])
            if chain is not None:
                kept.append(together(anchor, chain))
        return kept

    def _chain(self, search: Search, anchor: Hit, others: Sequence[Sequence[Hit]]) -> list[Hit] | None:
        """Return the nearest hit of every other condition, or None when one is too far."""
        chain: list[Hit] = []
        unit, start, end = _stretch(search, anchor)
        for hits in others:
            near: list[tuple[int, int, int, Hit]] = []
            for hit in hits:
                own_unit, own_start, own_end = _stretch(search, hit)
                distance = own_start - end if own_start >= start else start - own_end
                is_after = own_start >= end
                if own_unit == unit and distance <= self._within_chars and (is_after or not self._is_ordered):
                    near.append((max(0, distance), own_start, own_end, hit))
            if not near:
                return None
            _, start, end, hit = min(near, key=lambda each: each[:3])
            chain.append(hit)
        return chain


def _stretch(search: Search, hit: Hit) -> tuple[int, int, int]:
    """Return (unit, start, end) of a hit's words in the text that is read as one."""
    first, last = hit.places[0], hit.places[-1]
    start = search.call.around(first)[1] + first.char_start
    return unit_of(search, hit), start, search.call.around(last)[1] + last.char_end


class Followed(Group):
    """`then` after `first`, within seconds or turns, or one of them without the other."""

    def __init__(
        self, children: tuple[Node, Node], limits: tuple[float | None, int | None], missing: str | None
    ):
        super().__init__(children)
        self._within_s, self._within_turns = limits
        self._missing = missing
        if missing != "then":
            self.where = children[1].where

    def find(self, search: Search) -> list[Hit]:
        firsts = sorted((hit for hit in self.children[0].find(search) if hit.places), key=_end)
        thens = [hit for hit in self.children[1].find(search) if hit.places]
        if self._missing == "then":
            starts = [hit.order for hit in thens]
            return [hit for hit in firsts if self._after(search, hit, thens, starts) is None]
        ends = [_end(hit) for hit in firsts]
        found: list[Hit] = []
        for hit in thens:
            before = self._before(search, hit, firsts, ends)
            if self._missing == "first" and before is None:
                found.append(hit)
            elif self._missing is None and before is not None:
                found.append(together(hit, [before]))
        return found

    def _before(
        self, search: Search, then: Hit, firsts: Sequence[Hit], ends: Sequence[tuple[int, int]]
    ) -> Hit | None:
        """Return the latest `first` that ends before `then` begins, when it is near enough."""
        index = bisect_right(ends, then.order) - 1
        return firsts[index] if index >= 0 and self._is_near(search, firsts[index], then) else None

    def _after(
        self, search: Search, first: Hit, thens: Sequence[Hit], starts: Sequence[tuple[int, int]]
    ) -> Hit | None:
        """Return the earliest `then` that begins after `first` ends, when it is near enough."""
        index = bisect_left(starts, _end(first))
        return thens[index] if index < len(thens) and self._is_near(search, first, thens[index]) else None

    def _is_near(self, search: Search, first: Hit, then: Hit) -> bool:
        turns = then.first.position - first.places[-1].position
        if self._within_turns is not None and turns > self._within_turns:
            return False
        return self._within_s is None or search.start_s(then) - search.end_s(first) <= self._within_s


def _end(hit: Hit) -> tuple[int, int]:
    last = hit.places[-1]
    return last.position, last.char_end


class SaidAgain:
    """Nearly the same sentence in so many turns; found in the turn that reaches the number."""

    is_always = True

    def __init__(self, where: Where, in_turns: int, similarity: float, min_chars: int):
        self.where = where
        self._in_turns = in_turns
        self._similarity = similarity
        self._min_chars = min_chars

    def leaves(self) -> tuple[Leaf, ...]:
        """Return no leaf: every sentence is looked at."""
        return ()

    def find(self, search: Search) -> list[Hit]:
        """Return one hit per sentence that comes again often enough."""
        if search.is_off(self.where.scope):
            return []
        said: list[tuple[str, list[Place]]] = []
        found: list[Hit] = []
        for position in search.call.positions_of(self.where.said_by):
            text = search.call.turns[position].text
            for start, end in sentences_of(text):
                place = Place(position, start, end)
                if end - start < self._min_chars or not is_in_scope(self.where.scope, search.call, (place,)):
                    continue
                places = self._places_of(text[start:end], said)
                if places and places[-1].position == position:
                    continue
                places.append(place)
                if len(places) == self._in_turns:
                    found.append(Hit((place,), MatchKind.PATTERN, 1.0, tuple(places[:-1][-MAX_ALSO:])))
        return found

    def _places_of(self, sentence: str, said: list[tuple[str, list[Place]]]) -> list[Place]:
        for known, places in said:
            if fuzz.ratio(known, sentence, score_cutoff=self._similarity):
                return places
        places: list[Place] = []
        said.append((sentence, places))
        return places
