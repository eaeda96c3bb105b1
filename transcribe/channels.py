"""Samples of channels: how they are kept, their levels, their offset, their likeness. Pure.

Long recordings are kept as 16-bit integers (`Pcm`: half the memory, 4 h of stereo are 0.92 GB) and turned
into float32 in -1..1 (`Samples`) where they are used, a stretch at a time. Whatever goes over a whole
channel goes block by block.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
Pcm = NDArray[np.int16]
Sound = Samples | Pcm

FULL_SCALE = 32768.0
SILENCE_DBFS = -120.0
# A mean further from zero than this (-54 dBFS) comes from the recorder's electronics, not from a voice.
_MIN_OFFSET = 0.002
_LEVEL_BLOCK = 1 << 20
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


def as_float(sound: Sound) -> Samples:
    """Returns float32 in -1..1 of any shape; what is float32 already is returned as it is."""
    if np.issubdtype(sound.dtype, np.integer):
        return np.divide(sound, FULL_SCALE, dtype=np.float32)
    return np.asarray(sound, np.float32)


def as_pcm(samples: Samples) -> Pcm:
    """Returns 16-bit integers of any shape; what is louder than full scale is clipped, NaN is silence."""
    if not np.isfinite(samples.sum()):  # looking costs less than mending, and decoders rarely give such
        samples = np.nan_to_num(samples, posinf=1.0, neginf=-1.0)
    scaled = np.rint(samples * np.float32(FULL_SCALE))
    return np.clip(scaled, -FULL_SCALE, FULL_SCALE - 1).astype(np.int16)


def rms_dbfs(sound: Sound) -> float:
    """Returns the RMS level in dBFS (0 = full-scale square wave), `SILENCE_DBFS` for silence or nothing."""
    if sound.size == 0:
        return SILENCE_DBFS
    blocks = (sound.reshape(-1)[at : at + _LEVEL_BLOCK] for at in range(0, sound.size, _LEVEL_BLOCK))
    mean_square = (
        sum(float(np.square(as_float(block), dtype=np.float64).sum()) for block in blocks) / sound.size
    )
    return max(SILENCE_DBFS, 10.0 * float(np.log10(mean_square))) if mean_square > 0 else SILENCE_DBFS


def frame_levels_dbfs(sound: Sound, frame_samples: int) -> Samples:
    """Returns the level in dBFS of each frame of (n_samples,), the last one filled up with silence."""
    step = frame_samples * (_LEVEL_BLOCK // frame_samples)
    powers = [np.zeros(0, np.float32)]
    for at in range(0, sound.size, step):
        block = as_float(sound[at : at + step])
        frames = np.pad(block, (0, -block.size % frame_samples)).reshape(-1, frame_samples)
        powers.append(np.einsum("ij,ij->i", frames, frames, dtype=np.float32) / frame_samples)
    return np.float32(10.0) * np.log10(np.maximum(np.concatenate(powers), 1e-12), dtype=np.float32)


def remove_offset(channel: Pcm) -> None:
    """Takes a constant offset (DC) out of one channel (n_samples,), in place.

    Constant means that nine of ten seconds have it, the quiet ones too.
    """
    seconds = range(0, channel.size, _WINDOW_SAMPLES)
    if not seconds:
        return
    means = np.array([channel[at : at + _WINDOW_SAMPLES].mean() for at in seconds])
    low, middle, high = np.percentile(means, (10, 50, 90)).tolist()
    if min(abs(low), abs(high)) < _MIN_OFFSET * FULL_SCALE or low * high < 0:
        return
    for at in seconds:
        block = channel[at : at + _WINDOW_SAMPLES]
        block[:] = np.clip(block.astype(np.int32) - round(middle), -FULL_SCALE, FULL_SCALE - 1)


def are_channels_identical(channels: Sequence[Sound]) -> bool:
    """Returns whether all channels, each (n_samples,) of one length, carry one and the same sound.

    False for one channel and for silence (there is nothing to compare).
    """
    if len(channels) < 2:
        return False
    return all(_is_pair_alike(channels[0], other) for other in channels[1:])


def _is_pair_alike(one: Sound, other: Sound) -> bool:
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


def _windows(channel: Sound) -> Iterator[NDArray[np.float64]]:
    step = _WINDOW_SAMPLES * _WINDOWS_AT_ONCE
    for start in range(0, channel.size, step):
        block = as_float(channel[start : start + step]).astype(np.float64)
        yield np.pad(block, (0, -block.size % _WINDOW_SAMPLES)).reshape(-1, _WINDOW_SAMPLES)


def _dots(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.einsum("ij,ij->i", a, b)
