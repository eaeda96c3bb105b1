"""`pack.json`: what a pack holds, so that it can be found again. Edge: reads packs, folders and zips.

A call is named by the sha256 of its id, and by the id itself only where that shows no number of a person: a
pack leaves the house on a stick.
"""

import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from warehouse.errors import WarehouseError
from warehouse.pages.names import shown_id

PACK_JSON = "pack.json"


class PackedCase(BaseModel):
    """One case of a pack: `item` counts the things heard from 1, `call_digest` is a sha256 (hex)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    item: int
    case_id: str
    call_id: str | None
    call_digest: str
    library_id: str
    side: str | None
    file: str
    clip_s: float


class PackedProblem(BaseModel):
    """A problem that a pack speaks of, with the team's numbers."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: str
    problem_id: str
    name: str
    call_count: int
    base_count: int


class PackFile(BaseModel):
    """What `pack.json` says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    night: date
    team: str | None
    minutes: float
    seconds: float
    problems: list[PackedProblem]
    cases: list[PackedCase]

    def text(self) -> str:
        """Return the file's content."""
        return json.dumps(self.model_dump(mode="json"), ensure_ascii=False, indent=1) + "\n"


@dataclass(frozen=True, slots=True)
class StoredPack:
    """A pack on disk: a folder, or a zip."""

    path: Path
    content: PackFile


def call_digest(call_id: str) -> str:
    """Return sha256 (hex) of a call's id."""
    return hashlib.sha256(call_id.encode()).hexdigest()


def told_call_id(call_id: str) -> str | None:
    """Return a call's id when it may leave the house, None when a number in it could be a person's."""
    return call_id if shown_id(call_id) == call_id else None


def stored_packs(packs_dir: Path) -> Iterator[StoredPack]:
    """Yield the packs of a directory, by name; what is no pack, or one still being written, is left out.

    Raises:
        WarehouseError: a pack's `pack.json` cannot be read.
    """
    for path in sorted(packs_dir.glob("*")) if packs_dir.is_dir() else ():
        if path.name.startswith("."):
            continue
        content = read_pack(path)
        if content is not None:
            yield StoredPack(path, content)


def packs_holding(packs_dir: Path, call_ids: Iterable[str]) -> list[Path]:
    """Return the folders and zips below `packs_dir` that hold any of the calls.

    Raises:
        WarehouseError: a pack's `pack.json` cannot be read.
    """
    wanted = {call_digest(call_id) for call_id in call_ids}
    return [
        pack.path
        for pack in stored_packs(packs_dir)
        if any(case.call_digest in wanted for case in pack.content.cases)
    ]


def heard_calls(packs_dir: Path, night: date, team: str | None, nights: int) -> frozenset[str]:
    """Return digests of the calls in a team's packs, and in everybody's, of the nights before `night`."""
    first = night - timedelta(days=nights)
    return frozenset(
        case.call_digest
        for pack in stored_packs(packs_dir)
        if first <= pack.content.night < night and pack.content.team in (team, None)
        for case in pack.content.cases
    )


def read_pack(path: Path) -> PackFile | None:
    """Return what a folder or zip says of itself, None when it is no pack.

    Raises:
        WarehouseError: its `pack.json` cannot be read.
    """
    text: str | bytes
    try:
        if path.is_dir():
            if not (path / PACK_JSON).is_file():
                return None
            text = (path / PACK_JSON).read_bytes()
        elif path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                text = archive.read(PACK_JSON)
        else:
            return None
        return PackFile.model_validate_json(text)
    except KeyError:  # a zip of somebody else's
        return None
    except (OSError, zipfile.BadZipFile, ValidationError) as err:
        raise WarehouseError(f"{path}：读不了这份晨训包（{err}）。请删掉它，需要时重新生成。") from err
