"""What is made from the lake, made anew without what was forgotten. Edge.

In: the configuration and what went. Out: a warehouse built from nothing (a deleted row's bytes stay in a
database file until its blocks are used again), pages, morning sheets. Each may be repeated after a kill.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from flows.config import Config
from flows.forget_request import Request
from flows.publication import build_path, render, write_morning_sheet
from transcribe.inbox_trace import written_forms
from warehouse.checks import run_checks, shown
from warehouse.connect import open_reading, remove_file
from warehouse.lake import Lake
from warehouse.load import build_warehouse
from warehouse.publish import publish


def remake_warehouse(config: Config, nights: Sequence[date]) -> tuple[str, ...]:
    """Build the warehouse from the lake alone and publish it; returns what checks of `nights` found.

    A check that fails is told and stops nothing: the old file would go on holding what was forgotten.

    Raises:
        WarehouseLocked: somebody has the published file open for writing.
        WarehouseError: a file of the lake is damaged, or the disk is full.
    """
    build = build_path(config)
    remove_file(build)
    lake = Lake(config.lake_path)
    if not config.warehouse_path.is_file() and not lake.nights():
        return ()
    build_warehouse(lake, None, build)
    with open_reading(build) as con:
        results = run_checks(con, tuple(nights))
    publish(build, config.warehouse_path)
    return tuple(shown(result) for result in results if not result.is_ok)


def remake_pages(config: Config) -> int:
    """Write the pages anew; pages, clips and leftovers of what is no longer listed go. Returns how many."""
    folder = config.pages_path
    if not folder.is_dir() or not config.warehouse_path.is_file():
        return 0
    for left in [path for path in folder.rglob(".*") if path.is_file()]:  # halves that a kill left
        left.unlink(missing_ok=True)
    return render(config).removed_count


def remake_sheets(config: Config, requests: Iterable[Request]) -> int:
    """Write the morning sheets that name one of the calls anew, or remove those of nights that went."""
    calls = {call_id for each in requests if not each.nights for call_id in each.call_ids}
    gone = {night for each in requests for night in each.nights}
    forms = frozenset(form for call_id in calls for form in written_forms(call_id))
    stored = set(Lake(config.lake_path).nights())
    count = 0
    for path in sorted(config.morning_path.glob("*")):
        night = _night_of(path)
        if night is None or night in gone or night not in stored:
            is_ours = night is not None or path.name.endswith(".tmp")
            if is_ours and (night in gone or _names_one(path, forms)):
                path.unlink()
                count += 1
        elif _names_one(path, forms):
            write_morning_sheet(config, night)
            count += 1
    return count


def _night_of(path: Path) -> date | None:
    try:
        return date.fromisoformat(path.stem) if path.suffix == ".xlsx" else None
    except ValueError:
        return None


def _names_one(path: Path, forms: frozenset[bytes]) -> bool:
    """Whether a workbook names a call; one that cannot be opened may."""
    try:
        with ZipFile(path) as book:
            return any(form in book.read(name) for name in book.namelist() for form in forms)
    except BadZipFile:
        return True
