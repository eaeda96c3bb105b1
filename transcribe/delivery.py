"""The night's folder: which files lie there, which are still being written, which make up which call. Edge.

In: a folder and the manifest's rows. Out: `Delivery` (files as they lie), then `Matching`: candidates for
recordings in manifest order, files without a row after them by name, and faults of rows and names.
"""

import os
import time
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath, PureWindowsPath

from transcribe.call import Fault, FaultReason
from transcribe.errors import InboxError
from transcribe.manifest import CSV_NAME, JSONL_NAME
from transcribe.manifest_row import ManifestRow
from transcribe.naming import has_personal_number, readable_name, shown_name

# A copy in progress: no recording yet. Whoever copies renames it when done.
PARTIAL_SUFFIXES = (".part", ".partial", ".filepart", ".tmp", ".temp", ".crdownload", ".uploading")
# What export tools leave beside recordings. Anything else without a manifest row is taken for a recording.
SIDE_SUFFIXES = frozenset(
    {".csv", ".jsonl", ".json", ".txt", ".xml", ".md5", ".sha1", ".sha256", ".xls", ".xlsx", ".doc", ".docx"}
    | {".pdf", ".ini", ".db", ".log", ".md", ".yaml", ".yml", ".html", ".htm", ".png", ".jpg", ".jpeg"}
    | {".zip", ".bak", ".lnk"}
)


@dataclass(frozen=True, slots=True)
class DeliveredFile:
    """One file; `name` is its path below the night's folder, with '/', as readable text in NFC."""

    name: str
    path: Path
    size_bytes: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """All files below the night's folder by name; `growing` names those that changed between two looks."""

    files: Mapping[str, DeliveredFile]
    growing: frozenset[str]
    partial: frozenset[str]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A call whose files are all there; `row` is None when the manifest does not know it.

    `is_masked`: the call_id stems from a file name in which numbers had to be masked, so it may not be the
    only one of its kind.
    """

    call_id: str
    files: tuple[DeliveredFile, ...]
    row: ManifestRow | None
    is_masked: bool = False

    @property
    def shown(self) -> str:
        return shown_name(";".join(file.name for file in self.files))


@dataclass(slots=True)
class Matching:
    """Which files make up which call, and what does not fit."""

    candidates: list[Candidate] = field(default_factory=list[Candidate])
    faults: list[Fault] = field(default_factory=list[Fault])
    notes: list[str] = field(default_factory=list[str])
    files_of: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    call_of: dict[str, str] = field(default_factory=dict[str, str])


def look_at(folder: Path, now: datetime, settle_s: float, growth_check_s: float) -> Delivery:
    """Lists the folder; when files are younger than `settle_s`, waits once and looks for changes.

    Raises:
        InboxError: the folder is missing or unreadable, or its manifest is still being written.
    """
    first = listed(folder)
    oldest_ns = round((now.timestamp() - settle_s) * 1e9)
    young = [file for file in first.values() if file.mtime_ns >= oldest_ns]
    growing: frozenset[str] = frozenset()
    files = first
    if young:
        time.sleep(growth_check_s)
        files = listed(folder)
        growing = frozenset(file.name for file in young if _has_changed(file, files)) | (
            files.keys() - first.keys()
        )
    for name in (CSV_NAME, JSONL_NAME):
        if name in growing:
            raise InboxError(f"{folder / name}: 还在写入, 请等导出完成后再运行")
    partial = frozenset(name for name in files if name.casefold().endswith(PARTIAL_SUFFIXES))
    return Delivery({name: file for name, file in files.items() if name not in partial}, growing, partial)


def match(rows: Sequence[ManifestRow], delivery: Delivery) -> Matching:
    """Finds the files of each row, then the files that no row names."""
    matching = Matching()
    for row in rows:
        _match_row(row, delivery, matching)
    _match_rest(delivery, matching)
    return matching


def _match_row(row: ManifestRow, delivery: Delivery, matching: Matching) -> None:
    names = tuple(normal_name(name) for name in row.file)
    call_id = row.call_id or (stem_of(names[0]) if names else None)
    where = f"清单第 {row.line} 行"
    if call_id is None:
        matching.notes.append(f"{where}: 没有 call_id 也没有 file, 已跳过")
        return
    if row.call_id is None:
        matching.notes.append(f"{where}: 没有 call_id, 用文件名 {shown_name(call_id)} 代替")
    shown = shown_name(";".join(names)) or None
    if call_id in matching.files_of:
        if matching.files_of[call_id] == names:
            matching.notes.append(f"{where}: 与前面的行重复, 已跳过")
        else:
            message = f"{where}: call_id 与前面的行相同而文件不同, 只保留第一行, 请核对导出"
            matching.faults.append(Fault(FaultReason.DUPLICATE, message, call_id, shown))
            _claim(call_id, names, matching)
        return
    matching.files_of[call_id] = names
    fault = _row_fault(call_id, names, where, delivery, matching)
    _claim(call_id, names, matching)
    if fault is not None:
        matching.faults.append(fault)
    else:
        matching.candidates.append(Candidate(call_id, tuple(delivery.files[name] for name in names), row))


def _row_fault(
    call_id: str, names: tuple[str, ...], where: str, delivery: Delivery, matching: Matching
) -> Fault | None:
    shown = shown_name(";".join(names)) or None
    if not names:
        return Fault(FaultReason.NO_RECORDING, f"{where}: file 是空的, 没有录音", call_id, shown)
    if outside := [name for name in names if _leaves_folder(name)]:
        message = f"{where}: {shown_name(outside[0])} 不在当天的文件夹里, 请把录音放进来并写相对路径"
        return Fault(FaultReason.NO_RECORDING, message, call_id, shown)
    for name in names:
        if name in delivery.files:
            continue
        if any(name + suffix in delivery.partial for suffix in PARTIAL_SUFFIXES):
            return Fault(
                FaultReason.STILL_GROWING, f"{shown_name(name)}: 还在复制, 下次运行再处理", call_id, shown
            )
        message = f"{where}: 清单里有, 文件夹里没有 {shown_name(name)}, 请补传或核对文件名"
        return Fault(FaultReason.NO_RECORDING, message, call_id, shown)
    if taken := [name for name in names if name in matching.call_of]:
        message = f"{where}: {shown_name(taken[0])} 已属于通话 {matching.call_of[taken[0]]}, 请核对导出"
        return Fault(FaultReason.DUPLICATE, message, call_id, shown)
    return None


def _match_rest(delivery: Delivery, matching: Matching) -> None:
    aside: list[str] = []
    nested: list[str] = []
    for name in sorted(delivery.files):
        if name in matching.call_of or name in (CSV_NAME, JSONL_NAME):
            continue
        if "/" in name:
            nested.append(name)
        elif PurePosixPath(name).suffix.casefold() in SIDE_SUFFIXES:
            aside.append(name)
        else:
            matching.candidates.append(_unlisted(delivery.files[name], matching))
    for names, what in (
        (aside, "不是录音, 已忽略"),
        (nested, "在子文件夹里而清单没有提到, 已忽略"),
        (sorted(delivery.partial), "还在复制, 已忽略"),
    ):
        if names:
            listed = "、".join(shown_name(name) for name in names[:3])
            matching.notes.append(f"{listed}{' 等' if len(names) > 3 else ''}({len(names)} 个文件): {what}")


def _claim(call_id: str, names: Sequence[str], matching: Matching) -> None:
    for name in names:
        matching.call_of.setdefault(name, call_id)


def _unlisted(file: DeliveredFile, matching: Matching) -> Candidate:
    """The call_id is the file's stem, or its whole name when a row has that call_id."""
    stem = stem_of(file.name)
    if has_personal_number(stem):
        return Candidate(shown_name(stem), (file,), None, is_masked=True)
    call_id = file.name if stem in matching.files_of else stem
    matching.files_of[call_id] = (file.name,)
    return Candidate(call_id, (file,), None)


def stem_of(name: str) -> str:
    """Returns the call_id of a file that no row names: its name without the ending."""
    return PurePosixPath(name).stem or name


def normal_name(name: str) -> str:
    """Returns a manifest's file name as files are listed: below the night's folder, with '/', in NFC."""
    text = unicodedata.normalize("NFC", name.replace("\\", "/"))
    return str(PurePosixPath(text)) if text else text


def _leaves_folder(name: str) -> bool:
    is_absolute = PurePosixPath(name).is_absolute() or PureWindowsPath(name).drive != ""
    return is_absolute or ".." in PurePosixPath(name).parts


def _has_changed(file: DeliveredFile, later: Mapping[str, DeliveredFile]) -> bool:
    again = later.get(file.name)
    return again is None or (again.size_bytes, again.mtime_ns) != (file.size_bytes, file.mtime_ns)


def listed(folder: Path) -> dict[str, DeliveredFile]:
    """Lists the files below a night's folder by name, hidden ones left out.

    Raises:
        InboxError: the folder is missing or unreadable.
    """
    files: dict[str, DeliveredFile] = {}
    try:
        _walk(folder, "", files)
    except FileNotFoundError as err:
        raise InboxError(f"{folder}: 没有这个文件夹, 请检查日期和配置 inbox 的路径") from err
    except OSError as err:
        raise InboxError(f"{folder}: 读不了文件夹({err.strerror}), 请检查权限和磁盘") from err
    return files


def _walk(folder: Path, prefix: str, files: dict[str, DeliveredFile]) -> None:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith((".", "~$")):
                continue
            name = prefix + unicodedata.normalize("NFC", readable_name(entry.name))
            if entry.is_dir(follow_symlinks=False):
                _walk(Path(entry.path), f"{name}/", files)
                continue
            try:
                stat = entry.stat()
            except FileNotFoundError:
                continue  # moved away while we looked, or a dangling link
            if entry.is_file():
                files[name] = DeliveredFile(name, Path(entry.path), stat.st_size, stat.st_mtime_ns)
