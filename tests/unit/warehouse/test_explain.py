"""Everything of one call, from whichever tables name calls; tables that name none are left alone."""

import pytest

from warehouse.connect import open_memory
from warehouse.errors import WarehouseError
from warehouse.explain import rows_of_call
from warehouse.schema import tables


def test_every_table_that_names_calls_is_asked_and_no_other():
    with open_memory() as con:
        for table in tables():
            con.execute(table.ddl)
        with pytest.raises(WarehouseError, match="没有通话 k1"):
            rows_of_call(con, "k1")
        con.execute(
            "INSERT INTO run_failure (night, run_id, call_id, file, reason, severity, message) "
            "VALUES (DATE '2026-11-20', 'r', 'k1', 'k1.wav', 'unreadable', 'failed', '读不出来')"
        )
        found = rows_of_call(con, "k1")
        named = "SELECT table_name FROM duckdb_columns() WHERE column_name = 'call_id'"
        assert found.keys() == {name for (name,) in con.execute(named).fetchall()}
        assert len(found["run_failure"]) == 1
