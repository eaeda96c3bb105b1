"""Faults read from times and counts: interrupting, long silence, the same script, endless apology. Pure.

In: a transcript and thresholds. Out: `Behaviour`s whose evidence names the rule `timing:<behaviour>`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from rapidfuzz import fuzz

from tagging.behaviour.schema import BehaviourSettings, RepetitionSettings
from tagging.finding import Behaviour, Evidence, MatchKind
from tagging.pieces import sentences_of
from tagging.scope import evidence_of
from transcribe.call import SpeakerRole, Transcript, Turn

RULE_PREFIX = "timing:"


def find_timed_faults(
    transcript: Transcript, settings: BehaviourSettings, floor: float
) -> Iterator[Behaviour]:
    """Yield interruptions, long silences and repeated scripts.

    Args:
        transcript: One call.
        settings: Thresholds.
        floor: Least `role_confidence` (0..1) for a turn to count as the agent's.
    """
    yield from _interruptions(transcript.turns, settings, floor)
    yield from _silences(transcript.turns, settings)
    yield from _repetitions(transcript.turns, settings.repeated_script, floor)


def find_endless_apology(found: Sequence[Behaviour], settings: BehaviourSettings) -> Iterator[Behaviour]:
    """Yield one fault when a call has apologies, but nothing that leads out."""
    limits = settings.endless_apology
    apologies = {each.turn_index: each for each in found if each.behaviour in limits.behaviours}
    if len(apologies) < limits.min_turns or any(each.behaviour in limits.solutions for each in found):
        return
    last = apologies[max(apologies)]
    evidence = replace(last.evidence, rule_id=f"{RULE_PREFIX}endless_apology")
    yield Behaviour(last.turn_index, "endless_apology", None, False, limits.confidence, evidence)


def _interruptions(turns: Sequence[Turn], settings: BehaviourSettings, floor: float) -> Iterator[Behaviour]:
    limits = settings.interruption
    for before, turn in pairwise(turns):
        if not _is_agent(turn, floor) or before.role is not SpeakerRole.CUSTOMER:
            continue
        remaining_s = before.end_s - turn.start_s
        overlap_s = min(before.end_s, turn.end_s) - turn.start_s
        if (
            overlap_s >= limits.min_overlap_s
            and remaining_s >= limits.min_remaining_s
            and len(turn.text) >= limits.min_chars
        ):
            yield _timed("interruption", limits.confidence, _whole(turn, "interruption"))


def _silences(turns: Sequence[Turn], settings: BehaviourSettings) -> Iterator[Behaviour]:
    limits = settings.long_silence
    for position, (before, turn) in enumerate(pairwise(turns), start=1):
        was_told = before.role is SpeakerRole.AGENT and any(word in before.text for word in limits.told_words)
        if turn.gap_before_s < (limits.min_s_when_told if was_told else limits.min_s):
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
        yield _timed("long_silence", limits.confidence, evidence)


def _repetitions(turns: Sequence[Turn], limits: RepetitionSettings, floor: float) -> Iterator[Behaviour]:
    """Yield one fault per sentence that several turns repeat, at the turn that reaches the limit."""
    said: list[tuple[str, list[int]]] = []
    for position, turn in enumerate(turns):
        if not _is_agent(turn, floor):
            continue
        for start, end in sentences_of(turn.text):
            sentence = turn.text[start:end]
            if len(sentence) < limits.min_chars:
                continue
            places = _places_of(sentence, said, limits)
            if position in places:
                continue
            places.append(position)
            if len(places) == limits.min_turns:
                evidence = evidence_of(turn, (start, end), f"{RULE_PREFIX}repeated_script", MatchKind.PATTERN)
                yield _timed("repeated_script", limits.confidence, evidence)


def _places_of(sentence: str, said: list[tuple[str, list[int]]], limits: RepetitionSettings) -> list[int]:
    for known, places in said:
        if fuzz.ratio(known, sentence, score_cutoff=limits.min_similarity):
            return places
    places = []
    said.append((sentence, places))
    return places


def _is_agent(turn: Turn, floor: float) -> bool:
    return turn.role is SpeakerRole.AGENT and turn.role_confidence >= floor


def _whole(turn: Turn, behaviour: str) -> Evidence:
    return evidence_of(turn, (0, len(turn.text)), f"{RULE_PREFIX}{behaviour}", MatchKind.PATTERN)


def _timed(behaviour: str, confidence: float, evidence: Evidence) -> Behaviour:
    return Behaviour(evidence.turn_index, behaviour, None, False, confidence, evidence)
