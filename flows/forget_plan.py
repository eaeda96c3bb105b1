"""Everything that belongs to the calls somebody asks to forget, found before anything is deleted. Edge.

In: call_ids and customers. Out: a `Request`, and how much there is per place. Calls are found in all nights
that are kept, in drop folders that no night has heard yet, and by content under other names.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from flows.config import Config
from flows.forget_request import Kind, Request
from flows.night import customer_key
from flows.store import recording_files
from transcribe.customer_key import pseudonym
from transcribe.forgotten import trace_hash
from transcribe.inbox_trace import FolderTrace, Wanted, may_hold, trace_in_folder
from transcribe.naming import shown_name
from warehouse.label_store import LabelStore
from warehouse.lake import Lake
from warehouse.lake_traces import (
    FAULTS,
    Sought,
    StoredCall,
    clip_ids_of,
    count_traces,
    find_calls,
    mentions,
    table_files,
)
from warehouse.row_files import read_rows
from warehouse.rows import Row
from warehouse.tombstones import TombstoneStore, tombstone_id

FORGOTTEN = "forgotten"  # the reason of faults of recordings that were delivered again


@dataclass(frozen=True, slots=True)
class Asked:
    """What the operator typed."""

    call_ids: tuple[str, ...] = ()
    customer_ids: tuple[str, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ForgetPlan:
    """What there is to delete. `unknown` are ids of which nothing was found; `counts` is per place."""

    request: Request
    counts: dict[str, int]
    unknown: tuple[str, ...]
    gone_before: tuple[str, ...]


@dataclass(slots=True)
class _Search:
    """What is known so far; grows until nothing new is found."""

    call_ids: set[str]
    digests: set[str] = field(default_factory=set[str])
    contents: dict[str, int] = field(default_factory=dict[str, int])
    stored: list[StoredCall] = field(default_factory=list[StoredCall])
    traces: dict[Path, FolderTrace] = field(default_factory=dict[Path, FolderTrace])

    @property
    def size(self) -> tuple[int, ...]:
        return len(self.call_ids), len(self.digests), len(self.contents), len(self.traces)


def plan_request(config: Config, asked: Asked, now: datetime) -> ForgetPlan:
    """Find all traces; changes nothing.

    Raises:
        InboxError: a drop folder that may hold the calls cannot be read.
        ConfigInvalid: the key of customers cannot be read.
        WarehouseError: the lake is damaged.
    """
    lake = Lake(config.lake_path)
    search = _searched(config, lake, asked)
    found = _found_ids(lake, search)
    request_id = f"{now.astimezone(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
    instant = now.astimezone(UTC).replace(tzinfo=None)
    request = Request(
        request_id=request_id,
        kind=Kind.REQUEST,
        requested_at=instant,
        call_ids=frozenset(search.call_ids),
        names=frozenset(name for each in search.call_ids for name in (each, shown_name(each))),
        customer_ids=frozenset(asked.customer_ids),
        contents=search.contents,
        folders=tuple(sorted(search.traces)),
        files=tuple(sorted(_remembered(config, search.call_ids))),
        clip_ids=clip_ids_of(lake, search.call_ids),
        tombstones=tuple(_tombstones(request_id, instant, asked.reason, search)),
    )
    missing = [each for each in asked.call_ids if each not in found]
    hashes = TombstoneStore(lake.root).hashes()
    before = tuple(each for each in missing if trace_hash(each) in hashes)
    counts = {"通话": len(found), **_counts(lake, search)}
    return ForgetPlan(request, counts, tuple(each for each in missing if each not in before), before)


def stored_keys(config: Config, customer_ids: Iterable[str]) -> frozenset[str]:
    """Return under which keys customers may be stored: as delivered, and as pseudonyms."""
    ids = tuple(customer_ids)
    key = customer_key(config) if ids else None
    return frozenset(ids) | frozenset(pseudonym(each, key) for each in ids if key)


def night_folders(config: Config) -> dict[date, Path]:
    """Return the drop folders by night."""
    found: dict[date, Path] = {}
    if config.inbox_path.is_dir():
        for folder in sorted(config.inbox_path.iterdir()):
            try:
                night = date.fromisoformat(folder.name)
            except ValueError:
                continue
            if folder.is_dir():
                found[night] = folder
    return found


def _searched(config: Config, lake: Lake, asked: Asked) -> _Search:
    search = _Search(set(asked.call_ids))
    keys = stored_keys(config, asked.customer_ids)
    folders = night_folders(config)
    unheard = folders.keys() - set(lake.nights())
    columns = config.inbox.columns.model_dump()
    hashes = _forgotten_recordings(lake, asked.call_ids)
    before: tuple[int, ...] = ()
    while search.size != before:
        before = search.size
        search.stored = find_calls(lake, Sought(frozenset(search.call_ids), frozenset(search.digests), keys))
        search.call_ids |= {call.call_id for call in search.stored}
        search.digests |= {call.digest for call in search.stored}
        search.contents |= {call.digest: call.size_bytes for call in search.stored if call.file_count == 1}
        near = unheard | {call.night for call in search.stored} | _nights_with_faults(lake, search.call_ids)
        texts = [*search.call_ids, *asked.customer_ids]
        for night, folder in folders.items():
            if night in near or may_hold(folder, texts):
                ids, customers = frozenset(search.call_ids), frozenset(asked.customer_ids)
                wanted = Wanted(ids, customers, search.contents, hashes)
                _add(search, lake, trace_in_folder(folder, columns, wanted))
    return search


def _forgotten_recordings(lake: Lake, call_ids: Iterable[str]) -> dict[str, int]:
    """{hash: bytes} of recordings that these calls had when they were forgotten before."""
    wanted = {trace_hash(call_id) for call_id in call_ids}
    rows = [row for row in TombstoneStore(lake.root).rows() if row["call_hash"] in wanted]
    return {row["recording_hash"]: row["size_bytes"] for row in rows if row["recording_hash"]}


def _add(search: _Search, lake: Lake, trace: FolderTrace) -> None:
    if not (trace.files or trace.lines):
        return
    search.traces[trace.folder] = trace
    search.call_ids |= trace.call_ids
    # The same sound under another call_id is the same recording, unless that call has one of its own.
    own = {
        call.call_id for call in find_calls(lake, Sought(trace.copy_ids)) if call.digest not in search.digests
    }
    search.call_ids |= trace.copy_ids - own
    search.digests |= {digest for _, digest in trace.recordings}
    search.contents |= dict(trace.contents)


def _nights_with_faults(lake: Lake, call_ids: Iterable[str]) -> set[date]:
    """Nights whose faults name the calls, or tell of something forgotten that was delivered again."""
    names = {name for each in call_ids for name in (each, shown_name(each))}
    nights: set[date] = set()
    for path in table_files(lake, FAULTS):
        for row in read_rows(path, ["night", "call_id", "reason", "message"]):
            is_named = row["call_id"] in names or mentions(row["message"], names)
            if is_named or row["reason"] == FORGOTTEN:
                nights.add(row["night"])
    return nights


def _remembered(config: Config, call_ids: Iterable[str]) -> set[Path]:
    """Files noted for clips of later nights, whatever the manifest says by now; none outside the inbox."""
    wanted = set(call_ids)
    root = config.inbox_path.resolve()
    notes = (config.lake_path / "_recordings").glob("*.json")
    noted = recording_files(config, [date.fromisoformat(path.stem) for path in notes])
    files = {file for call_id, own in noted.items() if call_id in wanted for file in own}
    return {file for file in files if file.resolve().is_relative_to(root) and file.is_file()}


def _counts(lake: Lake, search: _Search) -> dict[str, int]:
    rows = count_traces(lake, search.call_ids)
    traces = search.traces.values()
    return {
        "录音文件": sum(len(trace.files) for trace in traces),
        "清单行": sum(len(trace.lines) for trace in traces),
        "片段": len(clip_ids_of(lake, search.call_ids)),
        "数据湖里的行": rows.total(),
        "人工意见": LabelStore(lake.root).count(search.call_ids),
    }


def _found_ids(lake: Lake, search: _Search) -> set[str]:
    """Ids that were found anywhere: stored, delivered, in a fault or in a verdict."""
    found = {call.call_id for call in search.stored}
    found |= {each for trace in search.traces.values() for each in (*trace.call_ids, *trace.copy_ids)}
    labels = LabelStore(lake.root)
    rest = search.call_ids - found
    return found | {each for each in rest if count_traces(lake, {each}) or labels.count({each})}


def _tombstones(request_id: str, now: datetime, reason: str | None, search: _Search) -> Iterable[Row]:
    """One row per call and recording."""
    known: dict[str, dict[str | None, date | None]] = {call_id: {} for call_id in sorted(search.call_ids)}
    for trace in search.traces.values():
        for call_id, digest in trace.recordings:
            if call_id in known:
                known[call_id][digest] = date.fromisoformat(trace.folder.name)
        for call_id in trace.call_ids & known.keys():
            known[call_id].setdefault(None, date.fromisoformat(trace.folder.name))
    for call in search.stored:
        known[call.call_id][call.digest] = call.night
    sizes = search.contents | {call.digest: call.size_bytes for call in search.stored}
    for call_id, recordings in known.items():
        named = {digest: night for digest, night in recordings.items() if digest} or {
            None: recordings.get(None)
        }
        for number, (digest, night) in enumerate(sorted(named.items(), key=str)):
            hashes = trace_hash(call_id), trace_hash(digest) if digest else None
            yield {
                "tombstone_id": tombstone_id(request_id, *hashes),
                "scope": "call",
                "kind": str(Kind.REQUEST),
                "night": night,
                "call_hash": hashes[0],
                "recording_hash": hashes[1],
                "size_bytes": sizes.get(digest or ""),
                "call_count": int(number == 0),
                "reason": reason,
                "requested_at": now,
                "done_at": None,
            }
