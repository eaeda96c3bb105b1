"""Forbidden and sensitive phrases in agents' turns: transcripts in, `TabooHit`s out. Pure but for loading.

A phrase counts once a turn (its longest words); overlapping hits of different phrases become one: the
forbidden before the sensitive, then the longer. What no phrase finds, the classifier of paraphrases may.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from tagging.finding import MatchKind, TabooHit
from tagging.lexicon import LoadedLexicon, load_rules
from tagging.options import TaggerOptions
from tagging.pinyin import to_pinyin
from tagging.rule_record import RuleRecord
from tagging.rule_records import rule_records
from tagging.scope import confidence_of, side_of, span_times
from tagging.taboo.paraphrase.finder import Said
from tagging.taboo.paraphrase.model_file import LoadedFinder, load_finder
from tagging.taboo.schema import TabooEntry
from tagging.told import times_of, words_of
from tagging.words import Tokenizer
from transcribe.call import Transcript, Turn


class Named(Protocol):
    """What a hit says of the entry that it hit."""

    @property
    def id(self) -> str: ...
    @property
    def phrase(self) -> str: ...
    @property
    def family(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def severity(self) -> str: ...
    @property
    def replacement(self) -> str: ...
    @property
    def owner(self) -> str | None: ...


class TabooTagger:
    """The taboo lexicon and, when there is one, the classifier of paraphrases, ready to tag."""

    name = "taboo"

    def __init__(self, lexicon: LoadedLexicon[TabooEntry], paraphrases: LoadedFinder | None = None):
        self.lexicon = lexicon
        self._by_id = lexicon.by_id
        self._finder = paraphrases.finder if paraphrases else None
        self._tokenizer: Tokenizer | None = None
        parts = [lexicon.digest, *([paraphrases.digest] if paraphrases else [])]
        self.digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()
        self.rules = rule_records(self.name, lexicon.entries) + _paraphrase_records(self.name, paraphrases)

    def tag(self, transcript: Transcript) -> tuple[TabooHit, ...]:
        """Return the hits of one call in order of turns and characters."""
        hits = self.tag_phrases(transcript)
        kept = [*hits, *self._paraphrases(transcript, hits)]
        return tuple(sorted(kept, key=lambda hit: (hit.turn_index, hit.char_start)))

    def _paraphrases(self, transcript: Transcript, hits: Sequence[TabooHit]) -> Iterator[TabooHit]:
        """Yield what only the classifier finds in agents' turns: nothing where a phrase was found already."""
        if self._finder is None:
            return
        floor = self.lexicon.vocabulary.role_confidence_floor
        settings = self.lexicon.vocabulary.confidence
        for turn in transcript.turns:
            if side_of(turn, floor) != "agent":
                continue
            for found in self._finder.find(self._said(turn)):
                span = (found.char_start, found.char_end)
                if any(
                    hit.turn_index == turn.turn_index and hit.char_start < span[1] and span[0] < hit.char_end
                    for hit in hits
                ):
                    continue
                sure = confidence_of(turn, span, MatchKind.CLASSIFIER, found.probability, settings)
                yield hit_of(found.entry, turn, span, MatchKind.CLASSIFIER, sure)

    def _said(self, turn: Turn) -> Said:
        """The turn with its stored words and sounds, made here where a turn came without."""
        pinyin = turn.pinyin if len(turn.pinyin) == len(turn.text) else to_pinyin(turn.text)
        tokens = turn.tokens
        if not tokens:
            self._tokenizer = self._tokenizer or Tokenizer()
            tokens = self._tokenizer.tokens(turn.text)
        return Said(turn.text, pinyin, tokens)

    def tag_phrases(self, transcript: Transcript) -> tuple[TabooHit, ...]:
        """Return the hits of the lexicon's phrases alone, in order of turns and characters."""
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


def _paraphrase_records(tagger: str, paraphrases: LoadedFinder | None) -> tuple[RuleRecord, ...]:
    """Return one record per name that the classifier gives, of the version of all it was made from."""
    if paraphrases is None:
        return ()
    return tuple(
        RuleRecord(
            tagger=tagger,
            rule_id=entry.id,
            version=paraphrases.digest[:8],
            title=entry.phrase,
            family=entry.family,
            kind=entry.kind,
            severity=entry.severity,
            owner=entry.owner,
        )
        for entry in paraphrases.finder.entries
        if entry.enabled
    )


def hit_of(entry: Named, turn: Turn, span: tuple[int, int], match: MatchKind, confidence: float) -> TabooHit:
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
        family=entry.family,
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
    """Return the tagger with the shipped lexicon, the centre's own entries and the trained classifier.

    The classifier is trained first (seconds) when the models directory has none for the shipped corpus.

    Raises:
        LexiconInvalid: when an entry cannot be used.
        ClassifierInvalid: when the classifier can be neither loaded nor made.
    """
    finder = load_finder(options.models_dir, options.override_dir)
    return TabooTagger(load_phrases(options), finder)


def build_phrases(options: TaggerOptions) -> TabooTagger:
    """Return the tagger of the lexicon's phrases alone: no classifier is asked, none is trained.

    Raises:
        LexiconInvalid: when an entry cannot be used.
    """
    return TabooTagger(load_phrases(options))


def load_phrases(options: TaggerOptions) -> LoadedLexicon[TabooEntry]:
    """Return the shipped lexicon with the centre's own entries.

    Raises:
        LexiconInvalid: when an entry cannot be used.
    """
    return load_rules(
        Path(__file__).parent, options.override_dir, TabooEntry, options.on_date, options.measure
    )
