"""Faults read from times: interrupting and long silence. Pure.

In: a transcript and thresholds. Out: `Behaviour`s whose evidence names the rule `timing:<behaviour>`.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from tagging.behaviour.schema import BehaviourSettings, InterruptionSettings, SilenceSettings
from tagging.finding import Behaviour, Evidence, MatchKind
from tagging.scope import evidence_of
from transcribe.call import SpeakerRole, TimeSpan, Transcript, Turn

RULE_PREFIX = "timing:"


def find_timed_faults(
    transcript: Transcript, settings: BehaviourSettings, floor: float
) -> Iterator[Behaviour]:
    """Yield interruptions and long silences.

    Args:
        transcript: One call.
        settings: Thresholds.
        floor: Least `role_confidence` (0..1) for a turn to count as the agent's.
    """
    yield from _interruptions(transcript.turns, settings.interruption, floor)
    yield from _silences(transcript.turns, settings.long_silence)


def is_agent(turn: Turn, floor: float) -> bool:
    """Say whether the turn is surely enough the agent's."""
    return turn.role is SpeakerRole.AGENT and turn.role_confidence >= floor


def fault(behaviour: str, confidence: float, evidence: Evidence) -> Behaviour:
    """Return a fault at its evidence's turn."""
    return Behaviour(evidence.turn_index, behaviour, None, False, confidence, evidence)


def _interruptions(turns: Sequence[Turn], limits: InterruptionSettings, floor: float) -> Iterator[Behaviour]:
    stretches = _customer_stretches(turns, limits.max_breath_s)
    agent_end_s = -limits.max_breath_s - 1.0
    for turn in turns:
        if turn.role is not SpeakerRole.AGENT:
            continue
        goes_on = turn.start_s - agent_end_s <= limits.max_breath_s
        agent_end_s = max(agent_end_s, turn.end_s)
        if goes_on or not is_agent(turn, floor) or len(turn.text) < limits.min_chars:
            continue
        for span in stretches:
            overlap_s = min(span.end_s, turn.end_s) - turn.start_s
            if (
                turn.start_s - span.start_s >= limits.min_spoken_s
                and overlap_s >= limits.min_overlap_s
                and span.end_s - turn.start_s >= limits.min_remaining_s
            ):
                rule_id = f"{RULE_PREFIX}interruption"
                evidence = evidence_of(turn, (0, len(turn.text)), rule_id, MatchKind.PATTERN)
                yield fault("interruption", limits.confidence, evidence)
                break


def _customer_stretches(turns: Sequence[Turn], max_breath_s: float) -> list[TimeSpan]:
    """Return when the customer spoke, pauses for breath bridged."""
    stretches: list[TimeSpan] = []
    for turn in turns:
        if turn.role is not SpeakerRole.CUSTOMER:
            continue
        if stretches and turn.start_s - stretches[-1].end_s <= max_breath_s:
            last = stretches.pop()
            stretches.append(TimeSpan(last.start_s, max(last.end_s, turn.end_s)))
        else:
            stretches.append(TimeSpan(turn.start_s, turn.end_s))
    return stretches


def _silences(turns: Sequence[Turn], limits: SilenceSettings) -> Iterator[Behaviour]:
    for position, (before, turn) in enumerate(pairwise(turns), start=1):
        if turn.gap_before_s < _allowed_s(before, limits):
            continue
        start_s = max(0.0, turn.start_s - turn.gap_before_s)
        # The agent let it come so far, whoever breaks it: told at the agent's next turn, with its own time.
        answering = next((each for each in turns[position:] if each.role is SpeakerRole.AGENT), turn)
        evidence = Evidence(
            turn_index=answering.turn_index,
            char_start=0,
            char_end=0,
            start_s=round(start_s, 3),
            end_s=round(turn.start_s, 3),
            rule_id=f"{RULE_PREFIX}long_silence",
            text="",
            match=MatchKind.PATTERN,
        )
        yield fault("long_silence", limits.confidence, evidence)


def _allowed_s(before: Turn, limits: SilenceSettings) -> float:
    """Return how long nobody may speak after a turn, in seconds."""
    if before.role is SpeakerRole.AGENT:
        was_told = any(word in before.text for word in limits.told_words)
        return limits.min_s_when_told if was_told else limits.min_s
    if any(word in before.text for word in limits.complaint_words):
        return min(limits.min_s, limits.min_s_after_complaint or limits.min_s)
    return limits.min_s
