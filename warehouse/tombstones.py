"""What was deleted for good: one small file per request below `<lake>/tombstone/`. Edge.

In: rows of table `tombstone`. Out: `<lake>/tombstone/<request_id>.parquet`, replaced at once when the request
is done. Hashes alone are kept, so the store tells that something went and refuses it, not what it was called.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from warehouse.row_files import read_rows, write_rows
from warehouse.rows import Row

TABLE = "tombstone"


@dataclass(frozen=True, slots=True)
class TombstoneStore:
    """The tombstones below the lake's `root`; nothing is created before something is written."""

    root: Path

    def files(self) -> tuple[Path, ...]:
        """The files of all requests, by name."""
        return tuple(sorted((self.root / TABLE).glob("*.parquet")))

    def rows(self) -> list[Row]:
        """All tombstones, oldest first.

        Raises:
            WarehouseError: a file is damaged.
        """
        found = [row for path in self.files() for row in read_rows(path)]
        return sorted(found, key=lambda row: (row["requested_at"], row["tombstone_id"]))

    def hashes(self) -> frozenset[str]:
        """The hashes of call_ids and recording digests that are refused."""
        rows = self.rows()
        return frozenset(row[name] for row in rows for name in ("call_hash", "recording_hash") if row[name])

    def nights(self) -> frozenset[date]:
        """Nights whose calls all went by age: they are never heard again."""
        return frozenset(row["night"] for row in self.rows() if row["scope"] == "night")

    def write(self, request_id: str, rows: Sequence[Row]) -> None:
        """Write a request's tombstones, in place of those it had.

        Raises:
            WarehouseError: a row does not fit, or the disk is full or read-only.
        """
        write_rows(TABLE, rows, self.root / TABLE / f"{request_id}.parquet")

    def finish(self, request_id: str, done_at: datetime) -> None:
        """Note that what a request asks for is gone; a second time changes nothing.

        Raises:
            WarehouseError: the file is missing, or cannot be written.
        """
        rows = read_rows(self.root / TABLE / f"{request_id}.parquet")
        if any(row["done_at"] is None for row in rows):
            self.write(request_id, [row | {"done_at": row["done_at"] or done_at} for row in rows])


def tombstone_id(request_id: str, *content: object) -> str:
    """Return the id of a row: its request, and what it is about."""
    text = "\x1f".join([request_id, *(str(part) for part in content)])
    return hashlib.sha256(text.encode()).hexdigest()[:20]
