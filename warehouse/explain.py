"""Everything the warehouse knows about one call, table by table.

In: a connection and a call_id. Out: rows, and the versions of the rules that they name. Edge.
"""

import re
from typing import Any

from warehouse.connect import Connection, fetch_rows, quoted
from warehouse.errors import WarehouseError
from warehouse.schema import statement, tables

_CALL_COLUMN = re.compile(r"^ +call_id ", re.MULTILINE)


def rule_versions(con: Connection, call_id: str) -> dict[tuple[str, str], str]:
    """Return {(run_id, rule_id): version} of the rules that could find something in the call's night."""
    if "rule" not in _table_names(con):
        return {}
    rows = fetch_rows(con, statement("rule_versions"), {"call_id": call_id})
    return {(row["run_id"], row["rule_id"]): row["version"] for row in rows}


def rows_of_call(con: Connection, call_id: str) -> dict[str, list[dict[str, Any]]]:
    """Return {table: rows of the call} for every table with calls, empty tables included.

    Raises:
        WarehouseError: the warehouse knows neither the call nor a fault of it.
    """
    there = _table_names(con)  # a file of an older version lacks tables until the next night
    found = {
        spec.name: fetch_rows(
            con, statement("rows_of_call").replace("__table__", quoted(spec.name)), {"call_id": call_id}
        )
        for spec in tables()
        if _CALL_COLUMN.search(spec.ddl) and spec.name in there
    }
    if not any(found.values()):
        raise WarehouseError(
            f"仓库里没有通话 {call_id}。请核对编号，或先运行那一夜：huiting nightly --date 日期。"
        )
    return found


def _table_names(con: Connection) -> set[str]:
    return {str(row["table_name"]) for row in fetch_rows(con, statement("table_names"))}
