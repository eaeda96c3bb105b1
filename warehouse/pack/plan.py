"""What the first page of a morning pack shows: numbers, things to hear with their times, questions. Pure.

In: problems, chosen items, views of their cases, texts. Out: a frozen page. Templates escape every string.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from warehouse.labels import Labels
from warehouse.pack.choice import Item, Wish
from warehouse.pack.problems import Problem, is_common, ranked
from warehouse.pack.settings import PackSettings, PackTexts
from warehouse.pages.names import clock, day_name, typeset
from warehouse.pages.views import CaseView

_SAME = 0.05  # per 100 calls: less is no change


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """A problem with its numbers as they are read out; `is_common`: most teams meet it alike."""

    name: str
    calls: str
    rate: str
    others: str
    trend: str
    is_common: bool


@dataclass(frozen=True, slots=True)
class PackedView:
    """A case as pages show it, and its own page in the pack: of the case, or of the pair it belongs to."""

    view: CaseView
    page: str


@dataclass(frozen=True, slots=True)
class Part:
    """One clip to hear: what to listen for, and the case with its words."""

    number: int
    label: str
    side: str
    view: CaseView
    page: str
    audio: str


@dataclass(frozen=True, slots=True)
class Section:
    """One thing to hear and talk about; clocks are minutes and seconds from the start of the session."""

    number: int
    title: str
    why: str
    begins: str
    ends: str
    clip_time: str
    talk_time: str
    parts: tuple[Part, ...]
    questions: tuple[str, ...]
    said: tuple["Said", ...]


@dataclass(frozen=True, slots=True)
class Said:
    """A phrase from a clip, and what to say instead."""

    phrase: str
    kind: str
    replacement: str


@dataclass(frozen=True, slots=True)
class PackPage:
    """The whole first page."""

    team: str
    day: str
    iso_day: str
    minutes: str
    nights: int
    problems: tuple[ProblemRow, ...]
    sections: tuple[Section, ...]
    opening: str
    closing: str
    opening_ends: str
    closing_begins: str
    closing_ends: str


@dataclass(frozen=True, slots=True)
class PackContent:
    """What was chosen: for whom and which night, the problems, the items, views and phrases by case id."""

    night: date
    wish: Wish
    problems: Sequence[Problem]
    items: Sequence[Item]
    views: Mapping[str, PackedView]
    said: Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Wording:
    """Texts of packs, names of ids, and the settings they speak of."""

    texts: PackTexts
    labels: Labels
    settings: PackSettings


def shown_problems(content: PackContent, settings: PackSettings) -> tuple[Problem, ...]:
    """Return the problems whose numbers are shown: the weightiest, and those that are spoken of."""
    heard = {item.problem for item in content.items}
    ordered = ranked(content.problems, settings)
    return tuple(
        each for place, each in enumerate(ordered) if place < settings.problem_count or each in heard
    )


def seconds_of(items: Sequence[Item], settings: PackSettings) -> float:
    """Return how long the session takes."""
    return settings.opening_s + sum(item.seconds for item in items) + settings.closing_s


def pack_page(content: PackContent, wording: Wording, audio_suffix: str = "") -> PackPage:
    """Return the page of a pack; `audio_suffix` replaces the stored clips' own when they were transcoded."""
    settings = wording.settings
    sections: list[Section] = []
    at_s, number = settings.opening_s, 1
    for index, item in enumerate(content.items, start=1):
        parts = _parts(item, number, content, audio_suffix)
        sections.append(_section(item, parts, (index, at_s), content, wording))
        at_s, number = at_s + item.seconds, number + len(parts)
    return PackPage(
        team=content.wish.team or "",
        day=day_name(content.night),
        iso_day=content.night.isoformat(),
        minutes=f"{content.wish.seconds / 60:g}",
        nights=settings.recent_nights,
        problems=tuple(_row(each, wording) for each in shown_problems(content, settings)),
        sections=tuple(sections),
        opening=wording.texts.opening,
        closing=wording.texts.closing,
        opening_ends=clock(settings.opening_s),
        closing_begins=clock(at_s),
        closing_ends=clock(at_s + settings.closing_s),
    )


def audio_of(view: CaseView, audio_suffix: str) -> str:
    """Return where a case's sound lies in the pack."""
    return view.clip.rsplit(".", 1)[0] + audio_suffix if audio_suffix else view.clip


def _parts(item: Item, first: int, content: PackContent, audio_suffix: str) -> tuple[Part, ...]:
    """The clips of an item, numbered from `first`; what went wrong comes first."""
    parts: list[Part] = []
    for offset, case in enumerate(item.cases):
        is_wrong = item.problem is not None and offset == 0
        side, label = ("bad", "哪里出了问题") if is_wrong else ("good", "好的做法是怎样的")
        shown = content.views[case.case_id]
        audio = audio_of(shown.view, audio_suffix)
        parts.append(Part(first + offset, label, side, shown.view, shown.page, audio))
    return tuple(parts)


def _section(
    item: Item, parts: tuple[Part, ...], place: tuple[int, float], content: PackContent, wording: Wording
) -> Section:
    """The section of an item; `place` is its number and the second it begins at."""
    number, at_s = place
    texts, problem = wording.texts, item.problem
    if problem is None:
        title, why, questions = (
            "听一听好的做法",
            "近来没有突出的问题：学一通办得好的。",
            texts.questions_of("right"),
        )
    else:
        title = texts.name_of(problem.kind, problem.name)
        why = _why(problem, wording)
        more = texts.questions_of("pair") if item.is_pair else texts.questions_of("right")
        questions = (*texts.questions_of(*problem.key), *(more if len(item.cases) > 1 else ()))
    said: dict[str, Said] = {}
    for case in item.cases:
        for row in content.said.get(case.case_id, ()):
            if row["replacement"]:
                kind = wording.labels.of("kind", row["kind"])
                said.setdefault(
                    row["phrase_id"], Said(typeset(row["phrase"]), kind, typeset(row["replacement"]))
                )
    return Section(
        number, title, why, clock(at_s), clock(at_s + item.seconds), clock(item.clip_s), clock(item.talk_s),
        parts, questions, tuple(said.values()),
    )  # fmt: skip


def _why(problem: Problem, wording: Wording) -> str:
    base = wording.texts.bases.get(problem.base, "通电话")
    text = f"{problem.base_count} {base}里有 {problem.call_count} 通，每百通 {problem.per_100_calls:.1f}"
    others = problem.others_per_100_calls
    return text + ("。" if others is None else f"；其他班组每百通 {others:.1f}。")


def _row(problem: Problem, wording: Wording) -> ProblemRow:
    others, before = problem.others_per_100_calls, problem.before_per_100_calls
    return ProblemRow(
        name=wording.texts.name_of(problem.kind, problem.name),
        calls=f"{problem.call_count} / {problem.base_count}",
        rate=f"{problem.per_100_calls:.1f}",
        others="—" if others is None else f"{others:.1f}",
        trend="—" if before is None else _trend(problem.per_100_calls - before),
        is_common=is_common(problem, wording.settings),
    )


def _trend(change: float) -> str:
    if abs(change) < _SAME:
        return "持平"
    return f"{'多' if change > 0 else '少'} {abs(change):.1f}"
