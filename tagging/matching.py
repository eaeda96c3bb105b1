"""Entries made ready to match, and what they find in calls: letter by letter, with fillers, by sound. Pure.

In: validated entries and the vocabulary. Out: `RuleSet.fire(transcript)` -> firings with character spans.
Thousands of patterns stay cheap: all that a side says is looked through at once, by those patterns alone
whose characters it has. A turn is read by itself and, where a listener's 嗯 parts a voice's turns, once more
joined with its neighbours.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from tagging.call_view import CallView, Viewer
from tagging.conditions import Search
from tagging.finding import MatchKind, Signal
from tagging.haystack import Haystack
from tagging.hits import Hit, Place, in_order, overlap, without_overlap
from tagging.leaf import Leaf
from tagging.lexicon_schema import RuleEntry, texts_of
from tagging.passages import Passage
from tagging.phrase import CompiledPattern, Match
from tagging.pinyin import to_pinyin
from tagging.prefilter import Filed, PatternIndex
from tagging.rules import CompiledRule, Compiler
from tagging.scope import is_in_force
from tagging.syllables import SyllablePattern
from transcribe.call import Transcript

SIDES = ("agent", "customer")
# A call's numbers, for rules that ask for one.
Measure = Callable[[Transcript], Sequence[Signal]]
Matched = dict[int, list[Hit]]
# Matches by the turn's place, the passage (None: the turn by itself) and the leaf's number.
Found = dict[tuple[int, Passage | None, int], list[Match]]


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


# Fillers and light characters count as if they stood in so many examples: anybody says them.
_LIGHT_COUNT = 1_000


class Common:
    """How often features are met in the entries' own examples, which are what people say."""

    def __init__(self, entries: Sequence[RuleEntry], viewer: Viewer):
        self.text: Counter[str] = Counter()
        self.sound: Counter[str] = Counter()
        light = "".join((*viewer.vocabulary.fillers, viewer.vocabulary.likeness.light))
        self.text.update(dict.fromkeys(viewer.folding.text.fold(light), _LIGHT_COUNT))
        self.sound.update(dict.fromkeys(viewer.folding.sounds.encode(to_pinyin(light)), _LIGHT_COUNT))
        # A lexicon of one entry, as it is checked by itself, needs no telling features.
        for entry in entries if len(entries) > 1 else ():
            for text in texts_of((*entry.must_match, *entry.must_not_match)):
                view = viewer.view(text, to_pinyin(text))
                self.text.update(view.features)
                self.sound.update(view.sounds)


class LeafIndex:
    """The leaves that one side's turns are tried on."""

    def __init__(self, leaves: Iterable[Leaf], common: Common):
        self._leaves = {leaf.number: leaf for leaf in leaves}
        own = self._leaves.values()
        texts = (
            Filed(need, leaf.number, pattern)
            for leaf in own
            for pattern in leaf.patterns
            for need in pattern.text_needs
        )
        self._text = PatternIndex(texts, common.text)
        patterns: list[tuple[Leaf, CompiledPattern | SyllablePattern]] = [
            (leaf, pattern)
            for leaf in own
            if leaf.sound is not None
            for pattern in (*leaf.patterns, *leaf.syllables)
        ]
        sounds = (
            Filed(need, leaf.number, pattern) for leaf, pattern in patterns for need in pattern.sound_needs
        )
        self._sound = PatternIndex(sounds, common.sound)
        self._plain = [leaf for leaf in own if leaf.regexes or leaf.likeness is not None]

    def search(self, haystack: Haystack, found: Found) -> None:
        """Add every leaf's matches; by sound only in turns where its characters match nowhere."""

        def add(leaf: int, match: Match) -> None:
            unit, own = haystack.unit_at(match)
            found.setdefault((unit.position, unit.passage, leaf), []).append(own)

        for number, pattern in self._text.candidates(haystack.features):
            for match in pattern.find_text(haystack.text):
                add(number, match)
        for leaf in self._plain:
            for unit in haystack.units:
                if matches := leaf.find_plain(unit.text, unit.pinyin):
                    found.setdefault((unit.position, unit.passage, leaf.number), []).extend(matches)
        by_text = set(found)
        for number, pattern in self._sound.candidates(haystack.sounds):
            least = self._leaves[number].sound or 1.0
            for match in pattern.find_sound(haystack.text, haystack.sound, haystack.pinyin):
                unit, _ = haystack.unit_at(match)
                if match.score >= least and (unit.position, unit.passage, number) not in by_text:
                    add(number, match)


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
        common = Common(entries, compiler.viewer)
        self._index = {
            side: LeafIndex((leaf for _, leaf in leaves if leaf.hears(side)), common) for side in SIDES
        }

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
        found: Found = {}
        for side in SIDES:
            for haystack in call.haystacks(side):
                self._index[side].search(haystack, found)
        matched: Matched = {}
        across: list[tuple[int, Passage, list[Match]]] = []
        for (position, passage, leaf), matches in found.items():
            if passage is not None:
                across.append((leaf, passage, matches))
                continue
            hits = [_hit(match, (Place(position, match.start, match.end),)) for match in matches]
            matched.setdefault(leaf, []).extend(without_overlap(hits))
        for leaf, passage, matches in across:
            _add_across(matched.setdefault(leaf, []), passage, matches)
        return {leaf: in_order(hits) for leaf, hits in matched.items() if hits}


def _add_across(own: list[Hit], passage: Passage, matches: Sequence[Match]) -> None:
    """Add what only the joined text of a passage holds: matches that reach over a border of its turns."""
    hits = [
        _hit(match, tuple(Place(*part) for part in passage.parts(match.start, match.end)))
        for match in matches
        if passage.crosses(match.start, match.end)
    ]
    own.extend(hit for hit in without_overlap(hits) if not any(overlap(hit, other) for other in own))


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
