"""What managers say of findings: out as a sheet to fill in, back as rows beside the runs. Edge file.

In: nights of the lake and a file. Out: a workbook or CSV; back: rows of the label tables, all or none.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from flows.choices import choices_of
from flows.config import Config, ConfigInvalid
from flows.night import only_one
from flows.publication import build, check_build, publish_runs
from warehouse.errors import WarehouseLocked
from warehouse.label_sheet import Delivery, filled_rows, label_rows, sheets_of
from warehouse.label_store import LabelStore, Stored, counted
from warehouse.label_targets import CASE, CAUSE, TABOO, Target, targets_of
from warehouse.lake import Lake
from warehouse.sheets import read_filled, require_known_ending, write_any
from warehouse.utc import naive_utc

KINDS = {"causes": CAUSE, "taboo": TABOO, "cases": CASE}


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """What to export: kinds of `KINDS`, at most `limit` of each, judged ones again or not."""

    kinds: tuple[str, ...] = tuple(KINDS)
    limit: int = 200
    with_judged: bool = False


def export_labels(config: Config, nights: Sequence[date], to: Path, options: ExportOptions) -> dict[str, int]:
    """Write what is to be judged to `to`; returns how many of each kind.

    More than `limit` are drawn by their ids: the same ones every time, and no more likely the sure ones.

    Raises:
        ConfigInvalid: no night is stored.
        WarehouseError: another ending than .xlsx or .csv, the lake cannot be read, or the file not written.
    """
    require_known_ending(to)
    lake = Lake(config.lake_path)
    runs = [run for run in lake.newest_runs() if run.night in set(nights)]
    if not runs:
        raise ConfigInvalid(f"{nights[0]} 到 {nights[-1]} 没有存好的夜，请检查日期或 data_dir。")
    store = LabelStore(lake.root)
    judged = {row["target_id"] for table in KINDS.values() for row in counted(store.rows(table))}
    kept: dict[str, list[Target]] = {KINDS[kind]: [] for kind in options.kinds}
    for run in runs:  # one night at a time, no more in memory than what is kept
        for target in targets_of(lake, run):
            if target.table in kept and (options.with_judged or target.target_id not in judged):
                kept[target.table].append(target)
        kept = {table: _drawn(found, options.limit) for table, found in kept.items()}
    chosen = [target for table in kept for target in kept[table]]
    to.parent.mkdir(parents=True, exist_ok=True)
    write_any(to, sheets_of(chosen, choices_of(config)))
    return {table: len(found) for table, found in kept.items()}


def import_labels(config: Config, file: Path, labelled_by: str, now: datetime) -> Stored:
    """Store what was filled in, all of it or nothing; returns how much was new.

    Raises:
        LabelsInvalid: cells that cannot be used, each with its place and what to do.
        WarehouseError: the file cannot be read, or the lake cannot be written.
    """
    rows = filled_rows(file.name, read_filled(file))
    lake = Lake(config.lake_path)
    wanted: dict[date, set[str]] = {}
    for row in rows:
        wanted.setdefault(row.night, set()).add(row.cells["通话"])
    targets: dict[str, Target] = {}
    for night, call_ids in wanted.items():
        for run in lake.committed_runs(night):  # a finding of an older run may be judged, the newest wins
            targets |= {each.target_id: each for each in targets_of(lake, run, sorted(call_ids))}
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    delivery = Delivery(file.name, digest, labelled_by, naive_utc(now))
    return LabelStore(lake.root).add(label_rows(rows, targets, choices_of(config), delivery))


def show_labels(config: Config) -> bool:
    """Publish the warehouse with today's labels; False when a night holds it and will publish them itself.

    Raises:
        WarehouseError: the warehouse cannot be built or published.
    """
    try:
        with only_one(config):
            built = build(config, [])
            check_build(config, [], built)
            publish_runs(config, [])
    except WarehouseLocked:
        return False
    return True


def _drawn(targets: Sequence[Target], limit: int) -> list[Target]:
    drawn = sorted(targets, key=lambda each: each.target_id)[:limit]
    return sorted(drawn, key=lambda each: (each.row["night"], str(each.row["call_id"]), each.start_s or 0.0))
