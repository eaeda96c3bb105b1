"""Voice prints to voices: how many there are, whose each stretch is, and when nothing can be told."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcribe.diarise.clusters import ClusterOptions, cluster_voices

OPTIONS = ClusterOptions()


def prints(voices: list[int], spread: float = 0.03, seed: int = 3) -> np.ndarray:
    """Prints around one centre per voice: within a voice about 0.9 alike, across about 0.6."""
    rng = np.random.default_rng(seed)
    common = rng.normal(size=192)
    centres = [1.2 * common + rng.normal(size=192) for _ in range(max(voices) + 1)]
    found = np.stack([centres[voice] + spread * 15 * rng.normal(size=192) for voice in voices])
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


def same_partition(one: list[int], other: list[int]) -> bool:
    return len(set(zip(one, other, strict=True))) == len(set(one)) == len(set(other))


@pytest.mark.parametrize(
    "voices",
    [[0, 1, 0, 1, 0, 1], [0, 0, 0, 0, 1, 1], [0, 1, 2, 0, 1, 2, 0, 1, 2], [2, 2, 2, 0, 1, 0, 1, 0, 1]],
)
def test_voices_are_found_and_told_apart(voices: list[int]) -> None:
    groups = cluster_voices(prints(voices), [2.0] * len(voices), OPTIONS)
    assert groups.voice_count == len(set(voices))
    assert same_partition(groups.nats.argmax(axis=1).tolist(), voices)


def test_one_voice_stays_one() -> None:
    assert cluster_voices(prints([0] * 12), [2.0] * 12, OPTIONS).voice_count == 1


def test_a_stray_print_is_no_voice_and_hides_none() -> None:
    voices = [0, 1, 0, 1, 0, 1, 0, 1, 2]
    groups = cluster_voices(prints(voices), [2.0] * 8 + [1.0], OPTIONS)
    assert groups.voice_count == 2
    assert same_partition(groups.nats[:8].argmax(axis=1).tolist(), voices[:8])


def test_a_short_stretch_says_less() -> None:
    voices = [0, 1, 0, 1, 0]
    groups = cluster_voices(prints(voices), [2.0, 2.0, 2.0, 2.0, 0.2], OPTIONS)
    distances = np.abs(groups.nats[:, 0] - groups.nats[:, 1])
    assert distances[4] < 0.3 * distances[2]


@given(st.lists(st.floats(0.0, 0.45), max_size=6))
def test_nothing_but_scraps_is_one_voice(durations_s: list[float]) -> None:
    found = cluster_voices(prints([0, 1, 0, 1, 0, 1])[: len(durations_s)], durations_s, OPTIONS)
    assert found.nats.shape == (len(durations_s), 1)
