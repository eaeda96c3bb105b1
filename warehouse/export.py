"""A table or mart as a file for people without SQL.

In: the warehouse, a name. Out: .xlsx, .csv or .parquet. Edge.
"""

import difflib
from pathlib import Path

from warehouse.connect import Connection, DatabaseError, explained, quoted
from warehouse.errors import WarehouseError
from warehouse.row_files import written_beside
from warehouse.schema import marts, statement, tables
from warehouse.sheets import Sheet, write_sheets

_MAX_SHEET_ROWS = 1_048_575  # what a spreadsheet holds below its header
_STATEMENTS = {".csv": "export_csv", ".parquet": "export_parquet"}


def export(con: Connection, name: str, path: Path) -> int:
    """Write all rows of table or mart `name` to `path`; the ending chooses the format. Returns the row count.

    Raises:
        WarehouseError: no such table or mart, no such format, or the file cannot be written.
    """
    known = [spec.name for spec in (*marts(), *tables())]
    if name not in known:
        near = "、".join(difflib.get_close_matches(name, known, n=3, cutoff=0.3) or known)
        raise WarehouseError(f"没有名为 {name} 的表或集市。最接近的是：{near}。")
    suffix = path.suffix.lower()
    if suffix not in (".xlsx", *_STATEMENTS):
        raise WarehouseError(f"--to {path.name}：不认识的格式 {suffix!r}，请用 .xlsx、.csv 或 .parquet。")
    count = _count(con, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    if suffix == ".xlsx":
        _write_sheet(con, name, path, count)
        return count
    with written_beside(path) as beside:
        try:
            sql = statement(_STATEMENTS[suffix]).replace("__table__", quoted(name))
            con.execute(sql, {"path": str(beside)})
        except DatabaseError as err:
            raise explained(err, path) from err
    return count


def table_counts(con: Connection) -> dict[str, int]:
    """Return {table: number of rows} of every table of the warehouse."""
    return {spec.name: _count(con, spec.name) for spec in tables()}


def _count(con: Connection, name: str) -> int:
    con.execute(statement("count_rows").replace("__table__", quoted(name)))
    return int(con.fetchall()[0][0])


def _write_sheet(con: Connection, name: str, path: Path, count: int) -> None:
    if count > _MAX_SHEET_ROWS:
        raise WarehouseError(
            f"{name} 有 {count} 行，超过一张工作表的 {_MAX_SHEET_ROWS} 行。请改用 .csv 或 .parquet。"
        )
    con.execute(statement("all_rows").replace("__table__", quoted(name)))
    columns = tuple(str(column[0]) for column in con.description or ())
    write_sheets(path, [Sheet(name, columns, tuple(con.fetchall()))])
