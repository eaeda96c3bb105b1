"""Rows taken out of a manifest, every other byte left as it was delivered. Edge.

In: a manifest and the `line` of rows as `read_manifest` counts them. Out: the file without these rows,
replaced at once. Encoding, byte order mark, line ends and quoting of what stays are not touched.
"""

import csv
import io
import os
import re
from collections.abc import Collection
from pathlib import Path

from transcribe.errors import InboxError
from transcribe.manifest import CSV_NAME, decode, delimiter_of

# In UTF-8 and in GB18030 no byte of a longer character is a line end.
_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_JSON_LINE = re.compile(rb"[^\n]*\n|[^\n]+")


def remove_rows(path: Path, lines: Collection[int]) -> int:
    """Removes the rows that end on `lines` (1-based); returns how many there were.

    Raises:
        InboxError: the file cannot be read, or is no table any more.
        OSError: it cannot be written.
    """
    content = path.read_bytes()
    is_csv = path.name == CSV_NAME
    parts = (_LINE if is_csv else _JSON_LINE).findall(content)
    ends = _row_ends(path, parts) if is_csv else {number: number for number in range(1, len(parts) + 1)}
    rows = [(first, last) for last, first in ends.items() if last in lines]
    gone = {number for first, last in rows for number in range(first, last + 1)}
    if gone:
        kept = [part for number, part in enumerate(parts, start=1) if number not in gone]
        _replace(path, b"".join(_with_mark(content, kept)))
    return len(rows)


def _row_ends(path: Path, parts: Collection[bytes]) -> dict[int, int]:
    """{last line: first line} of every row of a CSV; quoted cells may hold line ends."""
    text = decode(path)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text), strict=True)
    ends: dict[int, int] = {}
    before = 0
    try:
        for _ in reader:
            ends[reader.line_num] = before + 1
            before = reader.line_num
    except csv.Error as err:
        raise InboxError(f"{path} 第 {reader.line_num} 行: 引号不成对({err}), 请改正后重试") from err
    if before != len(parts):
        raise InboxError(f"{path}: 数出 {len(parts)} 行, 读出 {before} 行, 请重新导出后重试")
    return ends


def _with_mark(content: bytes, kept: list[bytes]) -> list[bytes]:
    """The byte order mark hangs on the first line; when that goes the mark stays."""
    mark = b"\xef\xbb\xbf"
    if content.startswith(mark) and not (kept and kept[0].startswith(mark)):
        return [mark, *kept]
    return kept


def _replace(path: Path, content: bytes) -> None:
    beside = path.with_name(f".{path.name}.tmp")  # hidden files are no part of a delivery
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.chmod(path.stat().st_mode)
    os.replace(beside, path)
