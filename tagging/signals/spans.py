"""Seconds of speech as spans: union, gaps, overlap. Pure."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from transcribe.call import TimeSpan, Turn


def spoken_spans(turns: Iterable[Turn], pause_in_turn_s: float) -> list[TimeSpan]:
    """Return the spans in which somebody of `turns` speaks, in order and without overlap.

    A turn without words counts whole; one with words is cut at pauses longer than `pause_in_turn_s`.
    """
    spans: list[TimeSpan] = []
    for turn in turns:
        start_s, end_s = turn.start_s, turn.start_s
        for word in turn.words:
            if word.start_s - end_s > pause_in_turn_s and end_s > start_s:
                spans.append(TimeSpan(start_s, end_s))
                start_s = word.start_s
            end_s = max(end_s, word.end_s)
        spans.append(TimeSpan(start_s, max(start_s, end_s, turn.end_s)))
    return union(spans)


def union(spans: Iterable[TimeSpan]) -> list[TimeSpan]:
    """Return the same seconds as spans in order that do not touch each other."""
    united: list[TimeSpan] = []
    for span in sorted(spans):
        if united and span.start_s <= united[-1].end_s:
            united[-1] = TimeSpan(united[-1].start_s, max(united[-1].end_s, span.end_s))
        else:
            united.append(span)
    return united


def total_s(spans: Iterable[TimeSpan]) -> float:
    """Return the seconds of spans that do not overlap each other."""
    return sum(span.duration_s for span in spans)


def gaps_s(spans: Sequence[TimeSpan]) -> list[float]:
    """Return the lengths of the gaps between spans of `union`, in order."""
    return [after.start_s - before.end_s for before, after in pairwise(spans)]


def common_s(one: Sequence[TimeSpan], other: Sequence[TimeSpan]) -> float:
    """Return the seconds that both lists (each from `union`) cover."""
    seconds = 0.0
    at = 0
    for span in one:
        while at < len(other) and other[at].end_s <= span.start_s:
            at += 1
        later = at
        while later < len(other) and other[later].start_s < span.end_s:
            seconds += span.overlap_s(other[later])
            later += 1
    return seconds
