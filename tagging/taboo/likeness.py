"""How far a wording is from the syllables of a turn, and where it lies nearest. Pure.

An edit distance over toneless syllables, the wording whole and the turn from anywhere to anywhere: syllables
that ears and recognisers mix up are cheap to swap, fillers cheap to skip. Costs come from settings.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from tagging.folding import split_syllable
from tagging.lexicon_schema import Confusion, SoundSettings
from tagging.taboo.schema import NearSettings

_MAX_CACHED_PAIRS = 262_144


@dataclass(frozen=True, slots=True)
class Place:
    """Where a wording lies nearest: syllables [start, end) and the mean cost per syllable of the wording."""

    start: int
    end: int
    mean_cost: float


class Likeness:
    """Costs between syllables, and the cheapest alignment of a wording within a turn."""

    def __init__(self, settings: NearSettings, sound: SoundSettings):
        self._settings = settings
        self._initials = _table((*settings.initials, *sound.initials))
        self._finals = _table((*settings.finals, *sound.finals))
        self.cost = lru_cache(_MAX_CACHED_PAIRS)(self._cost)

    def nearest(self, wording: Sequence[str], said: Sequence[str], fillers: Sequence[bool]) -> Place | None:
        """Where `wording` lies nearest in `said`, None when its mean cost is above the setting's.

        Args:
            wording: the syllables looked for, at least one.
            said: the syllables of a turn's stretch.
            fillers: for each of them, whether it is part of a filler.

        Returns:
            The first of the cheapest places, as short as its cost allows.
        """
        settings = self._settings
        limit = settings.max_mean_cost * len(wording)
        # A column per syllable said: cheapest cost of the wording's first n syllables ending here, and where
        # that alignment began.
        costs = [n * settings.deletion_cost for n in range(len(wording) + 1)]
        starts = [0] * (len(wording) + 1)
        best: Place | None = None
        best_cost = limit
        for at, syllable in enumerate(said):
            extra = settings.filler_cost if fillers[at] else settings.insertion_cost
            new_costs, new_starts = [0.0], [at + 1]
            for n, wanted in enumerate(wording, start=1):
                cost, start = costs[n - 1] + self.cost(wanted, syllable), starts[n - 1]
                if costs[n] + extra < cost:
                    cost, start = costs[n] + extra, starts[n]
                if new_costs[n - 1] + settings.deletion_cost < cost:
                    cost, start = new_costs[n - 1] + settings.deletion_cost, new_starts[n - 1]
                new_costs.append(cost)
                new_starts.append(start)
            costs, starts = new_costs, new_starts
            if costs[-1] < best_cost or (best is None and costs[-1] <= limit):
                best_cost = costs[-1]
                best = Place(starts[-1], at + 1, best_cost / len(wording))
        return best

    def _cost(self, one: str, other: str) -> float:
        if one == other:
            return 0.0
        (initial, final), (other_initial, other_final) = split_syllable(one), split_syllable(other)
        halves = (
            self._half(self._initials, initial, other_initial),
            self._half(self._finals, final, other_final),
        )
        return min(1.0, sum(halves))

    def _half(self, table: dict[frozenset[str], float], one: str, other: str) -> float:
        if one == other:
            return 0.0
        return table.get(frozenset((one, other)), self._settings.half_cost)


def _table(confusions: Sequence[Confusion]) -> dict[frozenset[str], float]:
    return {frozenset(each.pair): each.cost for each in confusions}
