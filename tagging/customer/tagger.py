"""Who is calling and what it may become: transcripts in; escalations, types, motives, signs, a tier out.

Pure but for loading. Only what the customer says counts (turns of unknown role included, with less
confidence). Every call gets one `TierTag`; a customer type may be withheld.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from tagging.customer.kinds import Heard, customer_types, motives, signs
from tagging.customer.schema import CustomerEntry, CustomerSettings
from tagging.finding import CustomerSign, CustomerType, Escalation, Evidence, Motive, Tier, TierTag
from tagging.lexicon import LoadedLexicon, digest_of, load_rules, load_settings
from tagging.options import TaggerOptions
from tagging.rule_records import rule_records
from tagging.told import confidence_of_firing, evidence_of_firing, further_evidence, words_of
from transcribe.call import SpeakerRole, Transcript

_TIERS = (Tier.LATENT, Tier.EXPLICIT, Tier.FORMAL)


class CustomerTagger:
    """The customer lexicon, ready to tag."""

    name = "customer"

    def __init__(self, lexicon: LoadedLexicon[CustomerEntry], settings: CustomerSettings):
        self._lexicon = lexicon
        self._by_id = lexicon.by_id
        self._settings = settings
        self.digest = f"{lexicon.digest}{digest_of(settings)}"
        self.rules = rule_records(self.name, lexicon.entries)

    def tag(
        self, transcript: Transcript
    ) -> tuple[Escalation | CustomerType | Motive | CustomerSign | TierTag, ...]:
        """Return escalations in order of turns, then customer types, motives, signs, the one tier."""
        heard = self._hear(transcript)
        escalations = tuple(self._escalations(heard))
        return (
            *escalations,
            *customer_types(heard, self._settings.min_type_support),
            *motives(heard),
            *signs(heard),
            self._tier(transcript, heard, escalations),
        )

    def _hear(self, transcript: Transcript) -> list[Heard]:
        """Return the firings of entries that enough turns say."""
        heard: list[Heard] = []
        for firing in self._lexicon.rules.fire(transcript):
            settings = self._lexicon.vocabulary.confidence
            heard.append(
                Heard(
                    self._by_id[firing.rule_id],
                    evidence_of_firing(firing, transcript),
                    confidence_of_firing(firing, transcript, settings),
                    further_evidence(firing, transcript),
                    words_of(firing, transcript),
                )
            )
        turns_of: dict[str, set[int]] = {}
        for each in heard:
            turns_of.setdefault(each.entry.id, set()).add(each.evidence.turn_index)
        return [each for each in heard if len(turns_of[each.entry.id]) >= each.entry.min_turns]

    def _escalations(self, heard: Sequence[Heard]) -> Iterator[Escalation]:
        """Yield each (turn, kind, body) once."""
        seen: set[tuple[int, str, str | None]] = set()
        for each in heard:
            if each.entry.escalation is None:
                continue
            body = self._body_of(each)
            key = (each.evidence.turn_index, each.entry.escalation, body)
            if key not in seen:
                seen.add(key)
                yield Escalation(each.entry.escalation, body, each.confidence, each.evidence, each.also)

    def _body_of(self, heard: Heard) -> str | None:
        """Return the body that the matched words name, as managers know it; the longest spelling wins."""
        said = "".join(char for char in heard.words if char.isalnum())
        named = [
            (len(spelling), body)
            for body, spellings in heard.entry.bodies.items()
            for spelling in spellings
            if spelling in said
        ]
        return max(named)[1] if named else None

    def _tier(
        self, transcript: Transcript, heard: Sequence[Heard], escalations: Sequence[Escalation]
    ) -> TierTag:
        """Return the highest tier that anything supports; some escalations are formal by themselves."""
        by_tier: dict[Tier, list[tuple[float, Evidence]]] = {}
        for each in heard:
            if each.entry.tier is not None:
                by_tier.setdefault(Tier(each.entry.tier), []).append((each.confidence, each.evidence))
        for each in escalations:
            if each.kind in self._settings.formal_escalations:
                by_tier.setdefault(Tier.FORMAL, []).append((each.confidence, each.evidence))
            elif each.kind in self._settings.explicit_escalations:
                by_tier.setdefault(Tier.EXPLICIT, []).append((each.confidence, each.evidence))
        for tier in reversed(_TIERS):
            if found := by_tier.get(tier):
                return TierTag(
                    tier, max(confidence for confidence, _ in found), tuple(evidence for _, evidence in found)
                )
        customers = sum(turn.role in (SpeakerRole.CUSTOMER, SpeakerRole.UNKNOWN) for turn in transcript.turns)
        is_supported = customers >= self._settings.min_customer_turns
        confidence = self._settings.none_confidence if is_supported else self._settings.unsupported_confidence
        return TierTag(Tier.NONE, confidence, ())


def build(options: TaggerOptions) -> CustomerTagger:
    """Return the tagger with the shipped lexicon, settings and the centre's own.

    Raises:
        LexiconInvalid: when an entry or a setting cannot be used.
    """
    folder = Path(__file__).parent
    return CustomerTagger(
        load_rules(folder, options.override_dir, CustomerEntry, options.on_date, options.measure),
        load_settings(folder, options.override_dir, CustomerSettings),
    )
