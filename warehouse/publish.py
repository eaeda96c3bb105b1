"""Publishing: the build file takes the published file's name, at once, while analysts read on.

In: a checked build file. Out: the same file under the published name. Edge.

Whoever has the old file open keeps reading it; whoever opens the name afterwards reads the new one.
"""

import os
from pathlib import Path

from warehouse.connect import DatabaseError, explained, open_reading, open_writing, wal_path
from warehouse.errors import WarehouseError, WarehouseLocked
from warehouse.row_files import sync
from warehouse.schema import statement


def publish(build: Path, published: Path) -> None:
    """Rename `build` to `published`, both in one file system. A kill leaves the old file or the new one.

    Raises:
        WarehouseLocked: when a process has either file open for writing.
        WarehouseError: when `build` is missing, or the folder cannot be written.
    """
    with open_writing(build) as con:
        try:
            con.execute(statement("checkpoint"))
        except DatabaseError as err:
            raise explained(err, build) from err
    if published.exists():
        _must_be_unwritten(published)
    try:
        sync(build)
        # A log that a careless writer left beside the old file must never be replayed into the new one.
        wal_path(published).unlink(missing_ok=True)
        os.replace(build, published)
        wal_path(build).unlink(missing_ok=True)
        sync(published.parent)
    except OSError as err:
        raise WarehouseError(f"{published}: 发布失败({err.strerror})。请检查目录权限和磁盘后重试。") from err


def _must_be_unwritten(published: Path) -> None:
    """Raise WarehouseLocked when somebody writes `published`; that it is damaged is no matter."""
    try:
        open_reading(published).close()
    except WarehouseLocked:
        raise
    except WarehouseError:
        return
