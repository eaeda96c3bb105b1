"""What a person sees of one item: the talk around the evidence, and where the evidence is. Edge (reads).

In: a target and the published warehouse. Out: views for the templates; nothing in them is markup.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transcribe.call import TimeSpan
from warehouse.connect import Connection, fetch_rows, open_reading
from warehouse.label_targets import CASE, CAUSE, Target
from warehouse.labels import Labels
from warehouse.pages.names import clock, typeset
from warehouse.review.items import query

Row = dict[str, Any]
_MASKED = re.compile(r"\*+")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some characters of a turn: `kind` is "" or `evidence` or `pii`."""

    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class TurnView:
    """One turn; `start_s` in seconds of the recording."""

    role: str
    role_name: str
    clock: str
    start_s: float
    end_s: float
    pieces: tuple[Piece, ...]
    is_evidence: bool


@dataclass(frozen=True, slots=True)
class TargetView:
    """What is shown of a target: turns around the evidence, what lies outside, why a case was chosen."""

    turns: tuple[TurnView, ...]
    before_count: int
    after_count: int
    reason: str


def read_view(warehouse: Path, target: Target, context_turns: int, labels: Labels) -> TargetView:
    """Return the turns around the evidence of a target; of a whole call, all of it.

    Raises:
        WarehouseError: the warehouse cannot be read.
    """
    with open_reading(warehouse) as con:
        turns = fetch_rows(con, query("talk"), {"call_id": target.row["call_id"]})
        spans = evidence_of(con, target)
        reason = _reason(con, target)
    indexes = _indexes(turns, spans, target)
    first, last = 0, len(turns)
    if indexes:
        first, last = max(0, min(indexes) - context_turns), min(len(turns), max(indexes) + 1 + context_turns)
    shown = tuple(_turn_view(turn, spans, target, labels) for turn in turns[first:last])
    return TargetView(shown, first, len(turns) - last, reason)


def evidence_of(con: Connection, target: Target) -> list[Row]:
    """Return where the evidence is: times, and for causes and phrases turn and characters."""
    row = target.row
    if target.table == CASE:
        return fetch_rows(con, query("case_focus"), {name: row[name] for name in ("call_id", "case_id")})
    if target.table == CAUSE:
        names = ("call_id", "top_cause", "sub_cause", "source")
        return fetch_rows(con, query("cause_evidence"), {name: row[name] for name in names})
    names = ("call_id", "turn_index", "char_start", "char_end", "phrase_id")
    return fetch_rows(con, query("hit_evidence"), {name: row[name] for name in names})


def focus_of(con: Connection, target: Target) -> TimeSpan | None:
    """Return the seconds worth hearing: first to last evidence; None when the warehouse does not know."""
    spans = evidence_of(con, target)
    if spans:
        start_s = min(span["start_s"] for span in spans)
        return TimeSpan(start_s, max(start_s, *(span["end_s"] for span in spans)))
    turns = fetch_rows(con, query("talk"), {"call_id": target.row["call_id"]})
    said = [turn for turn in turns if turn["role"] == "customer"] or turns
    return TimeSpan(said[0]["start_s"], said[0]["end_s"]) if said else None


def _reason(con: Connection, target: Target) -> str:
    if target.table != CASE:
        return ""
    rows = evidence_of(con, target)
    return typeset(rows[0]["reason"]) if rows else ""


def _indexes(turns: Sequence[Row], spans: Sequence[Row], target: Target) -> list[int]:
    """Return places in `turns` that hold evidence."""
    if target.table == CASE:
        return [
            at
            for at, turn in enumerate(turns)
            for span in spans
            if turn["start_s"] < span["end_s"] and turn["end_s"] > span["start_s"]
        ]
    wanted = {span["turn_index"] for span in spans}
    return [at for at, turn in enumerate(turns) if turn["turn_index"] in wanted]


def _turn_view(turn: Row, spans: Sequence[Row], target: Target, labels: Labels) -> TurnView:
    own: list[tuple[int, int]] = []
    if target.table != CASE:
        own = [(s["char_start"], s["char_end"]) for s in spans if s["turn_index"] == turn["turn_index"]]
    return TurnView(
        role=turn["role"],
        role_name=labels.of("role", turn["role"]),
        clock=clock(turn["start_s"]),
        start_s=round(turn["start_s"], 3),
        end_s=round(turn["end_s"], 3),
        pieces=pieces_of(turn["text"], own),
        is_evidence=bool(own),
    )


def pieces_of(text: str, spans: Sequence[tuple[int, int]]) -> tuple[Piece, ...]:
    """Return `text` cut where evidence and masked stretches begin and end; joined, it is the text typeset."""
    kinds = [""] * len(text)
    for start, end in spans:
        for at in range(max(0, start), min(end, len(text))):
            kinds[at] = "evidence"
    for found in _MASKED.finditer(text):
        kinds[found.start() : found.end()] = ["pii"] * len(found[0])
    pieces: list[Piece] = []
    for character, kind in zip(typeset(text), kinds, strict=True):
        if pieces and pieces[-1].kind == kind:
            pieces[-1] = Piece(pieces[-1].text + character, kind)
        else:
            pieces.append(Piece(character, kind))
    return tuple(pieces)
