"""Speech spans of many channels -> full windows, and the way back to call time. Pure.

A window holds speech of one channel only, so that it holds one voice (or two, on a mono recording): spans
one after another, each with a little of the silence around it, and a short gap of digital silence between
them. A customer is silent more than half of a call: packing halves what the encoder has to read.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from transcribe.call import TimeSpan
from transcribe.channels import Sound, as_float
from transcribe.recognise.protocol import SAMPLE_RATE_HZ, WINDOW_S, Samples


@dataclass(frozen=True, slots=True)
class PackingOptions:
    """How windows are filled.

    A window holds at most `max_window_s` of spans and gaps (never above 30 s); `gap_s` lies between spans.
    """

    max_window_s: float = 29.0
    gap_s: float = 0.3


@dataclass(frozen=True, slots=True)
class ChannelSpan:
    """A stretch of speech of one channel of one call, the channel named by any hashable `source`."""

    source: str
    span: TimeSpan


@dataclass(frozen=True, slots=True)
class Piece:
    """A span's place in a window: it fills [start_s, start_s + span.duration_s) of the window."""

    channel_span: ChannelSpan
    start_s: float

    @property
    def end_s(self) -> float:
        return self.start_s + self.channel_span.span.duration_s

    def call_time_s(self, window_time_s: float) -> float:
        """Call time of a time in the window, held within the piece's span."""
        span = self.channel_span.span
        return min(max(span.start_s + window_time_s - self.start_s, span.start_s), span.end_s)


@dataclass(frozen=True, slots=True)
class PackedWindow:
    """Pieces of one channel in order of time, none overlapping."""

    source: str
    pieces: tuple[Piece, ...]

    @property
    def duration_s(self) -> float:
        return self.pieces[-1].end_s

    def piece_at(self, end_s: float) -> int:
        """Index of the piece in which a word that ends at `end_s` of the window was said.

        Alignment lets the first word after a pause reach back over the pause, never the last word before
        it reach forward (measured: last words end before the gap, first ones after it). So a word belongs
        to the last piece whose gap before it was half over when the word ended.
        """
        edges = [(before.end_s + after.start_s) / 2 for before, after in pairwise(self.pieces)]
        return bisect_left(edges, end_s)


def pack_spans(spans: Sequence[ChannelSpan], options: PackingOptions) -> tuple[PackedWindow, ...]:
    """Windows that hold every span, in the order given; a span longer than a window is cut into even parts.

    Spans of one source must be in order of time. Neighbours of another source start a new window.
    """
    windows: list[PackedWindow] = []
    pieces: list[Piece] = []
    max_s = min(options.max_window_s, WINDOW_S)
    for part in _parts(spans, max_s):
        start_s = pieces[-1].end_s + options.gap_s if pieces else 0.0
        is_other = bool(pieces) and pieces[0].channel_span.source != part.source
        if pieces and (is_other or start_s + part.span.duration_s > max_s):
            windows.append(PackedWindow(pieces[0].channel_span.source, tuple(pieces)))
            pieces, start_s = [], 0.0
        pieces.append(Piece(part, start_s))
    if pieces:
        windows.append(PackedWindow(pieces[0].channel_span.source, tuple(pieces)))
    return tuple(windows)


def window_samples(window: PackedWindow, channel: Sound) -> Samples:
    """The window's audio, float32 (n,): its spans of `channel` (n_samples,), gaps silent."""
    audio = np.zeros(round(window.duration_s * SAMPLE_RATE_HZ), dtype=np.float32)
    for piece in window.pieces:
        first = round(piece.channel_span.span.start_s * SAMPLE_RATE_HZ)
        at = round(piece.start_s * SAMPLE_RATE_HZ)
        count = min(
            round(piece.channel_span.span.duration_s * SAMPLE_RATE_HZ), audio.size - at, channel.size - first
        )
        if count > 0:
            audio[at : at + count] = as_float(channel[first : first + count])
    return audio


def _parts(spans: Sequence[ChannelSpan], max_s: float) -> Iterator[ChannelSpan]:
    for channel_span in spans:
        span = channel_span.span
        count = max(1, int(np.ceil(span.duration_s / max_s)))
        edges = np.linspace(span.start_s, span.end_s, count + 1).tolist()
        for start_s, end_s in pairwise(edges):
            yield ChannelSpan(channel_span.source, TimeSpan(start_s, end_s))
