"""The places that hold something of a call, each cleaned by a function of its own. Edge.

In: the configuration and what is to be forgotten. Out: how much went. Each may be repeated after a kill, and
finds nothing the second time. What is made from the lake (warehouse, pages, morning sheets) comes in
`forget_made`.
"""

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import cast
from zipfile import BadZipFile, ZipFile

from flows.config import Config
from flows.forget_request import Request
from flows.night import write_text
from flows.shards import plan_from_json, plan_to_json
from transcribe.inbox_trace import Wanted, trace_in_folder, written_forms
from transcribe.manifest_lines import remove_rows
from warehouse.label_store import LabelStore
from warehouse.lake import Lake
from warehouse.lake_traces import empty_night, remove_calls
from warehouse.pack.manifest import call_digest
from warehouse.review.forget import forget_calls as forget_reviewed
from warehouse.row_files import UNFINISHED_SUFFIX
from warehouse.row_removal import count_rows

PACK_LIST = "pack.json"
SOUND_SUFFIXES = frozenset({".ogg", ".opus", ".mp3", ".wav"})


def forget_recordings(config: Config, request: Request) -> int:
    """Delete the calls' files from the drop folders, then their rows from the manifests."""
    columns = config.inbox.columns.model_dump()
    wanted = Wanted(request.call_ids, request.customer_ids, request.contents)
    count = _unlink(request.files)
    for folder in (each for each in request.folders if each.is_dir()):
        trace = trace_in_folder(folder, columns, wanted)
        count += _unlink(trace.files)
        if trace.manifest is not None and trace.lines:
            remove_rows(trace.manifest, trace.lines)
    for night in request.recording_nights:
        folder = config.inbox_path / night.isoformat()
        if folder.is_dir():
            count += sum(1 for path in folder.rglob("*") if path.is_file())
            shutil.rmtree(folder)
    return count


def forget_clips(config: Config, request: Request) -> int:
    """Delete the calls' clips and whatever lies beside them under the same name."""
    folder = config.pages_path / "clips"
    found = [
        path
        for clip_id in sorted(request.clip_ids)
        for pattern in (f"{clip_id}*", f".{clip_id}*")
        for path in (folder / clip_id[:2]).glob(pattern)
    ]
    return _unlink(found)


def forget_rows(config: Config, request: Request) -> int:
    """Take the calls' rows out of the lake, and their files out of the notes for clips of later nights."""
    lake = Lake(config.lake_path)
    _remove_unfinished(lake)
    count = sum(empty_night(lake, night).total() for night in request.nights)
    count += remove_calls(lake, request.call_ids, request.names).total()
    for path in sorted((lake.root / "_recordings").glob("*.json")):
        noted: dict[str, list[str]] = json.loads(path.read_text(encoding="utf-8"))
        kept = {call_id: files for call_id, files in noted.items() if call_id not in request.call_ids}
        if len(kept) < len(noted):
            write_text(path, json.dumps(kept, ensure_ascii=False, indent=0))
    for night in request.recording_nights:
        (lake.root / "_recordings" / f"{night.isoformat()}.json").unlink(missing_ok=True)
    return count


def forget_work(config: Config, request: Request) -> int:
    """Remove pieces of interrupted nights that hold one of the calls; the rest of a night stays done."""
    lake = Lake(config.lake_path)
    count = 0
    for night in request.nights:
        for folder in (lake.work_dir(night), lake.retag_dir(night)):
            shutil.rmtree(folder, ignore_errors=True)
    for root in [*lake.root.glob("_work/night=*"), *lake.root.glob("_work/retag/night=*")]:
        for plan in root.glob("plan-*.json"):
            shards = plan_from_json(plan.read_text(encoding="utf-8"))
            kept = tuple(shard for shard in shards if request.call_ids.isdisjoint(shard.call_ids))
            if len(kept) < len(shards):
                write_text(plan, plan_to_json(kept))
        for left in root.rglob(f"*{UNFINISHED_SUFFIX}"):
            _remove(left)
        # Notes on clips of a run that will not go on: the next one finds its clips by their names.
        shutil.rmtree(root / "clips", ignore_errors=True)
        for piece in [path for path in root.glob("*/*") if path.is_dir()]:
            if any(count_rows(file, "call_id", request.call_ids) for file in piece.glob("*.parquet")):
                shutil.rmtree(piece)
                count += 1
    return count


def forget_verdicts(config: Config, request: Request) -> int:
    """Take what people said of the calls, and that they heard them, out of verdicts and the audit log."""
    count = forget_reviewed(config.review_path, sorted(request.call_ids))
    return count + LabelStore(config.lake_path).forget(request.call_ids)


def forget_packs(config: Config, request: Request) -> int:
    """Remove every morning pack, folder or archive, that holds one of the calls or its clips."""
    folder = config.packs_path
    count = 0
    for pack in sorted(folder.iterdir()) if folder.is_dir() else []:
        if pack.name.startswith(".") or _pack_holds(pack, request):
            _remove(pack)
            count += 1
    return count


def forget_history(config: Config, request: Request) -> int:
    """Remove the history of the server that nights start for themselves, when it names one of the calls.

    Results of failed steps are kept there in a form that cannot be searched: they go in any case.
    """
    home = config.data_path / "prefect"
    if not home.is_dir():
        return 0
    forms = {form for call_id in request.call_ids for form in written_forms(call_id)}
    is_named = bool(request.nights) or any(
        form in path.read_bytes() for path in sorted(home.rglob("*")) if path.is_file() for form in forms
    )
    if is_named:
        shutil.rmtree(home)
        return 1
    shutil.rmtree(home / "storage", ignore_errors=True)
    return 0


def _pack_holds(pack: Path, request: Request) -> bool:
    if pack.is_dir():
        files = [path for path in sorted(pack.rglob("*")) if path.is_file()]
        texts = {path.name: path.read_bytes() for path in files if not _is_sound(path.name)}
        return _names_one([path.name for path in files], texts, request)
    if pack.suffix != ".zip":
        return False
    try:
        with ZipFile(pack) as box:
            names = [Path(name).name for name in box.namelist()]
            texts = {Path(name).name: box.read(name) for name in box.namelist() if not _is_sound(name)}
            return _names_one(names, texts, request)
    except BadZipFile:
        return True  # half an archive: nobody can use it, and nobody can say what it holds


def _names_one(names: Iterable[str], texts: Mapping[str, bytes], request: Request) -> bool:
    """By its clips, by its list of calls, and where few calls are looked for by every byte of its pages."""
    if any(name.split(".")[0] in request.clip_ids for name in names):
        return True
    if PACK_LIST in texts:
        told = set(_strings(json.loads(texts[PACK_LIST])))
        if told & request.call_ids or told & {call_digest(call_id) for call_id in request.call_ids}:
            return True
        if request.nights:
            return False
    forms = {form for call_id in request.call_ids for form in written_forms(call_id)}
    return any(form in text for text in texts.values() for form in forms)


def _strings(told: object) -> Iterator[str]:
    """All texts in parsed JSON."""
    if isinstance(told, str):
        yield told
    elif isinstance(told, dict):
        for value in cast("dict[str, object]", told).values():
            yield from _strings(value)
    elif isinstance(told, list):
        for value in cast("list[object]", told):
            yield from _strings(value)


def _is_sound(name: str) -> bool:
    return Path(name).suffix in SOUND_SUFFIXES


def _remove_unfinished(lake: Lake) -> None:
    """What killed writers left beside tables; the lock is held, so nobody is writing one."""
    for left in lake.root.glob(f"*/night=*/*{UNFINISHED_SUFFIX}"):
        _remove(left)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _unlink(paths: Iterable[Path]) -> int:
    count = 0
    for path in paths:
        if os.path.lexists(path):
            path.unlink()
            count += 1
    return count
