"""Where a clip begins and ends: in silence, never inside a word, a mask or a turn that nobody may hear.

In: the moment worth hearing, the wished lengths, stretches that must not be cut. Out: two cut points, each
with the room in which it may still be moved to the quietest sound. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from transcribe.call import TimeSpan
from warehouse.case import Case, Library
from warehouse.clip_masks import merge_spans, widen
from warehouse.errors import ClipRefused, RefusalReason

CANDIDATES = 80  # cut points kept on each side of the focus: bounds the pairs that are compared
TOO_SHORT_COST = 100  # a second missing to the shortest clip costs as much as so many of displacement
EDGE_S = 0.05  # a cut keeps so far from a word: times of words are rounded


@dataclass(frozen=True, slots=True)
class SpanOptions:
    """How a clip's ends are chosen.

    Attributes:
        turn_gap_s: silence that counts as a pause between two turns.
        word_gap_s: silence that is long enough to cut without a click.
        lead_s: silence kept before the first word; twice as much after the last one.
        move_s: how far a cut may be moved to the quietest sound.
        min_focus_ratio: a moment of which less can be heard is not worth a clip, 0..1.
    """

    turn_gap_s: float = 0.35
    word_gap_s: float = 0.12
    lead_s: float = 0.25
    move_s: float = 0.6
    min_focus_ratio: float = 0.5


@dataclass(frozen=True, slots=True)
class Cut:
    """A place to begin or end: `room` is the silence around it, `penalty` its cost in seconds."""

    at_s: float
    room: TimeSpan
    penalty: float


def choose_cuts(
    case: Case,
    library: Library,
    solid: Sequence[TimeSpan],
    barred: Sequence[TimeSpan],
    options: SpanOptions,
) -> tuple[Cut, Cut]:
    """Return the cheapest pair of cuts: near the wished span, in the longest silence around.

    `solid` are merged stretches that must not be cut (words, masks, `barred`); no clip touches `barred`.
    Wherever both cuts are moved inside their rooms, the clip keeps to the library's lengths.

    Raises:
        ClipRefused: no place to cut, or the moment cannot be heard without what is barred.
    """
    window, heard = _window_around(case, library, _focus_in_call(case, solid), barred, options)
    cuts = _cut_points(solid, options)
    # A word may lie across the edge of what is barred: there the focus begins or ends with the next cut.
    starts = [cut for cut in cuts[0] if window.start_s <= cut.at_s <= window.end_s]
    ends = [cut for cut in cuts[1] if window.start_s <= cut.at_s <= window.end_s]
    if not starts or not ends:
        raise _too_near(case)
    first_s = max(heard.start_s, min(cut.at_s for cut in starts))
    last_s = min(heard.end_s, max(cut.at_s for cut in ends))
    focus = _shortened(TimeSpan(min(first_s, last_s), last_s), library, solid)
    grow_s = max(0.0, library.min_clip_s - focus.duration_s - 2 * library.padding_s) / 2
    wished = widen(focus, library.padding_s + grow_s)
    begin, end = _best_pair(
        [cut for cut in starts if cut.at_s <= focus.start_s],
        [cut for cut in ends if cut.at_s >= focus.end_s],
        wished,
        library,
    ) or (None, None)
    if begin is None or end is None:
        message = (
            f"通话 {case.call_id}: {focus.start_s:.0f}-{focus.end_s:.0f} 秒附近没有可以下刀的停顿 "
            f"(上限 {library.max_clip_s:g} 秒)"
        )
        raise ClipRefused(RefusalReason.NO_PAUSE, message)
    if barred and end.at_s - begin.at_s < min(library.min_clip_s, solid[-1].end_s - solid[0].start_s):
        raise _too_near(case)
    return _with_rooms(begin, end, library, options)


def _best_pair(
    before: list[Cut], after: list[Cut], wished: TimeSpan, library: Library
) -> tuple[Cut, Cut] | None:
    best: tuple[float, Cut, Cut] | None = None
    for begin in _nearest(before, wished.start_s):
        for end in _nearest(after, wished.end_s):
            length_s = end.at_s - begin.at_s
            if not 0 < length_s <= library.max_clip_s:
                continue
            # A short call is better heard whole than not at all: too short costs, too long is barred.
            short_s = max(0.0, library.min_clip_s - length_s)
            moved_s = abs(begin.at_s - wished.start_s) + abs(end.at_s - wished.end_s)
            cost = TOO_SHORT_COST * short_s + moved_s + begin.penalty + end.penalty
            if best is None or cost < best[0]:
                best = (cost, begin, end)
    return best and best[1:]


def _focus_in_call(case: Case, solid: Sequence[TimeSpan]) -> TimeSpan:
    first_s, last_s = solid[0].start_s, solid[-1].end_s
    start_s = min(max(first_s, case.focus_start_s), last_s)
    return TimeSpan(start_s, min(max(start_s, case.focus_end_s), last_s))


def _window_around(
    case: Case, library: Library, focus: TimeSpan, barred: Sequence[TimeSpan], options: SpanOptions
) -> tuple[TimeSpan, TimeSpan]:
    """Return the stretch without anything barred that holds most of the focus, and that part of the focus."""
    edges = [0.0, *(edge for span in barred for edge in (span.start_s, span.end_s)), float("inf")]
    windows = [TimeSpan(start_s, end_s) for start_s, end_s in zip(edges[::2], edges[1::2], strict=True)]
    heard = [
        (TimeSpan(start_s, end_s), window)
        for window in windows
        if (start_s := max(focus.start_s, window.start_s)) <= (end_s := min(focus.end_s, window.end_s))
    ]
    if not heard:
        raise _too_near(case)
    part, window = max(heard, key=lambda each: (each[0].duration_s, each[1].duration_s))
    longest_s = library.max_clip_s - 2 * library.padding_s
    if part.duration_s < options.min_focus_ratio * min(focus.duration_s, longest_s):
        raise _too_near(case)
    return window, part


def _too_near(case: Case) -> ClipRefused:
    message = (
        f"通话 {case.call_id}: 要听的一段里有个人信息, 但它的时间不确定, 避开那一句就剪不出完整的一段, 不剪辑"
    )
    return ClipRefused(RefusalReason.DOUBTFUL_TIMES, message)


def _shortened(focus: TimeSpan, library: Library, solid: Sequence[TimeSpan]) -> TimeSpan:
    longest_s = max(0.0, library.max_clip_s - 2 * library.padding_s)
    if focus.duration_s <= longest_s:
        return focus
    # The focus itself is too long: keep its beginning up to the last word that ends in time.
    limit_s = focus.start_s + longest_s
    fitting = [span.end_s for span in solid if focus.start_s < span.end_s <= limit_s]
    return TimeSpan(focus.start_s, fitting[-1] if fitting else focus.start_s)


def _cut_points(solid: Sequence[TimeSpan], options: SpanOptions) -> tuple[list[Cut], list[Cut]]:
    """Return (places to begin, places to end), one of each per silence between solid stretches."""
    gaps = [TimeSpan(0.0, solid[0].start_s), *(TimeSpan(a.end_s, b.start_s) for a, b in pairwise(solid))]
    starts = [
        Cut(gap.end_s - min(options.lead_s, gap.duration_s / 2), gap, _penalty(gap.duration_s, options))
        for gap in gaps
    ]
    ends = [
        Cut(gap.start_s + min(2 * options.lead_s, gap.duration_s / 2), gap, _penalty(gap.duration_s, options))
        for gap in gaps[1:]
    ]
    last_s = solid[-1].end_s
    ends.append(Cut(last_s + 2 * options.lead_s, TimeSpan(last_s, last_s + 4 * options.lead_s), 0.0))
    starts[0] = Cut(starts[0].at_s, starts[0].room, 0.0)
    return starts, ends


def _penalty(gap_s: float, options: SpanOptions) -> float:
    """Return how many seconds of displacement a better silence is worth."""
    if gap_s >= options.turn_gap_s:
        return 0.0
    return 3.0 if gap_s >= options.word_gap_s else 8.0


def _nearest(cuts: list[Cut], wished_s: float) -> list[Cut]:
    return sorted(cuts, key=lambda cut: abs(cut.at_s - wished_s) + cut.penalty)[:CANDIDATES]


def _with_rooms(begin: Cut, end: Cut, library: Library, options: SpanOptions) -> tuple[Cut, Cut]:
    """Return the cuts with rooms inside which any two places make a clip of a length that is allowed."""
    length_s = end.at_s - begin.at_s
    outward_s = min(options.move_s, max(0.0, library.max_clip_s - length_s) / 2)
    inward_s = min(options.move_s, max(0.0, length_s - library.min_clip_s) / 2)
    return (
        Cut(begin.at_s, _room(begin, outward_s, inward_s), begin.penalty),
        Cut(end.at_s, _room(end, inward_s, outward_s), end.penalty),
    )


def _room(cut: Cut, back_s: float, forth_s: float) -> TimeSpan:
    edge_s = min(EDGE_S, cut.room.duration_s / 4)
    first_s = max(cut.room.start_s + edge_s, cut.at_s - back_s)
    last_s = min(cut.room.end_s - edge_s, cut.at_s + forth_s)
    return TimeSpan(min(first_s, cut.at_s), max(last_s, cut.at_s))


def solid_spans(spans: Sequence[TimeSpan]) -> tuple[TimeSpan, ...]:
    """Return the stretches that must not be cut, merged; those of no length are none."""
    return merge_spans(span for span in spans if span.end_s > span.start_s)
