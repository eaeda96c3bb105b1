"""What people said of findings: an append-only store beside the runs, one small immutable file per delivery.

In: rows of a label table. Out: `<lake>/<table>/<batch>.parquet`. Edge.

A row's id tells its content, where it came from included, so delivering the same thing twice adds nothing.
A file's name is made from the ids in it and appears by one rename: two writers at once, or one killed while
writing, lose nothing and store nothing twice. Nothing is ever changed: a later verdict of the same person on
the same finding wins, and the earlier one stays to be read.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from warehouse.row_files import read_rows, write_rows
from warehouse.rows import Row
from warehouse.schema import label_tables


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

    def rows(self, table: str) -> list[Row]:
        """Everything ever said, each row once, oldest first.

        Raises:
            WarehouseError: when a file is damaged.
        """
        found = {row["label_id"]: row for path in self.files(table) for row in read_rows(path)}
        return sorted(found.values(), key=lambda row: (row["labelled_at"], row["label_id"]))

    def latest(self, table: str) -> list[Row]:
        """The newest verdict of each person on each finding, oldest first.

        Raises:
            WarehouseError: when a file is damaged.
        """
        newest = {(row["target_id"], row["labelled_by"]): row for row in self.rows(table)}
        return sorted(newest.values(), key=lambda row: (row["labelled_at"], row["label_id"]))

    def add(self, rows: Mapping[str, Sequence[Row]]) -> Stored:
        """Store rows by table; those that are there, or repeat their author's newest verdict, are left out.

        Raises:
            WarehouseError: when a row does not fit its table, or the disk is full or read-only.
        """
        added = known = 0
        for table, given in rows.items():
            new = self._new_rows(table, given)
            known += len(given) - len(new)
            added += len(new)
            if new:
                write_rows(table, new, self.root / table / f"{_batch_id(new)}.parquet")
        return Stored(added, known)

    def _new_rows(self, table: str, given: Sequence[Row]) -> list[Row]:
        known_ids = {row["label_id"] for row in self.rows(table)}
        newest = {(row["target_id"], row["labelled_by"]): _content(row) for row in self.latest(table)}
        new: list[Row] = []
        for row in given:
            whose = (row["target_id"], row["labelled_by"])
            if row["label_id"] not in known_ids and newest.get(whose) != _content(row):
                known_ids.add(row["label_id"])
                newest[whose] = _content(row)
                new.append(row)
        return new


def label_id(table: str, row: Row, source: str) -> str:
    """Return the id of a verdict: what it judges, who said what, and `source`, the delivery it came with.

    `source` is the digest of the imported file, or for a verdict by click its instant.
    """
    parts = (table, row["target_id"], row["labelled_by"], source, *_content(row))
    return hashlib.sha256("\x1f".join(str(part) for part in parts).encode()).hexdigest()[:20]


def label_table_names() -> tuple[str, ...]:
    """Return the names of all label tables."""
    return tuple(spec.name for spec in label_tables())


def _content(row: Row) -> tuple[object, ...]:
    """What a verdict says, whoever said it and when."""
    corrected = (row[name] for name in sorted(row) if name.startswith("corrected_"))
    return (row["verdict"], *corrected, row["note"])


def _batch_id(rows: Sequence[Row]) -> str:
    content = "\n".join(sorted(str(row["label_id"]) for row in rows))
    return hashlib.sha256(content.encode()).hexdigest()[:20]
