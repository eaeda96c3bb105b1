"""Why the customer is dissatisfied: transcripts in, `CauseTag`s out. Pure but for loading.

Rules over customers' turns say what the customer stated, rules over agents' turns what was visibly done
wrong; the classifier reads customers' (and unknown) turns, and the call's probability joins both. A tag names
its sub-cause when a rule or the classifier is sure enough of it.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_matrix

from tagging.causes.classifier import COMPLAINT, CauseClassifier
from tagging.causes.labelled_model import choose_model
from tagging.causes.merge import Floats, best_units, decide, with_rules
from tagging.causes.model_file import PACKAGE_DIR, load_model, load_shipped
from tagging.causes.reading import Reader
from tagging.causes.schema import CauseEntry, CauseSettings
from tagging.causes.taxonomy import Taxonomy, build_taxonomy
from tagging.causes.units import Unit, units_of
from tagging.finding import CauseSource, CauseTag, Evidence, MatchKind
from tagging.lexicon import LoadedLexicon, digest_of, load_rules, load_settings
from tagging.matching import Firing
from tagging.options import TaggerOptions
from tagging.rule_records import model_record, rule_records
from tagging.scope import confidence_of, evidence_of
from transcribe.call import SpeakerRole, Transcript


@dataclass(frozen=True, slots=True)
class _RuleHit:
    """A rule that fired, with its confidence and evidence."""

    entry: CauseEntry
    confidence: float
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class _Heard:
    """What the classifier says of the units of one call; arrays and features have one row per unit."""

    units: tuple[Unit, ...]
    probabilities: Floats
    weights: Floats
    features: csr_matrix


class CauseTagger:
    """Rules and classifier, ready to tag."""

    name = "causes"

    def __init__(
        self,
        lexicon: LoadedLexicon[CauseEntry],
        settings: CauseSettings,
        classifier: CauseClassifier,
        model_digest: str,
    ):
        self.taxonomy: Taxonomy = build_taxonomy(settings.top_causes, lexicon.entries)
        self._lexicon = lexicon
        self._by_id = lexicon.by_id
        self._settings = settings
        self._classifier = classifier
        self.model_digest = model_digest
        # What an operator must know of the classifier in force; None when all is well.
        self.model_warning: str | None = None
        self._model_id = f"classifier:{model_digest[:8]}"
        self._reader = Reader(lexicon, settings)
        content = f"{lexicon.digest}\n{digest_of(settings)}\n{model_digest}"
        self.digest = hashlib.sha256(content.encode()).hexdigest()
        self.rules = (
            *rule_records(self.name, lexicon.entries),
            model_record(self.name, self._model_id, model_digest, "投诉原因分类器"),
        )

    def tag(self, transcript: Transcript) -> tuple[CauseTag, ...]:
        """Return the causes of one call, in the taxonomy's order, stated before observed."""
        firings = self._lexicon.rules.fire(transcript)
        hits = self._rule_hits(transcript, firings)
        heard = self._hear(transcript, firings)
        stated = [hit for hit in hits if hit.entry.said_by == "customer"]
        observed = [hit for hit in hits if hit.entry.said_by == "agent"]
        probabilities = self._probabilities(stated, heard)
        found = decide(probabilities, self._classifier.thresholds, self._settings.decision)
        if found and not stated and self._is_praise(transcript):
            found = frozenset()
        tags: list[CauseTag] = []
        for top in self.taxonomy.top_causes:
            own = [hit for hit in stated if hit.entry.top_cause == top]
            if top in found:
                probability = probabilities.get(top, probabilities[COMPLAINT])
                tags.extend(self._stated(transcript, top, own, heard, probability))
            elif top not in self._classifier.top_causes:
                tags.extend(self._by_rules(own, CauseSource.CUSTOMER_STATED))
            agent = [hit for hit in observed if hit.entry.top_cause == top]
            tags.extend(self._by_rules(agent, CauseSource.OBSERVED_ON_CALL))
        return tuple(tags)

    def _probabilities(self, stated: Sequence[_RuleHit], heard: _Heard) -> dict[str, float]:
        """Return the call's probability of every column of the classifier, rules and turns together."""
        found = self._classifier.call_probabilities(heard.probabilities, heard.weights)
        for name, said in found.items():
            own = [hit.confidence for hit in stated if name in (hit.entry.top_cause, COMPLAINT)]
            found[name] = with_rules(said, own, self._settings.decision)
        return found

    def _rule_hits(self, transcript: Transcript, firings: Sequence[Firing]) -> list[_RuleHit]:
        hits: list[_RuleHit] = []
        for firing in firings:
            entry = self._by_id[firing.rule_id]
            turn = transcript.turns[firing.position]
            span = (firing.char_start, firing.char_end)
            confidence = entry.weight * confidence_of(
                turn, span, firing.match, firing.score, self._lexicon.vocabulary.confidence
            )
            hits.append(_RuleHit(entry, confidence, evidence_of(turn, span, entry.id, firing.match)))
        return hits

    def _hear(self, transcript: Transcript, firings: Sequence[Firing]) -> _Heard:
        units = units_of(transcript, self._settings.decision, self._reader.tokenise)
        probabilities, features = self._classifier.predict(self._reader.read_units(units, firings))
        weights = np.array([unit.weight for unit in units], dtype=np.float64)
        return _Heard(units, probabilities, weights, features)

    def _by_rules(
        self, hits: Sequence[_RuleHit], source: CauseSource, probability: float | None = None
    ) -> list[CauseTag]:
        least = self._settings.decision.min_rule_confidence if probability is None else 0.0
        sure = [hit for hit in hits if hit.confidence >= least]
        return _tags_of_rules(sure, source, self._settings.decision.max_evidence, probability)

    def _is_praise(self, transcript: Transcript) -> bool:
        """Whether the customer called in order to praise: trouble that is told then is over."""
        said = [turn.text for turn in transcript.turns if turn.role is not SpeakerRole.AGENT]
        return any(cue in text for text in said for cue in self._settings.praise_cues)

    def _stated(
        self, transcript: Transcript, top: str, hits: Sequence[_RuleHit], heard: _Heard, probability: float
    ) -> list[CauseTag]:
        """Return the tags of a stated cause: by rules, else by the classifier's best turns."""
        telling = [hit for hit in hits if not hit.entry.is_catch_all]
        if telling:
            return self._by_rules(telling, CauseSource.CUSTOMER_STATED, probability)
        decision = self._settings.decision
        column = top if top in self._classifier.top_causes else COMPLAINT
        own = heard.probabilities[:, self._classifier.columns.index(column)]
        places = best_units(own, heard.weights, decision.max_evidence)
        evidence = tuple(
            evidence_of(
                transcript.turns[heard.units[place].position],
                (heard.units[place].char_start, heard.units[place].char_end),
                self._model_id,
                MatchKind.CLASSIFIER,
            )
            for place in places
        )
        guess = self._classifier.predict_sub(top, heard.features[places[:1]])[0] if places else None
        sub = guess.sub_cause if guess and guess.probability >= decision.min_sub_confidence else None
        if hits:
            general = self._by_rules(hits, CauseSource.CUSTOMER_STATED, probability)
            return [replace(tag, sub_cause=sub or tag.sub_cause) for tag in general[:1]]
        return [CauseTag(top, sub, CauseSource.CUSTOMER_STATED, round(probability, 4), evidence)]


def _tags_of_rules(
    hits: Sequence[_RuleHit], source: CauseSource, max_evidence: int, probability: float | None
) -> list[CauseTag]:
    """Return one tag per sub-cause of one top cause, with its surest evidence in order of the call."""
    tags: list[CauseTag] = []
    for sub in sorted({hit.entry.sub_cause or "" for hit in hits}):
        own = sorted(
            (hit for hit in hits if (hit.entry.sub_cause or "") == sub),
            key=lambda hit: (-hit.confidence, hit.evidence.turn_index, hit.evidence.char_start),
        )
        kept = own[:max_evidence]
        kept.sort(key=lambda hit: (hit.evidence.turn_index, hit.evidence.char_start))
        confidence = own[0].confidence if probability is None else max(probability, own[0].confidence)
        tags.append(
            CauseTag(
                own[0].entry.top_cause,
                sub or None,
                source,
                round(confidence, 4),
                tuple(hit.evidence for hit in kept),
            )
        )
    return tags


def build(options: TaggerOptions) -> CauseTagger:
    """Return the tagger with the shipped lexicon, the centre's own entries and the trained classifier.

    The classifier is trained first when the models directory has none for the shipped corpus.

    Raises:
        LexiconInvalid: when an entry cannot be used.
        ClassifierInvalid: when the classifier can be neither loaded nor made.
    """
    shipped = load_shipped()
    chosen = choose_model(options.models_dir, shipped)
    is_shipped = options.override_dir is None and options.on_date is None
    lexicon = shipped.reader.lexicon
    if not is_shipped:
        lexicon = load_rules(PACKAGE_DIR, options.override_dir, CauseEntry, options.on_date, options.measure)
    tagger = CauseTagger(
        lexicon,
        load_settings(PACKAGE_DIR, options.override_dir, CauseSettings),
        load_model(chosen.path, chosen.digest),
        chosen.digest,
    )
    tagger.model_warning = chosen.warning
    return tagger
