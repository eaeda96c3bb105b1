"""The data dictionary: every table, mart and column with its comment, as Markdown.

In: the DDL of tables and marts. Out: the text of docs/data_dictionary.md. Edge (an in-memory database reads
the DDL, so that the dictionary says what the warehouse itself will say).
"""

from collections.abc import Sequence

from warehouse.connect import Connection, fetch_rows, open_memory
from warehouse.errors import WarehouseError
from warehouse.schema import marts, statement, tables

_HEAD = """# Data dictionary

Generated from `warehouse/tables/*/table.sql` and `warehouse/marts/*/view.sql`; change those, then run
`huiting dictionary`. The same comments are in the warehouse itself: `SELECT * FROM duckdb_columns()`.

Times ending in `_s` are seconds, ratios and confidences 0 to 1, `_at` is UTC, `call_date` the local business
day, `night` the date of the drop folder. Spans are half-open. What is unknown is null.
"""


_HEADINGS = {"column_name": "column", "type": "type", "is_null": "null", "comment": "meaning"}
_TABLE_KEYS = ("column_name", "type", "is_null", "comment")
# A view's columns may all be null as far as the database knows: there the comment tells.
_MART_KEYS = ("column_name", "type", "comment")


def dictionary_markdown() -> str:
    """The whole dictionary: marts first, because analysts start there.

    Raises:
        WarehouseError: when a table, mart or column has no comment.
    """
    with open_memory() as memory:
        for spec in (*tables(), *marts()):
            memory.execute(spec.ddl)
        mart_parts = [
            _section(memory, mart.name, _MART_KEYS) for mart in sorted(marts(), key=lambda mart: mart.name)
        ]
        table_parts = [_section(memory, spec.name, _TABLE_KEYS) for spec in tables()]
    return "\n".join([_HEAD, "## Marts\n", *mart_parts, "## Tables\n", *table_parts]).rstrip() + "\n"


def _section(memory: Connection, name: str, keys: Sequence[str]) -> str:
    relation = fetch_rows(memory, statement("relation_comment"), {"name": name})[0]
    columns = fetch_rows(memory, statement("column_comments"), {"name": name})
    if not relation["comment"]:
        raise WarehouseError(f"{name}: no COMMENT ON it; say what one row is")
    for column in columns:
        if not column["comment"]:
            missing = f"{name}.{column['column_name']}"
            raise WarehouseError(f"{missing}: no COMMENT ON COLUMN; say what it means, with its unit")
    head = [_line([_HEADINGS[key] for key in keys]), _line(["---" for _ in keys])]
    body = [_line([column[key] for key in keys]) for column in columns]
    return "\n".join([f"### {name}\n", f"{relation['comment']}.\n", *head, *body]) + "\n"


def _line(cells: Sequence[object]) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"
