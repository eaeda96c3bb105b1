"""The sound of clips: what is silent, how loud the rest is, what happens when a recording is gone."""

import wave
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from transcribe.audio import SAMPLE_RATE_HZ, decode, rms_dbfs
from transcribe.call import TimeSpan
from warehouse.clip_plan import ClipPlan
from warehouse.clips import Samples, SoundOptions, clip_id_of, cut_clip, remove_unlisted, render_clip
from warehouse.errors import ClipRefused

RATE_HZ = 8_000
WHOLE = (TimeSpan(10.0, 30.0),)
PLAN = ClipPlan("c" * 16, "call-1", 10.0, 30.0, (TimeSpan(15.0, 17.0),), (WHOLE, WHOLE))


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """40 s of two channels: noise at -20 dBFS on the first, at -40 dBFS on the second."""
    noise = np.random.default_rng(3).normal(0, 1, (2, 40 * RATE_HZ)) * [[0.1], [0.01]]
    path = tmp_path / "call.wav"
    with wave.open(str(path), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(RATE_HZ)
        out.writeframes((np.clip(noise.T, -1, 1) * 32767).astype("<i2").tobytes())
    return path


def level(samples: Samples, start_s: float, end_s: float) -> float:
    return rms_dbfs(samples[:, round(start_s * SAMPLE_RATE_HZ) : round(end_s * SAMPLE_RATE_HZ)])


def noise(seconds: float, level_dbfs: float, channels: int = 1) -> Samples:
    shape = (channels, round(seconds * SAMPLE_RATE_HZ))
    return (10 ** (level_dbfs / 20) * np.random.default_rng(1).normal(0, 1, shape)).astype(np.float32)


def test_the_file_plays_and_says_what_it_is(recording: Path, tmp_path: Path) -> None:
    clip = cut_clip(PLAN, (recording,), tmp_path / "pages")
    path = tmp_path / "pages" / clip.file
    heard = decode(path)
    assert heard.duration_s == pytest.approx(20, abs=0.1)
    assert clip.file == f"clips/{clip.clip_id[:2]}/{clip.clip_id}.ogg"
    assert (clip.mask_count, clip.masked_s) == (1, 2.0)
    assert path.read_bytes()[:4] == b"OggS"


def test_a_clip_is_cut_once(recording: Path, tmp_path: Path) -> None:
    first = cut_clip(PLAN, (recording,), tmp_path)
    recording.unlink()
    assert cut_clip(PLAN, (recording,), tmp_path) == first


def test_more_to_silence_gives_another_file() -> None:
    more = replace(PLAN, masks=(*PLAN.masks, TimeSpan(20.0, 21.0)))
    assert clip_id_of(more, SoundOptions()) != clip_id_of(PLAN, SoundOptions())


def test_personal_data_leaves_only_the_tone_on_every_channel() -> None:
    sound = render_clip(PLAN, noise(20, -10, channels=2), SoundOptions(tone_dbfs=-200.0))
    assert level(sound, 5.0, 7.0) <= -119
    assert level(sound, 4.0, 4.9) > -30
    assert level(sound, 7.1, 8.0) > -30


def test_the_tone_is_soft_and_only_there() -> None:
    silent = np.zeros((2, 20 * SAMPLE_RATE_HZ), np.float32)
    sound = render_clip(PLAN, silent, SoundOptions())
    assert level(sound, 5.2, 6.8) == pytest.approx(-34, abs=0.5)
    assert level(sound, 0.0, 5.0) <= -119


def test_both_voices_come_out_equally_loud() -> None:
    speech = np.vstack([noise(20, -14), noise(20, -41)])
    first = replace(PLAN, masks=(), heard=((TimeSpan(10.0, 20.0),), (TimeSpan(20.0, 30.0),)))
    sound = render_clip(first, speech, SoundOptions())
    assert level(sound, 1, 9) == pytest.approx(level(sound, 11, 19), abs=1.5)


def test_speech_that_nobody_recognised_is_not_let_through() -> None:
    plan = replace(PLAN, masks=(), heard=((TimeSpan(12.0, 14.0),), ()))
    sound = render_clip(plan, noise(20, -10, channels=2), SoundOptions())
    assert level(sound, 2.1, 3.9) > -40
    assert level(sound, 5.0, 20.0) <= -119


@pytest.mark.parametrize("loud_dbfs", [-3.0, -60.0])
def test_the_result_is_never_overdriven(loud_dbfs: float) -> None:
    sound = render_clip(PLAN, noise(20, loud_dbfs, channels=2), SoundOptions())
    assert float(np.abs(sound).max()) <= 10 ** (-1.4 / 20)
    assert abs(float(sound[0, 0])) < 0.001
    assert abs(float(sound[0, -1])) < 0.001


def test_mp3_for_those_who_need_it(recording: Path, tmp_path: Path) -> None:
    clip = cut_clip(PLAN, (recording,), tmp_path, SoundOptions(codec="mp3"))
    assert clip.file.endswith(".mp3")
    assert decode(tmp_path / clip.file).duration_s == pytest.approx(20, abs=0.2)


def test_a_recording_that_is_gone_is_a_refusal(tmp_path: Path) -> None:
    for files in ((tmp_path / "gone.wav",), ()):
        with pytest.raises(ClipRefused, match="已不在"):
            cut_clip(PLAN, files, tmp_path)


def test_a_damaged_recording_is_a_refusal(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.wav"
    damaged.write_bytes(b"not sound at all" * 50)
    with pytest.raises(ClipRefused, match="读不出来"):
        cut_clip(PLAN, (damaged,), tmp_path)


def test_a_folder_that_cannot_be_written_is_a_refusal(recording: Path, tmp_path: Path) -> None:
    (tmp_path / "clips").write_text("a file where the folder should be")
    with pytest.raises(ClipRefused, match="写不进"):
        cut_clip(PLAN, (recording,), tmp_path)


def test_superseded_clips_are_removed_and_nothing_else(recording: Path, tmp_path: Path) -> None:
    old = cut_clip(PLAN, (recording,), tmp_path)
    new = cut_clip(replace(PLAN, masks=(TimeSpan(14.0, 18.0),)), (recording,), tmp_path)
    own = tmp_path / "clips" / "ab" / "notes-of-a-trainer.ogg"
    own.parent.mkdir(parents=True, exist_ok=True)
    own.write_bytes(b"mine")
    assert remove_unlisted(tmp_path, frozenset({new.file})) == 1
    assert not (tmp_path / old.file).exists()
    assert (tmp_path / new.file).exists()
    assert own.exists()
