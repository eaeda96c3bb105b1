"""Rows taken out of stored Parquet files, each file replaced at once. Edge; imports pyarrow, as `row_files`.

In: a file and which rows go. Out: the same file without them: same columns and types (old files keep their
old ones), same order, same row groups. One row group (30,000 turns) is in memory at a time.
"""

from bisect import bisect_left
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet as pq

from warehouse.errors import WarehouseError
from warehouse.row_files import written_beside
from warehouse.rows import Row

_compute: Any = pyarrow.compute  # its functions are made at import, which no type checker sees


def count_rows(path: Path, column: str, values: Collection[str]) -> int:
    """Return how many rows have one of `values`, 0 in a file without the column.

    Only row groups whose range of `column` may hold one are read, and of them only that column.

    Raises:
        WarehouseError: the file is damaged.
    """
    with _opened(path) as file:
        if column not in file.schema_arrow.names:
            return 0
        ordered = sorted(values)
        groups = [at for at in range(file.num_row_groups) if _may_hold(file, at, column, ordered)]
        return sum(int(_found(file.read_row_group(at, [column]), column, values).true_count) for at in groups)


def remove_rows(path: Path, column: str, values: Collection[str]) -> int:
    """Take the rows with one of `values` out of a file; returns how many went.

    A file without such rows is not touched.

    Raises:
        WarehouseError: the file is damaged, or cannot be written.
    """
    count = count_rows(path, column, values)
    if not count:
        return 0
    with (
        _opened(path) as file,
        written_beside(path) as beside,
        pq.ParquetWriter(beside, file.schema_arrow, compression="zstd") as writer,
    ):
        for at in range(file.num_row_groups):
            group = file.read_row_group(at)
            kept = group.filter(_compute.invert(_found(group, column, values)))
            writer.write_table(kept, row_group_size=max(1, group.num_rows))
    return count


def remove_all_rows(path: Path) -> int:
    """Leave a file with its columns and without a row; returns how many went.

    Raises:
        WarehouseError: the file is damaged, or cannot be written.
    """
    with _opened(path) as file:
        count, schema = int(file.metadata.num_rows), file.schema_arrow
    if count:
        with written_beside(path) as beside:
            pq.write_table(schema.empty_table(), beside, compression="zstd")
    return count


def change_rows(path: Path, change: Callable[[Row], Row | None]) -> int:
    """Put `change(row)` in place of each row, nothing where it returns None; returns how many changed.

    For small files: all rows are in memory. A file without a changed row is not touched.

    Raises:
        WarehouseError: the file is damaged, or cannot be written.
    """
    with _opened(path) as file:
        schema = file.schema_arrow
        rows: list[Row] = file.read().to_pylist()
    changed = [change(row) for row in rows]
    count = sum(new != old for new, old in zip(changed, rows, strict=True))
    if count:
        made = pa.Table.from_pylist([row for row in changed if row is not None], schema=schema)
        with written_beside(path) as beside:
            pq.write_table(made, beside, compression="zstd")
    return count


def _opened(path: Path) -> Any:
    try:
        return pq.ParquetFile(path)
    except (OSError, pa.ArrowInvalid) as err:
        raise WarehouseError(f"{path}: 读不出来,文件缺失或损坏。请重跑这一晚。({err})") from err


def _found(table: Any, column: str, values: Collection[str]) -> Any:
    """A boolean per row: whether it has one of `values`; null is none of them."""
    cells = table.column(column).combine_chunks()
    return _compute.is_in(cells, pa.array(sorted(values), cells.type))


def _may_hold(file: Any, group: int, column: str, ordered: Sequence[str]) -> bool:
    """Whether the row group's own account of its least and greatest value leaves room for one of `values`."""
    about = file.metadata.row_group(group)
    for at in range(about.num_columns):
        part = about.column(at)
        if part.path_in_schema == column:
            told = part.statistics
            if told is None or not told.has_min_max:
                return True
            first = bisect_left(ordered, told.min)
            return first < len(ordered) and ordered[first] <= told.max
    return True
