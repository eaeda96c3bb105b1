"""Which patterns are worth trying on a turn: those whose needed characters it has. Pure.

In: per pattern, sets of features (characters, and pairs of neighbouring ones) of which every match has all
of at least one set. Out: the candidates of a turn with given features. Each set is filed under its most
telling feature, so a turn only meets patterns with a pair of characters that it says: the cost grows with
what a turn says, hardly with the number of patterns.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

Features = frozenset[str]
# Of what a match needs, so many most telling features are asked for: more would hardly stop another turn.
MAX_FEATURES = 4
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


class _Group(Generic[PatternT]):
    """The sets of one pattern that are filed under one feature, without that feature."""

    __slots__ = ("leaf", "needs", "number", "pattern")

    def __init__(self, leaf: int, pattern: PatternT, needs: list[Features]):
        self.leaf = leaf
        self.pattern = pattern
        self.number = pattern.number
        self.needs = needs


def features_of(text: str, stripped: str) -> Features:
    """Return the characters of `text` and the pairs of neighbours in `stripped` (no fillers, no pauses)."""
    return frozenset(text).union(map(str.__add__, stripped, stripped[1:]))


class PatternIndex(Generic[PatternT]):
    """Patterns filed under the most telling feature that each needs: pairs first, then rare ones."""

    def __init__(self, filed: Iterable[Filed[PatternT]], common: Mapping[str, int]):
        """File the patterns; `common` tells how often features are met in what people say."""
        needs = list(filed)
        filed_at = Counter(feature for each in needs for feature in each.need)
        groups: dict[tuple[str, int], _Group[PatternT]] = {}

        def telling(feature: str) -> tuple[float, int]:
            unseen = _UNSEEN_PAIR if len(feature) > 1 else _UNSEEN_CHARACTER
            return common.get(feature, 0) + unseen, filed_at[feature]

        for each in needs:
            best = sorted(sorted(each.need), key=telling)[:MAX_FEATURES]
            group = groups.setdefault((best[0], each.pattern.number), _Group(each.leaf, each.pattern, []))
            group.needs.append(frozenset(best[1:]))
        self._filed: dict[str, list[_Group[PatternT]]] = {}
        for (key, _), group in groups.items():
            self._filed.setdefault(key, []).append(group)
        self._keys = frozenset(self._filed)

    def candidates(self, features: Features) -> Sequence[tuple[int, PatternT]]:
        """Return (leaf number, pattern) that may match a turn with these features, each once, in order."""
        found: dict[int, tuple[int, PatternT]] = {}
        for key in features & self._keys:
            for group in self._filed[key]:
                if group.number not in found:
                    for need in group.needs:
                        if need <= features:
                            found[group.number] = (group.leaf, group.pattern)
                            break
        return [found[number] for number in sorted(found)] if len(found) > 1 else list(found.values())
