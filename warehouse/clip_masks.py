"""Which seconds of a call nobody may hear, and which turns no clip may contain.

In: turns with word times, masks of personal data. Out: spans to silence and spans to stay away from. Pure.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tagging.finding import PiiMask
from transcribe.call import TimeSpan, Turn
from warehouse.errors import ClipRefused, RefusalReason

# Roughly seven Chinese characters a second is the fastest that people read out numbers; a mask with
# less time than half of that per character has word times that cannot be right.
FASTEST_READING_S_PER_CHAR = 1 / 14
# A word time this far outside of its turn is no time of this turn.
TURN_SLACK_S = 1.0


@dataclass(frozen=True, slots=True)
class MaskOptions:
    """How far around personal data a clip is silent.

    Attributes:
        margin_s: silence before and after personal data.
        reach_s: silence goes on to the next word that may be heard, at most so far: digits that the
            recogniser dropped lie there.
        merge_gap_s: two masked stretches nearer than this become one.
    """

    margin_s: float = 0.25
    reach_s: float = 1.0
    merge_gap_s: float = 0.5


@dataclass(frozen=True, slots=True)
class Forbidden:
    """Merged spans: `silenced` on every channel, `barred` where no clip may even touch them."""

    silenced: tuple[TimeSpan, ...]
    barred: tuple[TimeSpan, ...]


def forbidden_spans(
    turns: Sequence[Turn], masks: Iterable[PiiMask], mentions: Iterable[PiiMask], options: MaskOptions
) -> Forbidden:
    """Return what may not be heard of a call, in seconds of the recording.

    Personal data whose word times are doubtful bars its whole turn. Where an agent is named at a doubtful
    time (`mentions`), the whole turn is silenced instead: nobody outside is harmed by a word too many.

    Raises:
        ClipRefused: a mask belongs to no turn.
    """
    by_index = {turn.turn_index: turn for turn in turns}
    silenced: list[TimeSpan] = []
    barred: list[TimeSpan] = []
    for mask in masks:
        turn = by_index.get(mask.turn_index)
        if turn is None:
            message = f"第 {mask.turn_index} 句有个人信息, 但找不到这一句的时间, 不剪辑"
            raise ClipRefused(RefusalReason.DOUBTFUL_TIMES, message)
        if is_doubtful(turn, mask):
            barred.append(widen(_whole(turn, mask), options.margin_s))
        else:
            silenced.append(_reach(turn, mask, options))
    for mention in mentions:
        turn = by_index[mention.turn_index]
        if is_doubtful(turn, mention):
            silenced.append(widen(_whole(turn, mention), options.margin_s))
        else:
            silenced.append(_reach(turn, mention, options))
    return Forbidden(merge_spans(silenced, options.merge_gap_s), merge_spans(barred))


def is_doubtful(turn: Turn, mask: PiiMask) -> bool:
    """Say whether the seconds of a mask cannot be trusted."""
    return (
        not mask.is_time_exact
        or not turn.words
        or mask.end_s - mask.start_s < FASTEST_READING_S_PER_CHAR * (mask.char_end - mask.char_start)
        or mask.start_s < turn.start_s - TURN_SLACK_S
        or mask.end_s > turn.end_s + TURN_SLACK_S
    )


def merge_spans(spans: Iterable[TimeSpan], gap_s: float = 0.0) -> tuple[TimeSpan, ...]:
    """Return ordered spans in which those that overlap, or lie less than `gap_s` apart, are one."""
    merged: list[TimeSpan] = []
    for span in sorted(spans):
        if merged and span.start_s < merged[-1].end_s + gap_s:
            merged[-1] = TimeSpan(merged[-1].start_s, max(merged[-1].end_s, span.end_s))
        else:
            merged.append(span)
    return tuple(merged)


def intersect(span: TimeSpan, other: TimeSpan) -> TimeSpan:
    """Return what both have in common; of no length, at the nearer end of `other`, when that is nothing."""
    start_s = min(max(span.start_s, other.start_s), other.end_s)
    return TimeSpan(start_s, max(start_s, min(span.end_s, other.end_s)))


def widen(span: TimeSpan, margin_s: float) -> TimeSpan:
    """Return the span with a margin on both sides, never before 0."""
    return TimeSpan(max(0.0, span.start_s - margin_s), span.end_s + margin_s)


def word_spans(turn: Turn) -> list[TimeSpan]:
    """Return the times of a turn's words; its own when it has none."""
    words = [TimeSpan(word.start_s, max(word.start_s, word.end_s)) for word in turn.words]
    return words or [TimeSpan(turn.start_s, turn.end_s)]


def _whole(turn: Turn, mask: PiiMask) -> TimeSpan:
    start_s = max(0.0, min(turn.start_s, mask.start_s, turn.end_s))
    return TimeSpan(start_s, max(turn.end_s, mask.end_s))


def _reach(turn: Turn, mask: PiiMask, options: MaskOptions) -> TimeSpan:
    """Return the mask grown to whole words, with its margin, and on to the words that may be heard."""
    words = word_spans(turn)
    touched = [word for word in words if word.start_s < mask.end_s and word.end_s > mask.start_s]
    start_s = min([mask.start_s, *(word.start_s for word in touched)])
    end_s = max([mask.end_s, *(word.end_s for word in touched)])
    before_s = max((word.end_s for word in words if word.end_s <= start_s), default=turn.start_s)
    after_s = min((word.start_s for word in words if word.start_s >= end_s), default=turn.end_s)
    return TimeSpan(
        max(0.0, min(start_s - options.margin_s, max(before_s, start_s - options.reach_s))),
        max(end_s + options.margin_s, min(after_s, end_s + options.reach_s)),
    )
