"""The nightly flow, read top to bottom: find, hear, tag, store, cases, check, publish, pages. Edge file.

In: a date and the config's place. Out: a published warehouse, pages, and a `NightReport`. `nightly` is what
a Prefect deployment starts; `one_night` runs on the Dask workers that the config names.
"""

import os
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from prefect import flow, get_run_logger

from flows import night as ledger
from flows import steps, store
from flows.config import Config, load_config
from flows.crew import Work, crew, run_jobs
from flows.cutting import cut_on_workers
from flows.forget_due import delete_first
from flows.report import NightReport
from flows.shards import single_shards
from flows.summary import night_report

T = TypeVar("T")


class Stopwatch:
    """Wall seconds of each stage, in order of its first start; a stage run twice adds up."""

    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}

    @property
    def stages(self) -> tuple[tuple[str, float], ...]:
        return tuple(self._seconds.items())

    def run(self, stage: str, step: Callable[..., T], *args: Any) -> T:
        """Call `step(*args)` and note how long it took."""
        start = time.monotonic()
        try:
            return step(*args)
        finally:
            self._seconds[stage] = self._seconds.get(stage, 0.0) + time.monotonic() - start


@flow(name="huiting-nightly", flow_run_name="nightly {day}", validate_parameters=False)
def nightly(
    day: date | str | None = None,
    config_file: str | None = None,
    profile: str | None = None,
    data_dir: str | None = None,
    inbox: str | None = None,
) -> NightReport:
    """Run one night, by default yesterday in the configured time zone."""
    path = Path(config_file) if config_file else None
    config = load_config(path, profile=profile, data_dir=data_dir, inbox=inbox)
    chosen = date.fromisoformat(day) if isinstance(day, str) else day
    chosen = chosen or datetime.now(ZoneInfo(config.timezone)).date() - timedelta(days=1)
    delete_first(config, datetime.now(UTC), get_run_logger().warning)
    return one_night_alone(config, chosen)


def one_night_alone(config: Config, day: date) -> NightReport:
    """Run one night on the configured workers while holding the data directory's lock.

    Raises:
        WarehouseLocked: another night is running here.
        TranscribeError, TaggingError, WarehouseError, OSError: nothing was published.
    """
    with ledger.only_one(config):
        runner = crew(config, os.cpu_count() or 1)
        return one_night.with_options(task_runner=runner)(config, day)


@flow(name="huiting-night", flow_run_name="night {day}", validate_parameters=False)
def one_night(config: Config, day: date) -> NightReport:
    """The story of one night."""
    watch = Stopwatch()
    pieces = steps.pieces_that_retry(config.workers.retries)
    night = watch.run("准备", steps.open_night, config, day)
    inventory = watch.run("清点", steps.find_recordings, night)
    plan = watch.run("清点", steps.plan, night, inventory)

    hearing = Work("识别", pieces.hear, lambda job: job.shard.audio_s)
    jobs = ledger.hear_jobs(night, plan, plan.shards)
    undone = watch.run("识别", run_jobs, hearing, jobs)
    recordings = {recording.call_id: recording for recording in plan.inventory.recordings}
    singles = [s for job in undone for s in single_shards(job.shard, recordings, night.shard_key)]
    single_jobs = ledger.hear_jobs(night, plan, singles)
    lost = watch.run("识别", run_jobs, hearing, single_jobs)
    faults = ledger.died_faults([job.shard for job in lost])
    watch.run("入湖", steps.store_transcripts, night, plan, [*jobs, *single_jobs], faults)

    tag_jobs, same = store.tag_jobs(night, plan)
    tagging = Work("打标签", pieces.tag, lambda job: len(job.call_ids), is_light=True)
    watch.run("打标签", run_jobs, tagging, tag_jobs)
    again_jobs = store.confirm_jobs(night, plan, tag_jobs)
    if again_jobs:
        again = Work("再听", pieces.confirm, lambda job: len(job.call_ids))
        watch.run("再听", run_jobs, again, again_jobs)
        watch.run("再听", steps.report_confirmed, again_jobs)
    watch.run("入湖", steps.store_findings, night, tag_jobs, same, again_jobs)

    built = watch.run("建仓", steps.build, night)
    chosen = watch.run("选例", steps.choose_cases, night)
    folder = night.work_dir / "clips" / night.run.run_id
    shelf = watch.run("剪辑", cut_on_workers, pieces.cut, config, chosen, folder)
    row, checked = watch.run("检查", steps.check, night, plan, built, shelf)
    watch.run("发布", steps.publish, night, row)
    watch.run("页面", steps.render, night)
    morning_file = watch.run("晨会表", steps.write_morning, night)
    report = replace(night_report(night, row, shelf, checked, str(morning_file)), stages=watch.stages)
    steps.publish_report(report)
    store.clean_up(night)
    return report
