"""Rows to spreadsheet files.

In: titled columns and rows. Out: one .xlsx. Edge; the only importer of openpyxl.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from warehouse.row_files import written_beside

_MIN_WIDTH, _MAX_WIDTH = 8, 60
# A text that starts like this would be run as a formula by the spreadsheet program.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its title, its columns and rows in the same order; `link_column` holds paths to link to."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    link_column: str | None = None


def write_sheets(path: Path, sheets: Sequence[Sheet]) -> None:
    """Write a workbook, whole or not at all.

    Raises:
        WarehouseError: the folder cannot be written.
    """
    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet in sheets:
        page = book.create_sheet(sheet.title[:31])
        page.append(list(sheet.columns))
        page.freeze_panes = "A2"
        for row in sheet.rows:
            page.append([_cell(value) for value in row])
        for index, title in enumerate(sheet.columns, start=1):
            page.cell(row=1, column=index).font = Font(bold=True)
            width = max([_width(title), *(_width(row[index - 1]) for row in sheet.rows)])
            page.column_dimensions[get_column_letter(index)].width = min(_MAX_WIDTH, max(_MIN_WIDTH, width))
            for number, row in enumerate(sheet.rows, start=2):
                cell = page.cell(row=number, column=index)
                cell.alignment = Alignment(vertical="top", wrap_text=True)
                if title == sheet.link_column and row[index - 1]:
                    cell.hyperlink = str(row[index - 1])
                    cell.font = Font(color="0563C1", underline="single")
    path.parent.mkdir(parents=True, exist_ok=True)
    with written_beside(path) as beside:
        book.save(beside)


def _cell(value: object) -> object:
    if isinstance(value, str):
        text = ILLEGAL_CHARACTERS_RE.sub("", value)
        return "'" + text if text.startswith(_FORMULA_STARTS) else text
    return (
        value
        if isinstance(value, int | float | bool) or value is None or hasattr(value, "year")
        else str(value)
    )


def _width(value: object) -> int:
    """Columns a text takes: a Chinese character counts twice."""
    return 2 + sum(2 if ord(character) > 0x2E7F else 1 for character in str(value or ""))
