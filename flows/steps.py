"""The night's steps as Prefect tasks: one call each, with a name, tries and a log line. No logic."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from prefect import get_run_logger, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE

from flows import confirm as second
from flows import cutting, night, publication, store, work
from flows.config import Config
from flows.night import Night, Plan
from flows.publication import Chosen, Shelf
from flows.report import NightReport, summary_markdown
from transcribe.inbox import Inventory
from warehouse.checks import CheckResult
from warehouse.load import BuildReport
from warehouse.pages.render import PagesReport
from warehouse.rows import Row

RETRY_DELAY_S = 5


@task(name="open night", cache_policy=NO_CACHE)
def open_night(config: Config, day: date) -> Night:
    """Fix weights, lexicons and the run's id."""
    return night.open_night(config, day, datetime.now(UTC))


@task(name="find recordings", cache_policy=NO_CACHE)
def find_recordings(opened: Night) -> Inventory:
    """Read drop folder and manifest."""
    return night.find_recordings(opened)


@task(name="plan", cache_policy=NO_CACHE)
def plan(opened: Night, inventory: Inventory) -> Plan:
    """Write the shard plan."""
    return night.plan_night(opened, inventory)


@task(name="hear shard", task_run_name="hear {job.shard.shard_id}", cache_policy=NO_CACHE)
def hear(job: work.HearJob) -> str:
    """Transcribe and mask one shard."""
    return str(work.hear(job))


@task(name="store transcripts", cache_policy=NO_CACHE)
def store_transcripts(opened: Night, made: Plan, jobs: list[work.HearJob], faults: list[Any]) -> None:
    """Merge shards into the run's files."""
    store.store_transcripts(opened, made, jobs, faults)


@task(name="tag chunk", cache_policy=NO_CACHE)
def tag(job: work.TagJob) -> str:
    """Tag some calls."""
    return str(work.tag(job))


@task(name="hear again", cache_policy=NO_CACHE)
def confirm(job: second.ConfirmJob) -> str:
    """Hear again what agents almost said."""
    return str(second.confirm(job))


@task(name="count second pass", cache_policy=NO_CACHE)
def report_confirmed(jobs: list[second.ConfirmJob]) -> None:
    """Say in the log what the second pass did, and for which calls there was no recording."""
    counts = second.total_counts(jobs)
    logger = get_run_logger()
    logger.info(
        "第二遍识别：%d 处差一点，再听 %d 处，新增 %d 处命中。",
        counts.near_count,
        counts.heard_count,
        counts.hit_count,
    )
    lost = len([job for job in jobs if not job.target.is_dir()])
    if counts.silent_call_count or lost:
        logger.warning(
            "第二遍识别：%d 通电话的录音已不在或读不了，%d 片没有做成；这些电话只按文字算。",
            counts.silent_call_count,
            lost,
        )


@task(name="store findings", cache_policy=NO_CACHE)
def store_findings(
    opened: Night,
    jobs: list[work.TagJob],
    same: frozenset[str],
    confirmed: list[second.ConfirmJob],
) -> None:
    """Merge findings into the run's files."""
    store.store_findings(opened, jobs, same, confirmed)


@task(name="build warehouse", cache_policy=NO_CACHE)
def build(opened: Night) -> BuildReport:
    """Build the warehouse beside the published one."""
    return publication.build(opened.config, [opened.run])


@task(name="choose cases", cache_policy=NO_CACHE)
def choose_cases(opened: Night) -> Chosen:
    """Choose cases and plan their clips."""
    return publication.choose_cases(opened.config, opened.night)


@task(name="cut clips", cache_policy=NO_CACHE)
def cut(job: cutting.CutJob) -> str:
    """Cut some clips."""
    return str(cutting.cut(job))


@task(name="check", cache_policy=NO_CACHE)
def check(opened: Night, made: Plan, built: BuildReport, shelf: Shelf) -> tuple[Row, tuple[CheckResult, ...]]:
    """Complete the build and run the data checks."""
    publication.store_shelf(opened.config, opened.context, shelf)
    row = publication.night_row(opened, made, datetime.now(UTC))
    return row, publication.check_build(opened.config, [row], built)


@task(name="publish", cache_policy=NO_CACHE)
def publish(opened: Night, row: Row) -> None:
    """Commit the run and switch readers to the new warehouse."""
    publication.publish_runs(opened.config, [row])


@task(name="render pages", cache_policy=NO_CACHE)
def render(opened: Night) -> PagesReport:
    """Write the trainers' pages."""
    return publication.render(opened.config)


@task(name="morning sheet", cache_policy=NO_CACHE)
def write_morning(opened: Night) -> Path:
    """Write the managers' morning sheet."""
    return publication.write_morning_sheet(opened.config, opened.night)


@task(name="report", cache_policy=NO_CACHE)
def publish_report(report: NightReport) -> None:
    """Leave the summary as a Prefect artifact."""
    create_markdown_artifact(key=f"huiting-{report.night.isoformat()}", markdown=summary_markdown(report))


@dataclass(frozen=True, slots=True)
class Pieces:
    """The tasks that run on workers, many at a time."""

    hear: Any
    tag: Any
    confirm: Any
    cut: Any


def pieces_that_retry(retries: int) -> Pieces:
    """Return the workers' tasks with the configured number of retries."""
    options: dict[str, Any] = {"retries": retries, "retry_delay_seconds": RETRY_DELAY_S}
    return Pieces(*(piece.with_options(**options) for piece in (hear, tag, confirm, cut)))
