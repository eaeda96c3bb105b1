"""A night's clips, cut on the same workers as everything else. Edge file.

In: planned clips. Out: clips that lie in the folder of pages, and refusals. A clip is one immutable file that
appears by a rename, so a job may run any number of times, and what a killed run cut is found by the next one.
A clip whose job kills its worker again and again is tried alone, then it is a refusal.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prefect.tasks import Task

from flows.config import Config
from flows.crew import Work, run_jobs
from flows.publication import Chosen, Shelf
from flows.work import write_together
from warehouse.case import Clip
from warehouse.case_clips import ClipPlans, ClipRefusal, ClipsReport, PlannedClip, cut_planned, refusal
from warehouse.clip_sound import SoundOptions
from warehouse.clips import existing_clip
from warehouse.errors import RefusalReason
from warehouse.labels import load_labels
from warehouse.lake import Lake

# A few seconds of work: a worker's start and the bookkeeping of a job are small beside it.
CLIPS_PER_JOB = 10
_REFUSED = "refused.json"
_DIED = "剪辑它的进程反复异常退出，已跳过。请检查这段录音，重新导出后再跑这一夜。"


@dataclass(frozen=True, slots=True)
class CutJob:
    """Some clips to cut, and the folder that says it is done; what could not be cut is noted in it."""

    config: Config
    planned: tuple[PlannedClip, ...]
    target: Path


def sound_of(config: Config) -> SoundOptions:
    """Return how a centre's clips sound."""
    return SoundOptions(codec=config.cases.codec)


def cut(job: CutJob) -> Path:
    """Cut the job's clips; returns the job's folder.

    Raises:
        OSError: the work folder cannot be written; the night stops.
    """
    if job.target.is_dir():
        return job.target
    report = cut_planned(job.planned, job.config.pages_path, sound_of(job.config))
    notes = {each.case_id: [each.reason, each.message] for each in report.refusals}
    lake = Lake(job.config.lake_path)
    return write_together(lake, {}, job.target, {_REFUSED: json.dumps(notes, ensure_ascii=False)})


def cut_on_workers(task: "Task[..., Any]", config: Config, chosen: Chosen, folder: Path) -> Shelf:
    """Cut what is planned with the flow's workers; `folder` is this run's own, for its bookkeeping.

    Raises:
        TranscribeError, TaggingError, WarehouseError, OSError: what stopped a job would stop every job.
    """
    work = Work("剪辑", task, lambda job: len(job.planned), is_light=True)
    planned = chosen.plans.planned
    jobs = [
        _job(config, planned[at : at + CLIPS_PER_JOB], folder) for at in range(0, len(planned), CLIPS_PER_JOB)
    ]
    undone = run_jobs(work, jobs)
    singles = [_job(config, (each,), folder) for job in undone for each in job.planned]
    run_jobs(work, singles)
    report = gather(config, chosen.plans, [*jobs, *singles])
    return Shelf(chosen.cases, report.clips, report.refusals)


def gather(config: Config, plans: ClipPlans, jobs: Sequence[CutJob]) -> ClipsReport:
    """Return the clips that lie on disk now, and why the others do not."""
    noted: dict[str, list[str]] = {}
    for job in jobs:
        file = job.target / _REFUSED
        if file.is_file():
            noted |= json.loads(file.read_text(encoding="utf-8"))
    clips: list[Clip] = []
    refusals = list(plans.refusals)
    for each in plans.planned:
        clip = existing_clip(each.plan, config.pages_path, sound_of(config))
        if clip is not None:
            clips.append(clip)
            continue
        reason, message = noted.get(each.plan.case_id, (RefusalReason.CUTTER_DIED, _DIED))
        refusals.append(refusal(each, RefusalReason(reason), message))
    return ClipsReport(tuple(clips), tuple(refusals))


def refusal_lines(refusals: Sequence[ClipRefusal]) -> list[str]:
    """Return what to tell the operator: how many cases have no clip for which reason, then each of them."""
    if not refusals:
        return []
    labels = load_labels()
    counts = Counter(labels.of("clip_refusal", str(each.reason)) for each in refusals)
    counted = "，".join(f"{name} {count} 个" for name, count in counts.most_common())
    each_line = [f"案例 {item.case_id}（{item.call_id}）没有片段：{item.message}" for item in refusals]
    return [f"没有片段的案例共 {len(refusals)} 个：{counted}", *each_line]


def _job(config: Config, planned: tuple[PlannedClip, ...], folder: Path) -> CutJob:
    names = json.dumps([each.plan.case_id for each in planned])
    return CutJob(config, planned, folder / hashlib.sha256(names.encode()).hexdigest()[:20])
