"""What a morning pack is chosen from and what it shows, read from the published warehouse. Edge.

In: a connection, libraries, labels. Out: problems, candidates, and views of the cases chosen.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from warehouse.case import Library
from warehouse.connect import Connection, fetch_rows
from warehouse.labels import Labels
from warehouse.pack.choice import Candidate
from warehouse.pack.plan import PackedView
from warehouse.pack.problems import Problem
from warehouse.pack.settings import PackSettings
from warehouse.pages.names import clip_file
from warehouse.pages.read import Row, Unit, chosen_units, read_units
from warehouse.pages.read import read_views as read_page_views
from warehouse.pages.settings import page_settings

QUERIES = Path(__file__).resolve().parent / "queries"
# Which group of labels names a problem of a kind; phrases name themselves.
LABEL_GROUPS = {
    "fault": "behaviour",
    "critical_error": "critical",
    "cause": "cause",
    "ability": "ability",
    "step": "step",
}


@dataclass(frozen=True, slots=True)
class Listed:
    """What the pages list: single cases and pairs."""

    units: tuple[Unit, ...]

    @property
    def rows(self) -> list[Row]:
        """One row per case."""
        return [row for unit in self.units for row in unit.rows]


@lru_cache(maxsize=16)
def query(name: str) -> str:
    """Return the text of `queries/<name>.sql`."""
    return (QUERIES / f"{name}.sql").read_text(encoding="utf-8")


def newest_night(con: Connection) -> date | None:
    """Return the newest night of the warehouse, None when it has no call."""
    return fetch_rows(con, query("nights"), {"night": date.min})[0]["newest"]


def has_night(con: Connection, night: date) -> bool:
    """Return whether any call of the night is in the warehouse."""
    return bool(fetch_rows(con, query("nights"), {"night": night})[0]["is_there"])


def read_teams(con: Connection, night: date, settings: PackSettings) -> tuple[str, ...]:
    """Return the teams that took calls in the nights that a pack of `night` may speak of."""
    rows = fetch_rows(con, query("teams"), _window(night, settings))
    return tuple(str(row["team"]) for row in rows)


def read_problems(
    con: Connection, night: date, team: str | None, settings: PackSettings, labels: Labels
) -> tuple[Problem, ...]:
    """Return a team's problems of the recent nights; of everybody when `team` is None."""
    rows = fetch_rows(con, query("problems"), _window(night, settings) | {"team": team})
    return tuple(_problem(row, labels) for row in rows)


def _window(night: date, settings: PackSettings) -> dict[str, Any]:
    return {
        "night": night,
        "recent_nights": settings.recent_nights,
        "before_nights": settings.before_nights,
    }


def _problem(row: dict[str, Any], labels: Labels) -> Problem:
    values = dict(row)
    phrase, kind = values.pop("phrase"), str(row["kind"])
    name = phrase or labels.of(LABEL_GROUPS.get(kind, kind), row["problem_id"])
    return Problem(name=name, **values)


def read_listed(con: Connection, libraries: Sequence[Library], night: date, case_nights: int) -> Listed:
    """Return what the pages list of the nights that end with `night`."""
    first = night - timedelta(days=case_nights)
    units = read_units(con, libraries)
    return Listed(tuple(unit for unit in units if all(first < row["night"] <= night for row in unit.rows)))


def read_candidates(con: Connection, listed: Listed, pages_dir: Path) -> tuple[Candidate, ...]:
    """Return the listed cases whose clip lies below `pages_dir`."""
    rows = [row for row in listed.rows if _has_sound(row, pages_dir)]
    traits: dict[str, dict[str, set[Any]]] = defaultdict(lambda: defaultdict(set))
    case_ids = [row["case_id"] for row in rows]
    span = fetch_rows(con, query("call_nights"), {"call_ids": sorted({row["call_id"] for row in rows})})[0]
    for trait in fetch_rows(con, query("case_traits"), span | {"case_ids": case_ids}):
        if trait["name"] is not None:
            value = (trait["kind"], trait["name"]) if trait["trait"] == "problem" else trait["name"]
            traits[trait["case_id"]][trait["trait"]].add(value)
    return tuple(_candidate(row, traits[row["case_id"]]) for row in rows)


def _has_sound(row: Mapping[str, Any], pages_dir: Path) -> bool:
    file = clip_file(row["clip_file"])
    return bool(file) and (pages_dir / file).is_file()


def _candidate(row: Mapping[str, Any], traits: Mapping[str, Collection[Any]]) -> Candidate:
    return Candidate(
        case_id=row["case_id"],
        call_id=row["call_id"],
        library_id=row["library_id"],
        night=row["night"],
        rank=row["rank"],
        clip_s=round(row["clip_end_s"] - row["clip_start_s"], 3),
        team=row["team"],
        agent_id=row["agent_id"],
        causes=frozenset(traits.get("cause", ())),
        problems=frozenset(traits.get("problem", ())),
        shown=frozenset(traits.get("shown", ())),
        pair_key=row["pair_key"],
        side=row["side"],
    )


def read_views(
    con: Connection, listed: Listed, case_ids: Sequence[str], libraries: Sequence[Library], labels: Labels
) -> dict[str, PackedView]:
    """Return what pages show of the given listed cases, by case id."""
    chosen = chosen_units(listed.units, case_ids)
    shown = read_page_views(con, chosen, libraries, labels, page_settings())
    return {
        str(row["case_id"]): PackedView(view, f"{each.unit.link}.html")
        for each in shown
        for row, view in zip(each.unit.rows, each.views, strict=True)
    }


def read_said(con: Connection, case_ids: Sequence[str]) -> list[dict[str, Any]]:
    """Return phrases said in the clips of cases, with what to say instead."""
    return fetch_rows(con, query("said"), {"case_ids": list(case_ids)})
