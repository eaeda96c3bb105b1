"""Two voices without a network: pitch is heard, groups are found, one voice stays one."""

import numpy as np
import numpy.typing as npt
import pytest

from transcribe.call import TimeSpan
from transcribe.diarise.light import LightDiariser, describe

RATE_HZ = 16_000
Floats = npt.NDArray[np.float32]
HIGH, LOW = 210.0, 110.0


def voice(pitch_hz: float, seconds: float, seed: int) -> Floats:
    """Pulses of a throat through a resonance that moves: no words, but clearly somebody."""
    rng = np.random.default_rng(seed)
    at_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    phase = 2 * np.pi * np.cumsum(pitch_hz * (1 + 0.08 * np.sin(2 * np.pi * 3 * at_s + seed))) / RATE_HZ
    formant_hz = 500 + 3 * pitch_hz + 150 * np.sin(2 * np.pi * 2 * at_s + rng.normal())
    sound = np.zeros_like(at_s)
    for harmonic in range(1, 20):
        sound += np.exp(-(((harmonic * pitch_hz - formant_hz) / 600) ** 2)) * np.sin(harmonic * phase)
    return (0.1 * sound / np.abs(sound).max() + rng.normal(0, 0.001, at_s.size)).astype(np.float32)


def conversation(*pitches: float) -> tuple[Floats, list[TimeSpan]]:
    """Two seconds each, half a second apart."""
    silence = np.zeros(RATE_HZ // 2, np.float32)
    parts = [np.concatenate([voice(pitch, 2.0, n), silence]) for n, pitch in enumerate(pitches)]
    return np.concatenate(parts), [TimeSpan(2.5 * n, 2.5 * n + 2) for n in range(len(pitches))]


@pytest.mark.parametrize("pitch_hz", [90.0, 150.0, 220.0, 330.0])
def test_pitch_is_heard(pitch_hz: float) -> None:
    heard_hz = 2 ** float(np.median(describe(voice(pitch_hz, 1.0, 1)).pitch))
    assert heard_hz == pytest.approx(pitch_hz, rel=0.06)


def test_voices_are_grouped() -> None:
    sound, spans = conversation(HIGH, LOW, HIGH, HIGH, LOW, LOW)
    groups = LightDiariser().group(sound, spans)
    assert groups.voice_count == 2
    first = groups.nats.argmax(axis=1) == groups.nats[0].argmax()
    assert first.tolist() == [True, False, True, True, False, False]
    as_pcm = np.round(sound * 32767).astype(np.int16)
    again = LightDiariser().group(as_pcm, spans).nats.argmax(axis=1)
    assert (again == again[0]).tolist() == first.tolist()


@pytest.mark.parametrize("count", [0, 1])
def test_too_little_to_group(count: int) -> None:
    sound, spans = conversation(HIGH)
    groups = LightDiariser().group(sound, spans[:count])
    assert groups.nats.shape == (count, 1)


@pytest.mark.parametrize("level", [0.0, 1e-6])
def test_silence_has_no_voice(level: float) -> None:
    sound = np.full(RATE_HZ * 5, level, np.float32)
    groups = LightDiariser().group(sound, [TimeSpan(0, 1), TimeSpan(2, 3), TimeSpan(4, 4.01)])
    assert np.isfinite(groups.nats).all()
    assert groups.voice_count == 1
