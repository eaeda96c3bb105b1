"""Blocks of sound in a row, on one clock. Pure.

In: blocks at 16 kHz with time stamps. Out: one array (n_channels, n_samples) float32.
"""

from dataclasses import dataclass

import numpy as np

from transcribe.channels import Samples

SAMPLE_RATE_HZ = 16_000

# A jump of the time stamps is a hole in the recording: filled with silence, so that later times stay true.
_MIN_GAP_S, _MAX_GAP_S = 0.1, 600.0
# Room reserved at once, at most: 2 h.
_MAX_RESERVED_S = 7200.0


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Some samples (n_channels, n_samples) at 16 kHz; `time_s` is the first one's time stamp, if known."""

    samples: Samples
    time_s: float | None


class Tape:
    """Samples that grow block by block: room is reserved for the length that the header tells."""

    def __init__(self, channels: int, reserved_s: float):
        self.length = 0
        self.origin_s: float | None = None
        room = round(min(reserved_s, _MAX_RESERVED_S) * SAMPLE_RATE_HZ) + SAMPLE_RATE_HZ
        self._room = np.empty((channels, room), np.float32)

    @property
    def samples(self) -> Samples:
        """(n_channels, length)."""
        return self._room[:, : self.length]

    def append(self, block: Block) -> None:
        self._fill_gap(block.time_s)
        end = self.length + block.samples.shape[1]
        self._reserve(end)
        self._room[:, self.length : end] = block.samples
        self.length = end

    def _fill_gap(self, time_s: float | None) -> None:
        if time_s is None:
            return
        elapsed_s = self.length / SAMPLE_RATE_HZ
        origin_s = time_s - elapsed_s if self.origin_s is None else self.origin_s
        gap_s = time_s - origin_s - elapsed_s
        self.origin_s = origin_s
        if _MIN_GAP_S < gap_s < _MAX_GAP_S:
            end = self.length + round(gap_s * SAMPLE_RATE_HZ)
            self._reserve(end)
            self._room[:, self.length : end] = 0.0
            self.length = end
        elif abs(gap_s) >= _MIN_GAP_S:
            self.origin_s = time_s - elapsed_s  # the clock was set anew

    def _reserve(self, length: int) -> None:
        if length > self._room.shape[1]:
            room = np.empty((self._room.shape[0], length * 3 // 2), np.float32)
            room[:, : self.length] = self.samples
            self._room = room
