"""What a call offers to be scored: evidence by ground, signals by name, dissatisfaction. Pure.

In: a transcript, the findings of all taggers, the signs heard. Out: `Facts`, or why the call abstains.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tagging.finding import Behaviour, CauseSource, CauseTag, Evidence, Finding, Signal, TabooHit, TierTag
from tagging.handling.schema import AbstainSettings, HandlingSettings
from transcribe.call import SpeakerRole, Transcript


@dataclass(frozen=True, slots=True)
class Facts:
    """`evidence` by ground (behaviour:empathy, taboo:forbidden, severity:high, cause:cold, sign:gives_up).

    `signals` by name, in their own units; `is_dissatisfied` tells whether the customer is.
    """

    evidence: Mapping[str, tuple[Evidence, ...]]
    signals: Mapping[str, float]
    is_dissatisfied: bool


def gather_facts(
    found: Sequence[Finding], signs: Mapping[str, Sequence[Evidence]], settings: HandlingSettings
) -> Facts:
    """Return what the score looks at; findings less sure than the floor are left out."""
    floor = settings.confidence_floor
    evidence: dict[str, list[Evidence]] = {f"sign:{sign}": list(heard) for sign, heard in signs.items()}
    signals: dict[str, float] = {}
    is_dissatisfied = False
    for finding in found:
        match finding:
            case Behaviour() if finding.confidence >= floor:
                evidence.setdefault(f"behaviour:{finding.behaviour}", []).append(finding.evidence)
            case TabooHit() if finding.confidence >= floor:
                for ground in (f"taboo:{finding.kind}", f"severity:{finding.severity}"):
                    evidence.setdefault(ground, []).append(_hit_evidence(finding))
            case CauseTag() if finding.confidence >= floor:
                if finding.source is CauseSource.OBSERVED_ON_CALL:
                    name = finding.sub_cause or finding.top_cause
                    evidence.setdefault(f"cause:{name}", []).extend(finding.evidence)
            case TierTag() if finding.tier in settings.dissatisfied_tiers:
                is_dissatisfied = finding.confidence >= floor
            case Signal():
                signals[finding.name] = finding.value
            case _:
                pass
    return Facts({ground: tuple(each) for ground, each in evidence.items()}, signals, is_dissatisfied)


def reason_to_abstain(transcript: Transcript, limits: AbstainSettings, floor: float) -> str | None:
    """Return why a call cannot be scored, None when it can.

    Args:
        transcript: One call.
        limits: What must be heard.
        floor: Least `role_confidence` (0..1) for a turn to count as the agent's.
    """
    agents = [
        turn for turn in transcript.turns if turn.role is SpeakerRole.AGENT and turn.role_confidence >= floor
    ]
    customers = sum(turn.role is SpeakerRole.CUSTOMER for turn in transcript.turns)
    people = [turn for turn in transcript.turns if turn.role is not SpeakerRole.IVR]
    unknown = sum(
        len(turn.text) for turn in people if turn.role is SpeakerRole.UNKNOWN or turn.role_confidence < floor
    )
    if unknown > limits.max_unknown_ratio * sum(len(turn.text) for turn in people):
        return "roles_unknown"
    if len(agents) < limits.min_agent_turns:
        return "few_agent_turns"
    if sum(len(turn.text) for turn in agents) < limits.min_agent_characters:
        return "few_agent_characters"
    return "few_customer_turns" if customers < limits.min_customer_turns else None


def _hit_evidence(hit: TabooHit) -> Evidence:
    return Evidence(
        turn_index=hit.turn_index,
        char_start=hit.char_start,
        char_end=hit.char_end,
        start_s=hit.start_s,
        end_s=hit.end_s,
        rule_id=hit.phrase_id,
        text=hit.matched_text,
        match=hit.match,
    )
