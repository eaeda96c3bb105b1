import numpy as np
import pytest

from transcribe.mixes import without_mixes

N = 8 * 16_000


def voice(seed):
    rng = np.random.default_rng(seed)
    is_speaking = np.sin(np.arange(N) / 16_000 * (2 + seed) + seed) > 0
    return rng.normal(0, 0.05, N) * is_speaking


A, B, C, SILENCE = voice(0), voice(1), voice(2), np.zeros(N)


@pytest.mark.parametrize(
    ("channels", "kept"),
    [
        ([A, B, A + B], [0, 1]),  # a mix behind, in front, between, softer
        ([A + B, A, B], [1, 2]),
        ([A, 0.5 * A + 0.5 * B, B], [0, 2]),
        ([A, B, A, B], [0, 1]),  # copies
        ([A, B, A + B, A + B], [0, 1]),
        ([A, B, C], [0, 1, 2]),
        ([A, B, C, A + B + C], [0, 1, 2]),
        ([A, B, SILENCE, SILENCE], [0, 1]),
        ([SILENCE, A, SILENCE, B, 0.7 * A + 0.7 * B], [1, 3]),
        ([A, B, A + B + C], [0, 1, 2]),  # somebody more is in it
        ([A, B, 0.1 * A], [0, 1, 2]),  # cross-talk is no mix
        ([A, A + B], [0, 1]),  # two channels stay
    ],
)
@pytest.mark.parametrize("noise", [0.0, 0.0005])
def test_what_repeats_other_channels_is_silenced_in_its_place(channels, kept, noise):
    rng = np.random.default_rng(9)
    pcm = [
        np.round(32767 * (channel + rng.normal(0, noise, N) * bool(channel.any()))).astype(np.int16)
        for channel in channels
    ]
    found = without_mixes(pcm)
    assert [n for n, channel in enumerate(found) if channel.any()] == kept
    assert all(np.array_equal(found[n], pcm[n]) for n in kept)
    assert len(found) == len(pcm)
