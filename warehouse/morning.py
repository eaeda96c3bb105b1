"""The managers' morning sheet: what a person must hear today. Edge file.

In: the published warehouse and a night. Out: one .xlsx with a sheet per file of `morning_sheets/*.sql`, clips
linked relative to where the file lies. Another sheet is another .sql file.
"""

import os
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from warehouse.connect import Connection
from warehouse.sheets import Sheet, write_sheets

MORNING_DIR = Path(__file__).resolve().parent / "morning_sheets"
_TITLE = re.compile(r"^-- sheet: (?P<title>.+)$", re.MULTILINE)
_CLIP_COLUMN = "片段"


def write_morning(con: Connection, night: date, min_severity: str, path: Path, pages: Path) -> Path:
    """Write the sheet of `night` to `path`; `pages` is the folder that clip files are relative to.

    `min_severity` (low | medium | high | critical) is the least severity of hits that are listed.
    """
    to_pages = os.path.relpath(pages, path.parent)
    given = {"night": night, "min_severity": min_severity}
    sheets = [_sheet(con, file.read_text(encoding="utf-8"), given, to_pages) for file in _files()]
    write_sheets(path, sheets)
    return path


def _files() -> list[Path]:
    return sorted(MORNING_DIR.glob("*.sql"))


def _sheet(con: Connection, sql: str, given: Mapping[str, object], to_pages: str) -> Sheet:
    found = _TITLE.search(sql)
    con.execute(sql, {name: value for name, value in given.items() if f"${name}" in sql})
    columns = tuple(str(column[0]) for column in con.description or ())
    rows = tuple(
        tuple(
            f"{to_pages}/{value}" if name == _CLIP_COLUMN and value else value
            for name, value in zip(columns, row, strict=True)
        )
        for row in con.fetchall()
    )
    return Sheet(found["title"] if found else "晨会", columns, rows, link_column=_CLIP_COLUMN)
