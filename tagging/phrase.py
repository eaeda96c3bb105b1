"""One pattern compiled: where it matches in folded text and, by its syllables, in sound. Pure.

In: a parsed pattern and the vocabulary's folding. Out: matches with spans and scores. Regexes are compiled
when the prefilter first lets a turn through: most of thousands of patterns never meet one.
"""

import re
from dataclasses import dataclass
from functools import cached_property

from tagging.finding import MatchKind
from tagging.folding import SOUND_FILLER, TWINS_CLASS, FillerMarks, SoundTable, TextFold
from tagging.lexicon_schema import Vocabulary
from tagging.pattern import (
    STRONG_BREAK,
    WEAK_BREAK,
    Gap,
    Nodes,
    Options,
    Writing,
    literals_of,
    needs_of,
    regex_of,
    runs_of,
)
from tagging.pinyin import to_pinyin
from tagging.prefilter import ANYWHERE

_BREAKS = WEAK_BREAK + STRONG_BREAK


@dataclass(frozen=True, slots=True)
class Match:
    """A span of a turn's text that a pattern matched; `score` is 1 for characters, less by sound."""

    start: int
    end: int
    kind: MatchKind
    score: float


class Folding:
    """What patterns and turns are both put through: folding, filler marks, sound codes."""

    def __init__(self, vocabulary: Vocabulary):
        self.vocabulary = vocabulary
        self.text = TextFold(vocabulary)
        self.marks = FillerMarks(tuple(map(self.text.fold, vocabulary.fillers)))
        self.sounds = SoundTable(vocabulary.sound)
        stops = self.text.fold(vocabulary.gap_stops)
        self.sound_stops = self.sounds.encode(to_pinyin(stops))
        self.text_writing = Writing(self._literal, f"[{_BREAKS}{TWINS_CLASS}]", stops)
        # Words that undo a match stand in its own sentence: no end of a sentence is skipped for them.
        self.cancel_writing = Writing(self._literal, f"[{WEAK_BREAK}{TWINS_CLASS}]", "")
        self._trailing = re.compile(f"[{_BREAKS}{TWINS_CLASS}]+\\Z")
        self._leading = self._skipped = re.compile(f"[{_BREAKS}{TWINS_CLASS}]+")
        self._breaks = re.compile(f"[{_BREAKS}]+")

    def _literal(self, char: str) -> str:
        return self.marks.literal(self.text.fold(char))

    def trim(self, text: str, start: int, end: int) -> tuple[int, int]:
        """Return the span without fillers and punctuation at its ends (never emptied)."""
        tail = self._trailing.search(text, start, end)
        stop = tail.start() if tail and tail.start() > start else end
        head = self._leading.match(text, start, stop)
        begin = head.end() if head and head.end() < stop else start
        return begin, stop

    def plain(self, text: str) -> str:
        """Return marked text without marks and pauses."""
        return self._breaks.sub("", self.marks.unmark(text))

    def kind_of(self, said: str, phrase: str) -> MatchKind:
        """Return whether a printed phrase was said to the letter, with fillers, or in other words."""
        words, printed = self.marks.mark(self.text.fold(said)), self.marks.mark(self.text.fold(phrase))
        if self.plain(words) == self.plain(printed):
            return MatchKind.EXACT
        if self._skipped.sub("", words) == self._skipped.sub("", printed):
            return MatchKind.FILLED
        return MatchKind.PATTERN


class CompiledPattern:
    """One pattern over text and, when it is long enough, over sound."""

    def __init__(self, number: int, source: str, nodes: Nodes, folding: Folding):
        self.number = number
        self.source = source
        self._nodes = nodes
        self._folding = folding
        fold = folding.text.fold
        is_plain = not any(isinstance(node, Gap | Options) for node in nodes)
        self._plain = fold("".join(runs_of(nodes))) if is_plain else None
        self._chars = frozenset(map(fold, literals_of(nodes)))
        self.text_needs = tuple(
            frozenset(map(fold, filter(self._is_whole, need))) for need in needs_of(nodes, with_pairs=True)
        )

    def _is_whole(self, need: str) -> bool:
        """Say whether a pair of characters stands side by side in every match: neither is ever skipped."""
        folded = self._folding.text.fold(need)
        return len(need) == 1 or not any(
            self._folding.marks.is_filler(char) or char in _BREAKS for char in folded
        )

    @cached_property
    def _text_regex(self) -> re.Pattern[str]:
        return re.compile(regex_of(self._nodes, self._folding.text_writing))

    @cached_property
    def _readings(self) -> dict[str, set[str]]:
        """Every character's syllables: alone, in the runs that it stands in, and as its equals are read."""
        readings: dict[str, set[str]] = {}
        for run in (*runs_of(self._nodes), *literals_of(self._nodes)):
            for char, syllable in zip(run, to_pinyin(run), strict=True):
                readings.setdefault(char, set()).add(syllable)
        for char, syllables in readings.items():
            for group in self._folding.vocabulary.alike:
                if char in group:  # 你 is asked for, 您 was said
                    syllables.update(to_pinyin(group))
        return readings

    @cached_property
    def sound_needs(self) -> tuple[frozenset[str], ...]:
        """Sets of sound codes as `text_needs`; empty when the pattern is too short or too vague for sound."""
        if len(self._chars) < self._folding.vocabulary.sound.min_syllables:
            return ()
        code = self._folding.sounds.code
        # A character with two readings cannot be needed by one of them.
        single = {char: code(next(iter(each))) for char, each in self._readings.items() if len(each) == 1}
        needs = tuple(
            frozenset(
                "".join(single[char] for char in feature) + self._mark_of(feature)
                for feature in need
                if self._is_whole(feature) and all(char in single for char in feature)
            )
            for need in needs_of(self._nodes, with_pairs=True)
        )
        return needs if all(needs) else ()

    def _mark_of(self, feature: str) -> str:
        """Return what a feature of sound is marked with: any filler may sound for a filler's character."""
        is_filler = len(feature) == 1 and self._folding.marks.is_filler(self._folding.text.fold(feature))
        return ANYWHERE if is_filler else ""

    @cached_property
    def _sound_regex(self) -> re.Pattern[str]:
        folding = self._folding
        classes = {
            char: _any_of(
                {folding.sounds.code(each) for each in found}
                | ({SOUND_FILLER} if folding.marks.is_filler(folding.text.fold(char)) else set())
            )
            for char, found in self._readings.items()
        }
        filler = f"[{_BREAKS}{SOUND_FILLER}]"
        return re.compile(
            regex_of(self._nodes, Writing(classes.__getitem__, filler, self._folding.sound_stops))
        )

    @cached_property
    def _syllables(self) -> dict[str, frozenset[str]]:
        by_code: dict[str, set[str]] = {}
        for syllables in self._readings.values():
            for syllable in syllables:
                by_code.setdefault(self._folding.sounds.code(syllable), set()).add(syllable)
        return {key: frozenset(value) for key, value in by_code.items()}

    def is_in(self, text: str) -> bool:
        """Say whether the pattern is anywhere in marked `text`."""
        return self._text_regex.search(text) is not None

    def find_text(self, text: str) -> list[Match]:
        """Return matches in marked text."""
        return [self._text_match(text, each.start(), each.end()) for each in self._text_regex.finditer(text)]

    def _text_match(self, text: str, start: int, end: int) -> Match:
        start, end = self._folding.trim(text, start, end)
        kind = MatchKind.PATTERN
        if self._plain is not None:
            is_exact = self._folding.plain(text[start:end]) == self._plain
            kind = MatchKind.EXACT if is_exact else MatchKind.FILLED
        return Match(start, end, kind, 1.0)

    def find_sound(self, text: str, sound: str, pinyin: tuple[str, ...]) -> list[Match]:
        """Return matches by pronunciation: `sound` are the turn's codes, scored against its syllables."""
        found: list[Match] = []
        for each in self._sound_regex.finditer(sound):
            start, end = self._folding.trim(text, each.start(), each.end())
            if score := self._score(text, sound, pinyin, (start, end)):
                found.append(Match(start, end, MatchKind.PINYIN, score))
        return found

    def find_sound_in(self, text: str, sound: str, pinyin: tuple[str, ...]) -> list[Match]:
        """Return matches by pronunciation, none for a pattern that is too short or vague for sound."""
        return self.find_sound(text, sound, pinyin) if sound and self.sound_needs else []

    def _score(self, text: str, sound: str, pinyin: tuple[str, ...], span: tuple[int, int]) -> float:
        """Return the mean closeness (0..1) of the span's syllables, 0 when too few of them are sure.

        Characters of gaps and fillers are no part of it.
        """
        settings = self._folding.sounds.settings
        closeness: list[float] = []
        exact = 0
        for at in range(*span):
            if text[at] in self._chars:
                exact += 1
                closeness.append(1.0)
            elif sound[at] in self._syllables:
                syllables = self._syllables[sound[at]]
                cost = self._folding.sounds.cost
                closeness.append(
                    1 - settings.homophone_cost
                    if pinyin[at] in syllables
                    else 1 - min(cost(pinyin[at], each) for each in syllables)
                )
        if len(closeness) < settings.min_syllables or exact < settings.min_exact_share * len(closeness):
            return 0.0
        return sum(closeness) / len(closeness)


def _any_of(codes: set[str]) -> str:
    ordered = sorted(map(re.escape, codes))
    return ordered[0] if len(ordered) == 1 else f"[{''.join(ordered)}]"
