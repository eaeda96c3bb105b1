"""Rows to spreadsheet files, and filled-in ones back.

In: titled columns and rows. Out: one .xlsx or .csv; back: every cell as text. Edge; the only importer of
openpyxl.
"""

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.datavalidation import DataValidation

from warehouse.errors import WarehouseError
from warehouse.row_files import written_beside

_MIN_WIDTH, _MAX_WIDTH = 8, 60
# A text that starts like this would be run as a formula by the spreadsheet program.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
CHOICES_TITLE = "选项"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its title, its columns and rows in the same order; `link_column` holds paths to link to.

    `choices` gives columns a drop-down list.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    link_column: str | None = None
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FilledSheet:
    """A sheet that came back: `rows` are (row number in the file, {column: text}), empty rows left out."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[int, dict[str, str]], ...]


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
    _add_choices(book, sheets)
    path.parent.mkdir(parents=True, exist_ok=True)
    with written_beside(path) as beside:
        book.save(beside)


def write_csv(path: Path, sheets: Sequence[Sheet]) -> None:
    """Write sheets that share their columns as one CSV with a byte order mark, which Excel opens rightly.

    Raises:
        WarehouseError: the folder cannot be written.
    """
    with written_beside(path) as beside, beside.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(sheets[0].columns)
        writer.writerows([_cell(value) for value in row] for sheet in sheets for row in sheet.rows)


def write_any(path: Path, sheets: Sequence[Sheet]) -> None:
    """Write sheets in the format that the file's ending names, one of WRITERS.

    Raises:
        WarehouseError: another ending, or the folder cannot be written.
    """
    require_known_ending(path)
    WRITERS[path.suffix.lower()](path, sheets)


def require_known_ending(path: Path) -> None:
    """Refuse a file whose ending names no format, before work is done for it.

    Raises:
        WarehouseError: another ending than those of WRITERS.
    """
    if path.suffix.lower() not in WRITERS:
        known = " 或 ".join(WRITERS)
        raise WarehouseError(f"{path.name}：不认识的格式 {path.suffix!r}，请用 {known}。")


WRITERS: Mapping[str, Callable[[Path, Sequence[Sheet]], None]] = {".xlsx": write_sheets, ".csv": write_csv}


def read_filled(path: Path) -> list[FilledSheet]:
    """Return the sheets of an .xlsx or the one of a .csv, every cell as text; lists of choices left out.

    Raises:
        WarehouseError: no such file, another ending, or a file that cannot be read.
    """
    require_known_ending(path)
    if not path.is_file():
        raise WarehouseError(f"{path}：没有这个文件，请检查路径。")
    if path.suffix.lower() == ".csv":
        return [_filled(path.name, _csv_lines(path))]
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, BadZipFile, KeyError, OSError) as err:
        raise WarehouseError(f"{path}：打不开（{err}）。请在 Excel 里另存为 .xlsx 后重试。") from err
    pages: list[Any] = book.worksheets
    return [
        _filled(str(page.title), [tuple(row) for row in page.iter_rows(values_only=True)])
        for page in pages
        if page.title != CHOICES_TITLE
    ]


def _csv_lines(path: Path) -> list[tuple[object, ...]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [tuple(row) for row in csv.reader(file)]
    except (OSError, UnicodeDecodeError, csv.Error) as err:
        raise WarehouseError(f"{path}：读不了（{err}）。请存为 UTF-8 的 CSV，或改用 .xlsx。") from err


def _filled(title: str, lines: Sequence[tuple[object, ...]]) -> FilledSheet:
    columns = tuple(_text(value) for value in lines[0]) if lines else ()
    rows = [
        (number, dict(zip(columns, map(_text, line), strict=False)))
        for number, line in enumerate(lines[1:], start=2)
        if any(_text(value) for value in line)
    ]
    return FilledSheet(title, columns, tuple(rows))


def _text(value: object) -> str:
    """A cell as text, without the mark that kept it from being run as a formula."""
    text = "" if value is None else str(value).strip()
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA_STARTS) else text


def _add_choices(book: Workbook, sheets: Sequence[Sheet]) -> None:
    """Add drop-down lists; they are longer than a cell's rule may be, so they stand in a hidden sheet."""
    wanted = [(sheet, name, values) for sheet in sheets for name, values in sheet.choices.items()]
    if not wanted:
        return
    lists = book.create_sheet(CHOICES_TITLE)
    lists.sheet_state = "hidden"
    for index, (sheet, name, values) in enumerate(wanted, start=1):
        letter = get_column_letter(index)
        for number, value in enumerate(values, start=1):
            lists.cell(row=number, column=index, value=value)
        rule = DataValidation(
            type="list", formula1=f"={CHOICES_TITLE}!${letter}$1:${letter}${len(values)}", allow_blank=True
        )
        rule.error, rule.errorTitle, rule.showErrorMessage = "请从下拉列表里选", name, True
        column = get_column_letter(sheet.columns.index(name) + 1)
        rule.add(f"{column}2:{column}{max(2, len(sheet.rows) + 1)}")
        book[sheet.title[:31]].add_data_validation(rule)


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
