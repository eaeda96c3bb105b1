"""How loud a clip is, as ears and as meters tell, and a limiter for its peaks. Pure; the door to pyloudnorm.

In: samples (n_channels, n_samples), float32, full scale 1.0. Out: LUFS (ITU-R BS.1770-4, gated), dBTP (its
annex 2: four times oversampled), limited samples, ten peaks a second for a picture.
"""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

BLOCK_S = 0.4  # BS.1770: one gating block; less sound has no integrated loudness
PEAKS_PER_S = 10
OVERSAMPLING = 4
# Taps of one phase of the interpolator; between two samples it can rise to at most twice the larger of its
# neighbours (the sum of its taps' sizes), so quiet blocks need no look.
_HALF_TAPS = 12
_PEAK_BLOCK = 256
_NEIGHBOUR_BLOCKS = 1


def integrated_lufs(samples: Samples, rate_hz: int) -> float | None:
    """Return the gated loudness of the whole, None when it is silent or shorter than a gating block."""
    if samples.shape[1] <= round(BLOCK_S * rate_hz):
        return None
    lufs = float(_meter(rate_hz).integrated_loudness(samples.T.astype(np.float64)))
    return lufs if np.isfinite(lufs) else None


def true_peak_ratio(samples: Samples) -> float:
    """Return the highest peak of the oversampled sound; 1.0 is full scale (0 dBTP)."""
    sample_peak = float(np.abs(samples).max(initial=0.0))
    return max((sample_peak, *(float(block.max()) for _, _, block in _loud_blocks(samples, sample_peak))))


def limit_peaks(samples: Samples, ceiling: float) -> Samples:
    """Return the sound with every true peak at or below `ceiling` (ratio of full scale).

    Gain falls before a peak and rises after it over a block of 16 ms, the same on all channels, so that no
    voice wanders; what lies below the ceiling is left alone.
    """
    n_blocks = -(-samples.shape[1] // _PEAK_BLOCK)
    gains = np.ones(n_blocks + 2)
    for _, index, block in _loud_blocks(samples, ceiling):
        gains[index + 1] = min(gains[index + 1], ceiling / max(ceiling, float(block.max())))
    if gains.min() >= 1.0:
        return samples
    # At a border between blocks the lesser gain of both: inside a block the line never exceeds its gain.
    borders = np.minimum(gains[:-1], gains[1:])
    at = np.arange(samples.shape[1]) / _PEAK_BLOCK
    return (samples * np.interp(at, np.arange(n_blocks + 1), borders)).astype(np.float32)


def peaks_of(samples: Samples, rate_hz: int) -> tuple[int, ...]:
    """Return the highest peak of all channels per tenth of a second, 0..255 of full scale."""
    step = rate_hz // PEAKS_PER_S
    loudest = np.abs(samples).max(axis=0, initial=0.0)
    padded = np.pad(loudest, (0, -loudest.size % step)).reshape(-1, step)
    return tuple(int(value) for value in np.minimum(255, np.rint(padded.max(axis=1, initial=0.0) * 255)))


def _loud_blocks(samples: Samples, above: float) -> list[tuple[int, int, Samples]]:
    """Return (channel, block, oversampled sizes) of the blocks in which a true peak may exceed `above`."""
    taps = _interpolator()
    reach = float(np.abs(taps).sum(axis=0).max())
    found: list[tuple[int, int, Samples]] = []
    for channel, sound in enumerate(samples):
        room = np.pad(sound, (_HALF_TAPS, _HALF_TAPS + -sound.size % _PEAK_BLOCK))
        sizes = np.abs(room[_HALF_TAPS:-_HALF_TAPS]).reshape(-1, _PEAK_BLOCK).max(axis=1)
        near = np.pad(sizes, _NEIGHBOUR_BLOCKS)
        largest = np.maximum(np.maximum(near[:-2], near[2:]), sizes)
        for index in np.flatnonzero(largest * reach > above):
            begin = int(index) * _PEAK_BLOCK
            stretch = room[begin : begin + _PEAK_BLOCK + 2 * _HALF_TAPS]
            windows = np.lib.stride_tricks.sliding_window_view(stretch, 2 * _HALF_TAPS)
            between = np.abs(windows[:_PEAK_BLOCK] @ taps).max(axis=1)
            found.append((channel, int(index), np.maximum(between, sizes[index])))
    return found


@lru_cache(maxsize=1)
def _interpolator() -> Samples:
    """Return (2 * _HALF_TAPS, OVERSAMPLING - 1): windowed sinc for the places between two samples."""
    places = np.arange(1, OVERSAMPLING) / OVERSAMPLING
    distance = np.arange(-_HALF_TAPS, _HALF_TAPS)[:, None] - places[None, :]
    window = 0.5 + 0.5 * np.cos(np.pi * distance / _HALF_TAPS)
    taps = np.sinc(distance) * window
    return (taps / taps.sum(axis=0)).astype(np.float32)


@lru_cache(maxsize=4)
def _meter(rate_hz: int) -> Any:
    from pyloudnorm import Meter  # brings scipy, a second  # noqa: PLC0415

    return Meter(rate_hz, block_size=BLOCK_S)
