"""Turns to units: stretches short enough to be judged like a sentence. Pure.

In: turns with tokens and pinyin. Out: `Unit`s with their character span, words, syllables and weight.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tagging.causes.schema import DecisionSettings
from tagging.pinyin import to_pinyin
from transcribe.call import SpeakerRole, Transcript, Turn

# Where a long turn may be cut, best first: ends of sentences, then pauses.
_BREAKS = ("。!?;…\n~", ",、: ")


@dataclass(frozen=True, slots=True)
class Unit:
    """One stretch of a turn: `position` is the turn's place in the transcript, the span half-open."""

    position: int
    char_start: int
    char_end: int
    text: str
    tokens: tuple[str, ...]
    pinyin: tuple[str, ...]
    weight: float = 1.0


def units_of(
    transcript: Transcript, settings: DecisionSettings, tokenise: Callable[[str], tuple[str, ...]]
) -> tuple[Unit, ...]:
    """Return the units of all turns that may hold a customer's words (customer and unknown roles).

    Args:
        transcript: A call; turns without tokens or pinyin get them here.
        settings: How long a unit is, and the weight of the call's edges.
        tokenise: Text to words.
    """
    heard = [
        position
        for position, turn in enumerate(transcript.turns)
        if turn.role in (SpeakerRole.CUSTOMER, SpeakerRole.UNKNOWN)
    ]
    edges = {heard[0], heard[-1]} if len(heard) > 3 else set()
    units: list[Unit] = []
    for position in heard:
        weight = settings.edge_weight if position in edges else 1.0
        units.extend(_turn_units(transcript.turns[position], position, weight, settings, tokenise))
    return tuple(units)


def _turn_units(
    turn: Turn,
    position: int,
    weight: float,
    settings: DecisionSettings,
    tokenise: Callable[[str], tuple[str, ...]],
) -> list[Unit]:
    text = turn.text
    tokens = turn.tokens or tokenise(text)
    pinyin = turn.pinyin if len(turn.pinyin) == len(text) else to_pinyin(text)
    units: list[Unit] = []
    spans = cut(text, settings.unit_chars)
    if 1 < len(spans) <= settings.max_joined_units:
        spans.append((0, len(text)))
    for start, end in spans:
        if sum(map(str.isalnum, text[start:end])) >= settings.min_unit_chars:
            inside = _tokens_between(tokens, start, end)
            units.append(Unit(position, start, end, text[start:end], inside, pinyin[start:end], weight))
    return units


def cut(text: str, unit_chars: int) -> list[tuple[int, int]]:
    """Return half-open spans of at most `unit_chars` characters that cover the text in order.

    Cut at the last end of a sentence that fits, else at the last pause, else in equal windows.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    while len(text) - start > unit_chars:
        end = _last_break(text, start, start + unit_chars)
        if end is None:
            left = len(text) - start
            end = start + -(-left // (-(-left // unit_chars)))
        spans.append((start, end))
        start = end
    if start < len(text):
        spans.append((start, len(text)))
    return spans


def _last_break(text: str, start: int, stop: int) -> int | None:
    for breaks in _BREAKS:
        for at in range(stop - 1, start + (stop - start) // 3, -1):
            if text[at] in breaks:
                return at + 1
    return None


def _tokens_between(tokens: Sequence[str], start: int, end: int) -> tuple[str, ...]:
    if start == 0 and end >= sum(map(len, tokens)):
        return tuple(tokens)
    inside: list[str] = []
    at = 0
    for token in tokens:
        if at >= end:
            break
        if at >= start:
            inside.append(token)
        at += len(token)
    return tuple(inside)
