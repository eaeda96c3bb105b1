"""What people said of findings: an append-only store beside the runs, small immutable files.

In: rows of a label table. Out: `<lake>/<table>/<batch>.parquet`. Edge.

A row's id tells its content, where it came from included, so delivering the same thing twice adds nothing.
A file's name is made from the ids in it and appears by one rename: two writers at once, or one killed while
writing, lose nothing and store nothing twice. Nothing is changed unless its call is to be forgotten: a later
verdict of the same person on the same finding wins, and the earlier one stays to be read.

Small files are merged now and then: first the merged file is there, then they go; a row that lies in both
for a while counts once. Whoever reads several files holds the table's folder shared, whoever removes files
holds it alone.
"""

import fcntl
import hashlib
import os
from collections.abc import Collection, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from warehouse.row_files import arrow_schema, read_rows, sync, write_rows
from warehouse.row_removal import count_rows, remove_rows
from warehouse.rows import Row
from warehouse.schema import label_tables

REVIEW, APPEAL, FINAL = "review", "appeal", "final"
# Files below this size are merged: some thousand verdicts, written again in a fraction of a second.
_SMALL_BYTES = 250_000
_Key = tuple[str, str, str]
_Content = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Stored:
    """How many rows were new, and how many the store had already."""

    added_count: int
    known_count: int


@dataclass(frozen=True, slots=True)
class LabelStore:
    """The labels below the lake's `root`; nothing is created before something is written."""

    root: Path

    def files(self, table: str) -> tuple[Path, ...]:
        """The files of one label table, by name."""
        return tuple(sorted((self.root / table).glob("*.parquet")))

    @contextmanager
    def held(self, table: str, *, is_alone: bool = False) -> Generator[None]:
        """Hold a table's folder: shared: no file goes while several are read; or alone, to remove some.

        Files may be added meanwhile. Waits for others; the lock ends with the process.
        """
        folder = self.root / table
        if not folder.is_dir():
            yield
            return
        handle = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX if is_alone else fcntl.LOCK_SH)
            yield
        finally:
            os.close(handle)

    def rows(self, table: str) -> list[Row]:
        """Everything ever said, each row once, oldest first.

        Raises:
            WarehouseError: when a file is damaged.
        """
        with self.held(table):
            found = {row["label_id"]: row for path in self.files(table) for row in read_rows(path)}
        return sorted(found.values(), key=_instant)

    def add(self, rows: Mapping[str, Sequence[Row]]) -> Stored:
        """Store rows by table; those that are there, or repeat their author's newest verdict, are left out.

        Raises:
            WarehouseError: when a row does not fit its table, or the disk is full or read-only.
        """
        added = known = 0
        for table, given in rows.items():
            said = self.rows(table)
            newest = {key_of(row): content_of(row) for row in said}
            new = new_rows(given, {row["label_id"] for row in said}, newest)
            known += len(given) - len(new)
            added += len(new)
            self.write(table, new)
        return Stored(added, known)

    def write(self, table: str, rows: Sequence[Row]) -> Path | None:
        """Write rows, new or not, as one file; on return they are on disk. None when there are no rows.

        Raises:
            WarehouseError: when a row does not fit its table, or the disk is full or read-only.
        """
        if not rows:
            return None
        path = self.root / table / f"{_batch_id(rows)}.parquet"
        write_rows(table, rows, path)
        sync(self.root)  # the folder's own name, were it new
        return path

    def count(self, call_ids: Collection[str]) -> int:
        """How many rows speak of some calls.

        Raises:
            WarehouseError: when a file is damaged.
        """
        found = 0
        for table in label_table_names():
            with self.held(table):
                found += sum(count_rows(path, "call_id", call_ids) for path in self.files(table))
        return found

    def forget(self, call_ids: Collection[str]) -> int:
        """Take everything said of some calls out of the store; returns how many rows went.

        Raises:
            WarehouseError: when a file is damaged, or cannot be written.
        """
        gone = 0
        for table in label_table_names():
            with self.held(table, is_alone=True):  # no merge meanwhile, which would write them anew
                gone += sum(remove_rows(path, "call_id", call_ids) for path in self.files(table))
        return gone

    def compact(self, table: str, most_files: int = 200) -> int:
        """Merge small files when there are more than `most_files`; returns how many files went.

        Killed anywhere, nothing is lost: rows lie in the old files until the new one is on disk.

        Raises:
            WarehouseError: when a file is damaged, or the disk is full or read-only.
        """
        if len(self.files(table)) <= most_files:
            return 0
        with self.held(table, is_alone=True):
            small = [path for path in self.files(table) if path.stat().st_size < _SMALL_BYTES]
            columns: list[str] = arrow_schema(table).names
            found = {row["label_id"]: row for path in small for row in read_rows(path)}
            whole: list[Row] = [{name: row.get(name) for name in columns} for row in found.values()]
            merged = self.write(table, sorted(whole, key=_instant))
            gone = [path for path in small if path != merged]
            for path in gone:
                path.unlink()
        return len(gone)


def new_rows(given: Iterable[Row], known_ids: set[str], newest: dict[_Key, _Content]) -> list[Row]:
    """Return the rows that say something new, and note them in `known_ids` and `newest`."""
    new: list[Row] = []
    for row in given:
        if row["label_id"] not in known_ids and newest.get(key_of(row)) != content_of(row):
            known_ids.add(row["label_id"])
            newest[key_of(row)] = content_of(row)
            new.append(row)
    return new


def counted(rows: Sequence[Row]) -> list[Row]:
    """Return the rows that count, oldest first: no appeal; where there is a final decision, its newest alone.

    Args:
        rows: what was said, oldest first, as `LabelStore.rows` gives it.
    """
    finals = {row["target_id"]: row for row in rows if stage_of(row) == FINAL}
    reviews = {key_of(row): row for row in rows if stage_of(row) == REVIEW}
    open_ones = (row for row in reviews.values() if row["target_id"] not in finals)
    return sorted([*open_ones, *finals.values()], key=_instant)


def stage_of(row: Row) -> str:
    """Return the stage of a row; rows of before there were stages, and of imports, are reviews."""
    return str(row.get("stage") or REVIEW)


def key_of(row: Row) -> _Key:
    """Return whose word on what a row is: of rows with the same key the newest is their author's word."""
    return (row["target_id"], row["labelled_by"], stage_of(row))


def content_of(row: Row) -> _Content:
    """Return what a verdict says, whoever said it and when."""
    corrected = (row[name] for name in sorted(row) if name.startswith("corrected_"))
    return (row["verdict"], *corrected, row["note"])


def label_id(table: str, row: Row, source: str) -> str:
    """Return the id of a verdict: what it judges, who said what, and `source`, the delivery it came with.

    `source` is the digest of the imported file, or for a verdict by click the one-time id of its form.
    """
    stage = () if stage_of(row) == REVIEW else (stage_of(row),)
    parts = (table, row["target_id"], row["labelled_by"], source, *content_of(row), *stage)
    return hashlib.sha256("\x1f".join(str(part) for part in parts).encode()).hexdigest()[:20]


def label_table_names() -> tuple[str, ...]:
    """Return the names of all label tables."""
    return tuple(spec.name for spec in label_tables())


def _instant(row: Row) -> tuple[object, str]:
    return row["labelled_at"], str(row["label_id"])


def _batch_id(rows: Sequence[Row]) -> str:
    content = "\n".join(sorted(str(row["label_id"]) for row in rows))
    return hashlib.sha256(content.encode()).hexdigest()[:20]
