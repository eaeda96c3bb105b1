"""Which of more than two channels only repeat the others: recorders add a mix or copies. Pure.

In: channels of one length. Out: the channels, those that repeat others replaced by silence, so that nothing
is heard twice and every channel keeps its number.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from transcribe.channels import Pcm, as_float

Floats = NDArray[np.float64]

_SECOND_SAMPLES = 16_000
_SECONDS_AT_ONCE = 32
_AUDIBLE_POWER = 10**-5.0  # -50 dBFS, as for the likeness of two channels
# A mix is the sum of the others with these shares of each, and at most this much of its energy is something
# else (what a codec adds is up to 3 %), in nearly every audible second.
_MIN_SHARE, _MAX_SHARE = 0.2, 2.0
_RESIDUE_RATIO = 0.05
_ALIKE_RATIO = 0.97


def without_mixes(channels: Sequence[Pcm]) -> tuple[Pcm, ...]:
    """Returns `channels`, each (n_samples,); a mix or a copy of others becomes silence (without memory).

    Up to two channels are returned as they are: their likeness is told by `are_channels_identical`.
    """
    kept = list(range(len(channels)))
    if len(kept) < 3:
        return tuple(channels)
    for channel in reversed(range(len(channels))):
        others = [other for other in kept if other != channel]
        if len(others) > 1 and _is_mix(channels[channel], [channels[other] for other in others]):
            kept = others
    silence = np.broadcast_to(np.int16(0), channels[0].shape)
    return tuple(channel if n in kept else silence for n, channel in enumerate(channels))


def _is_mix(one: Pcm, others: Sequence[Pcm]) -> bool:
    shares = _shares(one, others)
    named = shares > _MIN_SHARE
    if not named.any() or shares.max() > _MAX_SHARE or np.any(np.abs(shares[~named]) > _MIN_SHARE / 2):
        return False
    audible = alike = 0
    for block in _blocks([one, *others]):
        rest = block[0] - np.einsum("c,cij->ij", shares, block[1:])
        power, left = _power(block[0]), _power(rest)
        is_audible = power > _AUDIBLE_POWER
        audible += int(np.count_nonzero(is_audible))
        alike += int(np.count_nonzero(is_audible & (left < _RESIDUE_RATIO * power)))
    return audible > 0 and alike >= _ALIKE_RATIO * audible


def _shares(one: Pcm, others: Sequence[Pcm]) -> Floats:
    """(n_others,): by least squares, how much of each other channel is in `one`."""
    size = len(others) + 1
    products = np.zeros((size, size))
    for block in _blocks([one, *others]):
        flat = block.reshape(size, -1)
        products += flat @ flat.T
    return np.linalg.lstsq(products[1:, 1:], products[1:, 0], rcond=1e-6)[0].astype(np.float64)


def _blocks(channels: Sequence[Pcm]) -> Iterator[Floats]:
    """(n_channels, n_seconds, samples of a second), the last second filled up with silence."""
    step = _SECOND_SAMPLES * _SECONDS_AT_ONCE
    for at in range(0, channels[0].size, step):
        block = np.stack([as_float(channel[at : at + step]) for channel in channels]).astype(np.float64)
        padded = np.pad(block, ((0, 0), (0, -block.shape[1] % _SECOND_SAMPLES)))
        yield padded.reshape(len(channels), -1, _SECOND_SAMPLES)


def _power(seconds: Floats) -> Floats:
    return np.einsum("ij,ij->i", seconds, seconds) / _SECOND_SAMPLES
