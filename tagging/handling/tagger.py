"""How a call was handled: critical errors from words, the score from all findings. Pure but for loading.

Asked when all taggers are done: `judge` returns the service-critical errors and the `HandlingScore` with its
`ScorePart`s. The score abstains when it is unsure who spoke or too little was said.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tagging.errors import LexiconInvalid
from tagging.finding import CriticalError, Evidence, Finding, HandlingScore
from tagging.handling.facts import gather_facts, reason_to_abstain
from tagging.handling.schema import HandlingEntry, HandlingSettings
from tagging.handling.score import score_call
from tagging.lexicon import SETTINGS_NAME, LoadedLexicon, digest_of, load_rules, load_settings
from tagging.options import TaggerOptions
from tagging.rule_records import rule_records
from tagging.told import confidence_of_firing, evidence_of_firing, further_evidence
from transcribe.call import Transcript

# Raised when the same settings would score otherwise.
ENGINE_VERSION = 1


@dataclass(frozen=True, slots=True)
class _Heard:
    """One firing with its entry, its evidence, what else its rule needed, and confidence."""

    entry: HandlingEntry
    evidence: Evidence
    also: tuple[Evidence, ...]
    confidence: float


class HandlingTagger:
    """Signs, critical errors and weights, ready to score."""

    name = "handling"

    def __init__(self, lexicon: LoadedLexicon[HandlingEntry], settings: HandlingSettings):
        self._lexicon = lexicon
        self._by_id = lexicon.by_id
        self._settings = settings
        self.digest = f"{ENGINE_VERSION}:{lexicon.digest}{digest_of(settings)}"
        self.rules = rule_records(self.name, lexicon.entries)

    def tag(self, transcript: Transcript) -> tuple[Finding, ...]:
        """Return nothing: what follows from all findings is told by `judge`."""
        del transcript
        return ()

    def judge(self, transcript: Transcript, found: Sequence[Finding]) -> tuple[Finding, ...]:
        """Return critical errors in order of turns, the score, then its parts (none when it abstains)."""
        heard = self._listen(transcript)
        errors = _critical_errors(heard)
        floor = self._lexicon.vocabulary.role_confidence_floor
        reason = reason_to_abstain(transcript, self._settings.abstain, floor)
        if reason is not None:
            return (*errors, HandlingScore(total=None, abstained=reason))
        signs: dict[str, list[Evidence]] = {}
        for each in heard:
            if each.entry.critical is None:
                signs.setdefault(each.entry.id, []).append(each.evidence)
        score, parts = score_call(gather_facts(found, signs, self._settings), self._settings)
        return (*errors, score, *parts)

    def _listen(self, transcript: Transcript) -> tuple[_Heard, ...]:
        settings = self._lexicon.vocabulary.confidence
        return tuple(
            _Heard(
                self._by_id[firing.rule_id],
                evidence_of_firing(firing, transcript),
                further_evidence(firing, transcript),
                confidence_of_firing(firing, transcript, settings),
            )
            for firing in self._lexicon.rules.fire(transcript)
        )


def _critical_errors(heard: Sequence[_Heard]) -> tuple[CriticalError, ...]:
    """Return each error at most once a turn, in order of turns."""
    errors: dict[tuple[int, str], CriticalError] = {}
    for each in heard:
        if each.entry.critical is None:
            continue
        turn_index = each.evidence.turn_index
        errors.setdefault(
            (turn_index, each.entry.id),
            CriticalError(
                turn_index=turn_index,
                error=each.entry.id,
                kind=each.entry.critical,
                source=each.entry.cause_source,
                confidence=each.confidence,
                evidence=each.evidence,
                also=each.also,
            ),
        )
    return tuple(errors[key] for key in sorted(errors))


def _check_signs(by_id: Mapping[str, HandlingEntry], settings: HandlingSettings) -> None:
    """Refuse names of signs that no entry has.

    Raises:
        LexiconInvalid: naming the part and the unknown sign.
    """
    named = [
        (f"handling/{SETTINGS_NAME} abilities.{name}.{part.id}", ground.removeprefix("sign:"))
        for name, ability in settings.abilities.items()
        for part in ability.parts
        for ground in part.of
        if ground.startswith("sign:")
    ]
    for place, sign in named:
        if sign not in by_id:
            known = "、".join(sorted(each for each, entry in by_id.items() if entry.critical is None))
            raise LexiconInvalid(f"{place}：词库里没有迹象 {sign}；现有：{known}")


def build(options: TaggerOptions) -> HandlingTagger:
    """Return the tagger with the shipped signs, errors and weights, and the centre's own.

    Raises:
        LexiconInvalid: when an entry or a setting cannot be used.
    """
    folder = Path(__file__).parent
    lexicon = load_rules(folder, options.override_dir, HandlingEntry, options.on_date, options.measure)
    settings = load_settings(folder, options.override_dir, HandlingSettings)
    _check_signs(lexicon.by_id, settings)
    return HandlingTagger(lexicon, settings)
