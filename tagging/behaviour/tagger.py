"""Good handling and faults of agents: transcripts in, `Behaviour`s out. Pure but for loading."""

from pathlib import Path

from tagging.behaviour.schema import BehaviourEntry, BehaviourSettings
from tagging.behaviour.timing import find_endless_apology, find_timed_faults
from tagging.finding import Behaviour
from tagging.lexicon import LoadedLexicon, digest_of, load_rules, load_settings
from tagging.options import TaggerOptions
from tagging.told import confidence_of_firing, evidence_of_firing, further_evidence
from transcribe.call import Transcript


class BehaviourTagger:
    """The behaviour lexicon and thresholds, ready to tag."""

    name = "behaviour"

    def __init__(self, lexicon: LoadedLexicon[BehaviourEntry], settings: BehaviourSettings):
        self._lexicon = lexicon
        self._by_id = lexicon.by_id
        self._settings = settings
        self.digest = f"{lexicon.digest}{digest_of(settings)}"

    def tag(self, transcript: Transcript) -> tuple[Behaviour, ...]:
        """Return the behaviours of one call in order of turns; each at most once a turn."""
        found = [*self._said(transcript)]
        floor = self._lexicon.vocabulary.role_confidence_floor
        found.extend(find_timed_faults(transcript, self._settings, floor))
        found.extend(find_endless_apology(found, self._settings))
        return tuple(
            sorted(found, key=lambda each: (each.turn_index, each.evidence.char_start, each.behaviour))
        )

    def _said(self, transcript: Transcript) -> list[Behaviour]:
        found: dict[tuple[int, str], Behaviour] = {}
        for firing in self._lexicon.rules.fire(transcript):
            entry = self._by_id[firing.rule_id]
            turn = transcript.turns[firing.position]
            settings = self._lexicon.vocabulary.confidence
            found.setdefault(
                (firing.position, entry.id),
                Behaviour(
                    turn_index=turn.turn_index,
                    behaviour=entry.id,
                    step=entry.step,
                    is_good=entry.is_good,
                    confidence=confidence_of_firing(firing, transcript, settings),
                    evidence=evidence_of_firing(firing, transcript),
                    also=further_evidence(firing, transcript),
                ),
            )
        return list(found.values())


def build(options: TaggerOptions) -> BehaviourTagger:
    """Return the tagger with the shipped lexicon, thresholds and the centre's own.

    Raises:
        LexiconInvalid: when an entry or a threshold cannot be used.
    """
    folder = Path(__file__).parent
    return BehaviourTagger(
        load_rules(folder, options.override_dir, BehaviourEntry, options.on_date, options.measure),
        load_settings(folder, options.override_dir, BehaviourSettings),
    )
