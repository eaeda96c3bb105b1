"""Good handling and faults of agents: transcripts in, `Behaviour`s out. Pure but for loading."""

from pathlib import Path

from tagging.behaviour.echo import EchoFinder
from tagging.behaviour.repetition import find_endless_apology, find_implied, find_repetitions
from tagging.behaviour.schema import BehaviourEntry, BehaviourSettings
from tagging.behaviour.timing import RULE_PREFIX, find_timed_faults
from tagging.finding import Behaviour
from tagging.lexicon import LoadedLexicon, digest_of, load_rules, load_settings
from tagging.options import TaggerOptions
from tagging.rule_records import rule_records, setting_records
from tagging.told import confidence_of_firing, evidence_of_firing, further_evidence
from transcribe.call import Transcript

# Raised when the same lexicon and settings would find other things.
ENGINE_VERSION = 2


class BehaviourTagger:
    """The behaviour lexicon and thresholds, ready to tag."""

    name = "behaviour"

    def __init__(self, lexicon: LoadedLexicon[BehaviourEntry], settings: BehaviourSettings):
        self._lexicon = lexicon
        self._by_id = lexicon.by_id
        self._settings = settings
        self._echo = EchoFinder(settings.repeat_words)
        self.digest = f"{ENGINE_VERSION}:{lexicon.digest}{digest_of(settings)}"
        self.rules = (
            *rule_records(self.name, lexicon.entries),
            *setting_records(self.name, RULE_PREFIX, settings),
        )

    def tag(self, transcript: Transcript) -> tuple[Behaviour, ...]:
        """Return the behaviours of one call in order of turns; each at most once a turn."""
        floor = self._lexicon.vocabulary.role_confidence_floor
        said = [
            *self._said(transcript),
            *self._echo.find(transcript, floor),
            *find_timed_faults(transcript, self._settings, floor),
            *find_repetitions(transcript, self._settings.repeated_script, floor),
        ]
        found = self._without_late(said)
        found.extend(find_implied(found, self._settings))
        found.extend(find_endless_apology(found, self._settings.endless_apology))
        once: dict[tuple[int, str], Behaviour] = {}
        for each in found:
            once.setdefault((each.turn_index, each.behaviour), each)
        return tuple(
            sorted(
                once.values(), key=lambda each: (each.turn_index, each.evidence.char_start, each.behaviour)
            )
        )

    def _said(self, transcript: Transcript) -> list[Behaviour]:
        found: list[Behaviour] = []
        settings = self._lexicon.vocabulary.confidence
        for firing in self._lexicon.rules.fire(transcript):
            entry = self._by_id[firing.rule_id]
            found.append(
                Behaviour(
                    turn_index=transcript.turns[firing.position].turn_index,
                    behaviour=entry.behaviour,
                    step=entry.step,
                    is_good=entry.is_good,
                    confidence=confidence_of_firing(firing, transcript, settings),
                    evidence=evidence_of_firing(firing, transcript),
                    also=further_evidence(firing, transcript),
                )
            )
        return found

    def _without_late(self, said: list[Behaviour]) -> list[Behaviour]:
        """Return what is not undone by a behaviour that came before it."""
        first: dict[str, tuple[int, int]] = {}
        for each in said:
            place = _place_of(each)
            first[each.behaviour] = min(first.get(each.behaviour, place), place)
        return [
            each
            for each in said
            if not any(
                name in first and first[name] < _place_of(each)
                for name in self._unless_earlier(each.evidence.rule_id)
            )
        ]

    def _unless_earlier(self, rule_id: str) -> tuple[str, ...]:
        return self._by_id[rule_id].unless_earlier if rule_id in self._by_id else ()


def _place_of(behaviour: Behaviour) -> tuple[int, int]:
    return behaviour.turn_index, behaviour.evidence.char_start


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
