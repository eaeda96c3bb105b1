"""Entries made ready to match, and what they find in turns: letter by letter, with fillers, by sound. Pure.

In: validated entries and the vocabulary. Out: `RuleSet.fire(transcript)` -> firings with character spans.
Thousands of patterns stay cheap: each is filed under one rare character that it needs, so that a turn only
tries the patterns whose needed characters it has.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from tagging.finding import MatchKind
from tagging.lexicon_schema import RuleEntry
from tagging.phrase import CompiledPattern, Folding, Match
from tagging.rules import CompiledRule, Compiler
from tagging.scope import is_in_force, is_in_scope, side_of
from transcribe.call import Transcript, Turn

_MAX_CACHED_VIEWS = 8_192


@dataclass(frozen=True, slots=True)
class Firing:
    """One rule that fired: on which turn (place in the transcript), where, and how surely by its letters.

    `score` is 0..1: 1 for characters, less by sound.
    """

    rule_id: str
    position: int
    char_start: int
    char_end: int
    match: MatchKind
    score: float


@dataclass(frozen=True, slots=True)
class TurnView:
    """A turn's text and sound as patterns see them, fillers marked; the prefilter's sets are unmarked."""

    raw: str
    text: str
    sound: str
    chars: frozenset[str]
    sounds: frozenset[str]
    pinyin: tuple[str, ...]


class Viewer:
    """Turns to views; equal turns (嗯, 好的) are folded once."""

    def __init__(self, folding: Folding):
        self._folding = folding
        self.view = lru_cache(_MAX_CACHED_VIEWS)(self._view)

    def _view(self, raw: str, pinyin: tuple[str, ...]) -> TurnView:
        folded = self._folding.text.fold(raw)
        text = self._folding.marks.mark(folded)
        codes = self._folding.sounds.encode(pinyin) if len(pinyin) == len(raw) else ""
        sound = self._folding.marks.mark_sound(text, codes) if codes and text != folded else codes
        return TurnView(raw, text, sound, frozenset(folded), frozenset(codes), pinyin)


# What the index keeps for one set of needed characters: the set, the rule and its pattern.
_Filed = tuple[frozenset[str], int, CompiledPattern]


class PatternIndex:
    """Patterns filed under the rarest character that each needs."""

    def __init__(self, needs: Sequence[_Filed]):
        frequency = Counter(char for need, _, _ in needs for char in need)
        self._filed: dict[str, list[_Filed]] = {}
        for filed in needs:
            rarest = min(sorted(filed[0]), key=lambda char: frequency[char])
            self._filed.setdefault(rarest, []).append(filed)
        self._keys = frozenset(self._filed)

    def candidates(self, chars: frozenset[str]) -> list[tuple[int, CompiledPattern]]:
        """Return (rule number, pattern) that may match a turn with these characters, each once, in order."""
        found: dict[int, tuple[int, CompiledPattern]] = {}
        for key in chars & self._keys:
            for need, rule, pattern in self._filed[key]:
                if need <= chars:
                    found[pattern.number] = (rule, pattern)
        return [found[number] for number in sorted(found)]


class RuleSet:
    """All entries of one lexicon, ready to fire on transcripts."""

    def __init__(self, entries: Sequence[RuleEntry], compiler: Compiler, on_date: date | None = None):
        self._on_date = on_date
        self.vocabulary = compiler.vocabulary
        self.rules: tuple[CompiledRule, ...] = tuple(compiler.compile_rule(entry) for entry in entries)
        self.folding = compiler.folding
        self._viewer = Viewer(compiler.folding)
        self._text = {side: self._index(side, by_sound=False) for side in ("agent", "customer")}
        self._sound = {side: self._index(side, by_sound=True) for side in ("agent", "customer")}
        self._regex = {
            side: [number for number, rule in enumerate(self.rules) if rule.regexes and _hears(rule, side)]
            for side in ("agent", "customer")
        }

    def _index(self, side: str, *, by_sound: bool) -> PatternIndex:
        return PatternIndex(
            [
                (need, number, pattern)
                for number, rule in enumerate(self.rules)
                if _hears(rule, side) and (rule.entry.sound is not None or not by_sound)
                for pattern in rule.patterns
                for need in (pattern.sound_needs if by_sound else pattern.text_needs)
            ]
        )

    def fire(self, transcript: Transcript) -> tuple[Firing, ...]:
        """Return what all rules find, in order of turns, then of entries."""
        found: list[Firing] = []
        for position, turn in enumerate(transcript.turns):
            side = side_of(turn, self.vocabulary.role_confidence_floor)
            if side is not None:
                found.extend(self._fire_turn(transcript, position, side))
        return tuple(found)

    def _fire_turn(self, transcript: Transcript, position: int, side: str) -> list[Firing]:
        turn = transcript.turns[position]
        view = self._viewer.view(turn.text, turn.pinyin)
        matches = self._matches(view, side)
        found: list[Firing] = []
        for number in sorted(matches):
            rule = self.rules[number]
            day = self._on_date or transcript.call_date
            if not is_in_force(rule.entry, day, transcript.line_of_business):
                continue
            if self._is_undone(rule, view, transcript, position):
                continue
            for match in _without_overlap(matches[number]):
                place = (turn, match.start, match.end)
                if is_in_scope(rule.entry.scope, transcript, position, place) and not rule.is_cancelled(
                    view.text, match
                ):
                    found.append(
                        Firing(rule.entry.id, position, match.start, match.end, match.kind, match.score)
                    )
        return found

    def _matches(self, view: TurnView, side: str) -> dict[int, list[Match]]:
        matches: dict[int, list[Match]] = {}
        for number, pattern in self._text[side].candidates(view.chars):
            if found := pattern.find_text(view.text):
                matches.setdefault(number, []).extend(found)
        for number in self._regex[side]:
            if found := self.rules[number].find_regex(view.raw):
                matches.setdefault(number, []).extend(found)
        if view.sound:
            for number, pattern in self._sound[side].candidates(view.sounds):
                least = self.rules[number].entry.sound
                if (
                    number not in matches or matches[number][0].kind is MatchKind.PINYIN
                ) and least is not None:
                    found = pattern.find_sound(view.text, view.sound, view.pinyin)
                    if kept := [match for match in found if match.score >= least]:
                        matches.setdefault(number, []).extend(kept)
        return matches

    def _is_undone(self, rule: CompiledRule, view: TurnView, transcript: Transcript, position: int) -> bool:
        """Say whether the turn's other words, or what was said before, keep the rule from firing."""
        if any(pattern.is_in(view.text, view.chars) for pattern in rule.unless):
            return True
        after = rule.entry.after
        if after is not None and not self._was_said(
            rule.after, after.said_by, after.within_turns, transcript.turns[:position]
        ):
            return True
        if not rule.entry.undone_by_repeating:
            return False
        back = self.vocabulary.repeated_within_turns
        customer = [turn for turn in transcript.turns[:position] if self._side(turn) == "customer"]
        return self._was_said(rule.patterns, "customer", None, customer[-back:])

    def _was_said(
        self,
        patterns: Sequence[CompiledPattern],
        said_by: str,
        within_turns: int | None,
        earlier: Sequence[Turn],
    ) -> bool:
        turns = earlier if within_turns is None else earlier[-within_turns:]
        for turn in turns:
            if said_by != "anyone" and self._side(turn) != said_by:
                continue
            view = self._viewer.view(turn.text, turn.pinyin)
            if any(pattern.is_in(view.text, view.chars) for pattern in patterns):
                return True
        return False

    def _side(self, turn: Turn) -> str | None:
        return side_of(turn, self.vocabulary.role_confidence_floor)


def _hears(rule: CompiledRule, side: str) -> bool:
    return rule.entry.said_by in (side, "anyone")


def _without_overlap(matches: list[Match]) -> list[Match]:
    """Return the best of overlapping matches: higher score, then longer, then earlier."""
    kept: list[Match] = []
    for match in sorted(matches, key=lambda each: (-each.score, each.start - each.end, each.start)):
        if all(match.end <= other.start or other.end <= match.start for other in kept):
            kept.append(match)
    return sorted(kept, key=lambda each: each.start)
