"""Levels and likeness of channels. Pure.

In: samples, float32 in -1..1. Out: level in dBFS, and whether all channels carry the same sound.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

SILENCE_DBFS = -120.0
# Fake stereo: in nearly every audible second, one channel is the other times a gain of at most 3.5 dB.
# Low bit rates leave a residue of up to 3 % of the energy (measured: MP3, AAC, Opus at 16-32 kbit/s),
# the channels of a true call 99 %; crosstalk is fainter than 3.5 dB. Judged second by second, so that loud
# hold music on both channels cannot outvote the speech.
_WINDOW_SAMPLES = 16_000
_AUDIBLE_DBFS = -50.0
_RESIDUE_RATIO = 0.05
_GAIN_RATIO = 1.5
_ALIKE_RATIO = 0.97
_WINDOWS_AT_ONCE = 64


def rms_dbfs(samples: Samples) -> float:
    """Returns the RMS level in dBFS (0 = full-scale square wave), `SILENCE_DBFS` for silence or nothing."""
    if samples.size == 0:
        return SILENCE_DBFS
    mean_square = float(np.mean(np.square(samples, dtype=np.float64)))
    return max(SILENCE_DBFS, 10.0 * float(np.log10(mean_square))) if mean_square > 0 else SILENCE_DBFS


def are_channels_identical(samples: Samples) -> bool:
    """Returns whether all channels of `samples` (n_channels, n_samples) carry one and the same sound.

    False for one channel and for silence (there is nothing to compare).
    """
    if samples.shape[0] < 2:
        return False
    return all(_is_pair_alike(samples[0], other) for other in samples[1:])


def _is_pair_alike(one: Samples, other: Samples) -> bool:
    audible = alike = 0
    for a, b in zip(_windows(one), _windows(other), strict=True):
        aa, bb, ab = (_dots(a, a), _dots(b, b), _dots(a, b))
        is_audible = np.maximum(aa, bb) > _WINDOW_SAMPLES * 10 ** (_AUDIBLE_DBFS / 10)
        with np.errstate(divide="ignore", invalid="ignore"):
            residue = 1.0 - ab * ab / (aa * bb)
            gain = bb / aa
        is_alike = (ab > 0) & (residue < _RESIDUE_RATIO) & (gain < _GAIN_RATIO**2) & (gain > _GAIN_RATIO**-2)
        audible += int(np.count_nonzero(is_audible))
        alike += int(np.count_nonzero(is_audible & is_alike))
    return audible > 0 and alike >= _ALIKE_RATIO * audible


def _windows(channel: Samples) -> Iterator[NDArray[np.float64]]:
    step = _WINDOW_SAMPLES * _WINDOWS_AT_ONCE
    for start in range(0, channel.size, step):
        block = channel[start : start + step].astype(np.float64)
        yield np.pad(block, (0, -block.size % _WINDOW_SAMPLES)).reshape(-1, _WINDOW_SAMPLES)


def _dots(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.einsum("ij,ij->i", a, b)
