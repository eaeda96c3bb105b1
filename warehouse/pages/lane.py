"""The time axis of a clip: who speaks, the waveform, pauses, talking over each other, loudness, evidence.

In: rows of turns, masks and evidence, peaks, the clip's span. Out: shapes for one SVG drawing. Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from transcribe.call import TimeSpan
from warehouse.labels import Labels
from warehouse.pages.names import clock
from warehouse.pages.said import Said, label, said
from warehouse.pages.settings import PageSettings

Row = Mapping[str, Any]
SPEAKERS = ("agent", "customer")
WIDTH = 1000.0  # of the drawing; a clip is as wide, whatever it lasts
WAVE_HEIGHT = 52.0
LOUDNESS_HEIGHT = 14.0
QUIET_PEAK = 32  # of 255: a clip that never gets louder than this fills the drawing no further


@dataclass(frozen=True, slots=True)
class Block:
    """A mark on the axis: left and width in units of the drawing, and what a pointer on it reads."""

    kind: str
    left: float
    width: float
    title: Said
    height: float = 0.0


@dataclass(frozen=True, slots=True)
class Lane:
    """Everything along the axis. `waves` are (role, SVG path), none without peaks."""

    blocks: tuple[Block, ...]
    waves: tuple[tuple[str, str], ...]
    signals: tuple[Block, ...]
    levels: tuple[Block, ...]
    dots: tuple[Block, ...]


def place(start_s: float, end_s: float, clip: TimeSpan) -> tuple[float, float]:
    """Return left and width, clipped to the drawing."""
    scale = WIDTH / max(clip.duration_s, 0.001)
    left = min(WIDTH, max(0.0, (start_s - clip.start_s) * scale))
    right = min(WIDTH, max(left, (end_s - clip.start_s) * scale))
    return round(left, 1), round(right - left, 1)


def speaking(turns: Sequence[Row], masks: Sequence[Row], clip: TimeSpan, labels: Labels) -> tuple[Block, ...]:
    """Return who speaks when, and where the sound is silenced."""
    blocks = [
        Block(_role(turn), *place(turn["start_s"], turn["end_s"], clip), label(labels, "role", turn["role"]))
        for turn in turns
    ]
    hush = said("player.silenced_here")
    blocks += [Block("hush", *place(mask["start_s"], mask["end_s"], clip), hush) for mask in masks]
    return tuple(block for block in blocks if block.width > 0)


def waves(
    peaks: Sequence[int] | None, turns: Sequence[Row], clip: TimeSpan, settings: PageSettings
) -> tuple[tuple[str, str], ...]:
    """Return a path of upright strokes per role that speaks, `other` where nobody does.

    `peaks` are 0..255 of full scale, evenly spread over the clip; the loudest reaches the drawing's edge.
    """
    if not peaks:
        return ()
    count = min(len(peaks), settings.wave_points)
    middle, loudest = WAVE_HEIGHT / 2, max(QUIET_PEAK, *peaks)
    paths: dict[str, list[str]] = {}
    for index in range(count):
        begin, end = index * len(peaks) // count, (index + 1) * len(peaks) // count
        height = max(1.0, WAVE_HEIGHT * max(peaks[begin:end]) / loudest)
        time_s = clip.start_s + (index + 0.5) / count * clip.duration_s
        x = (index + 0.5) / count * WIDTH
        paths.setdefault(_speaker_at(time_s, turns), []).append(
            f"M{x:.1f} {middle - height / 2:.1f}v{height:.1f}"
        )
    return tuple((role, "".join(strokes)) for role, strokes in sorted(paths.items()))


def signals(turns: Sequence[Row], clip: TimeSpan, settings: PageSettings) -> tuple[Block, ...]:
    """Return long pauses and stretches in which both speak."""
    found = [
        Block("silence", *place(turn["start_s"] - gap_s, turn["start_s"], clip), silence_of(gap_s))
        for turn in turns
        if (gap_s := turn["gap_before_s"]) >= settings.silence_s
    ]
    for start_s, end_s in overlaps(turns):
        if end_s - start_s >= settings.overlap_s:
            title = said("signal.overlap", seconds=round(end_s - start_s, 1))
            found.append(Block("overlap", *place(start_s, end_s, clip), title))
    return tuple(sorted((b for b in found if b.width > 0), key=lambda block: block.left))


def silence_of(gap_s: float) -> Said:
    """Return how a pause is named."""
    return said("signal.silence", seconds=round(gap_s, 1))


def overlaps(turns: Sequence[Row]) -> list[tuple[float, float]]:
    """Return the spans in which agent and customer speak at the same time, in order."""
    agent = [turn for turn in turns if turn["role"] == SPEAKERS[0]]
    customer = [turn for turn in turns if turn["role"] == SPEAKERS[1]]
    both = (
        (max(a["start_s"], c["start_s"]), min(a["end_s"], c["end_s"]))
        for a in agent
        for c in customer
        if a["start_s"] < c["end_s"] and c["start_s"] < a["end_s"]
    )
    return sorted(both)


def levels(turns: Sequence[Row], clip: TimeSpan, settings: PageSettings) -> tuple[Block, ...]:
    """Return a bar per turn, as high as it is loud; `louder` where a speaker raises the voice."""
    usual = usual_levels(turns)
    reach = settings.loudest_dbfs - settings.quietest_dbfs
    bars: list[Block] = []
    for turn in turns:
        level = turn["loudness_dbfs"]
        if level is None:
            continue
        share = min(1.0, max(0.0, (level - settings.quietest_dbfs) / reach))
        kind = "louder" if is_louder(turn, usual, settings) else _role(turn)
        title = said("signal.level", level=round(level, 1), clock=clock(turn["start_s"] - clip.start_s))
        left, width = place(turn["start_s"], turn["end_s"], clip)
        bars.append(Block(kind, left, width, title, round(LOUDNESS_HEIGHT * share, 1)))
    return tuple(bar for bar in bars if bar.width > 0)


def usual_levels(turns: Sequence[Row]) -> dict[str, float]:
    """Return the median loudness per role, dBFS."""
    known: dict[str, list[float]] = {}
    for turn in turns:
        if turn["loudness_dbfs"] is not None:
            known.setdefault(turn["role"], []).append(turn["loudness_dbfs"])
    return {role: median(values) for role, values in known.items()}


def is_louder(turn: Row, usual: Mapping[str, float], settings: PageSettings) -> bool:
    """Return whether a turn is louder than its speaker usually is on this call."""
    level = turn["loudness_dbfs"]
    return level is not None and level - usual[turn["role"]] >= settings.louder_db


def dots(marks: Sequence[tuple[Row, Said]], clip: TimeSpan) -> tuple[Block, ...]:
    """Return a dot per piece of evidence (row, title) that begins inside the clip."""
    return tuple(
        Block(mark["kind"], place(mark["start_s"], mark["start_s"], clip)[0], 0.0, title)
        for mark, title in marks
        if clip.start_s <= mark["start_s"] <= clip.end_s
    )


def _role(turn: Row) -> str:
    return turn["role"] if turn["role"] in SPEAKERS else "other"


def _speaker_at(time_s: float, turns: Sequence[Row]) -> str:
    return next((_role(turn) for turn in turns if turn["start_s"] <= time_s < turn["end_s"]), "other")
