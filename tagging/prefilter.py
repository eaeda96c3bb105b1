"""Which patterns are worth trying on which of many turns: those whose needed characters a turn has. Pure.

In: per pattern, sets of features (characters, and pairs of neighbouring ones) of which every match has all
of at least one set. Out: the candidates among a haystack's turns. A feature's presence is one bit per turn,
so that one operation asks all turns at once; all patterns are asked for their most telling feature together,
and only the few that are left for the others.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

Features = frozenset[str]
# Per feature's slot, the turns that have it, one bit each.
Presence = NDArray[np.uint64]
# Of what a match needs, so many most telling features are asked for: more would hardly stop another turn.
MAX_FEATURES = 4
# Turns in one presence: bits of its numbers.
MAX_UNITS = 48
_BITS = np.left_shift(np.uint64(1), np.arange(MAX_UNITS, dtype=np.uint64))
# Written behind a character: it may stand in any of the units that are looked through together.
ANYWHERE = "\x01"
# A presence has 2**14 slots, far more than forty turns have features: those that meet in one are few.
_SLOTS = 1 << 14
_SHIFT = 32 - 14
# Odd numbers without a pattern in their bits: they spread features over the slots.
_FIRST_FACTOR, _SECOND_FACTOR = 0x9E3779B1, 0x85EBCA77
_ANYWHERE_TERM = ord(ANYWHERE) * _SECOND_FACTOR & 0xFFFFFFFF
# Nothing that is skipped has a code as high as this.
_PLAIN = 0x100
# How common a feature is that no example has: a character is a surprise less often than a pair.
_UNSEEN_CHARACTER, _UNSEEN_PAIR = 3.0, 0.1


class Numbered(Protocol):
    """A pattern; its number orders it among all."""

    @property
    def number(self) -> int: ...


PatternT = TypeVar("PatternT", bound=Numbered)


@dataclass(frozen=True, slots=True)
class Filed(Generic[PatternT]):
    """One set of needed features, the number of the leaf it belongs to and the pattern to try."""

    need: Features
    leaf: int
    pattern: PatternT


def slot_of(feature: str) -> int:
    """Return where a presence keeps a feature: 0.._SLOTS-1; two that share a slot only cost a vain try."""
    first, second = ord(feature[0]), ord(feature[1]) if len(feature) > 1 else 0
    return (first * _FIRST_FACTOR + second * _SECOND_FACTOR & 0xFFFFFFFF) >> _SHIFT


def presence_of(text: str, marked: str, skipped: str, lengths: Sequence[int]) -> Presence:
    """Return which units have which features.

    Args:
        text: All units' characters, one character between two units.
        marked: The same, fillers marked: what its pairs of neighbours are taken from.
        skipped: Characters of `marked` that stand between neighbours: fillers' marks and pauses.
        lengths: Of the units, at most MAX_UNITS.
    """
    presence = np.zeros(_SLOTS, dtype=np.uint64)
    bits = np.repeat(_BITS[: len(lengths)], np.array(lengths, dtype=np.intp) + 1)[:-1]
    singles = _codes(text) * np.uint32(_FIRST_FACTOR)
    np.bitwise_or.at(presence, singles >> np.uint32(_SHIFT), bits)
    anywhere = (singles + np.uint32(_ANYWHERE_TERM)) >> np.uint32(_SHIFT)
    presence[anywhere] |= np.bitwise_or.reduce(_BITS[: len(lengths)])
    stripped = _codes(marked)
    kept = _kept(skipped)[np.minimum(stripped, _PLAIN)]
    stripped, bits = stripped[kept], bits[kept]
    pairs = stripped[:-1] * np.uint32(_FIRST_FACTOR) + stripped[1:] * np.uint32(_SECOND_FACTOR)
    np.bitwise_or.at(presence, pairs >> np.uint32(_SHIFT), bits[:-1])
    return presence


def _codes(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


@lru_cache(maxsize=8)
def _kept(skipped: str) -> NDArray[np.bool_]:
    """Return per code of a character whether it stays; all from _PLAIN on are one."""
    kept = np.ones(_PLAIN + 1, dtype=np.bool_)
    kept[[ord(char) for char in skipped]] = False
    return kept


def features_of(text: str, stripped: str) -> Features:
    """Return the characters of `text` and the pairs of neighbours in `stripped` (no fillers, no pauses)."""
    return frozenset(text).union(map(str.__add__, stripped, stripped[1:]))


class PatternIndex(Generic[PatternT]):
    """Patterns with the most telling features that each needs: pairs first, then rare ones."""

    def __init__(self, filed: Iterable[Filed[PatternT]], common: Mapping[str, int]):
        """File the patterns; `common` tells how often features are met in what people say."""
        needs = sorted(filed, key=lambda each: each.pattern.number)
        filed_at = Counter(feature.rstrip(ANYWHERE) for each in needs for feature in each.need)

        def telling(feature: str) -> tuple[float, int, str]:
            own = feature.rstrip(ANYWHERE)
            unseen = _UNSEEN_PAIR if len(own) > 1 else _UNSEEN_CHARACTER
            return common.get(own, 0) + unseen, filed_at[own], own

        # Patterns need several sets of features that begin alike: each is asked for once.
        rows: dict[tuple[int, tuple[int, ...]], Filed[PatternT]] = {}
        for each in needs:
            best = sorted(each.need, key=telling)[:MAX_FEATURES]
            best.extend(best[:1] * (MAX_FEATURES - len(best)))
            rows.setdefault((each.pattern.number, tuple(map(slot_of, best))), each)
        places: dict[int, int] = {}
        own = [places.setdefault(each.pattern.number, len(places)) for each in rows.values()]
        self._patterns = tuple(
            (each.leaf, each.pattern)
            for each in {each.pattern.number: each for each in rows.values()}.values()
        )
        self._pattern_at = np.array(own, dtype=np.intp)
        asked = np.array([each for _, each in rows], dtype=np.intp).reshape(len(rows), MAX_FEATURES)
        self._first: NDArray[np.intp] = np.ascontiguousarray(asked[:, 0])
        self._others: NDArray[np.intp] = np.ascontiguousarray(asked[:, 1:].T)

    def candidates(self, presence: Presence) -> Iterator[tuple[int, PatternT, list[int]]]:
        """Yield the patterns that may match, each once, in order of their numbers: leaf, pattern, units."""
        if not self._patterns:
            return
        units = presence[self._first]
        rows = units.nonzero()[0]
        units = units[rows]
        for column in self._others:
            units &= presence[column[rows]]
        kept = units.nonzero()[0]
        if not kept.size:
            return
        own = self._pattern_at[rows[kept]]
        begins = np.flatnonzero(np.diff(own, prepend=-1))
        masks = np.bitwise_or.reduceat(units[kept], begins)
        for at, mask in zip(own[begins].tolist(), masks.tolist(), strict=True):
            leaf, pattern = self._patterns[at]
            yield leaf, pattern, _places(mask)


def _places(mask: int) -> list[int]:
    """Return the places of the bits that are set, from the lowest."""
    if not mask & (mask - 1):
        return [mask.bit_length() - 1]
    found: list[int] = []
    while mask:
        lowest = mask & -mask
        found.append(lowest.bit_length() - 1)
        mask ^= lowest
    return found
