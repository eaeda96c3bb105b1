"""The lake: immutable Parquet per table, night and run, and which runs count.

In: rows. Out: `<root>/<table>/night=YYYY-MM-DD/<run_id>.parquet`. Edge.

A run counts from the moment its row is in `<root>/run/night=.../`, which is written last; without it all
its other files are as if they were not there. Of a night's committed runs the one with the highest
`attempt` counts. A retag run has files of findings alone: its row names the nightly run whose transcripts it
read. Work in flight lies in `<root>/_work/`.
"""

import shutil
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from transcribe.call import Transcript
from warehouse import row_files
from warehouse.connect import DatabaseError, explained, open_memory
from warehouse.errors import WarehouseError
from warehouse.row_files import UNFINISHED_SUFFIX, Reused
from warehouse.rows import Row
from warehouse.schema import Stage, lake_tables, statement, table_spec

_RUN = "run"
_NIGHT_PREFIX = "night="


@dataclass(frozen=True, slots=True, order=True)
class RunRef:
    """A run of a night. `transcripts` is the run whose transcripts it reads, empty for its own."""

    night: date
    run_id: str
    transcripts: str = ""

    @property
    def heard(self) -> "RunRef":
        """The run that wrote the transcripts."""
        return RunRef(self.night, self.transcripts) if self.transcripts else self

    @property
    def is_retag(self) -> bool:
        return bool(self.transcripts)


@dataclass(frozen=True, slots=True)
class Lake:
    """The lake below `root`; nothing is created before something is written."""

    root: Path

    def table_path(self, table: str, night: date, run_id: str) -> Path:
        """Where the rows of one table, night and run lie."""
        return self._night_dir(table, night) / f"{run_id}.parquet"

    def path_of(self, table: str, run: RunRef) -> Path:
        """Where the rows of one table lie that count for a run: its own, or those it reads."""
        source = run.heard if table_spec(table).stage is Stage.HEARD else run
        return self.table_path(table, source.night, source.run_id)

    def work_dir(self, night: date) -> Path:
        """Where the night's shards lie while it is in flight."""
        return self.root / "_work" / f"{_NIGHT_PREFIX}{night.isoformat()}"

    def retag_dir(self, night: date) -> Path:
        """Where the night's tagged chunks lie while it is tagged again."""
        return self.root / "_work" / "retag" / f"{_NIGHT_PREFIX}{night.isoformat()}"

    def write_rows(self, table: str, rows: Sequence[Row], path: Path) -> int:
        """Write `rows` (none is fine) of `table` to `path`, whole or not at all; returns their number.

        Raises:
            WarehouseError: when a row does not fit table.sql, or the disk is full or read-only.
        """
        return row_files.write_rows(table, rows, path)

    def merge_shards(
        self, table: str, shard_files: Sequence[Path], target: RunRef, reused: Reused | None = None
    ) -> Path:
        """Merge shards (none is fine) into the run's file, sorted, every row with the run's id.

        `reused` takes rows over from an earlier run, for tables whose rows hang on calls.

        Raises:
            WarehouseError: when a shard is damaged or the disk is full.
        """
        path = self.table_path(table, target.night, target.run_id)
        row_files.merge_rows(table, shard_files, path, target.run_id, reused)
        return path

    def read_rows(
        self,
        table: str,
        run: RunRef,
        columns: Sequence[str] | None = None,
        call_ids: Sequence[str] | None = None,
    ) -> list[Row]:
        """A run's rows of one table, all or those of `call_ids`, with all or the given columns."""
        return row_files.read_rows(self.path_of(table, run), columns, call_ids)

    def iter_transcripts(
        self, run: RunRef, call_ids: Sequence[str] | None = None, without: Collection[str] = ()
    ) -> Iterator[Transcript]:
        """A run's transcripts, sorted by call_id, those without a turn last; few in memory at a time.

        Columns of turns `without` which the reader does (words, tokens, pinyin) stay unread and empty.
        """
        call_file, turn_file = self.path_of("call", run), self.path_of("turn", run)
        return row_files.iter_transcripts(call_file, turn_file, call_ids, without)

    def commit_run(self, row: Row) -> RunRef:
        """Make a run count: write its row of `run`, last of all.

        Raises:
            WarehouseError: when one of its tables has no file yet, or the row does not fit.
        """
        run = _ref(row)
        paths = {spec.name: self.path_of(spec.name, run) for spec in lake_tables()}
        marker = paths.pop(_RUN)
        missing = [table for table, path in paths.items() if not path.is_file()]
        if missing:
            raise WarehouseError(
                f"run {run.run_id} of {run.night}: no file for {', '.join(missing)}; write them first"
            )
        row_files.write_rows(_RUN, [row], marker)
        return run

    def committed_runs(self, night: date) -> tuple[RunRef, ...]:
        """The night's runs that count, oldest attempt first."""
        paths = sorted(self._night_dir(_RUN, night).glob("*.parquet"))
        if len(paths) < 2:  # nearly every night: nothing to read, a retag run is never alone
            return tuple(RunRef(night, path.stem) for path in paths)
        found = [row for path in paths for row in row_files.read_rows(path)]
        return tuple(_ref(row) for row in sorted(found, key=_attempt))

    def newest_run(self, night: date) -> RunRef | None:
        """The run whose rows count for the night, None when it has none."""
        runs = self.committed_runs(night)
        return runs[-1] if runs else None

    def newest_runs(self) -> tuple[RunRef, ...]:
        """The run that counts of every night, by night."""
        return tuple(run for night in self.nights() if (run := self.newest_run(night)) is not None)

    def all_runs(self) -> tuple[RunRef, ...]:
        """Every run that is kept, newest of its night or not."""
        return tuple(run for night in self.nights() for run in self.committed_runs(night))

    def next_attempt(self, night: date) -> int:
        """The `attempt` that a run's row must carry in order to count from now on, from 1."""
        newest = self.newest_run(night)
        if newest is None:
            return 1
        return 1 + int(self.read_rows(_RUN, newest, ["attempt"])[0]["attempt"])

    def nights(self) -> tuple[date, ...]:
        """Nights with a committed run, in order."""
        folders = (self.root / _RUN).glob(f"{_NIGHT_PREFIX}*")
        return tuple(
            sorted(night for folder in folders if (night := _night_of(folder)) and self.committed_runs(night))
        )

    def known_digests(self, before: date) -> dict[str, str]:
        """{recording digest: call_id} of the calls of all nights before `before`."""
        runs = [run for run in self.newest_runs() if run.night < before]
        files = [str(self.path_of("call", run)) for run in runs]
        if not files:
            return {}
        with open_memory() as memory:
            try:
                memory.execute(statement("known_digests"), {"files": files})
                return {str(digest): str(call_id) for digest, call_id in memory.fetchall()}
            except DatabaseError as err:
                raise explained(err, self.root / "call") from err

    def reusable_calls(self, night: date, recognition_key: str) -> dict[str, str]:
        """{call_id: recording digest} of the night's newest run, recognised with the same key."""
        run = self.newest_run(night)
        if run is None:
            return {}
        rows = self.read_rows("call", run, ["call_id", "recording_digest", "recognition_key"])
        return {
            row["call_id"]: row["recording_digest"]
            for row in rows
            if row["recognition_key"] == recognition_key
        }

    def prune(self, night: date, keep: int = 2) -> tuple[str, ...]:
        """Remove the night's runs but the newest `keep`, and leftovers of uncommitted ones; returns ids gone.

        Nightly runs are counted; a retag run stays as long as the run whose transcripts it reads. Call it
        when no run of the night is in flight. Markers go first, those of retag runs before the one they
        read, so that a kill in between leaves no run that seems complete.

        Raises:
            ValueError: when `keep` < 1.
        """
        if keep < 1:
            raise ValueError(f"prune: keep must be at least 1, got {keep}")
        runs = self.committed_runs(night)
        heard = {run.run_id for run in [run for run in runs if not run.is_retag][-keep:]}
        kept = {run.run_id for run in runs if run.heard.run_id in heard}
        gone: set[str] = set()
        for run in runs:
            if run.is_retag and run.run_id not in kept:
                self.table_path(_RUN, night, run.run_id).unlink(missing_ok=True)
                gone.add(run.run_id)
        tables = [_RUN, *(spec.name for spec in lake_tables() if spec.name != _RUN)]
        for table in tables:
            gone |= _remove_but(self._night_dir(table, night), kept)
        return tuple(sorted(gone))

    def _night_dir(self, table: str, night: date) -> Path:
        return self.root / table / f"{_NIGHT_PREFIX}{night.isoformat()}"


def _ref(row: Row) -> RunRef:
    """The run of a row of `run`; rows of before there were retag runs lack the last column."""
    return RunRef(row["night"], row["run_id"], row.get("transcript_run_id") or "")


def _attempt(row: Row) -> tuple[int, str]:
    return row["attempt"], row["run_id"]


def _night_of(folder: Path) -> date | None:
    try:
        return date.fromisoformat(folder.name.removeprefix(_NIGHT_PREFIX))
    except ValueError:
        return None  # a folder that is not ours


def _remove_but(folder: Path, kept: Iterable[str]) -> set[str]:
    keep = set(kept)
    gone: set[str] = set()
    for path in folder.glob("*.parquet"):
        if path.stem not in keep:
            path.unlink(missing_ok=True)
            gone.add(path.stem)
    for path in folder.glob(f"*{UNFINISHED_SUFFIX}"):
        if path.is_dir():
            shutil.rmtree(path)  # what a killed merge spilled
        else:
            path.unlink(missing_ok=True)
    return gone
