"""What a condition finds: places in turns, alone or together. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tagging.finding import MatchKind

# From surest to least sure: several matches together are as sure as the least.
_ORDER = (
    *(MatchKind.EXACT, MatchKind.FILLED, MatchKind.PATTERN, MatchKind.SIGNAL),
    *(MatchKind.PINYIN, MatchKind.SIMILAR, MatchKind.ABSENCE),
)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Characters [char_start, char_end) of the turn at `position` in the transcript."""

    position: int
    char_start: int
    char_end: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A condition that holds: the words in which it does (in several turns where a back-channel parts them).

    No `places` means that it holds for the call, wherever one looks. `also` are words that it needed besides.
    `score` is 0..1: 1 for characters, less by sound and likeness.
    """

    places: tuple[Place, ...]
    match: MatchKind
    score: float
    also: tuple[Place, ...] = ()

    @property
    def first(self) -> Place:
        return self.places[0]

    @property
    def order(self) -> tuple[int, int]:
        """Sorts hits as they are said; what holds for the whole call comes first."""
        return (self.places[0].position, self.places[0].char_start) if self.places else (-1, 0)


def together(anchor: Hit, others: Iterable[Hit]) -> Hit:
    """Return the hit of `anchor` that needed all `others`, as sure as the least sure of them."""
    others = list(others)
    if not anchor.places:
        spoken = [each for each in others if each.places]
        if spoken:
            others = [anchor, *(each for each in others if each is not spoken[0])]
            anchor = spoken[0]
    both = (anchor, *others)
    also = dict.fromkeys(place for each in both for place in (*each.places, *each.also))
    return Hit(
        places=anchor.places,
        match=max((each.match for each in both), key=_ORDER.index),
        score=min(each.score for each in both),
        also=tuple(place for place in also if place not in anchor.places),
    )


def in_order(hits: Iterable[Hit]) -> list[Hit]:
    """Return hits as they are said."""
    return sorted(hits, key=lambda each: each.order)


def without_overlap(hits: Sequence[Hit]) -> list[Hit]:
    """Return the best of overlapping hits of one turn: higher score, then longer, then earlier."""
    if len(hits) < 2:
        return list(hits)
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda each: (-each.score, -_length(each), each.first.char_start)):
        if not any(overlap(hit, other) for other in kept):
            kept.append(hit)
    return in_order(kept)


def _length(hit: Hit) -> int:
    return sum(place.char_end - place.char_start for place in hit.places)


def overlap(one: Hit, other: Hit) -> bool:
    """Say whether two hits share a character."""
    return any(
        mine.position == theirs.position
        and mine.char_start < theirs.char_end
        and theirs.char_start < mine.char_end
        for mine in one.places
        for theirs in other.places
    )
