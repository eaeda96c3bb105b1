"""The words of a turn, cut where evidence begins and ends, so that both can be shown at once.

In: a turn's text, its words with times, spans of evidence. Out: runs of pieces. Pure.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from transcribe.call import TimeSpan, Word
from warehouse.pages.names import typeset
from warehouse.pages.said import Said, said

# What wins where two kinds of evidence share characters; personal data wins over everything.
PRIORITY = ("pii", "taboo", "sensitive", "fault", "escalation", "cause", "sign", "good")
_MASKED = re.compile(r"\*+")
_NOTHING = said("literal", text="")
_PII = said("mark.pii")


@dataclass(frozen=True, slots=True)
class Mark:
    """Evidence in a turn: half-open character span, kind (one of PRIORITY) and what to call it."""

    char_start: int
    char_end: int
    kind: str
    label: Said


@dataclass(frozen=True, slots=True)
class Piece:
    """Some characters of one word that share their evidence; `kind` is "" where there is none."""

    text: str
    kind: str
    label: Said


@dataclass(frozen=True, slots=True)
class Run:
    """One word as it is shown. Times are seconds from the start of the clip, None when it is not in it."""

    pieces: tuple[Piece, ...]
    start_s: float | None
    end_s: float | None


def runs_of(text: str, words: Sequence[Word], marks: Iterable[Mark], clip: TimeSpan) -> tuple[Run, ...]:
    """Return the text as runs, one per word; joined, their pieces are `text`, its punctuation typeset.

    Words that do not add up to the text (an older transcript) give one run without times.
    """
    kinds, shown = _kinds(text, marks), typeset(text)
    if "".join(word.text for word in words) != text:
        return (Run(_pieces(shown, kinds, 0), None, None),)
    runs: list[Run] = []
    offset = 0
    for word in words:
        is_inside = word.start_s < clip.end_s and word.end_s > clip.start_s
        start_s = round(max(0.0, word.start_s - clip.start_s), 3) if is_inside else None
        end_s = round(max(0.0, min(word.end_s, clip.end_s) - clip.start_s), 3) if is_inside else None
        length = len(word.text)
        runs.append(Run(_pieces(shown[offset : offset + length], kinds, offset), start_s, end_s))
        offset += length
    return tuple(runs)


def _kinds(text: str, marks: Iterable[Mark]) -> list[tuple[str, Said]]:
    """Return (kind, label) per character."""
    kinds: list[tuple[str, Said]] = [("", _NOTHING)] * len(text)
    hidden = [Mark(*found.span(), "pii", _PII) for found in _MASKED.finditer(text)]
    ordered = sorted([*marks, *hidden], key=lambda mark: PRIORITY.index(mark.kind), reverse=True)
    for mark in ordered:
        for index in range(max(0, mark.char_start), min(len(text), mark.char_end)):
            kinds[index] = (mark.kind, mark.label)
    return kinds


def _pieces(text: str, kinds: Sequence[tuple[str, Said]], offset: int) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    for index, character in enumerate(text):
        kind, label = kinds[offset + index]
        if pieces and (pieces[-1].kind, pieces[-1].label) == (kind, label):
            pieces[-1] = Piece(pieces[-1].text + character, kind, label)
        else:
            pieces.append(Piece(character, kind, label))
    return tuple(pieces)
