"""The sound of clips: what is silent, how loud the rest is, what happens when a recording is gone."""

import wave
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
import yaml

from transcribe.audio import SAMPLE_RATE_HZ, decode, rms_dbfs
from transcribe.call import SpeakerRole, TimeSpan
from warehouse.case import Clip
from warehouse.clip_plan import ClipPlan, Voice
from warehouse.clip_sound import SoundOptions
from warehouse.clip_sound import render_clip as render
from warehouse.clips import Source, clip_id_of, digest_of_files, remove_unlisted
from warehouse.clips import cut_clip as cut
from warehouse.errors import ClipRefused, RefusalReason
from warehouse.loudness import Samples, integrated_lufs, true_peak_ratio

SAMPLES = Path(__file__).parents[1] / "samples" / "inbox"
RATE_HZ = 8_000


def voices(*spans: TimeSpan | None) -> tuple[Voice, ...]:
    roles = (SpeakerRole.AGENT, SpeakerRole.CUSTOMER)
    return tuple(Voice(n, roles[n], (span,)) for n, span in enumerate(spans) if span)


def exactly(start_s: float, end_s: float, masks: tuple[TimeSpan, ...] = ()) -> ClipPlan:
    """A plan with no room to move its cuts, both voices open all the time."""
    whole = TimeSpan(start_s, end_s)
    rooms = (TimeSpan(start_s, start_s), TimeSpan(end_s, end_s))
    return ClipPlan("c" * 16, "call-1", start_s, end_s, masks, voices(whole, whole), *rooms, reason="r")


PLAN = exactly(10.0, 30.0, (TimeSpan(15.0, 17.0),))


def cut_clip(plan: ClipPlan, recording: Path, out_dir: Path, options: SoundOptions | None = None) -> Clip:
    return cut(plan, Source((recording,)), out_dir, options)


def render_clip(plan: ClipPlan, channels: Samples, options: SoundOptions) -> Samples:
    return render(plan, channels, options).samples


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
    clip = cut_clip(PLAN, recording, tmp_path / "pages")
    path = tmp_path / "pages" / clip.file
    heard = decode(path)
    assert heard.duration_s == pytest.approx(20, abs=0.1)
    assert clip.file == f"clips/{clip.clip_id[:2]}/{clip.clip_id}.ogg"
    assert (clip.mask_count, clip.masked_s) == (1, 2.0)
    assert path.read_bytes()[:4] == b"OggS"


def test_a_clip_is_cut_once(recording: Path, tmp_path: Path) -> None:
    first = cut_clip(PLAN, recording, tmp_path)
    recording.unlink()
    assert cut_clip(PLAN, recording, tmp_path) == first


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
    assert level(sound, 5.2, 6.8) == pytest.approx(-38, abs=0.5)
    assert level(sound, 0.0, 5.0) <= -119


def test_both_voices_come_out_equally_loud() -> None:
    speech = np.vstack([noise(20, -14), noise(20, -41)])
    first = replace(PLAN, masks=(), voices=voices(TimeSpan(10.0, 20.0), TimeSpan(20.0, 30.0)))
    sound = render_clip(first, speech, SoundOptions())
    assert level(sound, 1, 9) == pytest.approx(level(sound, 11, 19), abs=1.5)


def test_speech_that_nobody_recognised_is_not_let_through() -> None:
    plan = replace(PLAN, masks=(), voices=voices(TimeSpan(12.0, 14.0), None))
    sound = render_clip(plan, noise(20, -10, channels=2), SoundOptions())
    assert level(sound, 2.1, 3.9) > -40
    assert level(sound, 5.0, 20.0) <= -119


@pytest.mark.parametrize("loud_dbfs", [-3.0, -60.0])
def test_the_result_is_never_overdriven(loud_dbfs: float) -> None:
    sound = render_clip(PLAN, noise(20, loud_dbfs, channels=2), SoundOptions())
    assert true_peak_ratio(sound) <= 10 ** (-1.9 / 20)
    assert abs(float(sound[0, 0])) < 0.001
    assert abs(float(sound[0, -1])) < 0.001


def test_mp3_for_those_who_need_it(recording: Path, tmp_path: Path) -> None:
    clip = cut_clip(PLAN, recording, tmp_path, SoundOptions(codec="mp3"))
    assert clip.file.endswith(".mp3")
    assert decode(tmp_path / clip.file).duration_s == pytest.approx(20, abs=0.2)


def test_a_recording_that_is_gone_is_a_refusal(tmp_path: Path) -> None:
    for files in ((tmp_path / "gone.wav",), ()):
        with pytest.raises(ClipRefused, match="已不在"):
            cut(PLAN, Source(files), tmp_path)


def test_a_damaged_recording_is_a_refusal(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.wav"
    damaged.write_bytes(b"not sound at all" * 50)
    with pytest.raises(ClipRefused, match="读不出来"):
        cut_clip(PLAN, damaged, tmp_path)


def test_a_folder_that_cannot_be_written_is_a_refusal(recording: Path, tmp_path: Path) -> None:
    (tmp_path / "clips").write_text("a file where the folder should be")
    with pytest.raises(ClipRefused, match="写不进"):
        cut_clip(PLAN, recording, tmp_path)


def test_a_recording_that_was_changed_is_a_refusal(recording: Path, tmp_path: Path) -> None:
    """Masks are seconds of what was recognised: in another recording they would hide the wrong words."""
    plan = replace(PLAN, recording_digest=digest_of_files([recording]))
    assert cut_clip(plan, recording, tmp_path / "a").recording_digest == plan.recording_digest
    with recording.open("ab") as file:
        file.write(b"more")
    with pytest.raises(ClipRefused, match="换过") as refused:
        cut_clip(plan, recording, tmp_path / "b")
    assert refused.value.reason is RefusalReason.RECORDING_CHANGED


def test_the_row_of_a_clip_that_exists_is_the_same(recording: Path, tmp_path: Path) -> None:
    """All that the plan does not tell is in the file: where it was cut, how loud it is, its peaks."""
    plan = replace(PLAN, start_room=TimeSpan(9.5, 10.5), end_room=TimeSpan(29.5, 30.5))
    first = cut_clip(plan, recording, tmp_path)
    path = tmp_path / first.file
    changed_at = path.stat().st_mtime_ns
    again = cut_clip(replace(plan, reason="another"), recording, tmp_path)
    assert again == replace(first, reason="another")
    assert path.stat().st_mtime_ns == changed_at
    assert first.masks == plan.masks
    assert first.loudness_lufs == pytest.approx(-23, abs=1)
    assert first.peaks is not None
    assert len(first.peaks) == pytest.approx(10 * (first.end_s - first.start_s), abs=1)
    assert max(first.peaks[52:68]) < 10 < min(first.peaks[:48]), "the mask is seen"


@pytest.mark.parametrize("rest", [b"", b"OggS torn"])
def test_a_torn_clip_is_cut_again(recording: Path, tmp_path: Path, rest: bytes) -> None:
    first = cut_clip(PLAN, recording, tmp_path)
    (tmp_path / first.file).write_bytes(rest)
    assert cut_clip(PLAN, recording, tmp_path) == first


def test_the_cut_lies_where_the_sound_is_quietest(tmp_path: Path) -> None:
    """Word times are off by some tenths: the cut moves to the pause that can be heard."""
    sound = np.random.default_rng(3).normal(0, 0.1, (2, 40 * RATE_HZ))
    for at_s in (9.7, 30.3):
        sound[:, round((at_s - 0.06) * RATE_HZ) : round((at_s + 0.06) * RATE_HZ)] = 0
    path = tmp_path / "call.wav"
    with wave.open(str(path), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(RATE_HZ)
        out.writeframes((np.clip(sound.T, -1, 1) * 32767).astype("<i2").tobytes())
    rooms = {"start_room": TimeSpan(9.5, 10.5), "end_room": TimeSpan(29.5, 30.5)}
    clip = cut_clip(replace(PLAN, masks=(), **rooms), path, tmp_path)
    assert clip.start_s == pytest.approx(9.7, abs=0.05)
    assert clip.end_s == pytest.approx(30.3, abs=0.05)
    heard = decode(tmp_path / clip.file)
    assert heard.duration_s == pytest.approx(clip.end_s - clip.start_s, abs=0.01)
    outside = replace(PLAN, start_room=TimeSpan(9.9, 10.5), end_room=TimeSpan(29.5, 30.1))
    kept = cut_clip(outside, path, tmp_path)
    assert 9.9 <= kept.start_s <= 10.5
    assert 29.5 <= kept.end_s <= 30.1


REAL = [("2026-11-20", "c001.wav"), ("2026-11-20", "c003.mp3"), ("2026-11-20", "c009.opus")]


@pytest.mark.parametrize("codec", ["opus", "mp3"])
@pytest.mark.parametrize(("night", "name"), REAL)
def test_real_calls_are_as_loud_as_r128_asks(
    night: str, name: str, codec: Literal["opus", "mp3"], tmp_path: Path
) -> None:
    """Measured in the file that is heard: loudness, true peak, both voices, both ends."""
    truth = yaml.safe_load((SAMPLES.parent / "truth" / f"{name[:4]}.yaml").read_text("utf-8"))
    span = TimeSpan(5.0, 40.0)
    spoken = [
        tuple(
            TimeSpan(max(span.start_s, turn["start_s"]), min(span.end_s, turn["end_s"]))
            for turn in truth["turns"]
            if turn["channel"] == channel and turn["end_s"] > span.start_s and turn["start_s"] < span.end_s
        )
        for channel in (0, 1)
    ]
    roles = (SpeakerRole.AGENT, SpeakerRole.CUSTOMER)
    both = tuple(Voice(n, roles[n], spans) for n, spans in enumerate(spoken))
    plan = replace(exactly(span.start_s, span.end_s), voices=both)
    clip = cut_clip(plan, SAMPLES / night / name, tmp_path, SoundOptions(codec=codec))
    heard = decode(tmp_path / clip.file).samples
    assert integrated_lufs(heard, SAMPLE_RATE_HZ) == pytest.approx(-23, abs=1)
    assert clip.loudness_lufs == pytest.approx(-23, abs=0.6)
    assert true_peak_ratio(heard) <= 10 ** (-1 / 20)
    loudness = [
        integrated_lufs(
            np.concatenate(
                [
                    heard[
                        :, round((s.start_s - span.start_s) * 16000) : round((s.end_s - span.start_s) * 16000)
                    ]
                    for s in spans
                ],
                axis=1,
            ),
            SAMPLE_RATE_HZ,
        )
        for spans in spoken
    ]
    assert loudness[0] == pytest.approx(loudness[1], abs=2)
    assert float(np.abs(heard[:, [0, 1, -2, -1]]).max()) < 0.002, "no click at either end"


def test_two_voices_of_one_channel_are_balanced_too() -> None:
    """A mono recording: the first ten seconds one voice, then another 25 dB below."""
    speech = np.concatenate([noise(10, -15), noise(10, -40)], axis=1)
    halves = (TimeSpan(10.0, 20.0), TimeSpan(20.0, 30.0))
    roles = (SpeakerRole.AGENT, SpeakerRole.CUSTOMER)
    both = tuple(Voice(0, role, (half,)) for role, half in zip(roles, halves, strict=True))
    sound = render_clip(replace(PLAN, masks=(), voices=both), speech, SoundOptions())
    assert level(sound, 1, 9) == pytest.approx(level(sound, 11, 19), abs=1)


def test_a_voice_is_not_raised_without_end() -> None:
    sound = render_clip(replace(PLAN, masks=()), noise(20, -70, channels=2), SoundOptions())
    assert level(sound, 1, 19) < -45


def test_superseded_clips_are_removed_and_nothing_else(recording: Path, tmp_path: Path) -> None:
    old = cut_clip(PLAN, recording, tmp_path)
    new = cut_clip(replace(PLAN, masks=(TimeSpan(14.0, 18.0),)), recording, tmp_path)
    own = tmp_path / "clips" / "ab" / "notes-of-a-trainer.ogg"
    own.parent.mkdir(parents=True, exist_ok=True)
    own.write_bytes(b"mine")
    for clip in (old, new):
        (tmp_path / clip.file).with_suffix(".vtt").write_text("WEBVTT")
    assert remove_unlisted(tmp_path, frozenset({new.file})) == 2
    assert not (tmp_path / old.file).with_suffix(".vtt").exists()
    assert (tmp_path / new.file).with_suffix(".vtt").exists()
    assert not (tmp_path / old.file).exists()
    assert (tmp_path / new.file).exists()
    assert own.exists()
