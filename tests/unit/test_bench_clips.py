"""What huiting bench clips measures: long recordings in their formats, and every clip of them cut."""

import json
from pathlib import Path

import pytest

from flows.bench_clips import bench_clips, make_originals, plan_copies
from flows.bench_clips_report import ClipBenchOptions
from flows.config import ConfigInvalid
from transcribe.audio import decode, probe
from warehouse.case_clips import cut_planned
from warehouse.clip_sound import SoundOptions

NIGHT = Path(__file__).parents[1] / "samples" / "inbox" / "2026-11-20"


@pytest.fixture
def night(tmp_path: Path) -> Path:
    folder = tmp_path / "night"
    folder.mkdir()
    for name in ("c002.wav", "c010.amr", "c026.wav", "manifest.csv"):
        (folder / name).write_bytes((NIGHT / name).read_bytes())
    return folder


def test_recordings_keep_their_format_and_grow(night: Path, tmp_path: Path) -> None:
    originals = make_originals(night, tmp_path / "long", minutes=2)
    assert [each.format for each in originals] == ["wav pcm_mulaw", "amr amrnb"]
    for each in originals:
        assert each.duration_s == pytest.approx(120, abs=30)
        assert decode(each.path).duration_s == pytest.approx(each.duration_s, abs=0.1)
    assert probe(originals[0].path).codec == "pcm_mulaw"


def test_every_clip_has_its_own_recording_and_is_cut(night: Path, tmp_path: Path) -> None:
    originals = make_originals(night, tmp_path / "long", minutes=2)
    planned = plan_copies(originals, tmp_path / "copies", 4)
    assert len({each.files for each in planned}) == 4
    report = cut_planned(planned, tmp_path / "pages", SoundOptions())
    assert report.refusals == ()
    assert len({clip.clip_id for clip in report.clips}) == 4
    assert all(19 <= clip.end_s - clip.start_s <= 61 for clip in report.clips)


def test_all_figures_are_written_and_nothing_is_left(
    night: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", None)
    bench_clips(night, ClipBenchOptions(clips=4, minutes=2, processes=1), tmp_path / "figures.json")
    figures = json.loads((tmp_path / "figures.json").read_text("utf-8"))
    assert set(figures["cutting"]) == {"one", "many", "opus", "mp3"}
    assert figures["cutting"]["many"]["count"] == 4
    assert [each["format"] for each in figures["decoding"]] == ["wav pcm_mulaw", "amr amrnb"]
    assert all(each["span_s"] < each["whole_s"] for each in figures["decoding"])
    assert capsys.readouterr().out.strip().splitlines()[-1] == figures["summary"]
    assert not list((tmp_path / "tmp").iterdir())


def test_a_folder_without_recordings_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigInvalid, match="没有可用的录音"):
        make_originals(tmp_path / "nothing here", tmp_path / "long", 2)
