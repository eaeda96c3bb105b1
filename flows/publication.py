"""From the lake to what people use: warehouse, case libraries, clips, pages, the morning sheet. Edge file.

The order makes a kill harmless: files first, then the run's row in the lake (from then on it counts), then
the published file by one rename, then pages. What a killed run committed and did not publish is published
by the next one. No prefect here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from flows.config import Config
from flows.night import Night, Plan, code_version
from flows.store import recording_files
from transcribe.call import Severity
from warehouse.case import Case, Clip, Library
from warehouse.case_clips import ClipPlans, ClipRefusal, plan_clips, with_library
from warehouse.case_rows import case_rows, clip_rows
from warehouse.checks import CheckResult, require_ok, run_checks
from warehouse.connect import open_reading
from warehouse.lake import Lake, RunRef
from warehouse.libraries import CASES_DIR, load_libraries, select_cases
from warehouse.load import BuildReport, add_rows, build_warehouse
from warehouse.morning import write_morning
from warehouse.pages.render import PagesReport, render_pages
from warehouse.publish import publish
from warehouse.rows import Row, RunContext, RunRecord, run_row


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a night put on the shelves: cases, their clips, and the cases that got no clip."""

    cases: tuple[Case, ...]
    clips: tuple[Clip, ...]
    refusals: tuple[ClipRefusal, ...]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The cases of a night, and what is planned for their clips."""

    cases: tuple[Case, ...]
    plans: ClipPlans


def build_path(config: Config) -> Path:
    """Return where the warehouse is built: beside the published file, in the same file system."""
    published = config.warehouse_path
    return published.with_name(f".{published.name}.build")


def build(config: Config, pending: Sequence[RunRef]) -> BuildReport:
    """Build the warehouse aside, with the rows of runs that are stored and do not count yet."""
    published = config.warehouse_path
    existing = published if published.is_file() else None
    return build_warehouse(Lake(config.lake_path), existing, build_path(config), pending)


def libraries() -> tuple[Library, ...]:
    """Return the case libraries, each a folder."""
    return load_libraries(CASES_DIR)


def choose_cases(config: Config, night: date) -> Chosen:
    """Choose a night's cases from the build and plan their clips.

    Raises:
        LibraryInvalid: a library's description or selection cannot be used.
    """
    shelves = libraries()
    with open_reading(build_path(config)) as con:
        lookback = config.warehouse.lookback_nights
        cases = select_cases(con, shelves, night, lookback_nights=lookback)
        nights = {day for day in Lake(config.lake_path).nights() if day <= night} | {night}
        recent = sorted(nights)[-lookback:]
        files = recording_files(config, recent)
        return Chosen(cases, plan_clips(con, with_library(cases, shelves), files))


def store_shelf(config: Config, context: RunContext, shelf: Shelf) -> None:
    """Write a run's cases and clips into the lake and into the build."""
    lake = Lake(config.lake_path)
    for table, rows in (
        ("library_case", case_rows(shelf.cases, context)),
        ("clip", clip_rows(shelf.clips, context)),
    ):
        lake.write_rows(table, rows, lake.table_path(table, context.night, context.run_id))
        add_rows(build_path(config), table, rows)


def check_build(config: Config, rows: Sequence[Row], built: BuildReport) -> tuple[CheckResult, ...]:
    """Write the rows of `run` into the build and check every night that it replaced.

    Raises:
        CheckFailed: a check of level fail found rows; nothing is published.
    """
    if rows:
        add_rows(build_path(config), "run", rows)
    with open_reading(build_path(config)) as con:
        results = run_checks(con, built.nights)
    require_ok(results)
    return results


def publish_runs(config: Config, rows: Sequence[Row]) -> None:
    """Make runs count, then switch readers to the new warehouse."""
    lake = Lake(config.lake_path)
    for row in rows:
        lake.commit_run(row)
    publish(build_path(config), config.warehouse_path)


def render(config: Config) -> PagesReport:
    """Write the trainers' pages from the published warehouse."""
    with open_reading(config.warehouse_path) as con:
        return render_pages(con, config.pages_path, libraries())


def write_morning_sheet(config: Config, night: date) -> Path:
    """Write `morning/<night>.xlsx`."""
    path = config.morning_path / f"{night.isoformat()}.xlsx"
    with open_reading(config.warehouse_path) as con:
        return write_morning(con, night, config.morning.min_severity, path, config.pages_path)


def night_row(night: Night, plan: Plan, now: datetime) -> Row:
    """Return the row of `run` of a night whose files are all stored."""
    return run_row(_run_record(night, plan, now))


def _run_record(night: Night, plan: Plan, now: datetime) -> RunRecord:
    calls = night.lake.read_rows("call", night.run, ["duration_s"])
    faults = night.lake.read_rows("run_failure", night.run, ["severity"])
    failed = sum(row["severity"] == Severity.FAILED for row in faults)
    return RunRecord(
        run_id=night.run.run_id,
        night=night.night,
        attempt=night.attempt,
        kind="nightly",
        started_at=night.started_at.astimezone(UTC),
        finished_at=now.astimezone(UTC),
        state="with_failures" if failed else "complete",
        code_version=code_version(),
        weights_name=night.weights.name,
        weights_digest=night.weights.digest,
        recognition_key=night.recognition_key,
        lexicon_digest=night.lexicon_digest,
        classifier_digest=night.classifier_digest,
        recording_count=len(plan.inventory.recordings),
        call_count=len(calls),
        reused_count=len(plan.reused),
        failed_count=failed,
        warning_count=len(faults) - failed,
        audio_s=sum(row["duration_s"] for row in calls),
    )
