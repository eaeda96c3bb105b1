"""Bars and lines of the overview as numbers, for templates to draw as inline SVG. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from warehouse.pages.said import Said, said

WIDTH = 460.0  # of the drawing, in its own units
TREND_HEIGHT = 150.0
LINE_HEIGHT = 60.0
MAX_LABELS = 7


@dataclass(frozen=True, slots=True)
class CauseBar:
    """One top cause: name, its largest sub-causes, calls, bar width in 0..WIDTH."""

    kind: str
    name: Said
    detail: tuple[Said, ...]
    count: int
    width: float


@dataclass(frozen=True, slots=True)
class TrendBar:
    """One night: place and height of all calls, height of the dissatisfied part, label or ""."""

    x: float
    width: float
    height: float
    part: float
    label: str
    title: Said


@dataclass(frozen=True, slots=True)
class Line:
    """A number over the nights: `points` as an SVG polyline has them, the newest value, the largest.

    `dots` are (x, y, title) per night, y downwards in 0..LINE_HEIGHT.
    """

    kind: str
    name: Said
    points: str
    last: str
    most: str
    dots: tuple[tuple[float, float, Said], ...]


def cause_bars(counts: Sequence[tuple[str, Said, int, tuple[Said, ...]]]) -> tuple[CauseBar, ...]:
    """Return bars from (id, name, calls, details), the longest as wide as the drawing."""
    most = max((count for _, _, count, _ in counts), default=0)
    return tuple(
        CauseBar(kind, name, detail, count, round(WIDTH * count / most, 1))
        for kind, name, count, detail in counts
    )


def trend_bars(nights: Sequence[tuple[date, int, int]]) -> tuple[TrendBar, ...]:
    """Return bars from (night, calls, dissatisfied calls), oldest first; at most seven carry a label."""
    most = max((calls for _, calls, _ in nights), default=0)
    if not most:
        return ()
    slot = min(64.0, WIDTH / len(nights))
    every = -(-len(nights) // MAX_LABELS)
    return tuple(
        TrendBar(
            x=round(index * slot + slot * 0.1, 1),
            width=round(slot * 0.8, 1),
            height=round(TREND_HEIGHT * calls / most, 1),
            part=round(TREND_HEIGHT * dissatisfied / most, 1),
            label=f"{night.month}/{night.day}" if (len(nights) - 1 - index) % every == 0 else "",
            title=said("overview.trend_night", day=night, calls=calls, dissatisfied=dissatisfied),
        )
        for index, (night, calls, dissatisfied) in enumerate(nights)
    )


def line_of(kind: str, name: Said, values: Sequence[tuple[date, float]], most: float, night_key: str) -> Line:
    """Return a line of (night, value), oldest first, that reaches the top at `most`.

    `night_key` are the words for one night; their slots are day, name and value.
    """
    step = WIDTH / max(1, len(values) - 1)
    scale = LINE_HEIGHT / most if most > 0 else 0.0
    dots = tuple(
        (
            round(index * step if len(values) > 1 else WIDTH / 2, 1),
            round(LINE_HEIGHT - min(most, value) * scale, 1),
            said(night_key, day=night, name=(name,), value=f"{value:.1f}"),
        )
        for index, (night, value) in enumerate(values)
    )
    last = f"{values[-1][1]:.1f}" if values else ""
    points = " ".join(f"{x},{y}" for x, y, _ in dots)
    return Line(kind, name, points, last, f"{max((v for _, v in values), default=0):.1f}", dots)


def shares(
    nights: Sequence[tuple[date, int]], counts: Mapping[tuple[date, str], int], kind: str
) -> list[tuple[date, float]]:
    """Return per night (night, calls) how many calls in a hundred had the cause `kind`."""
    return [(night, 100 * counts.get((night, kind), 0) / calls if calls else 0.0) for night, calls in nights]
