"""What is to be forgotten, written down before anything is deleted, so that a kill loses no request. Edge.

In: what a plan found. Out: `<lake>/_work/forget/<request_id>.json`, there until every place is clean. It is
the only place that names the calls meanwhile; it goes last.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, cast

from flows.config import Config
from flows.night import write_text
from warehouse.rows import Row


class Kind(StrEnum):
    """Why something goes: a person asked for it, or its age was reached."""

    REQUEST = "request"
    RETENTION = "retention"


@dataclass(frozen=True, slots=True)
class Request:
    """What goes, all of it or never asked for.

    `names` are the calls' ids as messages may show them; `customer_ids` as the manifest has them; `contents`
    maps sha256 of a recording's file to its size; `folders` are drop folders with something of the calls,
    `files` recordings noted earlier. `nights` lose all their calls, `recording_nights` their drop folder.
    """

    request_id: str
    kind: Kind
    requested_at: datetime
    call_ids: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    customer_ids: frozenset[str] = frozenset()
    contents: dict[str, int] = field(default_factory=dict[str, int])
    folders: tuple[Path, ...] = ()
    files: tuple[Path, ...] = ()
    clip_ids: frozenset[str] = frozenset()
    nights: tuple[date, ...] = ()
    recording_nights: tuple[date, ...] = ()
    tombstones: tuple[Row, ...] = ()


def note(config: Config, request: Request) -> None:
    """Write the request down; from here on it will be carried out."""
    text = json.dumps(asdict(request), default=_plain, ensure_ascii=False)
    write_text(_folder(config) / f"{request.request_id}.json", text)


def pending(config: Config) -> list[Request]:
    """Return the requests that were noted and are not done, oldest first."""
    paths = sorted(_folder(config).glob("*.json"))
    found = [_request(json.loads(path.read_text(encoding="utf-8"))) for path in paths]
    return sorted(found, key=lambda each: (each.requested_at, each.request_id))


def close(config: Config, requests: Sequence[Request]) -> None:
    """Remove the notes of requests that are done, and what a kill left of others."""
    for request in requests:
        (_folder(config) / f"{request.request_id}.json").unlink(missing_ok=True)
    for left in _folder(config).glob("*.tmp"):
        left.unlink(missing_ok=True)
    if _folder(config).is_dir() and not os.listdir(_folder(config)):
        _folder(config).rmdir()


def _folder(config: Config) -> Path:
    return config.lake_path / "_work" / "forget"


def _plain(value: object) -> object:
    if isinstance(value, frozenset):
        return sorted(str(each) for each in cast("frozenset[object]", value))
    return value.isoformat() if isinstance(value, date) else str(value)


def _request(told: dict[str, Any]) -> Request:
    instants = {"requested_at", "done_at"}
    tombstones = tuple(
        row
        | {name: datetime.fromisoformat(row[name]) for name in instants if row[name]}
        | {"night": date.fromisoformat(row["night"]) if row["night"] else None}
        for row in told["tombstones"]
    )
    return Request(
        request_id=told["request_id"],
        kind=Kind(told["kind"]),
        requested_at=datetime.fromisoformat(told["requested_at"]),
        call_ids=frozenset(told["call_ids"]),
        names=frozenset(told["names"]),
        customer_ids=frozenset(told["customer_ids"]),
        contents=told["contents"],
        folders=tuple(map(Path, told["folders"])),
        files=tuple(map(Path, told["files"])),
        clip_ids=frozenset(told["clip_ids"]),
        nights=tuple(map(date.fromisoformat, told["nights"])),
        recording_nights=tuple(map(date.fromisoformat, told["recording_nights"])),
        tombstones=tombstones,
    )
