"""A night's clips in jobs: what is on disk counts, whoever cut it and whatever died."""

from dataclasses import replace
from pathlib import Path

import pytest

from flows.config import Config, load_config
from flows.cutting import CutJob, cut, gather, refusal_lines
from transcribe.call import SpeakerRole, TimeSpan
from warehouse.case_clips import ClipPlans, PlannedClip
from warehouse.clip_plan import ClipPlan, Voice
from warehouse.clips import digest_of_files
from warehouse.errors import RefusalReason

NIGHT = Path(__file__).parents[1] / "samples" / "inbox" / "2026-11-20"
ROOT = Path(__file__).parents[2]


def planned(name: str, at_s: float, **changes: str) -> PlannedClip:
    whole, here = TimeSpan(at_s, at_s + 6.0), TimeSpan(at_s, at_s)
    voices = tuple(Voice(n, SpeakerRole.AGENT, (whole,)) for n in (0, 1))
    end = TimeSpan(at_s + 6.0, at_s + 6.0)
    plan = ClipPlan(f"{name} {at_s}", name[:4], whole.start_s, whole.end_s, (), voices, here, end, **changes)
    return PlannedClip("excellent", plan, (NIGHT / name,))


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return load_config(ROOT / "huiting.toml", data_dir=str(tmp_path / "data"))


PLANS = ClipPlans((planned("c001.wav", 5.0), planned("c003.mp3", 7.0), planned("gone.wav", 1.0)), ())


def test_clips_and_refusals_of_all_jobs_are_gathered(config: Config, tmp_path: Path) -> None:
    jobs = [
        CutJob(config, PLANS.planned[:1], tmp_path / "a"),
        CutJob(config, PLANS.planned[1:], tmp_path / "b"),
    ]
    for job in jobs:
        assert cut(job) == job.target
        assert job.target.is_dir()
    report = gather(config, PLANS, jobs)
    assert [clip.case_id for clip in report.clips] == ["c001.wav 5.0", "c003.mp3 7.0"]
    assert [(each.case_id, each.reason) for each in report.refusals] == [
        ("gone.wav 1.0", RefusalReason.RECORDING_GONE)
    ]


def test_what_a_killed_worker_cut_is_there_and_nothing_is_cut_twice(config: Config, tmp_path: Path) -> None:
    """Killed after its first clip: the clip is on disk, the job's folder is not."""
    job = CutJob(config, PLANS.planned[:2], tmp_path / "job")
    cut(replace(job, planned=job.planned[:1], target=tmp_path / "torn"))
    (clip,) = gather(config, replace(PLANS, planned=job.planned[:1]), []).clips
    path = config.pages_path / clip.file
    written_at = path.stat().st_mtime_ns
    cut(job)
    report = gather(config, replace(PLANS, planned=job.planned), [job])
    assert report.clips[0] == clip
    assert len(report.clips) == 2
    assert path.stat().st_mtime_ns == written_at
    assert not list(config.pages_path.rglob("*.part"))


def test_a_clip_whose_job_never_ends_is_a_refusal(config: Config, tmp_path: Path) -> None:
    job = CutJob(config, PLANS.planned[:1], tmp_path / "never done")
    report = gather(config, replace(PLANS, planned=job.planned), [job])
    assert [each.reason for each in report.refusals] == [RefusalReason.CUTTER_DIED]


def test_the_operator_reads_how_many_for_which_reason(config: Config, tmp_path: Path) -> None:
    changed = planned("c001.wav", 9.0, recording_digest="another")
    plans = replace(PLANS, planned=(*PLANS.planned, changed, planned("gone.wav", 2.0)))
    job = CutJob(config, plans.planned, tmp_path / "job")
    cut(job)
    lines = refusal_lines(gather(config, plans, [job]).refusals)
    assert lines[0] == "没有片段的案例共 3 个：录音已不在 2 个，录音被换过 1 个"
    assert len(lines) == 4
    assert refusal_lines(()) == []


def test_the_digest_is_the_inboxs(config: Config, tmp_path: Path) -> None:
    name = "c001.wav"
    same = planned(name, 5.0, recording_digest=digest_of_files([NIGHT / name]))
    job = CutJob(config, (same,), tmp_path / "job")
    cut(job)
    assert len(gather(config, ClipPlans((same,), ()), [job]).clips) == 1
