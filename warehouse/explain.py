"""Everything the warehouse knows about one call, table by table.

In: a connection and a call_id. Out: rows. Edge.
"""

from typing import Any

from warehouse.connect import Connection, fetch_rows, quoted
from warehouse.errors import WarehouseError
from warehouse.schema import statement, table_spec, tables


def rows_of_call(con: Connection, call_id: str) -> dict[str, list[dict[str, Any]]]:
    """Return {table: rows of the call} for every table with calls, empty tables included.

    Raises:
        WarehouseError: the warehouse knows neither the call nor a fault of it.
    """
    found = {
        spec.name: fetch_rows(
            con, statement("rows_of_call").replace("__table__", quoted(spec.name)), {"call_id": call_id}
        )
        for spec in tables()
        if "call_id" in table_spec(spec.name).ddl
    }
    if not any(found.values()):
        raise WarehouseError(
            f"仓库里没有通话 {call_id}。请核对编号，或先运行那一夜：huiting nightly --date 日期。"
        )
    return found
