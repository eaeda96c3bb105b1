"""What the pages show of one case, ready for the templates.

In: rows of the warehouse (masked turns, evidence), labels, the case's library. Out: frozen views. Pure.
Nothing here is markup: templates escape every string.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from transcribe.call import TimeSpan
from warehouse.case import Library
from warehouse.labels import Labels
from warehouse.pages.hidden_agent import without_agent
from warehouse.pages.lane import Lane, dots, levels, signals, speaking, waves
from warehouse.pages.names import clip_file, clock, page_id, shortened, shown_id, typeset
from warehouse.pages.said import Said, label, said
from warehouse.pages.scores import ScoreView, score_view
from warehouse.pages.settings import PageSettings
from warehouse.pages.talk import Talk, TurnView, mark_title, turn_views

Row = Mapping[str, Any]
STEPS = ("emotion", "diagnose", "propose", "accept", "close")
GRAVE = ("taboo", "sensitive", "escalation")
# How telling a good move of a step is, for the sentence on the card: a proposal more than a greeting.
TELLING = {"propose": 3, "diagnose": 2, "accept": 2}


@dataclass(frozen=True, slots=True)
class StepView:
    """One of the five steps: what the agent did of it in the whole call, and when first (None: not here)."""

    step: str
    name: Said
    shown: tuple[Said, ...]
    start_s: float | None


@dataclass(frozen=True, slots=True)
class WhyView:
    """One point of why the case was chosen: what, how much of it ("" for nothing), points with sign."""

    name: Said
    value: str
    points: str
    is_good: bool


@dataclass(frozen=True, slots=True)
class CaseView:
    """One case with everything its page and its card show."""

    page: str
    library_id: str
    library_title: str
    call_id: str
    shown_call: str
    night: date
    day: date
    rank: int
    headline: Said
    quote: str
    reason: str
    why: tuple[WhyView, ...]
    tier: str
    tier_name: Said
    line: Said | None
    team: str
    agent: str
    causes: tuple[Said, ...]
    phrases: tuple[str, ...]
    clip: str
    duration_s: float
    length: str
    mask_count: int
    turns: tuple[TurnView, ...]
    steps: tuple[StepView, ...]
    score: ScoreView | None
    lane: Lane | None
    pair_page: str
    side: str
    side_name: Said


@dataclass(frozen=True, slots=True)
class CallRows:
    """The stored rows of one call: `marks` are spans of evidence, `masks` personal data."""

    turns: Sequence[Row]
    marks: Sequence[Row]
    masks: Sequence[Row]
    causes: Sequence[Row]
    scores: Sequence[Row]
    parts: Sequence[Row]
    clips: Sequence[Row]


def case_view(row: Row, call: CallRows, library: Library, labels: Labels, settings: PageSettings) -> CaseView:
    """Return the view of one row of `queries/cases.sql`; the agent is hidden where the library says so."""
    call = with_hidden_agent(call, row, library)
    clip = _shown_span(row, library)
    marks = [mark for mark in call.marks if mark["confidence"] >= settings.likely]
    causes = _names(call.causes, labels, settings)
    file = clip_file(row["clip_file"])
    line, pair, talk = row["line_of_business"], row["pair_key"], Talk(call.turns, marks, clip)
    return CaseView(
        page=page_id(row["case_id"]),
        library_id=library.library_id,
        library_title=library.title,
        call_id=row["call_id"],
        shown_call=shown_id(row["call_id"]),
        night=row["night"],
        day=row["call_date"],
        rank=row["rank"],
        headline=_headline(causes, row, labels),
        quote=_quote(marks, call.turns, TimeSpan(row["focus_start_s"], row["focus_end_s"])),
        reason=typeset(row["reason"]),
        why=_why(row.get("why") or (), labels),
        tier=row["tier"],
        tier_name=label(labels, "tier", row["tier"]),
        line=label(labels, "line", line) if line else None,
        team=row["team"] or "",
        agent=(row["agent_id"] or "") if library.is_agent_named else "",
        causes=causes,
        phrases=tuple(dict.fromkeys(typeset(m["label_id"]) for m in marks if m["kind"] in GRAVE[:2])),
        clip=file,
        duration_s=round(clip.duration_s, 3),
        length=clock(clip.duration_s),
        mask_count=row["mask_count"] or 0,
        turns=turn_views(talk, labels, settings),
        steps=_steps(marks, clip, labels),
        score=score_view(call.scores, call.parts, labels),
        lane=_lane(talk, _cut(call, file), labels, settings),
        pair_page="" if pair is None else page_id(pair),
        side=row["side"] or "",
        side_name=label(labels, "side", row["side"]),
    )


def with_hidden_agent(call: CallRows, row: Row, library: Library) -> CallRows:
    """Return a call's rows as the library may show them, without what agents say of themselves or as is."""
    if library.is_agent_named:
        return call
    return replace(call, turns=without_agent(call.turns, row["agent_id"]))


def clip_span(row: Row) -> TimeSpan | None:
    """Return what of the recording the case's clip holds; None without a clip."""
    if row["clip_start_s"] is not None and clip_file(row["clip_file"]):
        return TimeSpan(row["clip_start_s"], row["clip_end_s"])
    return None


def _shown_span(row: Row, library: Library) -> TimeSpan:
    start_s = max(0.0, row["focus_start_s"] - library.padding_s)
    return clip_span(row) or TimeSpan(start_s, max(start_s, row["focus_end_s"]) + library.padding_s)


def _names(causes: Sequence[Row], labels: Labels, settings: PageSettings) -> tuple[Said, ...]:
    ids = [row["sub_cause"] or row["top_cause"] for row in causes if row["confidence"] >= settings.likely]
    return tuple(dict.fromkeys(label(labels, "cause", cause) for cause in ids))


def _why(points: Sequence[Row], labels: Labels) -> tuple[WhyView, ...]:
    """Return the points, those that count most first; a phrase is named in its own words."""
    ordered = sorted(points, key=lambda point: -abs(point["points"] or 0))
    return tuple(
        WhyView(
            label(labels, point["kind"], typeset(point["label_id"])),
            "" if point["value"] is None else f"{point['value']:g}",
            f"{point['points'] or 0:+.3g}",
            (point["points"] or 0) >= 0,
        )
        for point in ordered
    )


def _headline(causes: tuple[Said, ...], row: Row, labels: Labels) -> Said:
    matter = causes[0] if causes else said("case.no_cause")
    if row["side"]:
        return said("case.headline", matter=(matter,), how=(label(labels, "side", row["side"]),))
    if row["tier"] == "none":
        return matter
    return said("case.headline", matter=(matter,), how=(label(labels, "tier", row["tier"]),))


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


def _steps(marks: Sequence[Row], clip: TimeSpan, labels: Labels) -> tuple[StepView, ...]:
    views: list[StepView] = []
    for step in STEPS:
        own = [mark for mark in marks if mark["kind"] == "good" and mark["step"] == step]
        heard = [mark["start_s"] for mark in own if clip.start_s <= mark["start_s"] <= clip.end_s]
        shown = tuple(dict.fromkeys(label(labels, "behaviour", mark["label_id"]) for mark in own))
        start_s = round(min(heard) - clip.start_s, 3) if heard else None
        views.append(StepView(step, label(labels, "step", step), shown, start_s))
    return tuple(views)


@dataclass(frozen=True, slots=True)
class _Cut:
    """What is known of the sound: silenced spans (rows of start_s, end_s), peaks 0..255 or None."""

    masks: Sequence[Row]
    peaks: Sequence[int] | None


def _cut(call: CallRows, file: str) -> _Cut:
    """Return the sound of a clip; where its row tells no masks, the call's personal data stands for them."""
    row = next((row for row in call.clips if file and row["file"] == file), None)
    if row is None:
        return _Cut(call.masks, None)
    return _Cut(call.masks if row["masks"] is None else row["masks"], row["peaks"])


def _lane(talk: Talk, cut: _Cut, labels: Labels, settings: PageSettings) -> Lane:
    clip = talk.clip
    inside = [turn for turn in talk.turns if turn["start_s"] < clip.end_s and turn["end_s"] > clip.start_s]
    return Lane(
        blocks=speaking(inside, cut.masks, clip, labels),
        waves=waves(cut.peaks, inside, clip, settings),
        signals=signals(inside, clip, settings),
        levels=levels(inside, clip, settings),
        dots=dots([(mark, mark_title(mark, labels)) for mark in talk.marks], clip),
    )
