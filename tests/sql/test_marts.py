"""Every mart against its cases: given rows in tables, expected rows in the view.

A case is a folder `<mart>/<case>/` with `given_<table>.yaml` (lists of rows; columns left out get a harmless
value) and `expect.yaml` (all rows of the mart, only the columns that the case is about).
"""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from warehouse.checks import run_checks
from warehouse.connect import fetch_rows, open_memory
from warehouse.schema import marts, tables

HERE = Path(__file__).parent
CASES = sorted(path.parent for path in HERE.glob("*/*/expect.yaml"))
HARMLESS = {
    "VARCHAR": "x",
    "DATE": date(2026, 11, 20),
    "DOUBLE": 0.0,
    "INTEGER": 0,
    "BIGINT": 0,
    "BOOLEAN": False,
    "TIMESTAMP": datetime(2026, 11, 20),
}


def load(path: Path) -> list[dict[str, Any]]:
    return yaml.safe_load(path.read_text(encoding="utf-8")) or []


def given(con, table: str, rows: list[dict[str, Any]]) -> None:
    columns = fetch_rows(
        con,
        "SELECT column_name, data_type, is_nullable FROM duckdb_columns() WHERE table_name = $table",
        {"table": table},
    )
    known = {column["column_name"] for column in columns}
    for row in rows:
        assert not row.keys() - known, f"{table} has no column {row.keys() - known}"
        full = {
            column["column_name"]: None if column["is_nullable"] else HARMLESS.get(column["data_type"], [])
            for column in columns
        } | row
        names = ", ".join(full)
        marks = ", ".join("?" for _ in full)
        con.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(full.values()))  # noqa: S608


def rounded(value: Any) -> Any:
    return round(value, 6) if isinstance(value, float) else value


@pytest.fixture
def con():
    with open_memory() as memory:
        for spec in (*tables(), *marts()):
            memory.execute(spec.ddl)
        yield memory


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}-{case.name}")
def test_mart_shows_what_the_case_expects(con, case):
    for path in sorted(case.glob("given_*.yaml")):
        given(con, path.stem.removeprefix("given_"), load(path))
    expected = load(case / "expect.yaml")
    shown = fetch_rows(con, f"FROM {case.parent.name}")
    columns = list(expected[0]) if expected else []
    assert all(list(row) == columns for row in expected), "all expected rows need the same columns"
    as_expected = [{name: rounded(row[name]) for name in columns} for row in shown]
    assert sorted(map(repr, as_expected)) == sorted(
        repr({name: rounded(value) for name, value in row.items()}) for row in expected
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}-{case.name}")
def test_mart_passes_its_own_checks(con, case):
    for path in sorted(case.glob("given_*.yaml")):
        given(con, path.stem.removeprefix("given_"), load(path))
    results = [result for result in run_checks(con) if result.check.subject == case.parent.name]
    assert results
    assert [result for result in results if result.stops_publishing] == []


def test_every_mart_has_a_case():
    tested = {case.parent.name for case in CASES}
    assert {mart.name for mart in marts()} == tested
