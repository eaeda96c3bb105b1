"""Forbidden and sensitive phrases in agents' turns: transcripts in, `TabooHit`s out. Pure but for loading.

A phrase counts once a turn (its longest words); overlapping hits of different phrases become one: the
forbidden before the sensitive, then the longer.
"""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from tagging.finding import MatchKind, TabooHit
from tagging.lexicon import LoadedLexicon, load_rules
from tagging.options import TaggerOptions
from tagging.scope import confidence_of, span_times
from tagging.taboo.schema import TabooEntry
from tagging.told import times_of, words_of
from transcribe.call import Transcript, Turn


class TabooTagger:
    """The taboo lexicon, ready to tag."""

    name = "taboo"

    def __init__(self, lexicon: LoadedLexicon[TabooEntry]):
        self.lexicon = lexicon
        self._by_id = lexicon.by_id
        self.digest = lexicon.digest

    def tag(self, transcript: Transcript) -> tuple[TabooHit, ...]:
        """Return the hits of one call in order of turns and characters."""
        hits: list[TabooHit] = []
        for firing in self.lexicon.rules.fire(transcript):
            entry = self._by_id[firing.rule_id]
            turn = transcript.turns[firing.position]
            span = (firing.char_start, firing.char_end)
            match = firing.match
            if match is MatchKind.PATTERN:
                match = self.lexicon.rules.folding.kind_of(words_of(firing, transcript), entry.phrase)
            confidence = confidence_of(turn, span, match, firing.score, self.lexicon.vocabulary.confidence)
            hit = hit_of(entry, turn, span, match, confidence)
            if firing.parts:
                end_s = times_of(firing, transcript).end_s
                hit = replace(hit, matched_text=words_of(firing, transcript), end_s=end_s)
            hits.append(hit)
        return without_overlap(hits)


def hit_of(
    entry: TabooEntry, turn: Turn, span: tuple[int, int], match: MatchKind, confidence: float
) -> TabooHit:
    """Return the hit of an entry on characters [start, end) of a turn."""
    times = span_times(turn, *span)
    return TabooHit(
        turn_index=turn.turn_index,
        phrase_id=entry.id,
        phrase=entry.phrase,
        kind=entry.kind,
        severity=entry.severity,
        matched_text=turn.text[slice(*span)],
        char_start=span[0],
        char_end=span[1],
        start_s=round(times.start_s, 3),
        end_s=round(times.end_s, 3),
        match=match,
        confidence=confidence,
        replacement=entry.replacement,
        owner=entry.owner,
    )


def without_overlap(hits: Iterable[TabooHit]) -> tuple[TabooHit, ...]:
    """Return the hits that count, in order: of overlapping ones the forbidden, then the longer."""
    kept: list[TabooHit] = []
    for hit in sorted(hits, key=_rank):
        if not any(
            hit.turn_index == other.turn_index
            and (
                hit.phrase_id == other.phrase_id
                or (hit.char_start < other.char_end and other.char_start < hit.char_end)
            )
            for other in kept
        ):
            kept.append(hit)
    return tuple(sorted(kept, key=lambda hit: (hit.turn_index, hit.char_start)))


def _rank(hit: TabooHit) -> tuple[bool, int, str]:
    return hit.kind != "forbidden", hit.char_start - hit.char_end, hit.phrase_id


def build(options: TaggerOptions) -> TabooTagger:
    """Return the tagger with the shipped lexicon and the centre's own entries.

    Raises:
        LexiconInvalid: when an entry cannot be used.
    """
    return TabooTagger(
        load_rules(Path(__file__).parent, options.override_dir, TabooEntry, options.on_date, options.measure)
    )
