"""Faults read from saying things again: the same script, endless apology; and what others imply. Pure.

In: a transcript, or the behaviours found so far, and thresholds. Out: `Behaviour`s.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tagging.behaviour.schema import (
    ApologySettings,
    BehaviourSettings,
    ImpliedSettings,
    RepetitionSettings,
)
from tagging.behaviour.syllables import content_of, pairs_of, shared_count
from tagging.behaviour.timing import RULE_PREFIX, fault, is_agent
from tagging.finding import Behaviour, MatchKind
from tagging.pieces import sentences_of
from tagging.scope import evidence_of
from transcribe.call import SpeakerRole, Transcript, Turn

# What parts clauses within a sentence of recognised text, after NFKC.
_CLAUSE = re.compile(r"[^,、…]+")


@dataclass(frozen=True, slots=True)
class _Clause:
    """A clause that an agent said: which of her turns it was in, and its content."""

    place: int
    position: int
    content: str


def find_repetitions(transcript: Transcript, limits: RepetitionSettings, floor: float) -> Iterator[Behaviour]:
    """Yield a fault, at most one per turn, where an agent repeats herself and the customer had objected.

    Args:
        transcript: One call.
        limits: Thresholds.
        floor: Least `role_confidence` (0..1) for a turn to count as the agent's.
    """
    said: list[_Clause] = []
    place = -1
    for position, turn in enumerate(transcript.turns):
        if not is_agent(turn, floor):
            continue
        place += 1
        said = [clause for clause in said if place - clause.place <= limits.within_agent_turns]
        spoken = [*_clauses(turn, place, position, limits)]
        for clause, span in spoken:
            if any(_is_again(clause, other, transcript.turns, limits) for other in said):
                rule_id = f"{RULE_PREFIX}repeated_script"
                evidence = evidence_of(turn, span, rule_id, MatchKind.PATTERN)
                yield fault("repeated_script", limits.confidence, evidence)
                break
        said.extend(clause for clause, _ in spoken)


def find_endless_apology(found: Sequence[Behaviour], limits: ApologySettings) -> Iterator[Behaviour]:
    """Yield one fault when a call has apologies, but nothing that leads out."""
    apologies = {each.turn_index: each for each in found if each.behaviour in limits.behaviours}
    if len(apologies) < limits.min_turns or any(each.behaviour in limits.solutions for each in found):
        return
    last = apologies[max(apologies)]
    evidence = replace(last.evidence, rule_id=f"{RULE_PREFIX}endless_apology")
    yield fault("endless_apology", limits.confidence, evidence)


def find_implied(found: Sequence[Behaviour], settings: BehaviourSettings) -> Iterator[Behaviour]:
    """Yield what a behaviour shows besides itself: whether something is accepted asks of a proposal."""
    known = {(each.turn_index, each.behaviour) for each in found}
    for limits in settings.implied:
        for each in found:
            if each.behaviour == limits.by and (each.turn_index, limits.behaviour) not in known:
                yield from _implied(each, limits)


def _implied(shown: Behaviour, limits: ImpliedSettings) -> Iterator[Behaviour]:
    if shown.evidence.char_start >= limits.min_chars_before:
        evidence = replace(shown.evidence, rule_id=f"implied:{limits.behaviour}")
        yield Behaviour(shown.turn_index, limits.behaviour, limits.step, True, shown.confidence, evidence)


def _clauses(
    turn: Turn, place: int, position: int, limits: RepetitionSettings
) -> Iterator[tuple[_Clause, tuple[int, int]]]:
    """Yield the clauses of a turn that could be script, each with its span."""
    for start, end in sentences_of(turn.text):
        if turn.text.endswith(limits.confirming, start, end):
            continue
        for found in _CLAUSE.finditer(turn.text, start, end):
            if any(word in found.group() for word in limits.not_script):
                continue
            content = content_of(turn, found.start(), found.end(), limits.stop_chars)
            if len(content) >= limits.min_chars:
                yield _Clause(place, position, content), found.span()


def _is_again(clause: _Clause, other: _Clause, turns: Sequence[Turn], limits: RepetitionSettings) -> bool:
    short, long = sorted((clause.content, other.content), key=len)
    if len(short) < limits.min_length_ratio * len(long):
        return False
    if shared_count(short, pairs_of(long)) < limits.min_shared_ratio * len(short):
        return False
    return any(_objects(turn, limits) for turn in turns[other.position + 1 : clause.position])


def _objects(turn: Turn, limits: RepetitionSettings) -> bool:
    """Say whether a turn between is a customer's who does not simply accept."""
    return (
        turn.role is SpeakerRole.CUSTOMER
        and len(turn.text) >= limits.min_objection_chars
        and not any(word in turn.text for word in limits.accepting)
    )
