"""Today's lexicons and models over stored turns, read top to bottom; nothing is transcribed again. Edge file.

In: nights of the lake. Out: a new run of findings per night, a published warehouse, pages. Nights are tagged
one after the other, each in chunks on the same Dask workers as a night's own tagging (so a cluster serves
both), and published together at the end. Killed anywhere, the next run goes on: finished chunks are found,
and no night counts before its findings, cases and checks are complete.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from prefect import flow

from flows import night as ledger
from flows import retag_steps as steps
from flows.config import Config
from flows.crew import Work, crew, run_jobs
from flows.cutting import cut_on_workers, refusal_lines
from flows.nightly import Stopwatch
from flows.publication import Shelf
from flows.steps import pieces_that_retry
from warehouse.checks import CheckResult, shown
from warehouse.rows import Row


@dataclass(frozen=True, slots=True)
class RetagReport:
    """Which nights were tagged again, which needed nothing, and wall seconds per step."""

    nights: tuple[date, ...]
    same: tuple[date, ...]
    call_count: int
    clip_count: int
    warnings: tuple[str, ...]
    stages: tuple[tuple[str, float], ...]
    is_published: bool = False


def retag_nights(config: Config, nights: Sequence[date], *, is_forced: bool = False) -> RetagReport:
    """Tag stored nights again on the configured workers while holding the data directory's lock.

    Raises:
        WarehouseLocked: a night is running here.
        TaggingError, WarehouseError, OSError: nothing was published.
    """
    with ledger.only_one(config):
        runner = crew(config, os.cpu_count() or 1)
        return retag.with_options(task_runner=runner)(config, list(nights), is_forced)


@flow(name="huiting-retag", validate_parameters=False)
def retag(config: Config, nights: list[date], is_forced: bool) -> RetagReport:
    """The story of tagging again."""
    watch = Stopwatch()
    pieces = pieces_that_retry(config.workers.retries)
    todo, same = watch.run("准备", steps.open_nights, config, nights, is_forced)
    rows: list[Row] = []
    for each in todo:
        jobs = watch.run("准备", steps.plan, each)
        tagging = Work(f"打标签 {each.run.night}", pieces.tag, lambda job: len(job.call_ids), is_light=True)
        watch.run("打标签", run_jobs, tagging, jobs)
        rows.append(watch.run("入湖", steps.store, each, jobs))
    shelves: list[Shelf] = []
    checked: tuple[CheckResult, ...] = ()
    is_stale = watch.run("准备", steps.is_stale, config)
    if todo or is_stale:  # what a killed run made count and did not publish is published now
        built = watch.run("建仓", steps.build, config, [each.run for each in todo])
        for each in todo:
            chosen = watch.run("选例", steps.choose_cases, each)
            folder = each.lake.retag_dir(each.run.night) / "clips" / each.run.run_id
            shelves.append(watch.run("剪辑", cut_on_workers, pieces.cut, config, chosen, folder))
            watch.run("入湖", steps.store_shelf, each, shelves[-1])
        checked = watch.run("检查", steps.check, config, rows, built)
        watch.run("发布", steps.publish, config, rows)
        watch.run("页面", steps.render, config)
        for each in todo:
            watch.run("晨会表", steps.write_morning, each)
    steps.clean_up(config, [*(each.run.night for each in todo), *same])
    report = _report(rows, same, shelves, checked, watch.stages)
    return replace(report, is_published=bool(todo or is_stale))


def _report(
    rows: Sequence[Row],
    same: Sequence[date],
    shelves: Sequence[Shelf],
    checked: Sequence[CheckResult],
    stages: tuple[tuple[str, float], ...],
) -> RetagReport:
    refused = refusal_lines([item for shelf in shelves for item in shelf.refusals])
    return RetagReport(
        nights=tuple(row["night"] for row in rows),
        same=tuple(same),
        call_count=sum(row["call_count"] for row in rows),
        clip_count=sum(len(shelf.clips) for shelf in shelves),
        warnings=tuple(refused + [shown(result) for result in checked if not result.is_ok]),
        stages=stages,
    )
