"""Entries made ready to match, and what they find in calls: letter by letter, with fillers, by sound. Pure.

In: validated entries and the vocabulary. Out: `RuleSet.fire(transcript)` -> firings with character spans.
Thousands of patterns stay cheap: the prefilter hands a turn only those whose characters it has. A turn is
read by itself and, where a listener's 嗯 parts a voice's turns, once more joined with its neighbours.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from tagging.call_view import CallView, TurnView
from tagging.conditions import Search
from tagging.finding import MatchKind, Signal
from tagging.hits import Hit, Place, without_overlap
from tagging.leaf import Leaf
from tagging.lexicon_schema import RuleEntry
from tagging.passages import Passage
from tagging.phrase import CompiledPattern, Match
from tagging.prefilter import Filed, PatternIndex
from tagging.rules import CompiledRule, Compiler
from tagging.scope import is_in_force
from tagging.syllables import SyllablePattern
from transcribe.call import Transcript

SIDES = ("agent", "customer")
# A call's numbers, for rules that ask for one.
Measure = Callable[[Transcript], Sequence[Signal]]
Matched = dict[int, list[Hit]]


@dataclass(frozen=True, slots=True)
class Firing:
    """One rule that fired: on which turn (place in the transcript), where, and how surely by its letters.

    `score` is 0..1: 1 for characters, less by sound. `parts` is the rest of the same words where a
    back-channel cut them in two, `also` are other words that the rule needed. What was not said has no
    characters: it stands where it was expected.
    """

    rule_id: str
    position: int
    char_start: int
    char_end: int
    match: MatchKind
    score: float
    parts: tuple[Place, ...] = ()
    also: tuple[Place, ...] = ()


class LeafIndex:
    """The leaves that one side's turns are tried on."""

    def __init__(self, leaves: Iterable[Leaf]):
        self._leaves = {leaf.number: leaf for leaf in leaves}
        own = self._leaves.values()
        self._text = PatternIndex(
            Filed(need, leaf.number, pattern)
            for leaf in own
            for pattern in leaf.patterns
            for need in pattern.text_needs
        )
        patterns: list[tuple[Leaf, CompiledPattern | SyllablePattern]] = [
            (leaf, pattern)
            for leaf in own
            if leaf.sound is not None
            for pattern in (*leaf.patterns, *leaf.syllables)
        ]
        self._sound = PatternIndex(
            Filed(need, leaf.number, pattern) for leaf, pattern in patterns for need in pattern.sound_needs
        )
        self._plain = [leaf for leaf in own if leaf.regexes or leaf.likeness is not None]

    def matches(self, view: TurnView) -> dict[int, list[Match]]:
        """Return every leaf's matches in a text; by sound only where its characters match nowhere."""
        matches: dict[int, list[Match]] = {}
        for number, pattern in self._text.candidates(view.features):
            if found := pattern.find_text(view.text):
                matches.setdefault(number, []).extend(found)
        for leaf in self._plain:
            if found := leaf.find_plain(view):
                matches.setdefault(leaf.number, []).extend(found)
        for number, pattern in self._sound.candidates(view.sounds):
            if number not in matches or matches[number][0].kind is MatchKind.PINYIN:
                least = self._leaves[number].sound or 1.0
                found = pattern.find_sound(view.text, view.sound, view.pinyin)
                if kept := [match for match in found if match.score >= least]:
                    matches.setdefault(number, []).extend(kept)
        return matches


class RuleSet:
    """All entries of one lexicon, ready to fire on transcripts.

    `measure` gives the numbers of a call to rules that ask for a signal; without it none is met.
    """

    def __init__(
        self,
        entries: Sequence[RuleEntry],
        compiler: Compiler,
        on_date: date | None = None,
        measure: Measure | None = None,
    ):
        self._on_date = on_date
        self._measure = measure
        self.vocabulary = compiler.vocabulary
        self.folding = compiler.folding
        self._viewer = compiler.viewer
        self.rules: tuple[CompiledRule, ...] = tuple(compiler.compile_rule(entry) for entry in entries)
        leaves = [(number, leaf) for number, rule in enumerate(self.rules) for leaf in rule.leaves]
        self._rule_of = {leaf.number: number for number, leaf in leaves}
        self._always = frozenset(number for number, rule in enumerate(self.rules) if rule.root.is_always)
        self._index = {side: LeafIndex(leaf for _, leaf in leaves if leaf.hears(side)) for side in SIDES}

    def fire(self, transcript: Transcript, signals: Sequence[Signal] | None = None) -> tuple[Firing, ...]:
        """Return what all rules find, in order of turns, then of entries.

        Args:
            transcript: One call.
            signals: Its numbers, instead of those that are measured.
        """
        call = self._viewer.call(transcript)
        matched = self._matched(call)
        numbers = self._always.union(map(self._rule_of.__getitem__, matched))
        if not numbers:
            return ()
        search = Search(call, matched, lambda: self._signals(transcript, signals))
        day = self._on_date or transcript.call_date
        found: list[tuple[int, int, int, Firing]] = []
        for number in sorted(numbers):
            rule = self.rules[number]
            if not is_in_force(rule.entry, day, transcript.line_of_business):
                continue
            before = _Before(call, rule)
            for hit in rule.root.find(search):
                if rule.exceptions.is_undone(call, hit) or before.undoes(hit):
                    continue
                firing = _firing(rule, call, hit)
                if firing is not None:
                    found.append((firing.position, number, firing.char_start, firing))
        found.sort(key=lambda each: each[:3])
        return tuple(each[3] for each in found)

    def _signals(self, transcript: Transcript, given: Sequence[Signal] | None) -> Sequence[Signal]:
        if given is not None:
            return given
        return () if self._measure is None else self._measure(transcript)

    def _matched(self, call: CallView) -> Matched:
        """Return every leaf's hits in order of the call; in a turn none overlaps another of the same leaf."""
        matched: Matched = {}
        for position, side in enumerate(call.sides):
            if side is not None:
                for leaf, matches in self._index[side].matches(call.view(position)).items():
                    hits = [_hit(match, (Place(position, match.start, match.end),)) for match in matches]
                    matched.setdefault(leaf, []).extend(without_overlap(hits))
        for passage in call.passages:
            self._match_across(call, passage, matched)
        return matched

    def _match_across(self, call: CallView, passage: Passage, matched: Matched) -> None:
        """Add what only the joined text of a passage holds: matches that reach over a border of turns."""
        side = call.sides[passage.positions[0]]
        if side is None:
            return
        view = call.joined(passage)
        for leaf, matches in self._index[side].matches(view).items():
            across = [
                _hit(match, tuple(Place(*part) for part in passage.parts(match.start, match.end)))
                for match in matches
                if passage.crosses(match.start, match.end)
            ]
            if across:
                own = matched.setdefault(leaf, [])
                inside = [hit for hit in own if hit.first.position in passage.positions]
                others = [hit for hit in own if hit.first.position not in passage.positions]
                kept = without_overlap(across)
                free = [hit for hit in kept if len(without_overlap([*inside, hit])) > len(inside)]
                own[:] = sorted([*others, *inside, *free], key=lambda hit: hit.order)


def _hit(match: Match, places: tuple[Place, ...]) -> Hit:
    return Hit(places, match.kind, match.score)


def _firing(rule: CompiledRule, call: CallView, hit: Hit) -> Firing | None:
    """Return the firing of a hit; what holds for the whole call stands at its speaker's first turn."""
    if not hit.places:
        positions = call.positions_of(rule.entry.said_by)
        if not positions:
            return None
        return Firing(rule.entry.id, positions[0], 0, 0, hit.match, hit.score)
    first = hit.first
    return Firing(
        rule.entry.id,
        first.position,
        first.char_start,
        first.char_end,
        hit.match,
        hit.score,
        hit.places[1:],
        hit.also,
    )


class _Before:
    """What was said before a hit and keeps its rule from firing, or had to be said for it to fire."""

    def __init__(self, call: CallView, rule: CompiledRule):
        self._call = call
        self._rule = rule
        self._said: list[int] | None = None

    def undoes(self, hit: Hit) -> bool:
        entry = self._rule.entry
        if not hit.places or (entry.after is None and not entry.undone_by_repeating):
            return False
        position = hit.first.position
        if entry.after is not None:
            reach = entry.after.within_turns
            since = 0 if reach is None else max(0, position - reach)
            said = self._said_positions(entry.after.said_by)
            index = bisect_left(said, since)
            if index == len(said) or said[index] >= position:
                return True
        return entry.undone_by_repeating and self._is_repeated(position)

    def _said_positions(self, said_by: str) -> list[int]:
        """Return the turns in which what `after` asks for was said."""
        if self._said is None:
            self._said = [
                position
                for position in self._call.positions_of(said_by)
                if self._is_in(position, by_sound=False)
            ]
        return self._said

    def _is_in(self, position: int, *, by_sound: bool) -> bool:
        view = self._call.view(position)
        patterns = self._rule.patterns if by_sound else self._rule.after
        if any(pattern.is_in(view.text, view.features) for pattern in patterns):
            return True
        return by_sound and any(
            leaf.sound is not None
            and any(
                match.score >= leaf.sound
                for match in pattern.find_sound_in(view.text, view.sound, view.sounds, view.pinyin)
            )
            for leaf in self._rule.leaves
            for pattern in leaf.patterns
        )

    def _is_repeated(self, position: int) -> bool:
        """Say whether the customer said the rule's words, or what sounds so, shortly before."""
        customer = self._call.customer_positions
        index = bisect_left(customer, position)
        back = self._call.repeated_within_turns
        return any(self._is_in(each, by_sound=True) for each in customer[max(0, index - back) : index])
