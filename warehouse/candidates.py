"""What a library's select.sql offers, and what is known of the calls in it.

In: a connection to the warehouse being built, a library. Out: checked rows and facts of calls. Edge: reads
the warehouse.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from warehouse.case import Library, Why
from warehouse.connect import Connection, DatabaseError, fetch_rows
from warehouse.errors import LibraryInvalid

CASES_DIR = Path(__file__).resolve().parent / "cases"
COLUMNS: frozenset[str] = frozenset(
    ("call_id", "score", "reason", "focus_start_s", "focus_end_s", "pair_key", "side")
)
# What a select.sql may tell besides: `why` point by point, `matter` what the case shows (a phrase, a fault).
OPTIONAL: frozenset[str] = frozenset(("why", "matter"))
WHY_KEYS = frozenset(("kind", "label_id", "value", "points"))
SIDES = frozenset((None, "good", "bad"))
_PARAMETER = re.compile(r"\$([a-z][a-z0-9_]*)")
_COMMENT = re.compile(r"--[^\n]*")


@dataclass(frozen=True, slots=True)
class Offer:
    """One row of a select.sql. Seconds of the recording; see `Case` for what they mean."""

    call_id: str
    score: float
    reason: str
    focus_start_s: float
    focus_end_s: float
    pair_key: str | None
    side: str | None
    matter: str | None
    why: tuple[Why, ...]


@dataclass(frozen=True, slots=True)
class Complaint:
    """What a customer complains of, and how sure that is (0..1)."""

    top_cause: str
    sub_cause: str | None
    confidence: float


@dataclass(frozen=True, slots=True)
class CallFacts:
    """What tells one call from another; `causes` are the customer's own, the surest first."""

    call_id: str
    night: date
    call_date: date
    recording_digest: str
    customer_key: str | None
    agent_id: str | None
    team: str | None
    line_of_business: str | None
    causes: tuple[Complaint, ...]
    customer_types: frozenset[str]


def read_offers(con: Connection, library: Library, night: date, lookback_nights: int) -> list[Offer]:
    """Return what the library's select.sql offers for `night`, in its order.

    Raises:
        LibraryInvalid: it does not run, or returns other columns or values than a case has.
    """
    given: dict[str, object] = {
        "night": night,
        "lookback_nights": lookback_nights,
        "quota": library.quota,
        "candidates": library.quota * library.candidates_per_case,
        "confidence": library.floors.confidence,
        "role_confidence": library.floors.role_confidence,
        **library.numbers,
    }
    named = set(_PARAMETER.findall(_COMMENT.sub("", library.select_sql)))
    where = f"cases/{library.library_id}/select.sql"
    if missing := sorted(named - given.keys()):
        raise LibraryInvalid(
            f"{where}: 用到了 ${', $'.join(missing)}，但 library.yaml 的 numbers 里没有给值，请补上"
        )
    try:
        rows = fetch_rows(con, library.select_sql, {name: given[name] for name in named})
        columns = {str(column[0]) for column in con.description or ()}
    except DatabaseError as err:
        raise LibraryInvalid(f"{where}: 查询无法执行, 请改正: {err}") from err
    odd = "、".join(sorted((columns ^ COLUMNS) - OPTIONAL))
    if odd:
        raise LibraryInvalid(f"{where}: 返回的列与案例不符: {odd}; 需要 {', '.join(sorted(COLUMNS))}")
    return [_offer(where, row, library.selection) for row in rows]


def read_facts(con: Connection, offers: Sequence[Offer], library: Library) -> dict[str, CallFacts]:
    """Return what is known of every offered call, by call_id.

    Raises:
        LibraryInvalid: an offered call is not in the warehouse.
    """
    call_ids = sorted({offer.call_id for offer in offers})
    nights = {row["call_id"]: row["night"] for row in _fetch(con, "call_nights", {"call_ids": call_ids})}
    for call_id in call_ids:
        if call_id not in nights:
            raise LibraryInvalid(f"cases/{library.library_id}/select.sql: 通话 {call_id} 不在表 call 中")
    given = {
        "call_ids": call_ids,
        "nights": sorted(set(nights.values())),
        "confidence": library.floors.confidence,
    }
    return {row["call_id"]: _facts(row) for row in _fetch(con, "call_facts", given)}


def read_texts(
    con: Connection, offers: Sequence[Offer], facts: Mapping[str, CallFacts], lead_s: float
) -> dict[str, str]:
    """Return what is said in each offer's moment and `lead_s` seconds before and after it, by call_id."""
    given = {
        "call_ids": [offer.call_id for offer in offers],
        "starts_s": [offer.focus_start_s - lead_s for offer in offers],
        "ends_s": [offer.focus_end_s + lead_s for offer in offers],
        "nights": sorted({facts[offer.call_id].night for offer in offers}),
    }
    return {row["call_id"]: row["text"] for row in _fetch(con, "focus_texts", given)}


def read_retired(con: Connection) -> frozenset[tuple[str, str]]:
    """Return (call_id, library_id) of every case that people judged wrong."""
    return frozenset((row["call_id"], row["library_id"]) for row in _fetch(con, "retired", {}))


def _fetch(con: Connection, name: str, given: dict[str, Any]) -> list[dict[str, Any]]:
    return fetch_rows(con, (CASES_DIR / f"{name}.sql").read_text(encoding="utf-8"), given)


def _offer(where: str, row: dict[str, Any], selection: str) -> Offer:
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
    _check_side(where, row, selection)
    return Offer(
        call_id=str(row["call_id"]),
        score=float(row["score"]),
        reason=str(row["reason"]),
        focus_start_s=float(row["focus_start_s"]),
        focus_end_s=float(row["focus_end_s"]),
        pair_key=None if row["pair_key"] is None else str(row["pair_key"]),
        side=row["side"],
        matter=row.get("matter"),
        why=tuple(_why(where, str(row["call_id"]), point) for point in row.get("why") or ()),
    )


def _check_side(where: str, row: dict[str, Any], selection: str) -> None:
    if selection == "pairs":
        if row["side"] is None or row["side"] not in SIDES or row["pair_key"] is not None:
            raise LibraryInvalid(
                f"{where}: 通话 {row['call_id']}: selection 为 pairs 时 side 只能是 good 或 bad，"
                "pair_key 为空，由程序配对"
            )
    elif row["side"] not in SIDES or (row["pair_key"] is None) != (row["side"] is None):
        raise LibraryInvalid(
            f"{where}: 通话 {row['call_id']}: side 只能是 good 或 bad, 并与 pair_key 同时给出"
        )


def _why(where: str, call_id: str, point: object) -> Why:
    if not isinstance(point, dict) or point.keys() != WHY_KEYS or None in (point["kind"], point["label_id"]):
        raise LibraryInvalid(
            f"{where}: 通话 {call_id}: why 的每一项需要 {', '.join(sorted(WHY_KEYS))}，"
            "且 kind、label_id 不能为空"
        )
    value, points = point["value"], point["points"]
    return Why(
        str(point["kind"]),
        str(point["label_id"]),
        None if value is None else round(float(value), 4),
        None if points is None else round(float(points), 4),
    )


def _facts(row: dict[str, Any]) -> CallFacts:
    return CallFacts(
        call_id=row["call_id"],
        night=row["night"],
        call_date=row["call_date"],
        recording_digest=row["recording_digest"],
        customer_key=row["customer_key"],
        agent_id=row["agent_id"],
        team=row["team"],
        line_of_business=row["line_of_business"],
        causes=tuple(Complaint(**cause) for cause in row["causes"]),
        customer_types=frozenset(row["customer_types"]),
    )
