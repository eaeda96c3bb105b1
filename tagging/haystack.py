"""Many turns of one side as one text and one sound, so that a pattern is looked for once. Pure.

In: turns and passages. Out: a `Haystack`: their folded texts side by side, with a mark between them that no
pattern crosses, and the prefilter's features of the whole. Looking through forty turns at once costs hardly
more than looking through one, for it is the asking that costs.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tagging.folding import SOUND_FILLER, TWINS_CLASS
from tagging.passages import Passage
from tagging.pattern import STRONG_BREAK, UNIT_BREAK, WEAK_BREAK
from tagging.phrase import Folding, Match
from tagging.prefilter import Features, features_of
from transcribe.call import Turn

# Units in one haystack: more would make its features say less.
MAX_UNITS = 48
_SKIPPED = re.compile(f"[{WEAK_BREAK}{STRONG_BREAK}{TWINS_CLASS}]+")
_SKIPPED_SOUND = re.compile(f"[{WEAK_BREAK}{STRONG_BREAK}{SOUND_FILLER}]+")


@dataclass(frozen=True, slots=True)
class Unit:
    """What is read as one: a turn (`position`), or a passage for what reaches over its turns' borders."""

    text: str
    pinyin: tuple[str, ...]
    position: int
    passage: Passage | None = None


@dataclass(frozen=True, slots=True)
class TurnView:
    """A unit's text and sound as patterns see them, fillers marked; no sound without its syllables."""

    text: str
    sound: str
    pinyin: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Haystack:
    """Units side by side; `starts` are their first characters in `text` and `sound`."""

    units: tuple[Unit, ...]
    starts: tuple[int, ...]
    text: str
    sound: str
    pinyin: tuple[str, ...]
    features: Features
    sounds: Features

    def view(self, index: int) -> TurnView:
        """Return one unit's share."""
        unit = self.units[index]
        span = slice(self.starts[index], self.starts[index] + len(unit.text))
        has_sound = len(unit.pinyin) == len(unit.text)
        return TurnView(self.text[span], self.sound[span] if has_sound else "", unit.pinyin)

    def unit_at(self, match: Match) -> tuple[Unit, Match]:
        """Return the unit that a match lies in, and the match in that unit's own characters."""
        index = bisect_right(self.starts, match.start) - 1
        start = self.starts[index]
        return self.units[index], Match(match.start - start, match.end - start, match.kind, match.score)


def fold_units(units: Sequence[Unit], folding: Folding) -> Haystack:
    """Return the haystack of some units; those without one syllable per character have no sound."""
    starts: list[int] = []
    at = 0
    for unit in units:
        starts.append(at)
        at += len(unit.text) + len(UNIT_BREAK)
    raw = UNIT_BREAK.join(unit.text for unit in units)
    folded = folding.text.fold(raw)
    text = folding.marks.mark(folded)
    pinyin: list[str] = []
    for unit in units:
        has_sound = len(unit.pinyin) == len(unit.text)
        pinyin.extend(unit.pinyin if has_sound else (UNIT_BREAK,) * len(unit.text))
        pinyin.append(UNIT_BREAK)
    del pinyin[-1:]
    codes = folding.sounds.encode(pinyin)
    sound = folding.marks.mark_sound(text, codes) if text != folded else codes
    return Haystack(
        tuple(units),
        tuple(starts),
        text,
        sound,
        tuple(pinyin),
        features_of(folded, _SKIPPED.sub("", text)),
        features_of(codes, _SKIPPED_SOUND.sub("", sound)),
    )


def units_of(positions: Iterable[int], passages: Iterable[Passage], turns: Sequence[Turn]) -> list[Unit]:
    """Return the units of some turns and passages."""
    units = [Unit(turns[at].text, turns[at].pinyin, at) for at in positions]
    for passage in passages:
        own = [turns[at] for at in passage.positions]
        has_sound = all(len(turn.pinyin) == len(turn.text) for turn in own)
        pinyin = tuple(each for turn in own for each in turn.pinyin) if has_sound else ()
        units.append(Unit("".join(turn.text for turn in own), pinyin, passage.positions[0], passage))
    return units
