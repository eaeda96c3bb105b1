"""Clips of chosen cases as files for somebody's computer: Opus, or MP3 for what plays no Opus. Edge file.

In: ids of cases in the published warehouse. Out: one file per case in a folder. A clip that was cut is copied
or written anew from its own, silenced sound, never from the recording; only a case without one is cut from
its recording, as planned by a night.
"""

import os
import secrets
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from flows.config import Config
from flows.cutting import sound_of
from flows.publication import libraries
from flows.store import recording_files
from transcribe.audio import SAMPLE_RATE_HZ, decode, write_audio
from transcribe.errors import TranscribeError
from warehouse.case import Case, Library
from warehouse.case_clips import CuttingOptions, cut_clips, query
from warehouse.clips import SUFFIX, digest_of_files
from warehouse.connect import Connection, fetch_rows, open_reading
from warehouse.errors import ClipRefused
from warehouse.lake import Lake
from warehouse.pages.names import clip_file, page_id

Codec = Literal["opus", "mp3"]


@dataclass(frozen=True, slots=True)
class ClipFiles:
    """`written`: the files; `problems`: what to tell about the cases that have none."""

    written: tuple[Path, ...]
    problems: tuple[str, ...]


def write_clips(config: Config, case_ids: Sequence[str], codec: Codec, folder: Path) -> ClipFiles:
    """Write the clip of every case as `<case_id>.ogg` or `.mp3`; a file of that name is replaced.

    Raises:
        WarehouseError: there is no published warehouse.
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    problems: list[str] = []
    with open_reading(config.warehouse_path) as con:
        found = {
            row["case_id"]: row for row in fetch_rows(con, query("clip_cases"), {"case_ids": [*case_ids]})
        }
        for case_id in dict.fromkeys(case_ids):
            if case_id not in found:
                problems.append(f"没有案例 {case_id}：请从案例页面或 library_case 表抄下它的编号")
                continue
            target = folder / f"{page_id(case_id)}{SUFFIX[codec]}"
            problem = _from_stored(config, found[case_id], codec, target)
            if problem is not None:
                problem = _from_recording(config, con, found[case_id], (codec, target))
            if problem is None:
                written.append(target)
            else:
                problems.append(problem)
    return ClipFiles(tuple(written), tuple(problems))


def _from_stored(config: Config, row: dict[str, Any], codec: Codec, target: Path) -> str | None:
    """Write the clip that a night cut; returns why that cannot be, None when it is written."""
    stored = config.pages_path / (clip_file(row["clip_file"]) or "-")
    if not stored.is_file() or digest_of_files([stored]) != row["clip_digest"]:
        return "没有剪好的片段"
    if stored.suffix == SUFFIX[codec]:
        _copy(stored, target)
        return None
    try:
        write_audio(target, decode(stored).samples, SAMPLE_RATE_HZ, codec)
    except TranscribeError as err:
        return str(err)
    return None


def _from_recording(
    config: Config, con: Connection, row: dict[str, Any], wanted: tuple[Codec, Path]
) -> str | None:
    """Plan and cut the clip as a night does; returns why it cannot be cut, None when it is written."""
    codec, target = wanted
    library = _library(row["library_id"])
    if library is None:
        return f"案例 {row['case_id']}：案例库 {row['library_id']} 已经没有了"
    case = Case(**{name: row[name] for name in row if name not in {"clip_file", "clip_digest"}})
    files = recording_files(config, Lake(config.lake_path).nights())
    options = CuttingOptions(sound=replace(sound_of(config), codec=codec))
    with tempfile.TemporaryDirectory(prefix="huiting-clip-") as place:
        try:
            report = cut_clips(con, ((case, library),), files, Path(place), options)
        except ClipRefused as err:
            return f"案例 {case.case_id}：{err}"
        if report.refusals:
            return f"案例 {case.case_id}：{report.refusals[0].message}"
        _copy(Path(place) / report.clips[0].file, target)
    return None


def _library(library_id: str) -> Library | None:
    return next((library for library in libraries() if library.library_id == library_id), None)


def _copy(source: Path, target: Path) -> None:
    beside = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        shutil.copyfile(source, beside)
        os.replace(beside, target)
    finally:
        beside.unlink(missing_ok=True)
