"""What the pages show of one case, ready for the templates.

In: rows of the warehouse (masked turns, evidence), labels, the case's library. Out: frozen views. Pure.
Nothing here is markup: templates escape every string.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Any

from transcribe.call import TimeSpan, Word
from warehouse.case import Library
from warehouse.labels import Labels
from warehouse.pages.hidden_agent import without_agent
from warehouse.pages.names import clip_file, clock, day_name, page_id, shortened, shown_id, typeset
from warehouse.pages.pieces import PRIORITY, Mark, Run, runs_of

Row = Mapping[str, Any]
STEPS = ("emotion", "diagnose", "propose", "accept", "close")
GRAVE = ("taboo", "sensitive", "escalation")
QUIET = ("good", "cause")  # shown as small chips; what went wrong gets a line of its own
# How telling a good move of a step is, for the sentence on the card: a proposal more than a greeting.
TELLING = {"propose": 3, "diagnose": 2, "accept": 2}
LIKELY = 0.5  # evidence less sure than this is not shown: a trainer should not have to doubt a highlight


@dataclass(frozen=True, slots=True)
class Note:
    """A line below a turn: what was found there, and what to say instead ("" for nothing)."""

    kind: str
    title: str
    replacement: str


@dataclass(frozen=True, slots=True)
class TurnView:
    """One turn; times in seconds from the start of the clip."""

    role: str
    role_name: str
    start_s: float
    end_s: float
    clock: str
    is_inside: bool
    runs: tuple[Run, ...]
    chips: tuple[Note, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class StepView:
    """One of the five steps: what the agent did of it in the whole call."""

    name: str
    shown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A mark on the time lane: left and width in per mille of the clip."""

    kind: str
    left: float
    width: float
    title: str


@dataclass(frozen=True, slots=True)
class CaseView:
    """One case with everything its page and its card show."""

    page: str
    library_id: str
    library_title: str
    call_id: str
    shown_call: str
    night: date
    day: str
    rank: int
    headline: str
    quote: str
    reason: str
    tier: str
    tier_name: str
    line: str
    team: str
    agent: str
    causes: tuple[str, ...]
    phrases: tuple[str, ...]
    clip: str
    duration_s: float
    length: str
    mask_count: int
    turns: tuple[TurnView, ...]
    steps: tuple[StepView, ...]
    blocks: tuple[Block, ...]
    dots: tuple[Block, ...]
    pair_page: str
    side: str
    side_name: str


@dataclass(frozen=True, slots=True)
class CallRows:
    """The stored rows of one call: `marks` are spans of evidence, `masks` personal data."""

    turns: Sequence[Row]
    marks: Sequence[Row]
    masks: Sequence[Row]
    causes: Sequence[Row]


def case_view(row: Row, call: CallRows, library: Library, labels: Labels) -> CaseView:
    """Return the view of one row of `queries/cases.sql`."""
    if not library.is_agent_named:
        call = replace(call, turns=without_agent(call.turns, row["agent_id"]))
    clip = _shown_span(row, library)
    file = clip_file(row["clip_file"])
    marks = [mark for mark in call.marks if mark["confidence"] >= LIKELY]
    turns = tuple(_turn_views(call.turns, marks, clip, labels))
    causes = _names(call.causes, labels)
    pair = row["pair_key"]
    return CaseView(
        page=page_id(row["case_id"]),
        library_id=library.library_id,
        library_title=library.title,
        call_id=row["call_id"],
        shown_call=shown_id(row["call_id"]),
        night=row["night"],
        day=day_name(row["call_date"]),
        rank=row["rank"],
        headline=_headline(causes, row, labels),
        quote=_quote(marks, call.turns, TimeSpan(row["focus_start_s"], row["focus_end_s"])),
        reason=typeset(row["reason"]),
        tier=row["tier"],
        tier_name=labels.of("tier", row["tier"]),
        line=labels.of("line", row["line_of_business"]),
        team=row["team"] or "",
        agent=(row["agent_id"] or "") if library.is_agent_named else "",
        causes=causes,
        phrases=tuple(dict.fromkeys(m["label_id"] for m in marks if m["kind"] == "taboo")),
        clip=file,
        duration_s=round(clip.duration_s, 3),
        length=clock(clip.duration_s),
        mask_count=row["mask_count"] or 0,
        turns=turns,
        steps=_steps(marks, labels),
        blocks=_blocks(call, clip, labels),
        dots=_dots(marks, clip, labels),
        pair_page="" if pair is None else page_id(pair),
        side=row["side"] or "",
        side_name=labels.of("side", row["side"]),
    )


def _shown_span(row: Row, library: Library) -> TimeSpan:
    if row["clip_start_s"] is not None and clip_file(row["clip_file"]):
        return TimeSpan(row["clip_start_s"], row["clip_end_s"])
    start_s = max(0.0, row["focus_start_s"] - library.padding_s)
    return TimeSpan(start_s, max(start_s, row["focus_end_s"]) + library.padding_s)


def _names(causes: Sequence[Row], labels: Labels) -> tuple[str, ...]:
    likely = [row for row in causes if row["confidence"] >= LIKELY]
    return tuple(dict.fromkeys(labels.of("cause", row["sub_cause"] or row["top_cause"]) for row in likely))


def _headline(causes: tuple[str, ...], row: Row, labels: Labels) -> str:
    matter = causes[0] if causes else "业务咨询"
    if row["side"]:
        return f"{matter} · {labels.of('side', row['side'])}"
    return matter if row["tier"] == "none" else f"{matter} · {labels.of('tier', row['tier'])}"


def _quote(marks: Sequence[Row], turns: Sequence[Row], focus: TimeSpan) -> str:
    """Return the sentence that makes one want to listen: the first grave one of the focus, else the best."""
    inside = [mark for mark in marks if focus.start_s <= mark["start_s"] <= focus.end_s]
    if not inside:
        return ""
    grave = [mark for mark in inside if mark["kind"] in GRAVE]
    good = [mark for mark in inside if mark["kind"] == "good"] or inside
    best = (
        min(grave, key=lambda mark: mark["start_s"])
        if grave
        else max(good, key=lambda mark: _telling(mark, good))
    )
    texts = {turn["turn_index"]: turn["text"] for turn in turns}
    return shortened(typeset(texts.get(best["turn_index"], best["said"])), 60)


def _telling(mark: Row, marks: Sequence[Row]) -> int:
    return sum(TELLING.get(other["step"], 1) for other in marks if other["turn_index"] == mark["turn_index"])


def _turn_views(turns: Sequence[Row], marks: Sequence[Row], clip: TimeSpan, labels: Labels) -> list[TurnView]:
    by_turn = {
        index: list(group) for index, group in groupby(sorted(marks, key=_turn_index), key=_turn_index)
    }
    views: list[TurnView] = []
    for turn in turns:
        if turn["start_s"] >= clip.end_s or turn["end_s"] <= clip.start_s:
            continue
        own = by_turn.get(turn["turn_index"], [])
        words = tuple(Word(**word) for word in turn["words"])
        spans = [
            Mark(mark["char_start"], mark["char_end"], mark["kind"], _mark_title(mark, labels))
            for mark in own
        ]
        start_s = max(0.0, turn["start_s"] - clip.start_s)
        notes = _notes(own, labels)
        views.append(
            TurnView(
                role=turn["role"],
                role_name=labels.of("role", turn["role"]),
                start_s=round(start_s, 3),
                end_s=round(min(turn["end_s"], clip.end_s) - clip.start_s, 3),
                clock=clock(start_s),
                is_inside=turn["start_s"] >= clip.start_s - 0.5,
                runs=runs_of(turn["text"], words, spans, clip),
                chips=tuple(note for note in notes if note.kind in QUIET),
                notes=tuple(note for note in notes if note.kind not in QUIET),
            )
        )
    return views


def _turn_index(row: Row) -> int:
    return row["turn_index"]


def _mark_title(mark: Row, labels: Labels) -> str:
    kind, label_id = mark["kind"], mark["label_id"]
    if kind in ("taboo", "sensitive"):
        return (
            f"{labels.of('kind', 'sensitive' if kind == 'sensitive' else 'forbidden')}「{typeset(label_id)}」"
        )
    if kind == "cause":
        return f"原因：{labels.of('cause', label_id)}"
    if kind == "escalation":
        return labels.of("escalation", label_id)
    if mark["step"]:
        return f"{labels.of('step', mark['step'])} · {labels.of('behaviour', label_id)}"
    return labels.of("behaviour", label_id)


def _notes(marks: Sequence[Row], labels: Labels) -> tuple[Note, ...]:
    notes = [
        Note(mark["kind"], _mark_title(mark, labels), typeset(mark["replacement"] or "")) for mark in marks
    ]
    return tuple(sorted(dict.fromkeys(notes), key=lambda note: PRIORITY.index(note.kind)))


def _steps(marks: Sequence[Row], labels: Labels) -> tuple[StepView, ...]:
    done = {
        step: [m["label_id"] for m in marks if m["kind"] == "good" and m["step"] == step] for step in STEPS
    }
    return tuple(
        StepView(labels.of("step", step), tuple(dict.fromkeys(labels.of("behaviour", b) for b in done[step])))
        for step in STEPS
    )


def _place(start_s: float, end_s: float, clip: TimeSpan) -> tuple[float, float]:
    scale = 1000 / max(clip.duration_s, 0.001)
    left = min(1000.0, max(0.0, (start_s - clip.start_s) * scale))
    right = min(1000.0, max(left, (end_s - clip.start_s) * scale))
    return round(left, 1), round(right - left, 1)


def _blocks(call: CallRows, clip: TimeSpan, labels: Labels) -> tuple[Block, ...]:
    known = ("agent", "customer")
    blocks = [
        Block(
            turn["role"] if turn["role"] in known else "other",
            *_place(turn["start_s"], turn["end_s"], clip),
            labels.of("role", turn["role"]),
        )
        for turn in call.turns
    ]
    blocks += [Block("hush", *_place(mask["start_s"], mask["end_s"], clip), "已静音") for mask in call.masks]
    return tuple(block for block in blocks if block.width > 0)


def _dots(marks: Sequence[Row], clip: TimeSpan, labels: Labels) -> tuple[Block, ...]:
    inside = [mark for mark in marks if clip.start_s <= mark["start_s"] <= clip.end_s]
    return tuple(
        Block(mark["kind"], _place(mark["start_s"], mark["start_s"], clip)[0], 0.0, _mark_title(mark, labels))
        for mark in inside
    )
