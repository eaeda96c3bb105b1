import struct
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from transcribe.audio import (
    SAMPLE_RATE_HZ,
    decode,
    load_recording,
    probe,
    read_span,
)
from transcribe.call import FaultReason, Recording
from transcribe.errors import AudioUnreadable

TONES_HZ = (300, 500, 700, 900, 1100, 1300, 1500, 1700)
SAMPLES = Path(__file__).parents[1] / "samples" / "inbox"

# name, container, codec, channels, rate
FORMATS = [
    ("pcm.wav", "wav", "pcm_s16le", 2, 8_000),
    ("alaw.wav", "wav", "pcm_alaw", 2, 8_000),
    ("mulaw.wav", "wav", "pcm_mulaw", 1, 8_000),
    ("float.wav", "wav", "pcm_f32le", 2, 48_000),
    ("deep.wav", "wav", "pcm_s24le", 4, 44_100),
    ("shallow.wav", "wav", "pcm_u8", 1, 11_025),
    ("six.wav", "wav", "pcm_s16le", 6, 8_000),
    ("adpcm.wav", "wav", "adpcm_ima_wav", 2, 8_000),
    ("low.mp3", "mp3", "libmp3lame", 2, 8_000),
    ("high.mp3", "mp3", "libmp3lame", 2, 44_100),
    ("call.opus", "ogg", "libopus", 2, 48_000),
    ("call.m4a", "ipod", "aac", 2, 8_000),
    ("call.amr", "amr", "libopencore_amrnb", 1, 8_000),
    ("call.flac", "flac", "flac", 2, 16_000),
]
NAMES = [case[0] for case in FORMATS]


def pitch_hz(samples):
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(samples.size)))
    return float(np.argmax(spectrum) * SAMPLE_RATE_HZ / samples.size)


def recording(*files):
    night = date(2026, 11, 20)
    return Recording("c1", tuple(files), "0" * 64, night, night)


@pytest.fixture
def sound(tmp_path, write_sound, make_tones):
    def make(name, duration_s=6.0):
        _, container, codec, channels, rate = FORMATS[NAMES.index(name)]
        return write_sound(tmp_path / name, make_tones(channels, duration_s, rate), rate, container, codec)

    return make


@pytest.mark.parametrize("name", NAMES)
def test_decode_gives_each_channel_its_own_sound_in_every_format(sound, name):
    path = sound(name)
    channels = FORMATS[NAMES.index(name)][3]
    decoded = decode(path)
    assert (decoded.pcm.dtype, decoded.samples.dtype) == (np.int16, np.float32)
    assert decoded.samples.shape == (channels, round(decoded.duration_s * SAMPLE_RATE_HZ))
    assert decoded.duration_s == pytest.approx(6.0, abs=0.3)
    assert not decoded.is_truncated
    # 5.1 goes through its LFE channel unfiltered here, so that every channel keeps its pitch.
    pitches = [pitch_hz(channel) for channel in decoded.samples]
    assert pitches == pytest.approx(TONES_HZ[:channels], abs=2)
    info = probe(path)
    assert (info.channels, info.sample_rate_hz) == (channels, FORMATS[NAMES.index(name)][4])
    assert info.duration_s == pytest.approx(decoded.duration_s, abs=0.3)


@pytest.mark.parametrize("channels", range(1, 9))
def test_decode_takes_one_to_eight_channels_without_a_named_layout(tmp_path, channels):
    path = tmp_path / "many.wav"
    t = np.arange(8_000) / 8_000
    pcm = np.stack([8_000 * np.sin(2 * np.pi * hz * t) for hz in TONES_HZ[:channels]], axis=1)
    path.write_bytes(wav_bytes(pcm.astype("<i2").tobytes(), channels, 8_000))
    assert [pitch_hz(c) for c in decode(path).samples] == pytest.approx(TONES_HZ[:channels], abs=2)


def wav_bytes(data, channels, rate, promised=None):
    width = 2 * channels
    fmt = struct.pack("<IHHIIHH", 16, 1, channels, rate, rate * width, width, 16)
    size = len(data) if promised is None else promised
    return (
        b"RIFF"
        + struct.pack("<I", 36 + len(data))
        + b"WAVEfmt "
        + fmt
        + b"data"
        + struct.pack("<I", size)
        + data
    )


@pytest.mark.parametrize("name", [n for n in NAMES if n not in ("call.m4a", "shallow.wav")])
def test_a_cut_file_is_truncated_and_what_is_there_is_kept(sound, name):
    path = sound(name)
    content = path.read_bytes()
    whole = decode(path).samples
    path.write_bytes(content[: int(len(content) * 0.6)])
    cut = decode(path)
    assert cut.is_truncated
    assert 2.5 < cut.duration_s < 4.5
    part = slice(0, 2 * SAMPLE_RATE_HZ)
    np.testing.assert_allclose(cut.samples[:, part], whole[:, part], atol=1e-3)


@pytest.mark.parametrize("promised", [0, 0xFFFF_FFFF, 0x7FFF_FFFF - 8])
def test_a_recorder_that_did_not_know_the_length_promises_nothing(tmp_path, promised):
    path = tmp_path / "stream.wav"
    path.write_bytes(wav_bytes(b"\x01\x00" * 8_000, 1, 8_000, promised))
    decoded = decode(path)
    assert decoded.duration_s == pytest.approx(1.0)
    assert not decoded.is_truncated


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", FaultReason.EMPTY),
        ("录音服务器导出失败，请联系管理员。\n".encode(), FaultReason.NOT_AUDIO),
        ("录音服务器导出失败，请联系管理员。\n".encode("gb18030"), FaultReason.NOT_AUDIO),
        ("\ufeff<html>404</html>".encode("utf-16"), FaultReason.NOT_AUDIO),
        (b"%PDF-1.4\n\x00\x01\x02" + bytes(500), FaultReason.NOT_AUDIO),
        (b"PK\x03\x04" + bytes(500), FaultReason.NOT_AUDIO),
        (np.random.default_rng(1).bytes(40_000), FaultReason.UNREADABLE),
        (bytes(40_000), FaultReason.UNREADABLE),
        (b"RIFF\x00\x00\x00\x00WAVE", FaultReason.UNREADABLE),
        (b"#!AMR\n", FaultReason.UNREADABLE),
    ],
)
@pytest.mark.parametrize("suffix", [".wav", ".mp3"])
def test_what_is_no_recording_says_why(tmp_path, content, reason, suffix):
    path = tmp_path / f"13812345678{suffix}"
    path.write_bytes(content)
    with pytest.raises(AudioUnreadable) as caught:
        decode(path)
    fault = caught.value.fault
    assert fault.reason is reason
    assert fault.file == f"***********{suffix}"
    assert "138" not in fault.message


def test_a_missing_file_and_a_playlist_are_unreadable(tmp_path):
    for path in (tmp_path / "none.wav", tmp_path):
        with pytest.raises(AudioUnreadable):
            probe(path)
    playlist = tmp_path / "list.wav"
    playlist.write_text("#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n")
    with pytest.raises(AudioUnreadable):
        probe(playlist)


def test_a_header_with_an_absurd_rate_is_refused_before_it_fills_memory(tmp_path):
    path = tmp_path / "slow.wav"
    path.write_bytes(wav_bytes(bytes(2_000_000), 1, 1))
    with pytest.raises(AudioUnreadable, match="采样率 1 Hz"):
        decode(path)


def test_a_codec_nobody_knows_is_unreadable(tmp_path):
    path = tmp_path / "proprietary.wav"
    content = bytearray(wav_bytes(bytes(8_000), 1, 8_000))
    content[20:22] = b"\xcd\xab"  # the format tag
    path.write_bytes(bytes(content))
    with pytest.raises(AudioUnreadable, match="格式不受支持"):
        probe(path)


def test_a_recording_that_changes_its_channels_is_heard_to_the_end(tmp_path, write_sound, make_tones):
    parts = [
        write_sound(
            tmp_path / f"{channels}.mp3", make_tones(channels, 2.0, 8_000), 8_000, "mp3", "libmp3lame"
        )
        for channels in (1, 2)
    ]
    path = tmp_path / "joined.mp3"
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    samples = decode(path).samples
    assert samples.shape[1] == pytest.approx(4 * SAMPLE_RATE_HZ, rel=0.1)
    assert pitch_hz(samples[0, 3 * SAMPLE_RATE_HZ :]) == pytest.approx(TONES_HZ[0], abs=2)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("span", [(0.0, 1.0), (0.4, 0.9), (2.3, 3.1), (3.7, 5.5), (5.0, 7.5)])
def test_read_span_gives_what_decode_has_there(sound, name, span):
    path = sound(name)
    whole = decode(path).samples
    first, last = (round(s * SAMPLE_RATE_HZ) for s in span)
    wanted = np.zeros((whole.shape[0], last - first), np.float32)
    there = whole[:, first:last]
    wanted[:, : there.shape[1]] = there
    # A jump into the file lands between two samples of 16 kHz: a shift of less than one sample.
    np.testing.assert_allclose(read_span(path, *span), wanted, atol=0.06)


def test_read_span_beyond_the_end_is_silence_and_backwards_is_refused(sound):
    path = sound("pcm.wav")
    assert not read_span(path, 60.0, 61.0).any()
    assert read_span(path, 1.0, 1.0).shape == (2, 0)
    with pytest.raises(ValueError, match="start_s"):
        read_span(path, 2.0, 1.0)


def test_several_files_become_channels_padded_to_the_longest(tmp_path, write_sound, make_tones):
    tones = make_tones(2, 3.0, 8_000)
    agent = write_sound(tmp_path / "a.amr", tones[:1], 8_000, "amr", "libopencore_amrnb")
    customer = write_sound(tmp_path / "c.wav", tones[1:, :8_000], 8_000, "wav", "pcm_mulaw")
    loaded = load_recording(recording(agent, customer))
    assert loaded.samples.shape[0] == 2
    assert [pitch_hz(c[:SAMPLE_RATE_HZ]) for c in loaded.samples] == pytest.approx([300, 500], abs=2)
    assert not loaded.samples[1, SAMPLE_RATE_HZ + 100 :].any()
    assert (loaded.is_mono, loaded.is_identical, loaded.is_truncated) == (False, False, False)
    assert read_span([agent, customer], 0.5, 1.0).shape == (2, SAMPLE_RATE_HZ // 2)


def test_load_recording_names_the_call_of_a_bad_file(tmp_path, sound):
    (tmp_path / "empty.wav").touch()
    with pytest.raises(AudioUnreadable) as caught:
        load_recording(recording(sound("pcm.wav"), tmp_path / "empty.wav"))
    assert caught.value.fault.call_id == "c1"
    assert caught.value.fault.reason is FaultReason.EMPTY


@pytest.mark.parametrize(
    ("container", "codec", "rate"),
    [
        ("wav", "pcm_s16le", 8_000),
        ("wav", "pcm_alaw", 8_000),
        ("mp3", "libmp3lame", 8_000),
        ("ogg", "libopus", 48_000),
        ("ipod", "aac", 8_000),
    ],
)
def test_fake_stereo_becomes_one_channel_in_every_codec(tmp_path, write_sound, container, codec, rate):
    rng = np.random.default_rng(0)
    voice = rng.normal(0, 0.1, 5 * rate) * (np.sin(np.arange(5 * rate) / rate * 9) > 0)
    path = write_sound(tmp_path / "fake", np.stack([voice, 0.8 * voice]), rate, container, codec)
    loaded = load_recording(recording(path))
    assert loaded.is_identical
    assert not loaded.is_mono
    assert loaded.samples.shape[0] == 1


def test_mono_and_true_stereo_stay_as_they_are(sound):
    mono, stereo = load_recording(recording(sound("mulaw.wav"))), load_recording(recording(sound("pcm.wav")))
    assert (mono.is_mono, mono.is_identical, mono.samples.shape[0]) == (True, False, 1)
    assert (stereo.is_mono, stereo.is_identical, stereo.samples.shape[0]) == (False, False, 2)


@pytest.fixture(scope="module")
def short_files(tmp_path_factory):
    return tmp_path_factory.mktemp("short")


@pytest.mark.parametrize(
    "name", [n for n in NAMES if n not in ("float.wav", "deep.wav", "six.wav", "high.mp3")]
)
def test_mutated_files_give_sound_or_a_fault_and_never_a_crash(sound, short_files, name):
    content = sound(name, 0.6).read_bytes()
    path = short_files / name
    edits = st.lists(
        st.tuples(st.integers(0, min(len(content), 400) - 1), st.integers(0, 255)), min_size=1, max_size=12
    )

    @settings(max_examples=40, deadline=5000, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(edits, st.integers(0, len(content)))
    def check(changes, kept):
        mutant = bytearray(content)
        for position, value in changes:
            mutant[position] = value
        path.write_bytes(bytes(mutant[:kept] if kept % 3 == 0 else mutant))
        try:
            decoded = decode(path)
        except AudioUnreadable:
            return
        assert 1 <= decoded.samples.shape[0] <= 8
        assert decoded.duration_s < 1200
        read_span(path, 0.1, 0.4)

    check()
