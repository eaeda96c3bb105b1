"""What of a channel is only another one's voice bleeding through: spans in, the channel's own out. Pure.

A leak is the other channel, fainter and a little later: while the other one speaks, this channel's level
follows its level at a fixed distance. That distance is measured once per call from the frames in which the
other channel is loud; it is the middle one of all, so that people talking at once do not raise it. Whatever
is clearly louder than the leak predicts is somebody of this channel's own, also while both speak.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz.distance import LCSseq

from transcribe.call import Segment, Suspect, TimeSpan
from transcribe.channels import Sound, frame_levels_dbfs
from transcribe.diarise.protocol import Floats, cut
from transcribe.normalize import bare
from transcribe.recognise.protocol import SAMPLE_RATE_HZ

FRAME_SAMPLES = 320  # 20 ms: about what a codec's frame is, and two periods of a deep voice
FRAME_S = FRAME_SAMPLES / SAMPLE_RATE_HZ
FLOOR_DB = -120.0
CROSSTALK = "crosstalk"


@dataclass(frozen=True, slots=True)
class CrosstalkOptions:
    """When a stretch is taken for the other channel's voice.

    A channel leaks when levels, `max_delay_s` apart at most, go together by at least `min_correlation` over
    the frames in which the other channel speaks (its loudest `loud_share`; unrelated speech reaches 0.3).
    Frames louder than `max_gain_db` of the other are no echo, and `min_heard_s` are needed to judge. Frames
    `margin_db` above what the leak predicts, for `min_own_s` together and with pauses of up to `max_pause_s`,
    are the channel's own; they are widened by `pad_s`. A span of which `whole_share` is its own stays whole.

    Two channels are one sound when in `copy_share` of all audible frames their levels keep one distance to
    within `copy_tolerance_db`, and not more than `max_copy_gain_db` of it.

    After recognition, a segment of `min_alike_chars` or more is a leak too when `min_alike` of its text was
    said at the same time, with `max_shift_s` of leeway, on a channel at least `min_louder_db` louder.
    """

    max_delay_s: float = 0.16
    min_correlation: float = 0.5
    loud_share: float = 0.3
    max_gain_db: float = -4.0
    min_heard_s: float = 1.0
    margin_db: float = 6.0
    min_own_s: float = 0.08
    max_pause_s: float = 0.5
    pad_s: float = 0.15
    whole_share: float = 0.85
    copy_share: float = 0.95
    max_copy_gain_db: float = 12.0
    copy_tolerance_db: float = 3.0
    min_alike: float = 0.8
    min_alike_chars: int = 4
    max_shift_s: float = 0.5
    min_louder_db: float = 6.0


@dataclass(frozen=True, slots=True)
class Leak:
    """How one channel is heard on another: `gain_db` (negative), `delay_frames`, and how surely."""

    gain_db: float
    delay_frames: int
    correlation: float


def frame_levels_db(sound: Sound) -> Floats:
    """(n_frames,): level in dBFS of each full frame of a channel (n_samples,) at 16 kHz."""
    whole = sound[: sound.size - sound.size % FRAME_SAMPLES]
    return frame_levels_dbfs(whole, FRAME_SAMPLES).astype(np.float64)


def own_spans_of_call(
    channels: Sequence[Sound], spans: Sequence[tuple[TimeSpan, ...]], options: CrosstalkOptions
) -> list[tuple[TimeSpan, ...]]:
    """`own_spans` of every channel of a call against all its others together."""
    if len(channels) < 2:
        return list(spans)
    levels = np.stack([frame_levels_db(sound) for sound in channels])
    return [
        own_spans(found, levels[n], np.delete(levels, n, axis=0).max(axis=0), options)
        for n, found in enumerate(spans)
    ]


def find_leak(own_db: Floats, other_db: Floats, options: CrosstalkOptions) -> Leak | None:
    """How the other channel is heard on this one, from the levels of both; None when it is not.

    Levels are (n_frames,), of one length.
    """
    speaks = other_db >= np.quantile(other_db, 1 - options.loud_share) if other_db.size else np.zeros(0, bool)
    speaks &= other_db > _noise_db(other_db) + options.margin_db
    best: Leak | None = None
    for delay in range(round(options.max_delay_s / FRAME_S) + 1):
        own, other = own_db[delay:], other_db[: own_db.size - delay]
        # Where this channel is as loud, it is not the other's echo, and may well be its source.
        is_fainter = speaks[: own.size] & (own - other < options.max_gain_db)
        if np.count_nonzero(is_fainter) * FRAME_S < options.min_heard_s:
            continue
        own, other = own[is_fainter], other[is_fainter]
        gain_db = _commonest(own - other)
        # What is far above the leak is somebody's own voice and says nothing of it.
        leaked = own - other < gain_db + 2 * options.margin_db
        correlation = _correlation(own[leaked], other[leaked])
        if best is None or correlation > best.correlation:
            best = Leak(gain_db, delay, correlation)
    return best if best is not None and best.correlation >= options.min_correlation else None


def own_spans(
    spans: Sequence[TimeSpan], own_db: Floats, other_db: Floats, options: CrosstalkOptions
) -> tuple[TimeSpan, ...]:
    """The parts of a channel's speech `spans` with somebody of its own; all without a leak."""
    leak = find_leak(own_db, other_db, options)
    if leak is None:
        return tuple(spans)
    is_own = own_db > _predicted_db(own_db, other_db, leak) + options.margin_db
    return tuple(part for span in spans for part in _own_parts(span, is_own, options))


def are_copies(channels: Sequence[Sound], options: CrosstalkOptions) -> bool:
    """Whether all channels, (n_samples,) each, carry one sound, fainter or later here and there."""
    levels = [frame_levels_db(sound) for sound in channels]
    return len(levels) > 1 and all(is_copy(levels[0], other, options) for other in levels[1:])


def is_copy(one_db: Floats, other_db: Floats, options: CrosstalkOptions) -> bool:
    """Whether two channels carry one sound, the one fainter or later than the other; levels (n_frames,)."""
    furthest = round(options.max_delay_s / FRAME_S)
    return any(
        _is_copy(one_db[max(0, delay) :], other_db[max(0, -delay) :], options)
        for delay in range(-furthest, furthest + 1)
    )


def _is_copy(one_db: Floats, other_db: Floats, options: CrosstalkOptions) -> bool:
    count = min(one_db.size, other_db.size)
    one, other = one_db[:count], other_db[:count]
    audible = np.maximum(one - _noise_db(one), other - _noise_db(other)) > 2 * options.margin_db
    if np.count_nonzero(audible) * FRAME_S < options.min_heard_s:
        return False
    distance_db = (one - other)[audible]
    usual_db = _commonest(distance_db)
    share = float(np.mean(np.abs(distance_db - usual_db) <= options.copy_tolerance_db))
    return share >= options.copy_share and abs(usual_db) <= options.max_copy_gain_db


def split_echoes(
    kept: Sequence[Sequence[Segment]], channels: Sequence[Sound], options: CrosstalkOptions
) -> tuple[list[tuple[Segment, ...]], list[tuple[Suspect, ...]]]:
    """What was heard on each channel, without and with only what another channel said at the same time.

    Args:
        kept: segments of each channel, in channel order.
        channels: their sound, (n_samples,) each at 16 kHz.
        options: what counts as said twice.
    """
    own: list[tuple[Segment, ...]] = []
    echoes: list[tuple[Suspect, ...]] = []
    for channel, segments in enumerate(kept):
        others = [segment for n, theirs in enumerate(kept) if n != channel for segment in theirs]
        is_echo = [_is_echo(segment, others, channels, options) for segment in segments]
        judged = list(zip(segments, is_echo, strict=True))
        own.append(tuple(segment for segment, found in judged if not found))
        echoes.append(tuple(Suspect(segment, CROSSTALK) for segment, found in judged if found))
    return own, echoes


def _is_echo(
    segment: Segment, others: Sequence[Segment], channels: Sequence[Sound], options: CrosstalkOptions
) -> bool:
    said = bare(segment.text)
    if len(said) < options.min_alike_chars:
        return False
    earliest_s, latest_s = segment.start_s - options.max_shift_s, segment.end_s + options.max_shift_s
    span = TimeSpan(segment.start_s, segment.end_s)
    heard = "".join(
        bare(word.text)
        for other in others
        if other.start_s < latest_s and other.end_s > earliest_s
        for word in other.words
        if word.end_s > earliest_s and word.start_s < latest_s
    )
    if not heard or LCSseq.similarity(said, heard) < options.min_alike * len(said):
        return False
    own_db = _loud_db(channels[segment.channel], span)
    return any(
        _loud_db(sound, span) >= own_db + options.min_louder_db
        for n, sound in enumerate(channels)
        if n != segment.channel
    )


def _loud_db(sound: Sound, span: TimeSpan) -> float:
    levels_db = frame_levels_db(cut(sound, span))
    return float(np.quantile(levels_db, 0.9)) if levels_db.size else FLOOR_DB


def _predicted_db(own_db: Floats, other_db: Floats, leak: Leak) -> Floats:
    """Level of noise and leak together. Frames do not line up: the louder of three neighbours counts."""
    late = np.concatenate([np.full(leak.delay_frames, FLOOR_DB), other_db])[: own_db.size]
    around = np.pad(late, 1, constant_values=FLOOR_DB)
    loudest = np.maximum(np.maximum(around[:-2], around[1:-1]), around[2:])
    return 10 * np.log10(10 ** (_noise_db(own_db) / 10) + 10 ** ((loudest + leak.gain_db) / 10))


def _own_parts(span: TimeSpan, is_own: np.ndarray, options: CrosstalkOptions) -> Iterator[TimeSpan]:
    first, last = round(span.start_s / FRAME_S), min(round(span.end_s / FRAME_S), is_own.size)
    found = np.flatnonzero(is_own[first:last]) + first
    if not found.size:
        return
    breaks = np.flatnonzero(np.diff(found) * FRAME_S > options.max_pause_s) + 1
    runs = [run for run in np.split(found, breaks) if run.size * FRAME_S >= options.min_own_s]
    parts = [
        TimeSpan(
            max(span.start_s, float(run[0]) * FRAME_S - options.pad_s),
            min(span.end_s, float(run[-1] + 1) * FRAME_S + options.pad_s),
        )
        for run in runs
    ]
    if sum(part.duration_s for part in parts) >= options.whole_share * span.duration_s:
        yield span
    else:
        yield from parts


def _commonest(values_db: Floats) -> float:
    """The middle of the 3 dB that hold most values: people who talk at once spread, a leak does not."""
    ordered = np.sort(values_db)
    ends = np.searchsorted(ordered, ordered + 3.0, side="right")
    first = int(np.argmax(ends - np.arange(ordered.size)))
    return float(np.median(ordered[first : ends[first]]))


def _noise_db(levels_db: Floats) -> float:
    return float(np.quantile(levels_db, 0.1)) if levels_db.size else FLOOR_DB


def _correlation(one: Floats, other: Floats) -> float:
    if one.size < 2 or one.std() < 1e-6 or other.std() < 1e-6:
        return 0.0
    return float(np.corrcoef(one, other)[0, 1])
