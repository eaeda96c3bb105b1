"""What agents almost said: stretches of turns that nearly sound like a forbidden phrase. Pure.

In: a masked transcript and the hits it already has. Out: `NearMatch`es for the second pass to listen to, each
with the text as it was written and as it would be written with the phrase in it. Neither ever holds a mask.
A near match is one only where the lexicon would make it a hit, had the phrase been written: what undoes a
hit (quoting, denying, the customer's own words) undoes a near match too.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tagging.finding import TabooHit
from tagging.folding import MASK
from tagging.lexicon import LoadedLexicon
from tagging.pinyin import to_pinyin
from tagging.scope import is_in_force, side_of, span_probability, span_times
from tagging.taboo.likeness import Likeness, Place
from tagging.taboo.schema import ListenSettings, TabooEntry, TabooSettings
from transcribe.call import TimeSpan, Transcript, Turn

_PARENTHESES = re.compile(r"[（(].*?[）)]")
_SENTENCE_ENDS = "。?!;"


@dataclass(frozen=True, slots=True)
class Rewriting:
    """A stretch of text with a phrase's wording in the place of the turn's [char_start, char_end)."""

    char_start: int
    char_end: int
    text: str


@dataclass(frozen=True, slots=True)
class NearMatch:
    """A stretch of a turn that may have held the phrase `phrase_id`.

    `position` is the turn's place in the transcript. `written` is the stretch as it was written, `instead`
    the same with the phrase in it, in one or more ways; all of them are texts for `span` of the recording's
    channel `channel`. `mean_cost` 0..1 is how far the nearest wording's sound is, per syllable.
    """

    phrase_id: str
    position: int
    written: str
    instead: tuple[Rewriting, ...]
    channel: int
    span: TimeSpan
    mean_cost: float


@dataclass(frozen=True, slots=True)
class _Wording:
    entry: TabooEntry
    text: str
    syllables: tuple[str, ...]


class NearFinder:
    """The forbidden phrases' wordings as syllables, ready to be looked for."""

    def __init__(self, lexicon: LoadedLexicon[TabooEntry], settings: TabooSettings):
        self._lexicon = lexicon
        self._settings = settings
        self._likeness = Likeness(settings.near, lexicon.vocabulary.sound)
        self._wordings = tuple(_wordings(lexicon.entries, settings.near.min_syllables))

    def find(self, transcript: Transcript, hits: Sequence[TabooHit]) -> tuple[NearMatch, ...]:
        """Return near matches in order of turns, at most one per turn and phrase, none where a hit lies."""
        found: list[NearMatch] = []
        day, line = transcript.call_date, transcript.line_of_business
        wordings = [wording for wording in self._wordings if is_in_force(wording.entry, day, line)]
        floor = self._lexicon.vocabulary.role_confidence_floor
        for position, turn in enumerate(transcript.turns):
            if side_of(turn, floor) != "agent" or len(turn.pinyin) != len(turn.text):
                continue
            own = [hit for hit in hits if hit.turn_index == turn.turn_index]
            found.extend(self._in_turn(transcript, position, own, wordings))
        return tuple(found)

    def _in_turn(
        self,
        transcript: Transcript,
        position: int,
        hits: Sequence[TabooHit],
        wordings: Sequence[_Wording],
    ) -> Iterator[NearMatch]:
        turn = transcript.turns[position]
        known = {hit.phrase_id for hit in hits}
        places: dict[str, list[_Near]] = {}
        for stretch in _stretches(turn):
            said = _Said(turn, stretch, self._lexicon)
            for wording in wordings:
                entry = wording.entry
                place = None if entry.id in known else said.nearest(wording.syllables, self._likeness)
                if place is None:
                    continue
                near = _Near(wording, said, place)
                is_sure = span_probability(turn, near.start, near.end) > self._settings.near.max_probability
                is_sure = is_sure and bool(turn.words)
                if not is_sure and not any(
                    near.start < hit.char_end and hit.char_start < near.end for hit in hits
                ):
                    places.setdefault(entry.id, []).append(near)
        for phrase_id in sorted(places):
            if wanted := self._that_would_hit(transcript, position, places[phrase_id]):
                yield self._near_match(turn, position, wanted)

    def _that_would_hit(
        self, transcript: Transcript, position: int, found: Sequence["_Near"]
    ) -> list["_Near"]:
        """One phrase's places, nearest first, but for those undone and what is less near around them."""
        kept: list[_Near] = []
        undone: list[_Near] = []
        for near in sorted(found, key=lambda each: each.place.mean_cost):
            if any(near.start < other.end and other.start < near.end for other in undone):
                continue
            (kept if self._would_hit(transcript, position, near) else undone).append(near)
        return kept

    def _would_hit(self, transcript: Transcript, position: int, near: "_Near") -> bool:
        """Say whether the phrase would be a hit there, were it written."""
        turn = transcript.turns[position]
        text = turn.text[: near.start] + near.wording.text + turn.text[near.end :]
        changed = replace(turn, text=text, words=(), pinyin=to_pinyin(text), tokens=())
        turns = (*transcript.turns[:position], changed, *transcript.turns[position + 1 :])
        end = near.start + len(near.wording.text)
        return any(
            firing.rule_id == near.wording.entry.id
            and firing.position == position
            and firing.char_start < end
            and near.start < firing.char_end
            for firing in self._lexicon.rules.fire(replace(transcript, turns=turns))
        )

    def _near_match(self, turn: Turn, position: int, found: Sequence["_Near"]) -> NearMatch:
        """One phrase's wordings around its nearest, each ending where it does or a syllable later."""
        best = min(found, key=lambda near: near.place.mean_cost)
        around = [near for near in found if near.start < best.end and best.start < near.end]
        reach = (min(near.start for near in around), max(near.end for near in around))
        first, last = _surroundings(turn, reach, self._settings.listen)
        spans = {
            (near.start, end, near.wording.text): None
            for near in around
            for end in (near.end, near.later_end)
            if end <= last
        }
        return NearMatch(
            phrase_id=best.wording.entry.id,
            position=position,
            written=turn.text[first:last],
            instead=tuple(
                Rewriting(start, end, turn.text[first:start] + wording + turn.text[end:last])
                for start, end, wording in spans
            ),
            channel=turn.channel,
            span=_heard_span(turn, (first, last), self._settings.listen.margin_s),
            mean_cost=round(best.place.mean_cost, 4),
        )


class _Said:
    """The syllables of a stretch of a turn, punctuation left out, and the characters they stand for."""

    def __init__(self, turn: Turn, stretch: tuple[int, int], lexicon: LoadedLexicon[TabooEntry]):
        folding = lexicon.rules.folding
        folded = folding.text.fold(turn.text)
        marked = folding.marks.mark(folded)
        self._at = [index for index in range(*stretch) if turn.text[index].isalnum()]
        self._syllables = [turn.pinyin[index] for index in self._at]
        self._fillers = [marked[index] != folded[index] for index in self._at]
        self._bag = frozenset(self._syllables)

    def nearest(self, wording: Sequence[str], likeness: Likeness) -> Place | None:
        # Cheap and safe enough: without a syllable in common no stretch was ever near.
        if self._bag.isdisjoint(wording):
            return None
        return likeness.nearest(wording, self._syllables, self._fillers)

    def characters(self, place: Place) -> tuple[int, int, int]:
        """First character, end, and the end one syllable later (the same where nothing follows)."""
        end = self._at[place.end - 1] + 1
        later = self._at[place.end] + 1 if place.end < len(self._at) else end
        return self._at[place.start], end, later


class _Near:
    """One wording, and the characters that it would stand for."""

    def __init__(self, wording: _Wording, said: _Said, place: Place):
        self.wording = wording
        self.place = place
        self.start, self.end, self.later_end = said.characters(place)


def _wordings(entries: Sequence[TabooEntry], min_syllables: int) -> Iterator[_Wording]:
    for entry in entries:
        if entry.kind != "forbidden":
            continue
        for text in entry.heard_as or (_PARENTHESES.sub("", entry.phrase),):
            spoken = [(char, syllable) for char, syllable in zip(text, to_pinyin(text), strict=True)]
            syllables = tuple(syllable for char, syllable in spoken if char.isalnum())
            if len(syllables) >= min_syllables:
                yield _Wording(entry, text.replace("，", ","), syllables)


def _stretches(turn: Turn) -> Iterator[tuple[int, int]]:
    """Character spans between masks."""
    for match in re.finditer(rf"[^{re.escape(MASK)}]+", turn.text):
        yield match.span()


def _surroundings(turn: Turn, span: tuple[int, int], settings: ListenSettings) -> tuple[int, int]:
    """The span grown to its whole sentence while that is short enough to be heard at once; never a mask."""
    low = turn.text.rfind(MASK, 0, span[0]) + 1
    high = turn.text.find(MASK, span[1])
    high = len(turn.text) if high < 0 else high
    first = max((turn.text.rfind(end, low, span[0]) + 1 for end in _SENTENCE_ENDS), default=low)
    first = max(first, low)
    ends = [at + 1 for end in _SENTENCE_ENDS if (at := turn.text.find(end, span[1] - 1, high)) >= 0]
    last = max(span[1], min(ends, default=high))
    while _length_s(turn, (first, last)) > settings.max_span_s and (first, last) != span:
        if span[0] - first >= last - span[1]:
            first += 1
        else:
            last -= 1
    return first, last


def _length_s(turn: Turn, span: tuple[int, int]) -> float:
    return span_times(turn, *span).duration_s


def _heard_span(turn: Turn, span: tuple[int, int], margin_s: float) -> TimeSpan:
    """The seconds of the characters with a margin that reaches into no masked word."""
    times = span_times(turn, *span)
    start_s, end_s = max(0.0, times.start_s - margin_s), times.end_s + margin_s
    at = 0
    for word in turn.words:
        if MASK in word.text and at + len(word.text) <= span[0]:
            start_s = max(start_s, min(word.end_s, times.start_s))
        if MASK in word.text and at >= span[1]:
            end_s = min(end_s, max(word.start_s, times.end_s))
        at += len(word.text)
    return TimeSpan(start_s, max(start_s, end_s))
