"""Everything the pages show, read from the published warehouse in a few large queries. Edge.

In: a connection, libraries, labels. Out: units of cases, case views, and rows for the overview.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from warehouse.case import Library
from warehouse.connect import Connection, fetch_rows
from warehouse.labels import Labels
from warehouse.pages.names import page_id
from warehouse.pages.pair_view import PairClips, StepRow, step_rows
from warehouse.pages.settings import PageSettings
from warehouse.pages.views import CallRows, CaseView, case_view, clip_span, with_hidden_agent
from warehouse.pairs import PlaceWeights, pair_steps

QUERIES = Path(__file__).resolve().parent / "queries"
UNITS_AT_ONCE = 200  # cases or pairs whose turns are read by one query
_PER_CALL = {
    "turns": "case_turns",
    "marks": "case_marks",
    "masks": "case_masks",
    "causes": "case_causes",
    "scores": "case_scores",
    "parts": "case_score_parts",
    "clips": "case_clips",
}

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Unit:
    """One thing to listen to: a case (one row of `queries/cases.sql`) or a pair (two, the bad side first).

    `link` is its page from the site's root without .html; `before` and `after` are its neighbours in the
    library's list, "" at an end.
    """

    link: str
    rows: tuple[Row, ...]
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A unit with the views of its rows, and for a pair both sides along the five steps."""

    unit: Unit
    views: tuple[CaseView, ...]
    steps: tuple[StepRow, ...]


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


def read_cause_trend(con: Connection, night_count: int) -> list[dict[str, Any]]:
    """Return per night and top cause how many calls named it (`queries/cause_trend.sql`), oldest first."""
    return fetch_rows(con, query("cause_trend"), {"night_count": night_count})


def read_units(con: Connection, libraries: Sequence[Library]) -> list[Unit]:
    """Return what is listed: the library exists and its retention has not passed, newest night first.

    Age counts from the newest night of the warehouse, so that an idle centre keeps its cases.
    """
    by_id = {library.library_id: library for library in libraries}
    newest = max((row["night"] for row in read_nights(con, 1)), default=None)
    if newest is None:
        return []
    rows = [
        row
        for row in fetch_rows(con, query("cases"))
        if row["library_id"] in by_id
        and row["night"] > newest - timedelta(days=by_id[row["library_id"]].retention_days)
    ]
    return _in_order(_units(rows))


def chosen_units(units: Sequence[Unit], case_ids: Sequence[str]) -> list[Unit]:
    """Return what is left of `units` when only some cases are chosen, in their order, with new neighbours."""
    places = {case_id: place for place, case_id in reversed(list(enumerate(case_ids)))}
    chosen = _units([row for unit in units for row in unit.rows if row["case_id"] in places])
    chosen.sort(key=lambda unit: min(places[row["case_id"]] for row in unit.rows))
    return _linked(chosen)


def read_views(
    con: Connection,
    units: Sequence[Unit],
    libraries: Sequence[Library],
    labels: Labels,
    settings: PageSettings,
) -> Iterator[Shown]:
    """Yield each unit with everything its pages show."""
    by_id = {library.library_id: library for library in libraries}
    for start in range(0, len(units), UNITS_AT_ONCE):
        chunk = units[start : start + UNITS_AT_ONCE]
        calls = _read_calls(con, sorted({row["call_id"] for unit in chunk for row in unit.rows}))
        for unit in chunk:
            views = tuple(
                case_view(row, calls[row["call_id"]], by_id[row["library_id"]], labels, settings)
                for row in unit.rows
            )
            yield Shown(unit, views, _steps(unit, calls, by_id, labels, settings))


def _steps(
    unit: Unit,
    calls: Mapping[str, CallRows],
    libraries: Mapping[str, Library],
    labels: Labels,
    settings: PageSettings,
) -> tuple[StepRow, ...]:
    if len(unit.rows) != 2:
        return ()
    bad, good = (
        with_hidden_agent(calls[row["call_id"]], row, libraries[row["library_id"]]) for row in unit.rows
    )
    steps = pair_steps(good, bad, PlaceWeights(min_confidence=settings.likely))
    return step_rows(steps, PairClips(*(clip_span(row) for row in unit.rows)), labels)


def _units(rows: Sequence[Row]) -> list[Unit]:
    """Join the two sides of each pair; a side whose twin is gone (forgotten, retired) is a single case."""
    sides: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row["pair_key"] is not None:
            sides[f"{row['library_id']}/{row['pair_key']}"].append(row)
    units: list[Unit] = []
    done: set[str] = set()
    for row in rows:
        key = f"{row['library_id']}/{row['pair_key']}"
        both = sides.get(key, []) if row["pair_key"] is not None else []
        if len(both) != 2:
            units.append(Unit(f"case/{page_id(row['case_id'])}", ({**row, "pair_key": None},)))
        elif key not in done:
            done.add(key)
            ordered = sorted(both, key=lambda side: (side["side"] or "", side["case_id"]))
            units.append(Unit(f"pair/{page_id(both[0]['pair_key'])}", tuple(ordered)))
    return units


def _in_order(units: Sequence[Unit]) -> list[Unit]:
    """Return units library by library, newest night first, best first within it, with their neighbours."""
    shelves: dict[str, list[Unit]] = defaultdict(list)
    for unit in units:
        shelves[unit.rows[0]["library_id"]].append(unit)
    return [
        unit
        for shelf in shelves.values()
        for unit in _linked(
            sorted(shelf, key=lambda u: (-u.rows[0]["night"].toordinal(), u.rows[0]["rank"], u.link))
        )
    ]


def _linked(units: Sequence[Unit]) -> list[Unit]:
    links = ["", *(unit.link for unit in units), ""]
    return [
        replace(unit, before=before, after=after)
        for unit, before, after in zip(units, links, links[2:], strict=False)
    ]


def _read_calls(con: Connection, call_ids: list[str]) -> dict[str, CallRows]:
    found: dict[str, dict[str, list[dict[str, Any]]]] = defaultdict(lambda: {name: [] for name in _PER_CALL})
    for name, query_name in _PER_CALL.items():
        for row in fetch_rows(con, query(query_name), {"call_ids": call_ids}):
            found[row["call_id"]][name].append(row)
    return {call_id: CallRows(**found[call_id]) for call_id in call_ids}
