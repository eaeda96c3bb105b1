"""Bars of the overview as numbers, for templates to draw as inline SVG. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from warehouse.pages.names import day_name

WIDTH = 460.0  # of the drawing, in its own units
TREND_HEIGHT = 150.0


@dataclass(frozen=True, slots=True)
class CauseBar:
    """One top cause: name, the largest sub-causes as text, calls, bar width in 0..WIDTH."""

    kind: str
    name: str
    detail: str
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
    title: str


def cause_bars(counts: Sequence[tuple[str, str, int, str]]) -> tuple[CauseBar, ...]:
    """Return bars from (id, name, calls, detail), the longest as wide as the drawing."""
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
    every = -(-len(nights) // 7)
    return tuple(
        TrendBar(
            x=round(index * slot + slot * 0.1, 1),
            width=round(slot * 0.8, 1),
            height=round(TREND_HEIGHT * calls / most, 1),
            part=round(TREND_HEIGHT * dissatisfied / most, 1),
            label=f"{night.month}/{night.day}" if (len(nights) - 1 - index) % every == 0 else "",
            title=f"{day_name(night)}：{calls} 通，{dissatisfied} 通有不满",
        )
        for index, (night, calls, dissatisfied) in enumerate(nights)
    )
