"""Everything the lake holds of given calls: found, counted, taken out. Edge.

In: a lake and call_ids. Out: stored calls; counts of rows per table. Every file of every table is looked at,
those of runs that never counted too, because a killed night's leftovers are traces as well. Files that hold
none of the calls are not touched; a file that does is replaced at once, so this may be repeated after a kill.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from warehouse.connect import DatabaseError, explained, fetch_rows, open_memory
from warehouse.lake import Lake
from warehouse.row_files import read_rows
from warehouse.row_removal import change_rows, count_rows, remove_all_rows, remove_rows
from warehouse.rows import Row
from warehouse.schema import lake_tables, statement

FAULTS, CASES, CLIPS = "run_failure", "library_case", "clip"
# What may stay of a night whose calls all went: how often what was found, by which rules, in how many calls.
ANONYMOUS_TABLES = frozenset({"run", "finding_count", "rule"})
_REDACTED = "*"


@dataclass(frozen=True, slots=True)
class StoredCall:
    """A call as one night has it; a call with a corrected recording may be there twice."""

    call_id: str
    night: date
    digest: str
    size_bytes: int
    file_count: int


@dataclass(frozen=True, slots=True)
class Sought:
    """What to look for among stored calls."""

    call_ids: frozenset[str] = frozenset()
    digests: frozenset[str] = frozenset()
    customer_keys: frozenset[str] = frozenset()


def find_calls(lake: Lake, sought: Sought) -> list[StoredCall]:
    """Return the stored calls with one of the ids, recordings or customers, in whichever run.

    Raises:
        WarehouseError: a file of `call` is damaged.
    """
    files = [str(path) for path in table_files(lake, "call")]
    if not files:
        return []
    given = {
        "files": files,
        "call_ids": sorted(sought.call_ids),
        "digests": sorted(sought.digests),
        "customer_keys": sorted(sought.customer_keys),
    }
    with open_memory() as memory:
        try:
            rows = fetch_rows(memory, statement("find_calls"), given)
        except DatabaseError as err:
            raise explained(err, lake.root / "call") from err
    return [
        StoredCall(r["call_id"], r["night"], r["recording_digest"], r["size_bytes"], r["file_count"])
        for r in rows
    ]


def calls_only_in(lake: Lake, nights: Collection[date]) -> frozenset[str]:
    """Return the calls that lie in these nights and in no other.

    Raises:
        WarehouseError: a file of `call` is damaged.
    """
    names = {_night_name(night) for night in nights}
    files = list(table_files(lake, "call"))
    going = [str(path) for path in files if path.parent.name in names]
    staying = [str(path) for path in files if path.parent.name not in names]
    if not going:
        return frozenset()
    if not staying:
        return frozenset(row["call_id"] for path in going for row in read_rows(Path(path), ["call_id"]))
    with open_memory() as memory:
        try:
            memory.execute(statement("calls_only_in"), {"going": going, "staying": staying})
            return frozenset(str(row[0]) for row in memory.fetchall())
        except DatabaseError as err:
            raise explained(err, lake.root / "call") from err


def table_files(lake: Lake, table: str = "*") -> Iterator[Path]:
    """Yield the files of a table, or of all of them, by night and run, whether the run counts or not."""
    yield from sorted(path for path in lake.root.glob(f"{table}/night=*/*.parquet") if _is_table(lake, path))


def clip_ids_of(lake: Lake, call_ids: Collection[str]) -> frozenset[str]:
    """Return the ids of all clips ever cut of some calls that a kept run lists.

    Raises:
        WarehouseError: a file is damaged.
    """
    wanted = sorted(call_ids)
    return frozenset(
        str(row["clip_id"])
        for path in table_files(lake, CLIPS)
        if count_rows(path, "call_id", wanted)
        for row in read_rows(path, ["clip_id"], wanted)
    )


def count_traces(lake: Lake, call_ids: Collection[str]) -> Counter[str]:
    """Return how many rows each table has of some calls, all runs together.

    Raises:
        WarehouseError: a file is damaged.
    """
    return _over_files(lake, lambda path: count_rows(path, "call_id", call_ids))


def remove_calls(lake: Lake, call_ids: Collection[str], names: Collection[str]) -> Counter[str]:
    """Take all rows of some calls out of all files; returns how many per table.

    `names` are the calls' names as faults of other calls may mention them: there they become stars. The other
    side of a comparison stays as a case of its own.

    Raises:
        WarehouseError: a file is damaged, or cannot be written.
    """
    special: dict[str, Callable[[Path], int]] = {
        FAULTS: lambda path: change_rows(path, lambda row: _without_mention(row, call_ids, names)),
        CASES: lambda path: _remove_cases(path, call_ids),
    }

    def remove(path: Path) -> int:
        table = path.parent.parent.name
        return special[table](path) if table in special else remove_rows(path, "call_id", call_ids)

    return _over_files(lake, remove)


def empty_night(lake: Lake, night: date) -> Counter[str]:
    """Take every call out of a night: one run stays, with its anonymous counts and empty tables.

    Returns how many rows went per table. Other runs of the night, and leftovers, go whole.

    Raises:
        WarehouseError: a file is damaged, or cannot be written.
    """
    lake.prune(night, keep=1)
    counts: Counter[str] = Counter()
    for spec in lake_tables():
        if spec.name not in ANONYMOUS_TABLES:
            for path in (lake.root / spec.name / _night_name(night)).glob("*.parquet"):
                counts[spec.name] += remove_all_rows(path)
    return counts


def remove_old_cases(lake: Lake, last_nights: Mapping[str, date]) -> int:
    """Take cases that their library keeps no longer out of all runs, with their clips; tells how many.

    `last_nights` tells of a library the last night that is too old; other libraries keep all.

    Raises:
        WarehouseError: a file is damaged, or cannot be written.
    """
    count = 0
    for path in table_files(lake, CASES):
        night = date.fromisoformat(path.parent.name.removeprefix("night="))
        old = {library for library, last in last_nights.items() if night <= last}
        rows = read_rows(path, ["case_id", "library_id"]) if old else []
        gone = {row["case_id"] for row in rows if row["library_id"] in old}
        if gone:
            clips = lake.table_path(CLIPS, night, path.stem)
            if clips.is_file():
                remove_rows(clips, "case_id", gone)  # first: a clip must have its case
            count += remove_rows(path, "case_id", gone)
    return count


def mentions(text: str, names: Collection[str]) -> bool:
    """Whether a sentence names one of `names`, not merely something that begins or ends alike."""
    return any(name in text for name in names) and _mention(names).search(text) is not None


def _over_files(lake: Lake, work: Callable[[Path], int]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for path in table_files(lake):
        counts[path.parent.parent.name] += work(path)
    return Counter({table: count for table, count in counts.items() if count})


def _is_table(lake: Lake, path: Path) -> bool:
    return not path.relative_to(lake.root).parts[0].startswith(("_", "."))


def _without_mention(row: Row, call_ids: Collection[str], names: Collection[str]) -> Row | None:
    if row["call_id"] in call_ids:
        return None
    changed = {
        name: _mention(names).sub(lambda found: _REDACTED * len(found.group()), row[name])
        for name in ("message", "file")
        if row[name] and mentions(row[name], names)
    }
    return row | changed


def _remove_cases(path: Path, call_ids: Collection[str]) -> int:
    """Cases of the calls go; the other side of their pairs is a pair no more. Counts what went."""
    count = count_rows(path, "call_id", call_ids)
    if count:
        gone = read_rows(path, ["pair_key"], sorted(call_ids))
        keys = {row["pair_key"] for row in gone if row["pair_key"]}
        change_rows(path, lambda row: _alone(row, call_ids, keys))
    return count


def _alone(row: Row, call_ids: Collection[str], pair_keys: Collection[str]) -> Row | None:
    if row["call_id"] in call_ids:
        return None
    return row | {"pair_key": None, "side": None} if row["pair_key"] in pair_keys else row


def _mention(names: Collection[str]) -> re.Pattern[str]:
    longest_first = sorted(names, key=lambda name: (-len(name), name))
    return re.compile(rf"(?<![A-Za-z0-9_-])(?:{'|'.join(map(re.escape, longest_first))})(?![A-Za-z0-9_-])")


def _night_name(night: date) -> str:
    return f"night={night.isoformat()}"
