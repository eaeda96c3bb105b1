"""The application's file: accounts, sessions, reservations, audit log. Edge; the only importer of sqlite3.

In: the name of a statement in `sql/`, its parameters. Out: rows as dicts. Every write is on disk when it
returns. Nothing that is deleted stays readable in the file, and there is no log beside it that could keep it.
"""

import os
import sqlite3
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from warehouse.errors import WarehouseError

_SQL = Path(__file__).resolve().parent / "sql"
_WAIT_S = 30.0
# DELETE and not WAL: a log beside the file would keep what was forgotten.
_PRAGMAS = (
    "PRAGMA journal_mode = DELETE",
    "PRAGMA synchronous = FULL",
    "PRAGMA secure_delete = ON",
    "PRAGMA foreign_keys = ON",
)

Value = str | int | float | None
Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Statements:
    """An open connection: runs statements by name."""

    con: sqlite3.Connection

    def rows(self, name: str, values: Mapping[str, Value] | None = None) -> list[Record]:
        """All rows of a statement."""
        return [dict(row) for row in self.con.execute(sql(name), values or {}).fetchall()]

    def run(self, name: str, values: Mapping[str, Value] | None = None) -> int:
        """Run a statement that changes rows; returns how many."""
        return self.con.execute(sql(name), values or {}).rowcount

    def run_many(self, name: str, values: Sequence[Mapping[str, Value]]) -> int:
        """Run a statement for each of `values`; returns how many rows changed."""
        return self.con.executemany(sql(name), values).rowcount


@dataclass(frozen=True, slots=True)
class ReviewStore:
    """The file at `path`, made by `prepare`."""

    path: Path

    def prepare(self) -> None:
        """Make the file, for its owner alone, and what is missing in it.

        Raises:
            WarehouseError: it cannot be written or is no such file.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
        except OSError as err:
            raise WarehouseError(f"{self.path}: 写不了 ({err.strerror})。请检查目录权限和磁盘。") from err
        with self._connected() as con:
            con.executescript(sql("schema"))

    @contextmanager
    def reading(self) -> Generator[Statements]:
        """Statements that only look."""
        with self._connected() as con:
            yield Statements(con)

    @contextmanager
    def writing(self) -> Generator[Statements]:
        """Statements that take effect together, on disk when this ends; none of them after an error."""
        with self._connected() as con:
            con.execute("BEGIN IMMEDIATE")
            try:
                yield Statements(con)
            except BaseException:
                con.rollback()
                raise
            con.commit()

    def vacuum(self) -> None:
        """Write the file anew, without what was deleted."""
        with self._connected() as con:
            con.execute("VACUUM")

    @contextmanager
    def _connected(self) -> Generator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self.path, timeout=_WAIT_S, isolation_level=None)) as con:
                con.row_factory = sqlite3.Row
                for pragma in _PRAGMAS:
                    con.execute(pragma)
                yield con
        except sqlite3.IntegrityError:
            raise
        except sqlite3.Error as err:
            raise WarehouseError(
                f"{self.path}: 读写不了 ({err})。请检查磁盘空间和权限；文件损坏时请从备份恢复。"
            ) from err


Conflict = sqlite3.IntegrityError


@lru_cache(maxsize=64)
def sql(name: str) -> str:
    """The text of `sql/<name>.sql`."""
    return (_SQL / f"{name}.sql").read_text(encoding="utf-8")
