"""Many turns of one side, folded together, so that a pattern is asked for once. Pure.

In: turns and passages. Out: a `Haystack`: their folded texts and sounds, and which of them have which of the
prefilter's features. Folding and asking forty turns at once costs hardly more than doing so with one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tagging.folding import SOUND_FILLER, TWINS
from tagging.passages import Passage
from tagging.pattern import STRONG_BREAK, UNIT_BREAK, WEAK_BREAK
from tagging.phrase import Folding
from tagging.prefilter import Features, Presence, features_of, presence_of
from tagging.scope import span_probability
from transcribe.call import Turn

SKIPPED = WEAK_BREAK + STRONG_BREAK + TWINS
SKIPPED_SOUND = WEAK_BREAK + STRONG_BREAK + SOUND_FILLER


@dataclass(frozen=True, slots=True)
class Unit:
    """What is read as one: a turn (`position`), or a passage for what reaches over its turns' borders."""

    text: str
    pinyin: tuple[str, ...]
    position: int
    passage: Passage | None = None
    turns: tuple[Turn, ...] = field(default=(), repr=False, compare=False)

    def heard(self, start: int, end: int) -> float | None:
        """Return how surely the recogniser heard characters [start, end), 0..1; None where it did not say."""
        parts = self.passage.parts(start, end) if self.passage else [(self.position, start, end)]
        first = self.passage.positions if self.passage else (self.position,)
        told = [
            (end - start, span_probability(turn, start, end))
            for position, start, end in parts
            if (turn := self.turns[first.index(position)]).words
        ]
        length = sum(chars for chars, _ in told)
        return sum(chars * probability for chars, probability in told) / length if length else None

    @property
    def has_sound(self) -> bool:
        """Say whether it has one syllable per character."""
        return len(self.pinyin) == len(self.text)


@dataclass(frozen=True, slots=True)
class TurnView:
    """A unit's text and sound as patterns see them, fillers marked; no sound without its syllables."""

    text: str
    sound: str
    pinyin: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Haystack:
    """Units side by side, each with its view, and which of them have which of the prefilter's features."""

    units: tuple[Unit, ...]
    views: tuple[TurnView, ...]
    text_presence: Presence
    sound_presence: Presence


@dataclass(frozen=True, slots=True)
class Folded:
    """Units folded: all of their text and sound side by side, and where each begins in them."""

    units: tuple[Unit, ...]
    starts: tuple[int, ...]
    plain: str
    text: str
    codes: str
    sound: str

    def shares(self, whole: str) -> list[str]:
        """Return each unit's share of one of the texts."""
        return [
            whole[start : start + len(unit.text)] for start, unit in zip(self.starts, self.units, strict=True)
        ]

    def presence(self) -> tuple[Presence, Presence]:
        """Return which units have which features of text, and of sound."""
        lengths = [len(unit.text) for unit in self.units]
        return (
            presence_of(self.plain, self.text, SKIPPED, lengths),
            presence_of(self.codes, self.sound, SKIPPED_SOUND, lengths),
        )

    def features(self) -> tuple[Features, Features]:
        """Return the features of all units' text, and of their sound."""
        text = self.text.translate(dict.fromkeys(map(ord, SKIPPED)))
        sound = self.sound.translate(dict.fromkeys(map(ord, SKIPPED_SOUND)))
        return features_of(self.plain, text), features_of(self.codes, sound)


def fold_units(units: Sequence[Unit], folding: Folding) -> Folded:
    """Return units folded; those without one syllable per character have no sound."""
    starts: list[int] = []
    at = 0
    for unit in units:
        starts.append(at)
        at += len(unit.text) + len(UNIT_BREAK)
    raw = UNIT_BREAK.join(unit.text for unit in units)
    plain = folding.text.fold(raw)
    text = folding.marks.mark(plain)
    pinyin: list[str] = []
    for unit in units:
        pinyin.extend(unit.pinyin if unit.has_sound else (UNIT_BREAK,) * len(unit.text))
        pinyin.append(UNIT_BREAK)
    del pinyin[-1:]
    codes = folding.sounds.encode(pinyin)
    sound = folding.marks.mark_sound(text, codes) if text != plain else codes
    return Folded(tuple(units), tuple(starts), plain, text, codes, sound)


def haystack_of(units: Sequence[Unit], folding: Folding) -> Haystack:
    """Return the haystack of some units, at most MAX_UNITS."""
    folded = fold_units(units, folding)
    views = tuple(
        TurnView(text, sound if unit.has_sound else "", unit.pinyin)
        for unit, text, sound in zip(
            folded.units, folded.shares(folded.text), folded.shares(folded.sound), strict=True
        )
    )
    return Haystack(folded.units, views, *folded.presence())


def units_of(positions: Iterable[int], passages: Iterable[Passage], turns: Sequence[Turn]) -> list[Unit]:
    """Return the units of some turns and passages."""
    units = [Unit(turns[at].text, turns[at].pinyin, at, turns=(turns[at],)) for at in positions]
    for passage in passages:
        own = [turns[at] for at in passage.positions]
        has_sound = all(len(turn.pinyin) == len(turn.text) for turn in own)
        pinyin = tuple(each for turn in own for each in turn.pinyin) if has_sound else ()
        text = "".join(turn.text for turn in own)
        units.append(Unit(text, pinyin, passage.positions[0], passage, tuple(own)))
    return units
