"""One Parquet file of rows: write, read, merge. A file is there in full or not at all.

In: rows as dicts with the columns of `tables/<table>/table.sql`. Out: zstd Parquet typed by that DDL,
written beside its target, synced and renamed. Edge; the only importer of pyarrow.
"""

import os
import secrets
from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from transcribe.call import Transcript
from warehouse.connect import DatabaseError, explained, open_memory, quoted
from warehouse.errors import WarehouseError
from warehouse.rows import Row, transcript_from_rows
from warehouse.schema import RowOwner, statement, table_spec

# Turns of about 1,000 calls: small enough that reading one call's turns skips nearly all of a night.
_ROW_GROUP_ROWS = 30_000
_BATCH_ROWS = 10_000
_TRANSCRIPT_COLUMNS = ["call_id", "call_date", "duration_s", "line_of_business"]
UNFINISHED_SUFFIX = ".tmp"

# pyarrow comes without types: what it makes is Any here and goes no further than this package.
ArrowSchema = Any
ArrowTable = Any
ArrowBatch = Any


@dataclass(frozen=True, slots=True)
class Reused:
    """Rows to take over from an earlier run's file: those of `call_ids`.

    `calls` is the new run's `call` file; when given, each row's call_date is taken from it, because the
    manifest may have been corrected since.
    """

    path: Path
    call_ids: frozenset[str]
    calls: Path | None = None


@lru_cache(maxsize=64)
def arrow_schema(table: str) -> ArrowSchema:
    """The Arrow schema of a table; fields that may not be null say so."""
    with open_memory() as memory:
        memory.execute(table_spec(table).ddl)
        schema: ArrowSchema = memory.sql(f"FROM {quoted(table)}").to_arrow_table().schema
        memory.execute(statement("required_columns"), {"table": table})
        required = {str(row[0]) for row in memory.fetchall()}
    return pa.schema([field.with_nullable(field.name not in required) for field in schema])


def arrow_rows(table: str, rows: Sequence[Row]) -> ArrowTable:
    """`rows` as an Arrow table, typed and checked.

    Raises:
        WarehouseError: when a row has other columns than the table, a null where none may be, or a value
            of another type.
    """
    schema = arrow_schema(table)
    names = set(schema.names)
    for row in rows:
        if row.keys() != names:
            odd = ", ".join(sorted(row.keys() ^ names))
            raise WarehouseError(f"table {table}: row and table.sql differ in columns {odd}; make them agree")
    try:
        made = pa.Table.from_pylist(rows, schema=schema)
    except (pa.ArrowInvalid, pa.ArrowTypeError) as err:
        raise WarehouseError(f"table {table}: a value does not fit its column's type: {err}") from err
    for field in schema:
        if not field.nullable and made.column(field.name).null_count:
            raise WarehouseError(f"table {table}, column {field.name}: null in a column that is NOT NULL")
    return made


def write_rows(table: str, rows: Sequence[Row], path: Path) -> int:
    """Write `rows` (none is fine) to `path`; returns their number.

    Raises:
        WarehouseError: when a row does not fit the table, or the disk is full or read-only.
    """
    made = arrow_rows(table, rows)
    with written_beside(path) as beside:
        pq.write_table(made, beside, compression="zstd", row_group_size=_ROW_GROUP_ROWS)
    return made.num_rows


def read_rows(
    path: Path, columns: Sequence[str] | None = None, call_ids: Sequence[str] | None = None
) -> list[Row]:
    """Rows of a file, all or those of `call_ids`, with all or the given columns.

    Raises:
        WarehouseError: when the file is missing or damaged.
    """
    found: list[Row] = []
    for batch in _batches(path, columns, call_ids):
        found += batch.to_pylist()
    return found


def iter_transcripts(
    call_file: Path,
    turn_file: Path,
    call_ids: Sequence[str] | None = None,
    without: Collection[str] = (),
) -> Iterator[Transcript]:
    """Transcripts of stored calls, a few thousand turns in memory at a time.

    Calls come in the order of `turn_file`, those without a turn last. Columns `without` which the reader
    does (words, tokens, pinyin) are not read, and empty in the turns: reading them is most of the cost.

    Raises:
        WarehouseError: when a file is missing or damaged, when a call's turns are not side by side, or when
            turns belong to no call.
    """
    waiting = {row["call_id"]: row for row in read_rows(call_file, _TRANSCRIPT_COLUMNS, call_ids)}
    turns = (row for batch in _batches(turn_file, None, call_ids, without) for row in batch.to_pylist())
    for call_id, rows in groupby(turns, key=_call_id):
        call_row = waiting.pop(call_id, None)
        if call_row is None:
            raise WarehouseError(
                f"{turn_file}: turns of {call_id} are torn apart or belong to no call; rerun the night"
            )
        yield transcript_from_rows(call_row, list(rows))
    for call_row in waiting.values():
        yield transcript_from_rows(call_row, [])


def merge_rows(
    table: str, shard_files: Sequence[Path], target: Path, run_id: str, reused: Reused | None
) -> None:
    """Merge shards, and rows taken over from an earlier run, into one sorted file.

    Every row gets `run_id`. The order of shards does not show in the result.

    Raises:
        WarehouseError: when `reused` is given for a table whose rows do not hang on calls, when a file is
            damaged, or the disk is full.
    """
    spec = table_spec(table)
    if reused is not None and spec.owner is not RowOwner.CALL:
        raise WarehouseError(f"table {table}: its rows belong to the run, nothing can be taken over")
    with _empty_file(target, table) as empty, _empty_file(target, "call") as no_calls:
        parameters: dict[str, Any] = {
            "run_id": run_id,
            "shards": [str(path) for path in (empty, *shard_files)],
        }
        if spec.owner is RowOwner.CALL:
            parameters |= {
                "reused": str(reused.path if reused else empty),
                "call_ids": sorted(reused.call_ids) if reused else [],
                "calls": str(reused.calls if reused and reused.calls else no_calls),
            }
        sql = statement("merge_call_rows" if spec.owner is RowOwner.CALL else "merge_run_rows")
        sql = sql.replace("__order__", ", ".join(quoted(column) for column in spec.order))
        spill = target.parent / f"_spill{UNFINISHED_SUFFIX}"
        try:
            with written_beside(target) as beside, open_memory(spill) as memory:
                memory.execute(sql, parameters | {"path": str(beside)})
        except DatabaseError as err:
            raise explained(err, target) from err


@contextmanager
def written_beside(path: Path) -> Generator[Path]:
    """A name beside `path` to write to; on leaving it is synced and renamed to `path`, or removed.

    Raises:
        WarehouseError: when the disk is full, read-only or gone.
    """
    beside = _unfinished(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield beside
        sync(beside)
        os.replace(beside, path)
        sync(path.parent)
    except OSError as err:
        raise _unwritable(path, err) from err
    finally:
        with suppress(OSError):
            beside.unlink()


def sync(path: Path) -> None:
    """Have a file's content, or a folder's names, on disk before going on."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _unfinished(path: Path) -> Path:
    # Two machines may write the same shard at the same time: each has its own name until the rename.
    return path.with_name(f"{path.name}.{os.getpid()}-{secrets.token_hex(4)}{UNFINISHED_SUFFIX}")


@contextmanager
def _empty_file(target: Path, table: str) -> Generator[Path]:
    """A file without rows: gives a merge its columns and types even when there is nothing to merge."""
    path = _unfinished(target)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(arrow_schema(table).empty_table(), path)
        yield path
    except OSError as err:
        raise _unwritable(path, err) from err
    finally:
        with suppress(OSError):
            path.unlink()


def _unwritable(path: Path, err: OSError) -> WarehouseError:
    return WarehouseError(f"{path}: 写不进去({err})。请检查磁盘空间和目录权限后重试。")


def _batches(
    path: Path,
    columns: Sequence[str] | None,
    call_ids: Sequence[str] | None,
    without: Collection[str] = (),
) -> Iterator[ArrowBatch]:
    wanted = None if call_ids is None else _is_wanted(call_ids)
    try:
        data = ds.dataset(path, format="parquet", partitioning=None)
        names = [name for name in columns or data.schema.names if name not in without]
        yield from data.to_batches(columns=names, filter=wanted, batch_size=_BATCH_ROWS)
    except (OSError, pa.ArrowInvalid, KeyError) as err:
        raise WarehouseError(f"{path}: 读不出来,文件缺失或损坏。请重跑这一晚。({err})") from err


def _is_wanted(call_ids: Sequence[str]) -> Any:
    """A filter for `call_ids`. Only its comparisons let row groups be skipped (files are sorted by it)."""
    field = ds.field("call_id")
    wanted = field.isin(pa.array(list(call_ids), pa.string()))
    return wanted if not call_ids else (field >= min(call_ids)) & (field <= max(call_ids)) & wanted


def _call_id(row: Mapping[str, Any]) -> str:
    return str(row["call_id"])
