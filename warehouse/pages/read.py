"""Everything the pages show, read from the published warehouse in a few large queries. Edge.

In: a connection, libraries, labels. Out: case views, and rows for the overview.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from warehouse.case import Library
from warehouse.connect import Connection, fetch_rows
from warehouse.labels import Labels
from warehouse.pages.views import CallRows, CaseView, case_view

QUERIES = Path(__file__).resolve().parent / "queries"
CASES_AT_ONCE = 200  # calls whose turns are read by one query
_PER_CALL = {"turns": "case_turns", "marks": "case_marks", "masks": "case_masks", "causes": "case_causes"}


@lru_cache(maxsize=32)
def query(name: str) -> str:
    """Return the text of `queries/<name>.sql`."""
    return (QUERIES / f"{name}.sql").read_text(encoding="utf-8")


def read_nights(con: Connection, night_count: int) -> list[dict[str, Any]]:
    """Return the last nights' counts, newest first (`queries/nights.sql`)."""
    return fetch_rows(con, query("nights"), {"night_count": night_count})


def read_night(con: Connection, name: str, night: date) -> list[dict[str, Any]]:
    """Return the rows of one of the queries `night_causes`, `night_taboo`, `night_escalations`."""
    return fetch_rows(con, query(name), {"night": night})


def read_cases(con: Connection, libraries: Sequence[Library], labels: Labels) -> Iterator[CaseView]:
    """Yield the cases that are listed: their library exists and its retention has not passed.

    Age counts from the newest night of the warehouse, so that an idle centre keeps its cases.
    """
    by_id = {library.library_id: library for library in libraries}
    rows = [row for row in fetch_rows(con, query("cases")) if row["library_id"] in by_id]
    newest = max((row["night"] for row in read_nights(con, 1)), default=None)
    if newest is None:
        return
    kept = iter(
        row for row in rows if row["night"] > newest - timedelta(days=by_id[row["library_id"]].retention_days)
    )
    while chunk := list(islice(kept, CASES_AT_ONCE)):
        calls = _read_calls(con, sorted({row["call_id"] for row in chunk}))
        for row in chunk:
            yield case_view(row, calls[row["call_id"]], by_id[row["library_id"]], labels)


def _read_calls(con: Connection, call_ids: list[str]) -> dict[str, CallRows]:
    found: dict[str, dict[str, list[dict[str, Any]]]] = defaultdict(lambda: {name: [] for name in _PER_CALL})
    for name, query_name in _PER_CALL.items():
        for row in fetch_rows(con, query(query_name), {"call_ids": call_ids}):
            found[row["call_id"]][name].append(row)
    return {call_id: CallRows(**found[call_id]) for call_id in call_ids}
