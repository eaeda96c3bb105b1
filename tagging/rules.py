"""One entry compiled: its patterns over text and over sound, its cancels and conditions. Pure.

In: a `RuleEntry` and the vocabulary. Out: `CompiledRule`, whose patterns find matches in folded turns.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from tagging.finding import MatchKind
from tagging.folding import SoundTable, TextFold, filler_regex
from tagging.lexicon_schema import RuleEntry, Vocabulary
from tagging.pattern import (
    STRONG_BREAK,
    WEAK_BREAK,
    Gap,
    Nodes,
    Options,
    PatternInvalid,
    Writing,
    compile_source,
    literals_of,
    needs_of,
    parse_pattern,
    regex_of,
    runs_of,
)
from tagging.pinyin import to_pinyin


@dataclass(frozen=True, slots=True)
class Match:
    """A span of a turn's text that a pattern matched; `score` is 1 for characters, less by sound."""

    start: int
    end: int
    kind: MatchKind
    score: float


class CompiledPattern:
    """One pattern over text and, when asked for, over sound."""

    def __init__(self, number: int, source: str, nodes: Nodes, context: "Compiler"):
        self.number = number
        self.source = source
        self._context = context
        self._is_plain = not any(isinstance(node, Gap | Options) for node in nodes)
        self._plain = context.fold.fold("".join(runs_of(nodes))) if self._is_plain else ""
        self._regex = compile_source(regex_of(nodes, context.text_writing))
        self.text_needs = tuple(frozenset(map(context.fold.fold, need)) for need in needs_of(nodes))
        self._chars = frozenset(map(context.fold.fold, literals_of(nodes)))
        self._sound_regex: re.Pattern[str] | None = None
        self._syllables: dict[str, frozenset[str]] = {}
        self.sound_needs: tuple[frozenset[str], ...] = ()
        if len(self._chars) >= context.vocabulary.sound.min_syllables:
            self._add_sound(nodes)

    def _add_sound(self, nodes: Nodes) -> None:
        code = self._context.sounds.code
        readings = _readings(nodes)
        classes = {char: _any_of({code(each) for each in found}) for char, found in readings.items()}
        writing = replace(self._context.sound_writing, encode=classes.__getitem__)
        self._sound_regex = compile_source(regex_of(nodes, writing))
        by_code: dict[str, set[str]] = {}
        for syllables in readings.values():
            for syllable in syllables:
                by_code.setdefault(code(syllable), set()).add(syllable)
        self._syllables = {key: frozenset(value) for key, value in by_code.items()}
        # A character with two readings cannot be needed by one of them.
        single = {char: code(next(iter(each))) for char, each in readings.items() if len(each) == 1}
        self.sound_needs = tuple(
            frozenset(single[char] for char in need if char in single) for need in needs_of(nodes)
        )
        if not all(self.sound_needs):
            self._sound_regex, self.sound_needs = None, ()

    def is_in(self, text: str, chars: frozenset[str]) -> bool:
        """Say whether the pattern is anywhere in folded `text` with these characters."""
        return any(need <= chars for need in self.text_needs) and self._regex.search(text) is not None

    def find_text(self, text: str) -> list[Match]:
        """Return matches in folded text."""
        return [self._text_match(text, found.start(), found.end()) for found in self._regex.finditer(text)]

    def _text_match(self, text: str, start: int, end: int) -> Match:
        start, end = self._context.trim(text, start, end)
        kind = MatchKind.PATTERN
        if self._is_plain:
            said = text[start:end]
            kind = MatchKind.EXACT if self._context.without_breaks(said) == self._plain else MatchKind.FILLED
        return Match(start, end, kind, 1.0)

    def find_sound(self, text: str, sound: str, pinyin: tuple[str, ...]) -> list[Match]:
        """Return matches by pronunciation: `sound` are the turn's codes, scored against its syllables."""
        if self._sound_regex is None:
            return []
        found: list[Match] = []
        for each in self._sound_regex.finditer(sound):
            start, end = self._context.trim(text, each.start(), each.end())
            if score := self._score(text, sound, pinyin, (start, end)):
                found.append(Match(start, end, MatchKind.PINYIN, score))
        return found

    def _score(self, text: str, sound: str, pinyin: tuple[str, ...], span: tuple[int, int]) -> float:
        """Return the mean closeness (0..1) of the span's syllables, 0 when too few of them are sure.

        Characters of gaps and fillers are no part of it.
        """
        settings = self._context.sounds.settings
        closeness: list[float] = []
        exact = 0
        for at in range(*span):
            if text[at] in self._chars:
                exact += 1
                closeness.append(1.0)
            elif sound[at] in self._syllables:
                syllables = self._syllables[sound[at]]
                cost = self._context.sounds.cost
                closeness.append(
                    1 - settings.homophone_cost
                    if pinyin[at] in syllables
                    else 1 - min(cost(pinyin[at], each) for each in syllables)
                )
        if len(closeness) < settings.min_syllables or exact < settings.min_exact_share * len(closeness):
            return 0.0
        return sum(closeness) / len(closeness)


class CompiledRule:
    """One entry with everything compiled."""

    def __init__(self, entry: RuleEntry, context: "Compiler"):
        self.entry = entry
        words = {**context.vocabulary.words, **entry.words}
        self.patterns = tuple(context.compile_pattern(each, words) for each in entry.patterns)
        self.regexes = tuple(compile_source(each) for each in entry.regexes)
        self.unless = tuple(context.compile_pattern(each, words) for each in entry.unless)
        self.after = tuple(
            context.compile_pattern(each, words) for each in (entry.after.patterns if entry.after else ())
        )
        self._cancels = tuple(context.compile_cancel(name) for name in entry.cancelled_by)

    def find_regex(self, raw: str) -> list[Match]:
        """Return matches of the entry's regular expressions in the turn's text as it stands."""
        return [
            Match(found.start(), found.end(), MatchKind.PATTERN, 1.0)
            for regex in self.regexes
            for found in regex.finditer(raw)
            if found.end() > found.start()
        ]

    def is_cancelled(self, text: str, match: Match) -> bool:
        """Say whether words around the match undo it (quoting, denying, supposing)."""
        return any(cancel.undoes(text, match) for cancel in self._cancels)


@dataclass(frozen=True, slots=True)
class CompiledCancel:
    """Words close before or after a match that undo it."""

    reach_chars: int
    before: tuple[re.Pattern[str], ...]
    after: tuple[re.Pattern[str], ...]

    def undoes(self, text: str, match: Match) -> bool:
        return any(regex.search(text, 0, match.start) for regex in self.before) or any(
            regex.match(text, match.end) for regex in self.after
        )


class Compiler:
    """Patterns to compiled patterns, with the one vocabulary's folding, fillers and sounds."""

    def __init__(self, vocabulary: Vocabulary):
        self.vocabulary = vocabulary
        self.fold = TextFold(vocabulary)
        self.sounds = SoundTable(vocabulary.sound)
        fillers = tuple(map(self.fold.fold, vocabulary.fillers))
        spoken = tuple(self.sounds.encode(to_pinyin(filler)) for filler in vocabulary.fillers)
        stops = self.fold.fold(vocabulary.gap_stops)
        self.text_writing = Writing(self._text_code, filler_regex(fillers), stops)
        self.sound_writing = Writing(
            self._text_code, filler_regex(spoken), self.sounds.encode(to_pinyin(stops))
        )
        # Words that undo a match stand in its own sentence: no end of a sentence is skipped for them.
        self._cancel_writing = Writing(self._text_code, filler_regex(fillers, breaks=WEAK_BREAK), "")
        self._trailing = re.compile(f"(?:{self.text_writing.filler})+\\Z")
        self._leading = re.compile(f"(?:{self.text_writing.filler})+")
        self._breaks = re.compile(r"\s+")
        self._count = 0

    def compile_rule(self, entry: RuleEntry) -> CompiledRule:
        """Return the entry compiled, or raise PatternInvalid with the pattern and the reason."""
        return CompiledRule(entry, self)

    def compile_pattern(self, source: str, words: Mapping[str, tuple[str, ...]]) -> CompiledPattern:
        """Return one pattern compiled; its number orders it among all of this compiler."""
        self._count += 1
        try:
            return CompiledPattern(self._count, source, parse_pattern(source, words), self)
        except PatternInvalid as err:
            raise PatternInvalid(f"句式「{source}」：{err}") from err

    def compile_cancel(self, name: str) -> CompiledCancel:
        """Return a cancel of the vocabulary compiled."""
        if name not in self.vocabulary.cancels:
            known = "、".join(self.vocabulary.cancels)
            raise PatternInvalid(f"cancelled_by 的「{name}」不在词汇表里；现有：{known}")
        cancel = self.vocabulary.cancels[name]
        near = f"[^{STRONG_BREAK}]{{0,{cancel.reach_chars}}}"
        return CompiledCancel(
            cancel.reach_chars,
            tuple(
                self._compile_part(each, lambda source: f"(?:{source}){near}\\Z") for each in cancel.before
            ),
            tuple(self._compile_part(each, lambda source: f"{near}(?:{source})") for each in cancel.after),
        )

    def _compile_part(self, source: str, around: Callable[[str], str]) -> re.Pattern[str]:
        nodes = parse_pattern(source, self.vocabulary.words)
        return compile_source(around(regex_of(nodes, self._cancel_writing)))

    def _text_code(self, char: str) -> str:
        return re.escape(self.fold.fold(char))

    def trim(self, text: str, start: int, end: int) -> tuple[int, int]:
        """Return the span without fillers and punctuation at its ends (never emptied)."""
        tail = self._trailing.search(text, start, end)
        stop = tail.start() if tail and tail.start() > start else end
        head = self._leading.match(text, start, stop)
        begin = head.end() if head and head.end() < stop else start
        return begin, stop

    def without_breaks(self, text: str) -> str:
        """Return folded text without pauses."""
        return self._breaks.sub("", text)


def _any_of(codes: set[str]) -> str:
    return f"[{''.join(sorted(map(re.escape, codes)))}]"


def _readings(nodes: Nodes) -> dict[str, set[str]]:
    """Return every character's syllables: as read alone, and as read in the runs that it stands in."""
    readings: dict[str, set[str]] = {}
    for run in (*runs_of(nodes), *literals_of(nodes)):
        for char, syllable in zip(run, to_pinyin(run), strict=True):
            readings.setdefault(char, set()).add(syllable)
    return readings
