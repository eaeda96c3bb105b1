"""What recorders really deliver: every depth, rate and count of channels, wrong headers, wrong names.

Each gives its sound or a clear AudioUnreadable.
"""

import struct
from datetime import date
from pathlib import Path

import av
import numpy as np
import pytest
from av.audio.frame import AudioFrame

from transcribe.audio import SAMPLE_RATE_HZ, decode, load_recording, probe, read_span
from transcribe.call import Call, FaultReason, Recording
from transcribe.errors import AudioUnreadable
from transcribe.pipeline import TranscribeOptions, transcribe_calls
from transcribe.vad import SpeechDetector

TONES_HZ = (300, 500, 700, 900, 1100, 1300, 1500, 1700)
DAY = date(2026, 11, 20)
# name: format tag, bytes per sample, floats in -1..1 to bytes
DEPTHS = {
    "u8": (1, 1, lambda x: np.round(x * 127 + 128).astype("u1").tobytes()),
    "s16": (1, 2, lambda x: np.round(x * 32767).astype("<i2").tobytes()),
    "s24": (1, 3, lambda x: np.round(x * 8388607).astype("<i4").view("u1").reshape(-1, 4)[:, :3].tobytes()),
    "s32": (1, 4, lambda x: np.round(x * 2147483647).astype("<i4").tobytes()),
    "f32": (3, 4, lambda x: x.astype("<f4").tobytes()),
    "f64": (3, 8, lambda x: x.astype("<f8").tobytes()),
}


def wav(samples, rate_hz, depth="s16", promised=None, behind=b""):
    """(n_channels, n_samples) to the bytes of a wav whose header may promise another length."""
    tag, width, encode = DEPTHS[depth]
    data = encode(np.ascontiguousarray(samples.T.reshape(-1)))
    block = width * samples.shape[0]
    fmt = struct.pack("<IHHIIHH", 16, tag, samples.shape[0], rate_hz, rate_hz * block, block, 8 * width)
    size = len(data) if promised is None else promised
    body = b"WAVEfmt " + fmt + b"data" + struct.pack("<I", size % 2**32) + data + behind
    return b"RIFF" + struct.pack("<I", len(body)) + body


def pitch_hz(samples):
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(samples.size)))
    return float(np.argmax(spectrum) * SAMPLE_RATE_HZ / samples.size)


def loaded(*paths):
    return load_recording(Recording("c1", tuple(paths), "", DAY, DAY))


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("rate_hz", [8_000, 11_025, 16_000, 22_050, 44_100, 48_000])
def test_every_depth_and_rate(tmp_path, make_tones, depth, rate_hz):
    path = tmp_path / "call.wav"
    path.write_bytes(wav(make_tones(2, 1.0, rate_hz), rate_hz, depth))
    decoded = decode(path)
    assert (decoded.duration_s, decoded.is_truncated) == (pytest.approx(1.0, abs=0.01), False)
    assert [pitch_hz(channel) for channel in decoded.samples] == pytest.approx(TONES_HZ[:2], abs=2)
    assert np.abs(decoded.samples).max() == pytest.approx(0.3, abs=0.03)


@pytest.mark.parametrize("channels", range(1, 10))
@pytest.mark.parametrize("depth", ["s24", "f32"])
def test_one_to_eight_channels_and_no_more(tmp_path, channels, depth):
    path = tmp_path / "many.wav"
    t = np.arange(24_000) / 48_000
    tones = np.stack([0.2 * np.sin(2 * np.pi * (300 + 200 * n) * t) for n in range(channels)])
    path.write_bytes(wav(tones, 48_000, depth))
    if channels == 9:
        with pytest.raises(AudioUnreadable, match="9 个声道"):
            loaded(path)
        return
    found = loaded(path)
    assert [pitch_hz(sound) for sound in found.channels] == pytest.approx(TONES_HZ[:channels], abs=3)


@pytest.mark.parametrize("length_s", [0.02, 0.2])
@pytest.mark.parametrize(
    "form",
    [
        ("wav", "pcm_s16le", 2, 8_000),
        ("wav", "pcm_mulaw", 1, 8_000),
        ("mp3", "libmp3lame", 2, 16_000),
        ("ogg", "libopus", 2, 48_000),
        ("ipod", "aac", 2, 8_000),
        ("amr", "libopencore_amrnb", 1, 8_000),
    ],
)
def test_a_fraction_of_a_second_is_a_call_without_turns(tmp_path, write_sound, make_tones, length_s, form):
    container, codec, channels, rate_hz = form
    path = write_sound(tmp_path / "x", make_tones(channels, length_s, rate_hz), rate_hz, container, codec)

    class Unasked:
        settings_key = "unasked"

        def recognise(self, windows):
            raise AssertionError(f"there is no speech in {windows}")

    recording = Recording("c1", (path,), "", DAY, DAY)
    (call,) = transcribe_calls([recording], Unasked(), SpeechDetector(), TranscribeOptions())
    assert isinstance(call, Call)
    assert call.transcript.turns == ()
    assert FaultReason.NO_SPEECH in {fault.reason for fault in call.faults}
    assert 0 < call.transcript.duration_s < length_s + 0.3


def test_an_offset_is_taken_out_and_clipping_is_kept(tmp_path, make_tones):
    tones = make_tones(2, 3.0, 8_000)
    path = tmp_path / "odd.wav"
    path.write_bytes(wav(np.stack([tones[0] + 0.25, np.clip(8 * tones[1], -1, 1)]), 8_000))
    sound = loaded(path).samples
    assert abs(sound[0].mean()) < 0.002
    assert abs(read_span(path, 1.0, 2.0)[0].mean()) < 0.005
    assert np.abs(sound[0]).max() == pytest.approx(0.3, abs=0.03)
    assert np.abs(sound[1]).max() == pytest.approx(1.0, abs=0.01)
    assert pitch_hz(sound[1]) == pytest.approx(500, abs=2)


def test_floats_beyond_full_scale_and_no_numbers(tmp_path, make_tones):
    tones = make_tones(2, 1.0, 16_000) * 5
    tones[0, 8_000:8_010] = np.nan
    tones[1, 8_000] = np.inf
    path = tmp_path / "wild.wav"
    path.write_bytes(wav(tones, 16_000, "f32"))
    sound = loaded(path).samples
    assert np.isfinite(sound).all()
    assert np.abs(sound).max() <= 1.0
    assert [pitch_hz(channel[:7_000]) for channel in sound] == pytest.approx(TONES_HZ[:2], abs=4)


CHUNK = b"LIST" + struct.pack("<I", 6000) + bytes(6000)


@pytest.mark.parametrize(
    ("promised_s", "behind", "is_truncated"),
    [
        (1.0, b"", False),  # a recorder that broke off: what follows is sound
        (0.001, b"", False),
        (4.0, b"", False),
        (4.0, CHUNK, False),  # tags, not sound
        (4.0, bytes(8192), False),  # filling
        (9.0, b"", True),
        (3.9999 * 3600, b"", True),
    ],
)
def test_a_wrong_length_in_the_header_loses_nothing(tmp_path, make_tones, promised_s, behind, is_truncated):
    path = tmp_path / "call.wav"
    promised = round(promised_s * 8_000) * 4
    path.write_bytes(wav(make_tones(2, 4.0, 8_000), 8_000, promised=promised, behind=behind))
    decoded = decode(path)
    assert (decoded.duration_s, decoded.is_truncated) == (pytest.approx(4.0, abs=0.01), is_truncated)
    assert read_span(path, 3.0, 3.5).any()


def test_more_than_four_gibibytes_wrap_around_in_a_wav_header(tmp_path, make_tones):
    """The header's 32 bits count from zero again: here as if 4 GiB + 2 s had been written."""
    path = tmp_path / "call.wav"
    path.write_bytes(wav(make_tones(2, 4.0, 8_000), 8_000, promised=2**32 + 64_000))
    assert decode(path).duration_s == pytest.approx(4.0, abs=0.01)


def test_a_recorder_that_broke_off_in_silence_loses_nothing(tmp_path, make_tones):
    tones = make_tones(1, 4.0, 8_000)
    tones[:, 8_000:24_000] = 0.0
    path = tmp_path / "call.wav"
    path.write_bytes(wav(tones, 8_000, promised=18_000))
    assert decode(path).duration_s == pytest.approx(4.0, abs=0.01)
    assert probe(path).duration_s == pytest.approx(4.0, abs=0.01)


def write_vbr_mp3(path, samples, rate_hz):
    with av.open(str(path), "w", format="mp3") as output:
        stream = output.add_stream(
            "libmp3lame", rate=rate_hz, layout="stereo", options={"flags": "+qscale", "global_quality": "590"}
        )
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(samples.T.reshape(1, -1)), "flt", "stereo")
        frame.sample_rate = rate_hz
        context = stream.codec_context
        resampler = av.AudioResampler(context.format, "stereo", rate_hz, context.frame_size)
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            output.mux(stream.encode(piece))
        output.mux(stream.encode(None))
    return path.read_bytes()


@pytest.mark.parametrize("has_header", [True, False])
def test_a_variable_bit_rate_keeps_its_length_and_times(tmp_path, make_tones, has_header):
    """Half is silence: whoever reckons the length from the first frames' bit rate is far off."""
    tones = np.zeros((2, 20 * 22_050), np.float32)
    tones[:, 10 * 22_050 :] = make_tones(2, 10.0, 22_050)
    path = tmp_path / "vbr.mp3"
    content = write_vbr_mp3(path, tones, 22_050)
    at = content.index(b"Xing")
    assert (
        len({content[n + 2] >> 4 for n in range(at, len(content)) if content[n : n + 2] == b"\xff\xf3"}) > 1
    )
    if not has_header:
        first = content.rindex(b"\xff\xf3", 0, at)
        path.write_bytes(content[content.index(b"\xff\xf3", first + 2) :])
    decoded = decode(path)
    assert (decoded.duration_s, decoded.is_truncated) == (pytest.approx(20.0, abs=0.2), False)
    loud = np.flatnonzero(np.abs(decoded.samples[0]) > 0.05)
    assert loud[0] / SAMPLE_RATE_HZ == pytest.approx(10.0, abs=0.15)
    assert np.abs(read_span(path, 4.0, 6.0)).max() < 0.01
    assert pitch_hz(read_span(path, 15.0, 16.0)[1]) == pytest.approx(500, abs=2)


@pytest.mark.parametrize(
    "suffix", [".wav", ".mp3", ".opus", ".m4a", ".amr", ".flac", ".gsm", ".dat", ".txt", ""]
)
@pytest.mark.parametrize(
    "form",
    [
        ("wav", "pcm_mulaw", 2, 8_000),
        ("mp3", "libmp3lame", 2, 16_000),
        ("ogg", "libopus", 2, 16_000),
        ("ipod", "aac", 2, 16_000),
        ("amr", "libopencore_amrnb", 1, 8_000),
        ("flac", "flac", 2, 16_000),
    ],
)
def test_a_wrong_extension_changes_nothing(tmp_path, write_sound, make_tones, suffix, form):
    container, codec, channels, rate_hz = form
    path = Path(tmp_path / f"call{suffix}")
    write_sound(path, make_tones(channels, 1.5, rate_hz), rate_hz, container, codec)
    decoded = decode(path)
    assert [pitch_hz(sound) for sound in decoded.samples] == pytest.approx(TONES_HZ[:channels], abs=2)
    assert probe(path).channels == channels


def test_a_recording_that_would_not_fit_is_refused_with_its_length(tmp_path, monkeypatch):
    monkeypatch.setattr("transcribe.tape.MAX_CHANNEL_S", 4)
    path = tmp_path / "endless.wav"
    path.write_bytes(wav(np.zeros((2, 5 * 8_000)), 8_000))
    with pytest.raises(AudioUnreadable, match=r"录音太长.*请分段导出") as caught:
        decode(path)
    assert caught.value.fault.reason is FaultReason.UNREADABLE
