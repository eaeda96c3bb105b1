"""The steps of tagging again as Prefect tasks: one call each, with a name and a log line. No logic."""

from datetime import UTC, date, datetime
from pathlib import Path

from prefect import task
from prefect.cache_policies import NO_CACHE

from flows import publication, retag_night
from flows.config import Config
from flows.publication import Chosen, Shelf
from flows.retag_night import Retag
from flows.work import TagJob
from warehouse.checks import CheckResult
from warehouse.lake import Lake, RunRef
from warehouse.load import BuildReport, stale_nights
from warehouse.pages.render import PagesReport
from warehouse.rows import Row


@task(name="open nights", cache_policy=NO_CACHE)
def open_nights(config: Config, nights: list[date], is_forced: bool) -> tuple[list[Retag], list[date]]:
    """Say which nights are to be tagged again, and which have today's findings already."""
    return retag_night.open_retags(config, nights, datetime.now(UTC), is_forced=is_forced)


@task(name="plan tagging", cache_policy=NO_CACHE)
def plan(opened: Retag) -> list[TagJob]:
    """Cut a night's calls into chunks."""
    return retag_night.tag_jobs(opened)


@task(name="store findings", cache_policy=NO_CACHE)
def store(opened: Retag, jobs: list[TagJob]) -> Row:
    """Merge a night's chunks into the run's files."""
    return retag_night.store_night(opened, jobs, datetime.now(UTC))


@task(name="build warehouse", cache_policy=NO_CACHE)
def build(config: Config, pending: list[RunRef]) -> BuildReport:
    """Build the warehouse beside the published one."""
    return publication.build(config, pending)


@task(name="choose cases", cache_policy=NO_CACHE)
def choose_cases(opened: Retag) -> Chosen:
    """Choose a night's cases anew and plan their clips."""
    return publication.choose_cases(opened.config, opened.run.night)


@task(name="store cases", cache_policy=NO_CACHE)
def store_shelf(opened: Retag, shelf: Shelf) -> None:
    """Write a night's cases and clips into the lake and into the build."""
    publication.store_shelf(opened.config, opened.context, shelf)


@task(name="check", cache_policy=NO_CACHE)
def check(config: Config, rows: list[Row], built: BuildReport) -> tuple[CheckResult, ...]:
    """Complete the build and run the data checks."""
    return publication.check_build(config, rows, built)


@task(name="publish", cache_policy=NO_CACHE)
def publish(config: Config, rows: list[Row]) -> None:
    """Commit the runs and switch readers to the new warehouse."""
    publication.publish_runs(config, rows)


@task(name="render pages", cache_policy=NO_CACHE)
def render(config: Config) -> PagesReport:
    """Write the trainers' pages."""
    return publication.render(config)


@task(name="morning sheet", cache_policy=NO_CACHE)
def write_morning(opened: Retag) -> Path:
    """Write a night's morning sheet."""
    return publication.write_morning_sheet(opened.config, opened.run.night)


@task(name="clean up", cache_policy=NO_CACHE)
def clean_up(config: Config, nights: list[date]) -> None:
    """Remove what was in flight, of killed runs too."""
    retag_night.clean_up(config, nights)


@task(name="look at the warehouse", cache_policy=NO_CACHE)
def is_stale(config: Config) -> bool:
    """Say whether a run counts that the published warehouse does not show."""
    return bool(stale_nights(Lake(config.lake_path), config.warehouse_path))
