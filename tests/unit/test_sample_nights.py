"""The sample nights in their folders: formats, faults, manifests, and sound where the truth says."""

import csv
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import yaml
from numpy.typing import NDArray

from transcribe.call import FAULT_SEVERITY, FaultReason

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
NIGHTS = ("2026-11-20", "2026-11-21")
MAX_INBOX_BYTES = 8 * 1024 * 1024
IDS: dict[str, Any] = yaml.safe_load((SAMPLES / "ids.yaml").read_text("utf-8"))
TRUTHS: dict[str, dict[str, Any]] = {
    path.stem: yaml.safe_load(path.read_text("utf-8")) for path in sorted((SAMPLES / "truth").glob("c*.yaml"))
}


def _manifest(night: str) -> list[dict[str, Any]]:
    folder = SAMPLES / "inbox" / night
    if (folder / "manifest.csv").exists():
        with (folder / "manifest.csv").open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))
    lines = (folder / "manifest.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def _channels(truth: dict[str, Any]) -> tuple[list[NDArray[np.float32]], int]:
    """All channels of a call in channel order, float32, and their rate."""
    channels: list[NDArray[np.float32]] = []
    rate_hz = 0
    for name in truth["files"]:
        with av.open(str(SAMPLES / "inbox" / truth["night"] / name)) as box:
            stream = box.streams.audio[0]
            rate_hz = stream.rate
            to_float = av.AudioResampler("fltp", stream.layout, rate_hz)
            frames = [out.to_ndarray() for frame in box.decode(stream) for out in to_float.resample(frame)]
            channels += list(np.concatenate(frames, axis=1))
    return channels, rate_hz


def _level_dbfs(samples: NDArray[np.float32]) -> float:
    return 20 * float(np.log10(np.sqrt(np.mean(samples**2)) + 1e-9))


@pytest.mark.parametrize("truth", TRUTHS.values(), ids=list(TRUTHS))
def test_files_sound_as_the_truth_says(truth: dict[str, Any]) -> None:
    """Length, no clipping, and every turn clearly above its channel's noise where the truth puts it."""
    channels, rate_hz = _channels(truth)
    assert len(channels) == len(truth["channels"])
    assert rate_hz in (8000, 48000)  # Opus always decodes at 48 kHz
    for index, samples in enumerate(channels):
        assert len(samples) / rate_hz == pytest.approx(truth["duration_s"], abs=0.15)
        assert np.max(np.abs(samples)) < 1.0
        is_silent = np.ones(len(samples), bool)
        for turn in truth["turns"]:
            if turn["channel"] == index or truth["channels"][index] in ("mix", "identical"):
                is_silent[
                    int(turn["start_s"] * rate_hz) - rate_hz // 10 : int(turn["end_s"] * rate_hz)
                    + rate_hz // 10
                ] = False
        for span in truth["hold_music"]:
            is_silent[
                int(span["start_s"] * rate_hz) - rate_hz // 10 : int(span["end_s"] * rate_hz) + rate_hz // 10
            ] = False
        floor_dbfs = _level_dbfs(samples[is_silent])
        for turn in truth["turns"]:
            if turn["channel"] == index:
                spoken = samples[int(turn["start_s"] * rate_hz) : int(turn["end_s"] * rate_hz)]
                assert -36 < _level_dbfs(spoken) < -10
                assert _level_dbfs(spoken) > floor_dbfs + 12


def _format_of(path: Path) -> str:
    """The format by the first bytes of the file, never by its name."""
    head = path.read_bytes()[:64]
    if head[:4] == b"RIFF":
        tag = int.from_bytes(head[20:22], "little")
        return {1: "pcm_wav", 6: "alaw_wav", 7: "mulaw_wav", 0x31: "gsm_wav"}[tag]
    if head[:4] == b"OggS":
        return "opus" if b"OpusHead" in head else "ogg"
    if head[4:8] == b"ftyp":
        return "m4a"
    if head[:5] == b"#!AMR":
        return "amr"
    return "mp3" if head[:3] == b"ID3" or head[:1] == b"\xff" else "unknown"


@pytest.mark.parametrize(
    "call_id",
    [call_id for call_id, truth in TRUTHS.items() if set(truth["channels"]) == {"agent", "customer"}],
)
def test_one_channel_is_not_heard_on_the_other(call_id: str) -> None:
    """While the other side speaks, a silent channel holds no more than its own noise (3 dB allowed)."""
    truth = TRUTHS[call_id]
    channels, rate_hz = _channels(truth)
    for index, samples in enumerate(channels):
        own, other = np.zeros(len(samples), bool), np.zeros(len(samples), bool)
        for turn in (*truth["turns"], *truth["hold_music"]):
            is_own = turn.get("channel", truth["channels"].index("agent")) == index
            start = int(turn["start_s"] * rate_hz) - rate_hz // 20
            (own if is_own else other)[start : int(turn["end_s"] * rate_hz) + rate_hz // 20] = True
        if np.any(other & ~own) and np.any(~other & ~own):
            leak_dbfs, floor_dbfs = _level_dbfs(samples[other & ~own]), _level_dbfs(samples[~other & ~own])
            assert leak_dbfs < floor_dbfs + 3


def test_every_format_is_there_and_the_inbox_is_small() -> None:
    for truth in TRUTHS.values():
        for name in truth["files"]:
            assert _format_of(SAMPLES / "inbox" / truth["night"] / name) == truth["format"], name
    assert {truth["format"] for truth in TRUTHS.values()} == set(IDS["formats"])
    two_files = {truth["format"] for truth in TRUTHS.values() if len(truth["files"]) == 2}
    assert two_files == {"gsm_wav", "amr"}
    assert any(truth["channels"] == ["mix"] for truth in TRUTHS.values())
    size = sum(path.stat().st_size for path in (SAMPLES / "inbox").rglob("*") if path.is_file())
    assert size < MAX_INBOX_BYTES


def _faults() -> dict[str, list[dict[str, str]]]:
    return yaml.safe_load((SAMPLES / "truth" / "faults.yaml").read_text("utf-8"))


def test_faults_of_real_nights_are_all_there() -> None:
    faults = _faults()
    assert set(faults) == set(NIGHTS)
    rows = [row for night in NIGHTS for row in faults[night]]
    reasons = {FaultReason(row["reason"]) for row in rows}
    assert reasons == set(FaultReason) - {FaultReason.STILL_GROWING, FaultReason.FORGOTTEN}  # made by tests
    for row in rows:
        assert row["severity"] == FAULT_SEVERITY[FaultReason(row["reason"])].value
    for truth in TRUTHS.values():
        listed = {row["reason"] for row in faults[truth["night"]] if row["call_id"] == truth["call_id"]}
        assert listed == set(truth["expected_faults"])


@pytest.mark.parametrize("night", NIGHTS)
def test_manifest_and_folder_agree_but_for_the_faults(night: str) -> None:
    folder = SAMPLES / "inbox" / night
    rows = _manifest(night)
    named = {name for row in rows for name in row["file"].split(";")}
    there = {path.name for path in folder.iterdir() if not path.name.startswith("manifest.")}
    by_reason = {row["reason"]: row["file"] for row in _faults()[night]}
    assert named - there == {file for reason, file in by_reason.items() if reason == "no_recording"}
    assert there - named == {file for reason, file in by_reason.items() if reason == "no_manifest_row"}
    assert len({row["call_id"] for row in rows}) == len(rows)
    for row in rows:
        assert datetime.fromisoformat(row["started_at"]).utcoffset() is not None


def test_faulty_files_are_broken_in_the_way_they_should_be() -> None:
    first, second = (SAMPLES / "inbox" / night for night in NIGHTS)
    assert (first / "c025.wav").stat().st_size == 0
    assert (first / "c026.wav").read_text("utf-8").startswith("录音服务器")
    with pytest.raises(av.error.FFmpegError):
        av.open(str(first / "c027.m4a"))
    cut = (first / "c021.wav").read_bytes()
    promised = int.from_bytes(cut[cut.index(b"data") + 4 :][:4], "little")
    assert promised > len(cut)
    assert (first / "c005.opus").read_bytes() == (second / "c005.opus").read_bytes()
    fake = TRUTHS["c022"]
    left, right = _channels(fake)[0]
    assert np.array_equal(left, right)


def test_swapped_call_contradicts_its_manifest() -> None:
    truth = TRUTHS["c008"]
    row = next(row for row in _manifest(truth["night"]) if row["call_id"] == "c008")
    assert row["channel_roles"].split(",") == truth["channels"][::-1]
    assert truth["turns"][0]["channel"] == 1
    assert "工号" in truth["turns"][0]["text"]


def test_every_script_has_its_truth() -> None:
    scripts = {path.stem for path in (SAMPLES / "voice" / "scripts").glob("*.yaml")}
    assert scripts == set(TRUTHS)
