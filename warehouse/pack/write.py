"""A morning pack on disk: a folder, or a zip, there whole or not at all. Edge: writes files.

In: what was chosen. Out: `index.html` with its style and script, `clips/`, `pack.json`. Made twice it is the
same byte for byte; it plays from a stick, with nothing loaded from elsewhere.
"""

import fcntl
import os
import shutil
import uuid
import zipfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from glob import escape
from pathlib import Path
from typing import Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from transcribe.audio import SAMPLE_RATE_HZ, decode, write_audio
from warehouse.case import Library
from warehouse.connect import Connection
from warehouse.errors import WarehouseError
from warehouse.pack.manifest import (
    PACK_JSON,
    PackedCase,
    PackedProblem,
    PackFile,
    call_digest,
    read_pack,
    told_call_id,
)
from warehouse.pack.plan import PackContent, Wording, audio_of, pack_page, seconds_of, shown_problems
from warehouse.pages.said import text_of
from warehouse.pages.selection import SelectionOptions, render_selection
from warehouse.pages.words import load_words

HERE = Path(__file__).resolve().parent
UNFINISHED = ".part"
# A zip keeps times; this is the first that it can tell.
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Target:
    """Where a pack goes: `path` a folder or, with `is_zip`, a file; clips as stored (None) or as MP3.

    `packs_dir` is where packs are kept; its lock lets one be written at a time.
    """

    path: Path
    packs_dir: Path
    is_zip: bool = False
    codec: Literal["mp3"] | None = None

    @property
    def suffix(self) -> str:
        """The clips' ending, "" for the stored one."""
        return f".{self.codec}" if self.codec else ""


@dataclass(frozen=True, slots=True)
class Shelves:
    """Where cases come from: the warehouse, the folder of pages with the clips, the libraries."""

    con: Connection
    pages_dir: Path
    libraries: tuple[Library, ...]


def write_pack(content: PackContent, wording: Wording, shelves: Shelves, target: Target) -> PackFile:
    """Write the pack and return what its `pack.json` says; an older one at the same place is replaced.

    Raises:
        WarehouseError: a clip is gone, or the place cannot be written.
        AudioUnreadable: a clip cannot be decoded.
    """
    manifest = _manifest(content, wording, target)
    try:
        target.path.parent.mkdir(parents=True, exist_ok=True)
        with _alone(target):
            _require_replaceable(target)
            beside = target.path.with_name(f".{target.path.name}.{uuid.uuid4().hex}{UNFINISHED}")
            try:
                _fill(beside, content, wording, shelves, target)
                (beside / PACK_JSON).write_text(manifest.text(), encoding="utf-8")
                _put(beside, target)
            finally:
                shutil.rmtree(beside, ignore_errors=True)
    except OSError as err:
        raise WarehouseError(f"{target.path}：晨训包写不进去（{err}），请检查磁盘空间和权限。") from err
    return manifest


def _manifest(content: PackContent, wording: Wording, target: Target) -> PackFile:
    return PackFile(
        night=content.night,
        team=content.wish.team,
        minutes=round(content.wish.seconds / 60, 3),
        seconds=round(seconds_of(content.items, wording.settings), 3),
        problems=[
            PackedProblem(
                kind=each.kind,
                problem_id=each.problem_id,
                name=wording.texts.name_of(each.kind, each.name),
                call_count=each.call_count,
                base_count=each.base_count,
            )
            for each in shown_problems(content, wording.settings)
        ],
        cases=[
            PackedCase(
                item=number,
                case_id=case.case_id,
                call_id=told_call_id(case.call_id),
                call_digest=call_digest(case.call_id),
                library_id=case.library_id,
                side=case.side,
                file=audio_of(content.views[case.case_id].view, target.suffix),
                clip_s=case.clip_s,
            )
            for number, item in enumerate(content.items, start=1)
            for case in item.cases
        ],
    )


@contextmanager
def _alone(target: Target) -> Generator[None]:
    """One writer of packs at a time; what killed ones left is removed."""
    target.packs_dir.mkdir(parents=True, exist_ok=True)
    # Not among the packs: those whose names begin with a dot are removed with what is forgotten.
    with target.packs_dir.with_name(f"{target.packs_dir.name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        beside = target.path.parent.glob(f".{escape(target.path.name)}.*{UNFINISHED}")
        for left in {*target.packs_dir.glob(f".*{UNFINISHED}"), *beside}:
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink(missing_ok=True)
        yield


def _require_replaceable(target: Target) -> None:
    """Refuse to replace what is no pack."""
    path = target.path
    if not path.exists() or (path.is_dir() and not target.is_zip and not any(path.iterdir())):
        return
    if path.is_dir() == target.is_zip or read_pack(path) is None:
        raise WarehouseError(f"{path}：那里已有别的东西，不是晨训包，没有覆盖。请换一个 --to。")


def _fill(folder: Path, content: PackContent, wording: Wording, shelves: Shelves, target: Target) -> None:
    """Write the cases' own pages, then the first page over theirs, then the sound."""
    title = f"晨训包 {content.night.isoformat()}"
    options = SelectionOptions(title, labels=wording.labels)
    render_selection(shelves.con, folder, list(content.views), shelves.libraries, options)
    (folder / "index.html").write_text(_first_page(content, wording, shelves, target), encoding="utf-8")
    for name in ("pack.css", "pack.js"):
        shutil.copyfile(HERE / "templates" / name, folder / name)
    for shown in content.views.values():
        _copy_clip(shelves.pages_dir / shown.view.clip, folder / audio_of(shown.view, target.suffix))
    if target.suffix:
        _rename_sounds(folder, content, target.suffix)


def _first_page(content: PackContent, wording: Wording, shelves: Shelves, target: Target) -> str:
    words = load_words(wording.labels, shelves.libraries).zh
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    page = pack_page(content, wording, target.suffix)
    return environment.get_template("pack.html.j2").render(page=page, zh=partial(text_of, words))


def _copy_clip(source: Path, clip: Path) -> None:
    """Copy a clip, to another format where its new name says so."""
    if not source.is_file():
        raise WarehouseError(f"{source}：片段不在了，请先运行 huiting nightly 重新生成页面。")
    clip.parent.mkdir(parents=True, exist_ok=True)
    if clip.suffix == source.suffix:
        shutil.copyfile(source, clip)
    else:
        write_audio(clip, decode(source).samples, SAMPLE_RATE_HZ, "mp3")


def _rename_sounds(folder: Path, content: PackContent, suffix: str) -> None:
    """Let the cases' pages play the transcoded clips."""
    names = {shown.view.clip: audio_of(shown.view, suffix) for shown in content.views.values()}
    for page in sorted(folder.glob("*/*.html")):
        text = page.read_text(encoding="utf-8")
        for stored, told in names.items():
            text = text.replace(stored, told)
        page.write_text(text, encoding="utf-8")


def _put(beside: Path, target: Target) -> None:
    """Put the finished folder, or a zip of it, in its place."""
    if target.is_zip:
        archive = beside.with_name(f"{beside.name.removesuffix(UNFINISHED)}.zip{UNFINISHED}")
        try:
            _zip(beside, archive)
            os.replace(archive, target.path)
        finally:
            archive.unlink(missing_ok=True)
        return
    old = beside.with_name(f".{target.path.name}.old{UNFINISHED}")
    if target.path.is_dir():
        os.rename(target.path, old)
    os.rename(beside, target.path)
    shutil.rmtree(old, ignore_errors=True)


def _zip(folder: Path, archive: Path) -> None:
    """Write a zip of the folder's content, in order and without times."""
    with zipfile.ZipFile(archive, "w") as out:
        for path in sorted(each for each in folder.rglob("*") if each.is_file()):
            info = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _ZIP_TIME)
            info.external_attr = 0o644 << 16
            is_sound = path.suffix in (".ogg", ".mp3")
            info.compress_type = zipfile.ZIP_STORED if is_sound else zipfile.ZIP_DEFLATED
            out.writestr(info, path.read_bytes())
