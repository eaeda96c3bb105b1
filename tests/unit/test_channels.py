import numpy as np
import pytest

from transcribe.channels import are_channels_identical

N = 10 * 16_000


def voice(seed, level=0.1):
    rng = np.random.default_rng(seed)
    is_speaking = np.sin(np.arange(N) / 16_000 * (2 + seed) + seed) > 0
    return (rng.normal(0, level, N) * is_speaking).astype("f4")


@pytest.mark.parametrize(
    ("channels", "expected"),
    [
        ([voice(0), voice(0)], True),
        ([voice(0), 0.8 * voice(0)], True),
        ([voice(0), voice(0) + voice(9, 0.002)], True),
        ([voice(0)] * 3, True),
        ([voice(0), voice(0), voice(1)], False),
        ([voice(0), voice(1)], False),
        ([voice(0), -voice(0)], False),  # never delivered, so never folded
        ([voice(0), 0.1 * voice(0)], False),  # crosstalk into a silent channel
        ([voice(0) + 0.6 * voice(1), voice(1) + 0.6 * voice(0)], False),  # strong sidetone both ways
        ([voice(0), np.zeros(N, "f4")], False),
        ([np.zeros(N, "f4")] * 2, False),
        ([voice(0)], False),
        ([np.zeros(0, "f4")] * 2, False),
    ],
)
def test_are_channels_identical(channels, expected):
    assert are_channels_identical(np.stack(channels)) is expected


def test_loud_hold_music_on_both_channels_does_not_outvote_the_speech():
    music = np.where(np.arange(N) < 0.8 * N, voice(5, 0.5), 0)
    one, other = voice(0, 0.02), voice(1, 0.02)
    assert not are_channels_identical(np.stack([music + one, music + other]).astype("f4"))
