"""Connections to the warehouse file: the one door to DuckDB.

In: paths. Out: connections and rows as dicts. Edge; the only importer of duckdb.

No extension is ever fetched. Files are written in a storage format that DuckDB 1.5 and 2 both read.
One process may write a file, or many may read it: a build file beside the published one keeps both happy.
"""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from warehouse.errors import WarehouseError, WarehouseLocked
from warehouse.schema import statement

Connection = duckdb.DuckDBPyConnection
DatabaseError = duckdb.Error

_Settings = dict[str, str | bool | int | float | list[str]]
_SETTINGS: _Settings = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
# What DuckDB says when another process, or another connection of this one, holds the file.
_LOCK_SIGNS = ("Could not set lock", "different configuration", "Conflicting lock")


def open_memory(spill: Path | None = None) -> Connection:
    """A database in memory. Large sorts spill to the folder `spill`, or not at all."""
    settings: _Settings = _SETTINGS | {"temp_directory": "" if spill is None else str(spill)}
    return duckdb.connect(":memory:", config=settings)


def create_file(path: Path) -> Connection:
    """A new, empty database file at `path`, open for writing; what lay there before is removed.

    Raises:
        WarehouseLocked: when another process holds a file at `path`.
        WarehouseError: when the file cannot be created.
    """
    _must_be_free(path)
    remove_file(path)
    with open_memory() as memory:
        try:
            _attach_new(memory, path)
        except duckdb.Error as err:
            raise explained(err, path) from err
    return _connect(path, is_read_only=False)


def open_reading(path: Path) -> Connection:
    """The database at `path`, read-only: any number of readers at a time.

    Raises:
        WarehouseLocked: when another process holds it for writing.
        WarehouseError: when it is missing or is no database.
    """
    _must_exist(path)
    return _connect(path, is_read_only=True)


def open_writing(path: Path) -> Connection:
    """The database at `path` for writing: the only connection to it.

    Raises:
        WarehouseLocked: when another process reads or writes it.
        WarehouseError: when it is missing or is no database.
    """
    _must_exist(path)
    return _connect(path, is_read_only=False)


@contextmanager
def transaction(con: Connection) -> Generator[None]:
    """All statements inside take effect together, and the disk is waited for once.

    After an error none has: closing the connection rolls back.
    """
    con.begin()
    yield
    con.commit()


def fetch_rows(
    con: Connection, sql: str, parameters: Mapping[str, object] | Sequence[object] | None = None
) -> list[dict[str, Any]]:
    """All rows of a query, each as {column: value}."""
    con.execute(sql, parameters)
    columns = [column[0] for column in con.description or ()]
    return [dict(zip(columns, row, strict=True)) for row in con.fetchall()]


def quoted(name: str) -> str:
    """`name` as an SQL identifier; only for names of our own folders and columns."""
    return '"' + name.replace('"', '""') + '"'


def remove_file(path: Path) -> None:
    """Remove a database file and its write-ahead log, when there."""
    path.unlink(missing_ok=True)
    wal_path(path).unlink(missing_ok=True)


def wal_path(path: Path) -> Path:
    """Where DuckDB keeps the write-ahead log of `path`."""
    return path.with_name(path.name + ".wal")


def explained(err: duckdb.Error, path: Path) -> WarehouseError:
    """`err` as one of our errors: what happened to `path`, and what to do."""
    text = str(err)
    if any(sign in text for sign in _LOCK_SIGNS):
        return WarehouseLocked(
            f"{path}: 仓库文件正被另一个程序占用。请关闭以读写方式打开它的程序"
            "(分析时请用只读方式打开),或等另一个夜间任务结束,然后重试。"
        )
    if "No space left" in text or isinstance(err, duckdb.OutOfMemoryException):
        return WarehouseError(
            f"{path}: 磁盘或内存不足,仓库没有写完,已发布的仓库未受影响。请腾出空间后重试。({text})"
        )
    return WarehouseError(f"{path}: 无法读写仓库文件。请检查文件是否完好、目录是否可写。({text})")


def _attach_new(memory: Connection, path: Path) -> None:
    """Create the file through ATTACH: the only way to choose its storage format.

    DuckDB older than 1.5 does not know the newest format it could write and needs no choice.
    """
    is_choice = _version() >= (1, 5)
    sql = statement("attach_new_readable" if is_choice else "attach_new")
    memory.execute(sql.replace("__path__", str(path).replace("'", "''")))
    memory.execute(statement("detach_new"))


def _version() -> tuple[int, int]:
    major, minor = duckdb.__version__.split(".")[:2]
    return int(major), int(minor)


def _must_exist(path: Path) -> None:
    if not path.is_file():
        raise WarehouseError(f"{path}: 还没有仓库文件。请先运行 huiting nightly。")


def _must_be_free(path: Path) -> None:
    """Raise WarehouseLocked when a process holds `path`; that a killed build left it damaged is no matter."""
    if not path.exists():
        return
    try:
        duckdb.connect(str(path), config=_SETTINGS).close()
    except duckdb.Error as err:
        problem = explained(err, path)
        if isinstance(problem, WarehouseLocked):
            raise problem from err


def _connect(path: Path, *, is_read_only: bool) -> Connection:
    try:
        return duckdb.connect(str(path), read_only=is_read_only, config=_SETTINGS)
    except duckdb.Error as err:
        raise explained(err, path) from err
