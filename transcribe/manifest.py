"""The centre's export beside the recordings: manifest.csv or manifest.jsonl to checked rows. Edge.

In: the night's folder and the mapping of our column names to the export's. Out: `Manifest`: one row per
call, and notes on values that could not be used (they are None, never guessed). A manifest that cannot be
read as a table at all stops the night: half an export is worse than none.
"""

import csv
import difflib
import io
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from transcribe.errors import InboxError
from transcribe.manifest_row import COLUMNS, ManifestRow
from transcribe.naming import shown_name

CSV_NAME, JSONL_NAME = "manifest.csv", "manifest.jsonl"
REQUIRED_COLUMNS = ("call_id", "file")
_ENCODINGS = ("utf-8-sig", "gb18030")
_DELIMITERS = ",;\t|"
_LINES_SHOWN = 5
# Columns whose content is never repeated in a message.
_SILENT_COLUMNS = frozenset({"customer_id"})


@dataclass(frozen=True, slots=True)
class Manifest:
    """Rows in the order of the export; `notes` are sentences in Chinese without customers' data."""

    name: str
    rows: tuple[ManifestRow, ...]
    notes: tuple[str, ...]


def read_manifest(folder: Path, columns: Mapping[str, str], naive_zone: ZoneInfo | None) -> Manifest | None:
    """Reads the folder's manifest, None when there is none.

    Args:
        folder: the night's folder.
        columns: our column name -> the export's; a missing key means the same name, "" not delivered.
        naive_zone: the zone of times that name none; None: such times are not used.

    Raises:
        InboxError: unreadable, not a table, a required column missing, two manifests, or a mapping of a
            column that does not exist here.
    """
    _check_mapping(columns)
    present = [name for name in (CSV_NAME, JSONL_NAME) if (folder / name).is_file()]
    if not present:
        return None
    if len(present) > 1:
        raise InboxError(f"{folder}: 同时有 {CSV_NAME} 和 {JSONL_NAME}, 请只保留一个")
    name = present[0]
    text = decode(folder / name)
    notes = _Notes(name)
    delivered = _csv_rows(name, text) if name == CSV_NAME else _jsonl_rows(name, text)
    table = [(line, _renamed(values, columns)) for line, values in delivered]
    _check_columns(name, [values for _, values in table], columns, notes)
    rows = [_checked(line, values, naive_zone, notes) for line, values in table]
    return Manifest(name, tuple(rows), notes.sentences())


def _check_mapping(columns: Mapping[str, str]) -> None:
    for ours in columns:
        if ours not in COLUMNS:
            near = difflib.get_close_matches(ours, COLUMNS, 1)
            hint = f", 是不是 {near[0]}?" if near else f", 可用的是 {', '.join(COLUMNS)}"
            raise InboxError(f"配置 inbox.columns: 没有 {ours} 这一列{hint}")


def decode(path: Path) -> str:
    """Returns a manifest's text without a byte order mark.

    Raises:
        InboxError: it cannot be read, or is in another encoding than UTF-8 and GB18030.
    """
    try:
        content = path.read_bytes()
    except OSError as err:
        raise InboxError(f"{path}: 打不开({err.strerror}), 请检查读取权限") from err
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InboxError(f"{path}: 编码既不是 UTF-8 也不是 GB18030, 请重新导出")


def delimiter_of(text: str) -> str:
    """Returns what parts the cells of a CSV: what its first line has most of."""
    return max(_DELIMITERS, key=text.partition("\n")[0].count)


def _csv_rows(name: str, text: str) -> Iterator[tuple[int, dict[str, object]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text), strict=True)
    header: list[str] | None = None
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if header is None:
                header = _header(name, cells)
            elif len(cells) == len(header):
                yield reader.line_num, dict(zip(header, cells, strict=True))
            else:
                raise InboxError(
                    f"{name} 第 {reader.line_num} 行: 有 {len(cells)} 格, 表头有 {len(header)} 列; "
                    "文件可能没有传完, 或某格里的逗号没有加引号, 请重新导出"
                )
    except csv.Error as err:
        raise InboxError(f"{name} 第 {reader.line_num} 行: 引号不成对({err}), 请重新导出") from err
    if header is None:
        raise InboxError(f"{name}: 是空的, 第 1 行应当是表头 {', '.join(COLUMNS)}")


def _header(name: str, cells: Sequence[str]) -> list[str]:
    header = [cell.strip() for cell in cells]
    twice = sorted({cell for cell in header if cell and header.count(cell) > 1})
    if twice:
        raise InboxError(f"{name} 第 1 行: 列名 {', '.join(twice)} 出现两次, 请改名或删去一列")
    return header


def _jsonl_rows(name: str, text: str) -> Iterator[tuple[int, dict[str, object]]]:
    for line, content in enumerate(text.split("\n"), start=1):
        if not content.strip():
            continue
        try:
            values = cast(object, json.loads(content))
        except (ValueError, RecursionError) as err:
            column = err.colno if isinstance(err, json.JSONDecodeError) else 1
            message = f"{name} 第 {line} 行第 {column} 列: 不是 JSON; 文件可能没有传完, 请重新导出"
            raise InboxError(message) from err
        if not isinstance(values, dict):
            raise InboxError(
                f'{name} 第 {line} 行: 应当是一个对象, 例如 {{"call_id": "c1", "file": "c1.wav"}}'
            )
        yield line, cast(dict[str, object], values)


def _renamed(values: Mapping[str, object], columns: Mapping[str, str]) -> dict[str, object]:
    theirs = {ours: columns.get(ours, ours) for ours in COLUMNS}
    return {ours: values[name] for ours, name in theirs.items() if name and name in values}


def _check_columns(
    name: str, rows: Sequence[Mapping[str, object]], columns: Mapping[str, str], notes: "_Notes"
) -> None:
    """A required column must occur; an optional one that was expected and never occurs is noted."""
    if not rows:
        return
    seen = {ours for row in rows for ours in row}
    for ours in COLUMNS:
        if ours in seen or columns.get(ours) == "":
            if ours in REQUIRED_COLUMNS and ours not in seen:
                raise InboxError(f"配置 inbox.columns: {ours} 不能为空, 请写明导出里的列名")
            continue
        theirs = columns.get(ours, ours)
        if ours in REQUIRED_COLUMNS:
            raise InboxError(
                f"{name} 第 1 行: 没有 {theirs} 列, 请在配置 inbox.columns 里写明 {ours} 在导出里叫什么"
            )
        notes.add_sentence(f"没有 {theirs} 列, {ours} 全部记为空")


def _checked(
    line: int, values: Mapping[str, object], naive_zone: ZoneInfo | None, notes: "_Notes"
) -> ManifestRow:
    kept: dict[str, object] = {"line": line, **values}
    context = {"naive_zone": naive_zone}
    try:
        return ManifestRow.model_validate(kept, context=context)
    except ValidationError as err:
        for problem in err.errors(include_url=False):
            column = str(problem["loc"][0])
            cause = problem.get("ctx", {}).get("error")
            notes.add(column, str(cause or "不能用"), line, kept.pop(column, None))
    return ManifestRow.model_validate(kept, context=context)


@dataclass(slots=True)
class _Notes:
    """Gathers one sentence per column and problem, however many rows have it."""

    name: str
    _sentences: list[str] = field(default_factory=list[str])
    _lines: dict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(list))
    _examples: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])

    def add(self, column: str, problem: str, line: int, value: object) -> None:
        self._lines[column, problem].append(line)
        if column not in _SILENT_COLUMNS:
            self._examples.setdefault((column, problem), shown_name(str(value))[:40])

    def add_sentence(self, sentence: str) -> None:
        self._sentences.append(f"{self.name}: {sentence}")

    def sentences(self) -> tuple[str, ...]:
        found: list[str] = []
        for (column, problem), lines in self._lines.items():
            example = self._examples.get((column, problem))
            value = f"(例如 {example})" if example else ""
            found.append(f"{self.name} {shown_lines(lines)}: {column}{value} {problem}; 记为空")
        return (*self._sentences, *found)


def shown_lines(lines: Sequence[int]) -> str:
    """Returns 第 3、5 行, or the first few and the count when there are many."""
    listed = "、".join(str(line) for line in lines[:_LINES_SHOWN])
    return f"第 {listed} 行" if len(lines) <= _LINES_SHOWN else f"第 {listed} 等 {len(lines)} 行"
