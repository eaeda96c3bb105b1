"""Blocks of sound in a row, on one clock. Pure.

In: blocks at 16 kHz with time stamps. Out: 16-bit samples (n_channels, n_samples), in one piece of memory
that grows without being copied.
"""

from dataclasses import dataclass

import numpy as np

from transcribe.channels import Pcm, Samples, as_pcm

SAMPLE_RATE_HZ = 16_000
# What one recording may hold in memory: 1.84 GB, that is 8 h of stereo.
MAX_CHANNEL_S = 16 * 3600

# A jump of the time stamps is a hole in the recording: filled with silence, so that later times stay true.
# Holes that add up to more than an hour are a damaged clock.
_MIN_GAP_S, _MAX_GAP_S, _MAX_GAPS_S = 0.1, 600.0, 3600.0
# Room is added a sixteenth at a time, at most 10 minutes: what is too much is wasted.
_LEAST_GROWTH, _MOST_GROWTH = 10 * SAMPLE_RATE_HZ, 600 * SAMPLE_RATE_HZ


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Some samples (n_channels, n_samples) at 16 kHz; `time_s` is the first one's time stamp, if known."""

    samples: Samples
    time_s: float | None


class Tape:
    """Samples that grow block by block; headers are not believed, so room grows with what was decoded."""

    def __init__(self, channels: int):
        self.length = 0
        self.origin_s: float | None = None
        self._channels = channels
        self._gaps_s = 0.0
        # Channel by channel in turn, as they are decoded: so growing never moves what is there.
        self._room: Pcm = np.empty(0, np.int16)

    @property
    def pcm(self) -> Pcm:
        """(n_channels, length); to be used up before anything more is appended."""
        return self._room[: self.length * self._channels].reshape(-1, self._channels).T

    @property
    def is_full(self) -> bool:
        return self.length * self._channels >= MAX_CHANNEL_S * SAMPLE_RATE_HZ

    def append(self, block: Block) -> None:
        self._fill_gap(block.time_s)
        self._lay(as_pcm(block.samples.T))

    def _fill_gap(self, time_s: float | None) -> None:
        if time_s is None:
            return
        elapsed_s = self.length / SAMPLE_RATE_HZ
        origin_s = time_s - elapsed_s if self.origin_s is None else self.origin_s
        gap_s = time_s - origin_s - elapsed_s
        self.origin_s = origin_s
        if _MIN_GAP_S < gap_s < _MAX_GAP_S and self._gaps_s + gap_s < _MAX_GAPS_S:
            self._gaps_s += gap_s
            self._lay(np.zeros((round(gap_s * SAMPLE_RATE_HZ), self._channels), np.int16))
        elif abs(gap_s) >= _MIN_GAP_S:
            self.origin_s = time_s - elapsed_s  # the clock was set anew

    def _lay(self, samples: Pcm) -> None:
        """Lays down (n_samples, n_channels)."""
        begin, end = self.length * self._channels, (self.length + len(samples)) * self._channels
        if end > self._room.size:
            # The system moves pages, not bytes, when such an array grows. Nobody holds `pcm` meanwhile.
            growth = min(self.length // 16 + _LEAST_GROWTH, _MOST_GROWTH)
            self._room.resize(end + growth * self._channels, refcheck=False)
        self._room[begin:end] = samples.reshape(-1)
        self.length += len(samples)
