"""From the lake to a build file: the published warehouse brought up to date, or all of it anew.

In: the lake, the published file (or none), the path to build at. Out: a complete, closed database file at
that path and what was loaded. Edge.

The build file ends the same whichever way it was made: nights whose run changed are replaced whole, and so
are nights whose calls were delivered again later, because a call counts once, in its latest night.
What people said of findings is loaded in full, from beside the runs.
"""

import fcntl
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from warehouse.connect import (
    Connection,
    DatabaseError,
    create_file,
    explained,
    fetch_rows,
    open_reading,
    open_writing,
    quoted,
    remove_file,
    transaction,
    wal_path,
)
from warehouse.errors import WarehouseError, WarehouseLocked
from warehouse.label_store import LabelStore
from warehouse.lake import Lake, RunRef
from warehouse.row_files import arrow_rows
from warehouse.rows import Row
from warehouse.schema import (
    RowOwner,
    TableSpec,
    label_tables,
    lake_tables,
    marts,
    schema_digest,
    statement,
    table_spec,
    tables,
)
from warehouse.tombstones import TABLE as TOMBSTONE_TABLE
from warehouse.tombstones import TombstoneStore

_FICLONE = 0x40049409  # Linux: share the blocks of another file instead of copying them


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did: nights whose rows were replaced, and whether all was built anew."""

    nights: tuple[date, ...]
    is_full: bool


def build_warehouse(
    lake: Lake, published: Path | None, build: Path, pending: Sequence[RunRef] = ()
) -> BuildReport:
    """Make the build file at `build` hold every night's newest run.

    When `published` has today's schema it is copied and only what changed is replaced, else all is loaded.
    `pending` are runs whose files are in the lake but whose rows are not yet: each counts as its night's
    newest. Their rows of `run`, `library_case` and `clip` are added later with `add_rows`.

    Raises:
        WarehouseLocked: when another process writes `published` or holds `build`.
        WarehouseError: when a lake file is damaged, or the disk is full.
    """
    runs = {run.night: run for run in (*lake.newest_runs(), *pending)}
    history = (*lake.all_runs(), *pending)
    base = published if published is not None and _is_current(published) else None
    try:
        with _new_build(build) if base is None else _copied_build(base, build) as con:
            with transaction(con):
                nights = _load(con, lake, [runs[night] for night in sorted(runs)])
                _load_history(con, lake, history)
                _load_labels(con, lake)
                _load_tombstones(con, lake)
            con.execute(statement("checkpoint"))
    except DatabaseError as err:
        raise explained(err, build) from err
    return BuildReport(nights=nights, is_full=base is None)


def add_rows(build: Path, table: str, rows: Sequence[Row]) -> None:
    """Insert rows into a table of the build file, in one statement.

    Raises:
        WarehouseError: when a row does not fit the table.
        WarehouseLocked: when the build file is open elsewhere.
    """
    made = arrow_rows(table, rows)
    with open_writing(build) as con:
        con.register("given_rows", made)
        con.execute(_filled("insert_given", table_spec(table)))
        con.unregister("given_rows")


def stale_nights(lake: Lake, published: Path) -> tuple[date, ...]:
    """Nights whose newest committed run is not what `published` shows; all of them when it is missing.

    Raises:
        WarehouseLocked: when another process writes `published`.
    """
    newest = {run.night: run.run_id for run in lake.newest_runs()}
    if not published.is_file():
        return tuple(sorted(newest))
    with open_reading(published) as con:
        loaded = {row["night"]: row["run_id"] for row in fetch_rows(con, statement("loaded_runs"))}
    differing = {night for night, _ in newest.items() ^ loaded.items()}
    return tuple(sorted(night for night in differing if isinstance(night, date)))


def _is_current(published: Path) -> bool:
    """Whether `published` can be copied: it is whole, untouched and made by today's definitions."""
    if not published.is_file():
        return False
    is_touched = wal_path(published).exists()
    try:
        with open_reading(published) as con:
            digests = {row["schema_digest"] for row in fetch_rows(con, statement("loaded_schemas"))}
    except WarehouseLocked:
        raise
    except (WarehouseError, DatabaseError):
        return False  # damaged, or not ours: the lake has everything
    return digests == {schema_digest()} and not is_touched


def _new_build(build: Path) -> Connection:
    build.parent.mkdir(parents=True, exist_ok=True)
    con = create_file(build)
    with transaction(con):
        for spec in (*tables(), *marts()):
            con.execute(spec.ddl)
    return con


def _copied_build(published: Path, build: Path) -> Connection:
    create_file(build).close()  # tells whether another build holds it
    remove_file(build)
    try:
        _copy(published, build)
    except OSError as err:
        raise WarehouseError(
            f"{build}: 复制已发布的仓库失败({err.strerror})。请检查磁盘空间后重试。"
        ) from err
    return open_writing(build)


def _copy(source: Path, target: Path) -> None:
    """Copy a file, sharing blocks where the file system can."""
    with source.open("rb") as reading, target.open("wb") as writing:
        try:
            fcntl.ioctl(writing.fileno(), _FICLONE, reading.fileno())
            return
        except OSError:
            pass  # this file system cannot share blocks
        shutil.copyfileobj(reading, writing, length=16 * 1024 * 1024)


def _load(con: Connection, lake: Lake, runs: Sequence[RunRef]) -> tuple[date, ...]:
    """Replace what differs from `runs`, one per night; returns the nights replaced."""
    _note_wanted(con, lake, runs)
    con.execute(statement("find_changed_nights"))
    con.execute(statement("changed_nights"))
    changed: tuple[date, ...] = tuple(row[0] for row in con.fetchall())
    changed_runs = [run for run in runs if run.night in changed]
    for spec in lake_tables():
        if spec.owner is RowOwner.HISTORY:
            continue
        con.execute(_filled(f"delete_{spec.owner}_rows", spec))
        files = _files(lake, spec.name, runs if spec.owner is RowOwner.CASE else changed_runs)
        if files:
            columns = _shared_columns(con, spec, files)
            con.execute(_filled(f"load_{spec.owner}_rows", spec, columns), {"files": files})
    con.execute(statement("forget_loaded"))
    con.execute(statement("note_loaded"), {"digest": schema_digest()})
    return changed


def _load_history(con: Connection, lake: Lake, runs: Sequence[RunRef]) -> None:
    """Hold the rows of all `runs`, newest or not: a run's files never change, so only new ones are read."""
    nights, run_ids = [run.night for run in runs], [run.run_id for run in runs]
    for spec in (spec for spec in lake_tables() if spec.owner is RowOwner.HISTORY):
        con.execute(_filled("delete_history_rows", spec), {"nights": nights, "run_ids": run_ids})
        con.execute(_filled("loaded_history", spec))
        loaded = set(con.fetchall())
        files = _files(lake, spec.name, [run for run in runs if (run.night, run.run_id) not in loaded])
        if files:
            columns = _shared_columns(con, spec, files)
            con.execute(_filled("load_run_rows", spec, columns), {"files": files})


def _load_labels(con: Connection, lake: Lake) -> None:
    """Load everything that people said of findings; a row stored twice counts once."""
    store = LabelStore(lake.root)
    for spec in label_tables():
        con.execute(_filled("delete_label_rows", spec))
        with store.held(spec.name):
            files = [str(path) for path in store.files(spec.name)]
            if files:
                columns = _shared_columns(con, spec, files)
                con.execute(_filled("load_label_rows", spec, columns), {"files": files})


def _load_tombstones(con: Connection, lake: Lake) -> None:
    """Load what was deleted for good."""
    spec = table_spec(TOMBSTONE_TABLE)
    con.execute(_filled("delete_label_rows", spec))
    files = [str(path) for path in TombstoneStore(lake.root).files()]
    if files:
        columns = _shared_columns(con, spec, files)
        con.execute(_filled("load_run_rows", spec, columns), {"files": files})


def _note_wanted(con: Connection, lake: Lake, runs: Sequence[RunRef]) -> None:
    """Temporary tables: the run of each night, and for each call the latest night that has it."""
    con.execute(statement("make_wanted_run"))
    con.execute(statement("make_wanted_call"))
    if runs:
        nights, run_ids = [run.night for run in runs], [run.run_id for run in runs]
        heard = [run.heard.run_id for run in runs]
        con.execute(
            statement("note_wanted_runs"), {"nights": nights, "run_ids": run_ids, "transcripts": heard}
        )
        con.execute(statement("note_wanted_calls"), {"files": _files(lake, "call", runs)})


def _files(lake: Lake, table: str, runs: Sequence[RunRef]) -> list[str]:
    """The runs' files of a table; a run older than the table, or a pending one, may have none.

    Of `run` itself also the row of the run whose transcripts a retag run reads: its rows are shown too.
    """
    paths = [lake.path_of(table, run) for run in runs]
    if table == "run":
        paths += [lake.path_of(table, run.heard) for run in runs if run.is_retag]
    return [str(path) for path in paths if path.is_file()]


def _shared_columns(con: Connection, spec: TableSpec, files: Sequence[str]) -> str:
    """Columns that the table and at least one file have: older files may lack some, or have more."""
    con.execute(statement("file_columns"), {"files": files})
    in_files = {column[0] for column in con.description or ()}
    con.execute(_filled("table_columns", spec))
    return ", ".join(quoted(column[0]) for column in con.description or () if column[0] in in_files)


def _filled(name: str, spec: TableSpec, columns: str = "") -> str:
    """A statement with our own table and column names in place of its placeholders."""
    return statement(name).replace("__table__", quoted(spec.name)).replace("__columns__", columns)
