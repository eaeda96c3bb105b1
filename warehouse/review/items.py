"""What is to be judged, read from the published warehouse, least sure first. Edge.

In: the warehouse and the nights of interest. Out: `Item`s, read anew when the warehouse was published anew.
A night of 50,000 calls gives at most two times `items_per_night` items of each kind.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from threading import Lock

from warehouse.connect import Connection, fetch_rows, open_reading
from warehouse.label_row import found_ids
from warehouse.label_targets import target_id_of
from warehouse.review.settings import Rules

_QUERIES = Path(__file__).resolve().parent / "queries"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to judge: where it is, what was found (ids as in `Choices`), how sure it is, 0 to 1."""

    target_id: str
    table: str
    call_id: str
    night: date
    found: tuple[str | None, ...]
    sureness: float
    team: str
    line: str


@dataclass(slots=True)
class Items:
    """The items of the newest published warehouse. Safe for several threads."""

    warehouse: Path
    rules: Rules
    _stamp: tuple[int, int, int] | None = None
    _items: dict[str, Item] = field(default_factory=dict[str, Item])
    _lock: Lock = field(default_factory=Lock)

    def current(self) -> Mapping[str, Item]:
        """{target_id: item}, least sure first.

        Raises:
            WarehouseError: there is no warehouse, or it cannot be read.
        """
        with self._lock:
            stamp = stamp_of(self.warehouse)
            if stamp != self._stamp:
                self._items = _read(self.warehouse, self.rules)
                self._stamp = stamp
            return self._items


def stamp_of(path: Path) -> tuple[int, int, int] | None:
    """What tells one published file from the next; None when there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


@lru_cache(maxsize=16)
def query(name: str) -> str:
    """The text of `queries/<name>.sql`."""
    return (_QUERIES / f"{name}.sql").read_text(encoding="utf-8")


def _read(warehouse: Path, rules: Rules) -> dict[str, Item]:
    with open_reading(warehouse) as con:
        nights = _nights(con, rules)
        rows = fetch_rows(con, query("items"), {"nights": nights, "row_count": rules.items_per_night})
    found: dict[str, Item] = {}
    for row in rows:
        table = row["label_table"]
        target_id = target_id_of(table, row)
        found[target_id] = Item(
            target_id=target_id,
            table=table,
            call_id=row["call_id"],
            night=row["night"],
            found=found_ids(table, row),
            sureness=row["sureness"],
            team=row["team"] or "",
            line=row["line_of_business"] or "",
        )
    return found


def _nights(con: Connection, rules: Rules) -> list[date]:
    bounded = rules.first is not None or rules.last is not None
    count = 10_000 if bounded else rules.night_count
    values = {"first": rules.first, "last": rules.last, "night_count": count}
    return [row["night"] for row in fetch_rows(con, query("nights"), values)]
