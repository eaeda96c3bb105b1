"""Writing audio, and what the sample nights' own files give."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from transcribe.audio import SAMPLE_RATE_HZ, decode, load_recording, probe, read_span, rms_dbfs, write_audio
from transcribe.call import Recording

TONES_HZ = (300, 500, 700, 900, 1100, 1300, 1500, 1700)
SAMPLES = Path(__file__).parents[1] / "samples" / "inbox"


def pitch_hz(samples):
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(samples.size)))
    return float(np.argmax(spectrum) * SAMPLE_RATE_HZ / samples.size)


def recording(*files):
    night = date(2026, 11, 20)
    return Recording("c1", tuple(files), "0" * 64, night, night)


@pytest.mark.parametrize("codec", ["opus", "mp3"])
@pytest.mark.parametrize("channels", [1, 2])
def test_write_audio_is_small_repeatable_and_heard_again(tmp_path, make_tones, codec, channels):
    tones = make_tones(channels, 4.0, SAMPLE_RATE_HZ)
    paths = [tmp_path / f"{name}.{codec}" for name in ("one", "two")]
    for path in paths:
        write_audio(path, tones if channels == 2 else tones[0], SAMPLE_RATE_HZ, codec)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert sorted(tmp_path.iterdir()) == sorted(paths), "nothing is left beside"
    assert paths[0].stat().st_size < 4.0 * 80_000 / 8
    again = decode(paths[0])
    assert again.duration_s == pytest.approx(4.0, abs=0.15)
    assert [pitch_hz(c) for c in again.samples] == pytest.approx(TONES_HZ[:channels], abs=3)


def test_write_audio_refuses_what_it_cannot_write_and_leaves_nothing(tmp_path):
    tone = np.zeros(1600, np.float32)
    for path, samples, rate, codec in [
        (tmp_path / "a.wav", tone, 16_000, "wav"),
        (tmp_path / "a.opus", tone, 11_025, "opus"),
        (tmp_path / "a.mp3", np.zeros((3, 1600), np.float32), 16_000, "mp3"),
    ]:
        with pytest.raises(ValueError, match="write_audio"):
            write_audio(path, samples, rate, codec)
    with pytest.raises(OSError, match="No such file"):
        write_audio(tmp_path / "none" / "a.opus", tone, 16_000, "opus")
    assert not list(tmp_path.iterdir())


def test_rms_dbfs_of_known_levels():
    square = np.ones(100, np.float32)
    assert rms_dbfs(square) == pytest.approx(0.0)
    assert rms_dbfs(0.1 * square) == pytest.approx(-20.0, abs=1e-4)
    assert rms_dbfs(0 * square) == rms_dbfs(square[:0]) == -120.0


def test_the_sample_nights_truncated_mono_and_fake_stereo_calls():
    folder = SAMPLES / "2026-11-20"
    loaded = {name: load_recording(recording(folder / name)) for name in ("c021.wav", "c022.wav", "c010.amr")}
    assert {name: audio.is_truncated for name, audio in loaded.items()} == {
        "c021.wav": True,
        "c022.wav": False,
        "c010.amr": False,
    }
    assert [audio.is_identical for audio in loaded.values()] == [False, True, False]
    assert [audio.is_mono for audio in loaded.values()] == [False, False, True]
    assert [audio.samples.shape[0] for audio in loaded.values()] == [2, 1, 1]


@pytest.mark.parametrize("name", ["c001.wav", "c002.wav", "c003.mp3", "c005.opus", "c008.m4a"])
def test_the_sample_nights_two_channel_calls_stay_two(name):
    loaded = load_recording(recording(SAMPLES / "2026-11-20" / name))
    assert (loaded.samples.shape[0], loaded.is_identical, loaded.is_truncated) == (2, False, False)


def test_gsm_from_one_file_per_channel():
    files = [SAMPLES / "2026-11-20" / f"c006_{side}.wav" for side in ("agent", "customer")]
    assert {probe(path).codec for path in files} == {"gsm_ms"}
    loaded = load_recording(recording(*files))
    assert loaded.samples.shape[0] == 2
    assert not loaded.is_truncated
    span = read_span(files, 30.0, 32.0)
    np.testing.assert_allclose(span, loaded.samples[:, 30 * SAMPLE_RATE_HZ : 32 * SAMPLE_RATE_HZ], atol=0.01)
