"""Data checks: every `tables/*/checks.sql` and `marts/*/checks.sql` run over a build file.

In: a connection, and which nights to look at. Out: one result per check. Edge.

A check is a SELECT of offending rows under a header line `-- check NAME fail|warn: what it means, in
Chinese`. It may ask the temporary table `checked_night (night)` which nights are new.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any

from warehouse.connect import Connection, DatabaseError, fetch_rows
from warehouse.errors import CheckFailed, WarehouseError
from warehouse.schema import marts, statement, tables

_HEADER = re.compile(r"^-- check (?P<name>[a-z0-9_]+) (?P<level>fail|warn): (?P<message>.+)$", re.MULTILINE)
_SHOWN_VALUE_CHARS = 40


class CheckLevel(StrEnum):
    """What an offending row does: `fail` stops publishing, `warn` is reported."""

    FAIL = "fail"
    WARN = "warn"


@dataclass(frozen=True, slots=True)
class Check:
    """One check of a table or mart: `sql` selects the rows that offend, `message` says so in Chinese."""

    subject: str
    name: str
    level: CheckLevel
    message: str
    sql: str


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a check found: how many rows offend, and some of them as column=value texts."""

    check: Check
    row_count: int
    examples: tuple[str, ...]

    @property
    def is_ok(self) -> bool:
        return self.row_count == 0

    @property
    def stops_publishing(self) -> bool:
        return self.row_count > 0 and self.check.level is CheckLevel.FAIL


@lru_cache(maxsize=1)
def checks() -> tuple[Check, ...]:
    """All checks, by table and mart.

    Raises:
        WarehouseError: when a checks.sql has no check, or SQL without a header.
    """
    return tuple(check for spec in (*tables(), *marts()) for check in parse_checks(spec.name, spec.checks))


def parse_checks(subject: str, text: str) -> tuple[Check, ...]:
    """The checks of one checks.sql.

    Raises:
        WarehouseError: when it has no check, SQL before the first header, or a name twice.
    """
    pieces = _HEADER.split(text)  # text before, then name, level, message, sql for each header
    lead = [line for line in pieces[0].splitlines() if line.strip() and not line.startswith("--")]
    if len(pieces) == 1 or lead:
        raise WarehouseError(
            f"{subject}/checks.sql: each SELECT needs a line '-- check NAME fail|warn: MESSAGE' above"
        )
    found = tuple(
        Check(subject, name, CheckLevel(level), message.strip(), sql.strip().rstrip(";"))
        for name, level, message, sql in zip(
            pieces[1::4], pieces[2::4], pieces[3::4], pieces[4::4], strict=True
        )
    )
    if len({check.name for check in found}) < len(found):
        raise WarehouseError(f"{subject}/checks.sql: a check's name is there twice; give each its own")
    return found


def run_checks(con: Connection, nights: Sequence[date] | None = None) -> tuple[CheckResult, ...]:
    """Run all checks; `nights` are those just loaded (None: all nights), older ones were checked before.

    Raises:
        WarehouseError: when a check's SQL does not run.
    """
    con.execute(statement("make_checked_night"))
    if nights is None:
        con.execute(statement("check_all_nights"))
    else:
        con.execute(statement("check_nights"), {"nights": list(nights)})
    return tuple(_run(con, check) for check in checks())


def require_ok(results: Sequence[CheckResult]) -> None:
    """Stop publishing when a check of level `fail` found rows.

    Raises:
        CheckFailed: naming every such check, what it means and some rows.
    """
    bad = [result for result in results if result.stops_publishing]
    if bad:
        lines = "\n".join(shown(result) for result in bad)
        raise CheckFailed(f"{len(bad)} 项数据检查未通过,没有发布:\n{lines}")


def shown(result: CheckResult) -> str:
    """One result as a line for people, in Chinese."""
    check = result.check
    examples = f" 例:{' | '.join(result.examples)}" if result.examples else ""
    return f"[{check.level}] {check.subject}.{check.name}: {check.message} ({result.row_count} 行){examples}"


def _run(con: Connection, check: Check) -> CheckResult:
    try:
        rows = fetch_rows(con, statement("offending_rows").replace("__check__", check.sql))
    except DatabaseError as err:
        raise WarehouseError(f"check {check.subject}.{check.name}: its SQL does not run: {err}") from err
    count = int(rows[0]["offending_count"]) if rows else 0
    return CheckResult(check, count, tuple(_shown_row(row) for row in rows))


def _shown_row(row: dict[str, Any]) -> str:
    shown_values = (
        f"{name}={str(value)[:_SHOWN_VALUE_CHARS]}"
        for name, value in row.items()
        if name != "offending_count"
    )
    return ", ".join(shown_values)
