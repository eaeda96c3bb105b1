"""Who speaks, where in the call and when in a turn: the conditions around a match. Pure.

In: turns and character spans. Out: which rules hear a turn, the seconds of a span, how surely it was heard.
"""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from tagging.finding import Evidence, MatchKind
from tagging.hits import Place
from tagging.lexicon_schema import ConfidenceSettings, RuleEntry, Scope
from transcribe.call import SpeakerRole, TimeSpan, Transcript, Turn


class RankedCall(Protocol):
    """A call that knows each turn's rank among those of its role: (from the first, to the last)."""

    @property
    def transcript(self) -> Transcript: ...

    @property
    def turns(self) -> tuple[Turn, ...]: ...

    def rank(self, position: int) -> tuple[int, int]: ...


def side_of(turn: Turn, floor: float) -> str | None:
    """Return whose rules hear a turn: agent, customer, or None for a machine or an unsure agent.

    A turn of unknown or unsure role feeds the customer's rules (causes, escalation), never the agent's.
    """
    if turn.role is SpeakerRole.IVR:
        return None
    if turn.role is SpeakerRole.AGENT:
        return "agent" if turn.role_confidence >= floor else None
    return "customer"


def is_in_force(entry: RuleEntry, day: date, line_of_business: str | None) -> bool:
    """Say whether the entry applies on `day` and to a call of this line of business."""
    if entry.effective_from is not None and day < entry.effective_from:
        return False
    if entry.effective_to is not None and day >= entry.effective_to:
        return False
    lines = entry.scope.lines_of_business
    return not lines or line_of_business in lines


def is_in_scope(scope: Scope, call: RankedCall, places: Sequence[Place]) -> bool:
    """Say whether words (their places in order) lie in the part of the call that a rule looks at."""
    if not places:
        return True
    first, last = places[0], places[-1]
    if scope.first_turns is not None or scope.last_turns is not None:
        from_first, from_last = call.rank(first.position)
        if scope.first_turns is not None and from_first >= scope.first_turns:
            return False
        if scope.last_turns is not None and from_last >= scope.last_turns:
            return False
    if scope.first_s is not None:
        start_s = span_times(call.turns[first.position], first.char_start, first.char_end).start_s
        if start_s > scope.first_s:
            return False
    if scope.last_s is None:
        return True
    end_s = span_times(call.turns[last.position], last.char_start, last.char_end).end_s
    return end_s >= call.transcript.duration_s - scope.last_s


def span_times(turn: Turn, char_start: int, char_end: int) -> TimeSpan:
    """Return the seconds in which the characters [char_start, char_end) of a turn were said.

    From the words that cover them; linear in the turn when its words are missing.
    """
    at = 0
    covering = []
    for word in turn.words:
        if at < char_end and at + len(word.text) > char_start:
            covering.append(word)
        at += len(word.text)
    if covering and at == len(turn.text):
        start_s = min(word.start_s for word in covering)
        return TimeSpan(start_s, max(start_s, *(word.end_s for word in covering)))
    length = max(1, len(turn.text))
    duration_s = turn.end_s - turn.start_s
    start_s = turn.start_s + duration_s * char_start / length
    return TimeSpan(start_s, max(start_s, turn.start_s + duration_s * char_end / length))


def span_probability(turn: Turn, char_start: int, char_end: int) -> float:
    """Return the mean probability (0..1) of the words that cover the span, 1 when there are none."""
    at = 0
    total = 0.0
    count = 0
    for word in turn.words:
        if at < char_end and at + len(word.text) > char_start:
            total += word.probability
            count += 1
        at += len(word.text)
    return total / count if count else 1.0


def evidence_of(turn: Turn, span: tuple[int, int], rule_id: str, match: MatchKind) -> Evidence:
    """Return the evidence for characters [start, end) of a turn."""
    times = span_times(turn, *span)
    return Evidence(
        turn_index=turn.turn_index,
        char_start=span[0],
        char_end=span[1],
        start_s=round(times.start_s, 3),
        end_s=round(times.end_s, 3),
        rule_id=rule_id,
        text=turn.text[slice(*span)],
        match=match,
    )


def confidence_of(
    turn: Turn, span: tuple[int, int], match: MatchKind, score: float, settings: ConfidenceSettings
) -> float:
    """Return 0..1: how surely the words were matched and heard.

    The kind's base confidence, times the score by sound, times a share that the recogniser's word
    probabilities decide; less for turns of unknown role.
    """
    base = {
        MatchKind.EXACT: settings.exact,
        MatchKind.FILLED: settings.filled,
        MatchKind.PATTERN: settings.pattern,
        MatchKind.PINYIN: settings.pinyin,
        MatchKind.CLASSIFIER: 1.0,
        MatchKind.LIKELIHOOD: 1.0,
        MatchKind.SIMILAR: settings.pattern,
        MatchKind.SIGNAL: settings.measured,
        MatchKind.ABSENCE: settings.absent,
    }[match]
    weight = settings.word_probability_weight
    heard = 1 - weight * (1 - span_probability(turn, *span))
    known = settings.unknown_role if turn.role is SpeakerRole.UNKNOWN else 1.0
    return round(base * score * heard * known, 4)
