"""Entries made ready to match, and what they find in calls: letter by letter, with fillers, by sound. Pure.

In: validated entries and the vocabulary. Out: `RuleSet.fire(transcript)` -> firings with character spans.
Thousands of patterns stay cheap: all that a side says is looked through at once, by those patterns alone
whose characters it has. A turn is read by itself and, where a listener's 嗯 parts a voice's turns, once more
joined with its neighbours.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from tagging.before import Before
from tagging.call_view import CallView
from tagging.conditions import Search
from tagging.finding import MatchKind, Signal
from tagging.hits import Hit, Place, in_order, overlap, without_overlap
from tagging.leaf_index import Common, Found, LeafIndex
from tagging.lexicon_schema import RuleEntry
from tagging.passages import Passage
from tagging.phrase import Match
from tagging.rules import CompiledRule, Compiler
from tagging.scope import is_in_force
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
            before = Before(call, rule)
            for hit in rule.root.find(search):
                if rule.exceptions.is_undone(call, hit) or before.undoes(hit):
                    continue
                firing = _firing(rule, call, hit)
                if firing is not None:
                    found.append((firing.position, number, firing.char_start, firing))
        found.sort(key=lambda each: each[:3])
        return tuple(each[3] for each in found)

    def fire_plainly(self, transcript: Transcript) -> int:
        """Return how many matches every pattern on every turn finds: slow, to compare with."""
        call = self._viewer.call(transcript)
        return sum(
            len(pattern.find_text(call.view(position).text))
            for position, side in enumerate(call.sides)
            if side is not None
            for rule in self.rules
            for pattern in rule.patterns
        )

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
