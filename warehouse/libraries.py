"""Which calls of a night go into which case library.

In: the libraries' folders and a connection to the warehouse being built. Out: `Library` and `Case` shapes.
Edge: reads files (through `library_file`) and the warehouse. A library is a folder: one more changes no code.
"""

import hashlib
from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from warehouse.case import Case, Library
from warehouse.connect import Connection, DatabaseError, fetch_rows
from warehouse.errors import LibraryInvalid
from warehouse.labels import Labels, load_labels
from warehouse.library_file import load_libraries

__all__ = ["CASES_DIR", "load_libraries", "select_cases"]

LOOKBACK_NIGHTS = 30
CASES_DIR = Path(__file__).resolve().parent / "cases"
COLUMNS: frozenset[str] = frozenset(
    ("call_id", "score", "reason", "focus_start_s", "focus_end_s", "pair_key", "side")
)
SIDES = frozenset((None, "good", "bad"))


def select_cases(
    con: Connection,
    libraries: tuple[Library, ...],
    night: date,
    labels: Labels | None = None,
    lookback_nights: int = LOOKBACK_NIGHTS,
) -> tuple[Case, ...]:
    """Return the cases of `night`, in the order of `libraries`, best first within each.

    `lookback_nights` is how many nights, `night` the last of them, a pair's other side may come from.

    Ids are the same whenever library, call, recording and pair are the same.

    Raises:
        LibraryInvalid: a select.sql does not run, or returns other columns or values than a case has.
    """
    labels = labels or load_labels()
    digests = _digests(con)
    retired = _retired(con)
    cases: list[Case] = []
    for library in libraries:
        rows = _run(con, library, {"night": night, "lookback_nights": lookback_nights})
        rows = _without_retired(rows, library.library_id, retired)
        cases.extend(_to_case(row, rank, library, digests, labels) for rank, row in _ranked(rows))
        _check_pairs(library, cases)
    return tuple(cases)


def _run(con: Connection, library: Library, given: Mapping[str, object]) -> list[dict[str, Any]]:
    wanted = {**given, "quota": library.quota}
    bound = {name: value for name, value in wanted.items() if f"${name}" in library.select_sql}
    where = f"cases/{library.library_id}/select.sql"
    try:
        rows = fetch_rows(con, library.select_sql, bound)
        columns = {str(column[0]) for column in con.description or ()}
    except DatabaseError as err:
        raise LibraryInvalid(f"{where}: 查询无法执行, 请改正: {err}") from err
    odd = "、".join(sorted(columns ^ COLUMNS))
    if odd:
        raise LibraryInvalid(f"{where}: 返回的列与案例不符: {odd}; 需要 {', '.join(sorted(COLUMNS))}")
    for row in rows:
        _check_row(where, row)
    return rows


def _check_row(where: str, row: dict[str, Any]) -> None:
    missing = [
        name for name in ("call_id", "score", "reason", "focus_start_s", "focus_end_s") if row[name] is None
    ]
    if missing:
        raise LibraryInvalid(f"{where}: 通话 {row['call_id']}: {', '.join(missing)} 为空, 每个案例都需要")
    if not 0 <= row["focus_start_s"] <= row["focus_end_s"]:
        raise LibraryInvalid(
            f"{where}: 通话 {row['call_id']}: 需要 0 <= focus_start_s <= focus_end_s, "
            f"得到 {row['focus_start_s']}, {row['focus_end_s']}"
        )
    if row["side"] not in SIDES or (row["pair_key"] is None) != (row["side"] is None):
        raise LibraryInvalid(
            f"{where}: 通话 {row['call_id']}: side 只能是 good 或 bad, 并与 pair_key 同时给出"
        )


def _ranked(rows: list[dict[str, Any]]) -> list[tuple[int, dict[str, Any]]]:
    """Return (rank, row): 1 is best; the two sides of a pair share a rank."""
    ranked: list[tuple[int, dict[str, Any]]] = []
    seen: dict[str, int] = {}
    for row in rows:
        key = row["pair_key"] or f"{len(ranked)}:{row['call_id']}"
        ranked.append((seen.setdefault(key, len(seen) + 1), row))
    return ranked


def _to_case(
    row: dict[str, Any], rank: int, library: Library, digests: dict[str, str], labels: Labels
) -> Case:
    call_id = str(row["call_id"])
    digest = digests.get(call_id)
    if digest is None:
        raise LibraryInvalid(f"cases/{library.library_id}/select.sql: 通话 {call_id} 不在表 call 中")
    pair = row["pair_key"]
    return Case(
        case_id=_short_id(library.library_id, call_id, digest, str(pair)),
        library_id=library.library_id,
        call_id=call_id,
        rank=rank,
        score=round(float(row["score"]), 4),
        reason=labels.fill(str(row["reason"])),
        focus_start_s=float(row["focus_start_s"]),
        focus_end_s=float(row["focus_end_s"]),
        pair_key=None if pair is None else _short_id(library.library_id, str(pair)),
        side=row["side"],
    )


def _check_pairs(library: Library, cases: list[Case]) -> None:
    sides = sorted(
        (c.pair_key, str(c.side)) for c in cases if c.library_id == library.library_id and c.pair_key
    )
    keys = {key for key, _ in sides}
    if len(sides) != 2 * len(keys) or any(a == b for a, b in pairwise(sides)):
        raise LibraryInvalid(
            f"cases/{library.library_id}/select.sql: 每个 pair_key 需要恰好一行 good 和一行 bad"
        )


def _digests(con: Connection) -> dict[str, str]:
    sql = (CASES_DIR / "digests.sql").read_text(encoding="utf-8")
    return {str(row["call_id"]): str(row["recording_digest"]) for row in fetch_rows(con, sql)}


def _retired(con: Connection) -> frozenset[tuple[str, str]]:
    """Return (call_id, library_id) of every case that people judged wrong."""
    sql = (CASES_DIR / "retired.sql").read_text(encoding="utf-8")
    return frozenset((str(row["call_id"]), str(row["library_id"])) for row in fetch_rows(con, sql))


def _without_retired(
    rows: list[dict[str, Any]], library_id: str, retired: frozenset[tuple[str, str]]
) -> list[dict[str, Any]]:
    """Return the rows whose call, and whose pair's other call, nobody took out of the library."""
    out = {(row["call_id"], row["pair_key"]) for row in rows if (row["call_id"], library_id) in retired}
    calls = {call_id for call_id, _ in out}
    pairs = {pair for _, pair in out} - {None}
    return [row for row in rows if row["call_id"] not in calls and row["pair_key"] not in pairs]


def _short_id(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]
