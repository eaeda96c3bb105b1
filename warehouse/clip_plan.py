"""Which seconds of a call become a clip, and which of them nobody may hear.

In: a case, its library, the call's turns and masks. Out: a `ClipPlan`. Pure.
A clip begins and ends in silence where there is any, never inside a word or a mask. Personal data is
silenced on every channel with a margin; where its time is doubtful the whole turn is. Speech that was
not recognised could not be masked either, so each channel is let through only where words were heard.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from tagging.finding import PiiMask
from transcribe.call import TimeSpan, Turn
from warehouse.case import Case, Library
from warehouse.errors import ClipRefused

# Roughly seven Chinese characters a second is the fastest that people read out numbers; a mask with
# less time than that per character has word times that cannot be right.
FASTEST_READING_S_PER_CHAR = 1 / 14
CANDIDATES = 80  # cut points kept on each side of the focus: bounds the pairs that are compared


@dataclass(frozen=True, slots=True)
class ClipOptions:
    """How clips are planned.

    Attributes:
        mask_margin_s: silence before and after personal data.
        merge_gap_s: two masked stretches nearer than this become one.
        heard_margin_s: how far around recognised words a channel stays audible.
        max_masked_ratio: a clip of which more is masked teaches nothing and is refused, 0..1.
        turn_gap_s: silence that counts as a pause between two turns.
        word_gap_s: silence that is long enough to cut without a click.
        lead_s: silence kept before the first word; twice as much after the last one.
    """

    mask_margin_s: float = 0.25
    merge_gap_s: float = 0.5
    heard_margin_s: float = 0.35
    max_masked_ratio: float = 0.5
    turn_gap_s: float = 0.35
    word_gap_s: float = 0.12
    lead_s: float = 0.25


@dataclass(frozen=True, slots=True)
class ClipPlan:
    """What to cut: the span in the recording, what to silence everywhere, what is audible per channel.

    `masks` are merged and ordered, inside the span; `heard[channel]` are the spans in which that
    channel is let through (a channel without an entry stays silent). Seconds of the recording.
    """

    case_id: str
    call_id: str
    start_s: float
    end_s: float
    masks: tuple[TimeSpan, ...]
    heard: tuple[tuple[TimeSpan, ...], ...]

    @property
    def masked_s(self) -> float:
        return sum(mask.duration_s for mask in self.masks)


@dataclass(frozen=True, slots=True)
class _Cut:
    """A place where a clip may begin or end, with what choosing it costs (seconds of displacement)."""

    at_s: float
    penalty: float


def plan_clip(
    case: Case,
    library: Library,
    turns: tuple[Turn, ...],
    masks: tuple[PiiMask, ...],
    options: ClipOptions | None = None,
) -> ClipPlan:
    """Return the span and the silenced stretches of the clip for `case`.

    The span holds the focus with the library's padding and lasts `min_clip_s`..`max_clip_s`; it is
    shorter only when the call is, and a focus longer than the clip may be is heard from its start.

    Raises:
        ClipRefused: no turns, no place to cut, or too much of the clip would be silenced.
    """
    options = options or ClipOptions()
    if not turns:
        raise ClipRefused(f"通话 {case.call_id}: 没有可用的文字, 无法剪辑")
    silenced = _silenced_spans(turns, masks, options)
    start_s, end_s = _choose_span(case, library, _solid_spans(turns, silenced), options)
    clip = TimeSpan(start_s, end_s)
    inside = tuple(span for raw in silenced if (span := _intersect(raw, clip)).duration_s > 0)
    masked_s = sum(span.duration_s for span in inside)
    if masked_s > options.max_masked_ratio * clip.duration_s:
        raise ClipRefused(
            f"通话 {case.call_id}: 片段 {clip.duration_s:.0f} 秒中有 {masked_s:.0f} 秒个人信息需静音, "
            "不再有教学价值"
        )
    return ClipPlan(case.case_id, case.call_id, start_s, end_s, inside, _heard_spans(turns, clip, options))


def merge_spans(spans: Iterable[TimeSpan], gap_s: float = 0.0) -> tuple[TimeSpan, ...]:
    """Return ordered spans in which those that overlap, or lie less than `gap_s` apart, are one."""
    merged: list[TimeSpan] = []
    for span in sorted(spans):
        if merged and span.start_s < merged[-1].end_s + gap_s:
            merged[-1] = TimeSpan(merged[-1].start_s, max(merged[-1].end_s, span.end_s))
        else:
            merged.append(span)
    return tuple(merged)


def _intersect(span: TimeSpan, other: TimeSpan) -> TimeSpan:
    start_s = min(max(span.start_s, other.start_s), other.end_s)
    return TimeSpan(start_s, max(start_s, min(span.end_s, other.end_s)))


def _widen(span: TimeSpan, margin_s: float) -> TimeSpan:
    return TimeSpan(max(0.0, span.start_s - margin_s), span.end_s + margin_s)


def _silenced_spans(
    turns: tuple[Turn, ...], masks: tuple[PiiMask, ...], options: ClipOptions
) -> tuple[TimeSpan, ...]:
    by_index = {turn.turn_index: turn for turn in turns}
    spans: list[TimeSpan] = []
    for mask in masks:
        turn = by_index.get(mask.turn_index)
        if turn is None:
            raise ClipRefused(f"第 {mask.turn_index} 句有个人信息, 但找不到这一句的时间, 不剪辑")
        spans.append(_widen(_mask_span(turn, mask), options.mask_margin_s))
    return merge_spans(spans, options.merge_gap_s)


def _mask_span(turn: Turn, mask: PiiMask) -> TimeSpan:
    """Return the time to silence: the mask grown to whole words, or the whole turn when in doubt."""
    whole = TimeSpan(turn.start_s, turn.end_s)
    fastest_s = FASTEST_READING_S_PER_CHAR * (mask.char_end - mask.char_start)
    is_doubtful = (
        not mask.is_time_exact
        or not turn.words
        or mask.end_s - mask.start_s < fastest_s
        or mask.start_s < turn.start_s - 1
        or mask.end_s > turn.end_s + 1
    )
    touched = [
        TimeSpan(word.start_s, max(word.start_s, word.end_s))
        for word in turn.words
        if word.start_s < mask.end_s and word.end_s > mask.start_s
    ]
    if is_doubtful:
        starts = [whole.start_s, min(mask.start_s, whole.end_s)]
        return TimeSpan(max(0.0, min(starts)), max(whole.end_s, mask.end_s))
    return TimeSpan(
        min([mask.start_s, *(span.start_s for span in touched)]),
        max([mask.end_s, *(span.end_s for span in touched)]),
    )


def _solid_spans(turns: tuple[Turn, ...], silenced: tuple[TimeSpan, ...]) -> tuple[TimeSpan, ...]:
    """Return the stretches that must not be cut: words (turns without words) and masks, merged."""
    solid = list(silenced)
    for turn in turns:
        words = [TimeSpan(w.start_s, w.end_s) for w in turn.words if w.end_s > w.start_s]
        solid.extend(words or [TimeSpan(turn.start_s, turn.end_s)])
    return merge_spans(solid)


def _heard_spans(
    turns: tuple[Turn, ...], clip: TimeSpan, options: ClipOptions
) -> tuple[tuple[TimeSpan, ...], ...]:
    heard: list[tuple[TimeSpan, ...]] = []
    for channel in range(max(turn.channel for turn in turns) + 1):
        own = [turn for turn in turns if turn.channel == channel]
        spans = [
            TimeSpan(word.start_s, max(word.start_s, word.end_s)) for turn in own for word in turn.words
        ] + [TimeSpan(turn.start_s, turn.end_s) for turn in own if not turn.words]
        wide = merge_spans(_widen(span, options.heard_margin_s) for span in spans)
        heard.append(tuple(cut for span in wide if (cut := _intersect(span, clip)).duration_s > 0))
    return tuple(heard)


def _choose_span(
    case: Case, library: Library, solid: tuple[TimeSpan, ...], options: ClipOptions
) -> tuple[float, float]:
    """Return the cheapest pair of cut points: near the wished span, in the longest silence around."""
    focus = _fitting_focus(case, library, solid)
    grow_s = max(0.0, library.min_clip_s - focus.duration_s - 2 * library.padding_s) / 2
    wished = _widen(focus, library.padding_s + grow_s)
    starts, ends = _cut_points(solid, options)
    before = _nearest([cut for cut in starts if cut.at_s <= focus.start_s], wished.start_s)
    after = _nearest([cut for cut in ends if cut.at_s >= focus.end_s], wished.end_s)
    best: tuple[float, float, float] | None = None
    for begin in before:
        for end in after:
            length_s = end.at_s - begin.at_s
            if not 0 < length_s <= library.max_clip_s:
                continue
            # A short call is better heard whole than not at all: too short costs, too long is barred.
            short_s = max(0.0, library.min_clip_s - length_s)
            moved_s = abs(begin.at_s - wished.start_s) + abs(end.at_s - wished.end_s)
            cost = 100 * short_s + moved_s + begin.penalty + end.penalty
            if best is None or cost < best[0]:
                best = (cost, begin.at_s, end.at_s)
    if best is None:
        raise ClipRefused(
            f"通话 {case.call_id}: {focus.start_s:.0f}-{focus.end_s:.0f} 秒附近没有可以下刀的停顿 "
            f"(上限 {library.max_clip_s:g} 秒)"
        )
    return best[1], best[2]


def _fitting_focus(case: Case, library: Library, solid: tuple[TimeSpan, ...]) -> TimeSpan:
    first_s, last_s = solid[0].start_s, solid[-1].end_s
    start_s = min(max(first_s, case.focus_start_s), last_s)
    end_s = min(max(start_s, case.focus_end_s), last_s)
    longest_s = max(0.0, library.max_clip_s - 2 * library.padding_s)
    if end_s - start_s <= longest_s:
        return TimeSpan(start_s, end_s)
    # The focus itself is too long: keep its beginning up to the last word that ends in time.
    limit_s = start_s + longest_s
    fitting = [span.end_s for span in solid if start_s < span.end_s <= limit_s]
    return TimeSpan(start_s, fitting[-1] if fitting else start_s)


def _cut_points(solid: tuple[TimeSpan, ...], options: ClipOptions) -> tuple[list[_Cut], list[_Cut]]:
    """Return (places to begin, places to end), one of each per silence between solid stretches."""
    first, last = solid[0], solid[-1]
    gaps = [(0.0, first.start_s), *((a.end_s, b.start_s) for a, b in pairwise(solid))]
    starts = [
        _Cut(
            gap_end_s - min(options.lead_s, (gap_end_s - gap_start_s) / 2),
            _penalty(gap_end_s - gap_start_s, options),
        )
        for gap_start_s, gap_end_s in gaps
    ]
    ends = [
        _Cut(
            gap_start_s + min(2 * options.lead_s, (gap_end_s - gap_start_s) / 2),
            _penalty(gap_end_s - gap_start_s, options),
        )
        for gap_start_s, gap_end_s in gaps[1:]
    ]
    ends.append(_Cut(last.end_s + 2 * options.lead_s, 0.0))
    starts[0] = _Cut(starts[0].at_s, 0.0)
    return starts, ends


def _penalty(gap_s: float, options: ClipOptions) -> float:
    """Return how many seconds of displacement a better silence is worth."""
    if gap_s >= options.turn_gap_s:
        return 0.0
    return 3.0 if gap_s >= options.word_gap_s else 8.0


def _nearest(cuts: list[_Cut], wished_s: float) -> list[_Cut]:
    return sorted(cuts, key=lambda cut: abs(cut.at_s - wished_s) + cut.penalty)[:CANDIDATES]
