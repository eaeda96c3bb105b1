"""Everything in a night's drop folder that belongs to given calls. Edge: reads the folder, changes nothing.

In: the folder, how to read it, what is looked for. Out: files, manifest rows and call_ids. A call is found by
its call_id, by its customer, or by the content of a file, so that copies under other names are found too.
"""

import hashlib
import html
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from transcribe.delivery import (
    PARTIAL_SUFFIXES,
    SIDE_SUFFIXES,
    DeliveredFile,
    listed,
    normal_name,
    stem_of,
)
from transcribe.errors import InboxError
from transcribe.forgotten import trace_hash
from transcribe.manifest import CSV_NAME, JSONL_NAME, read_manifest
from transcribe.manifest_row import ManifestRow
from transcribe.naming import shown_name

_CHUNK_BYTES = 1 << 20
_MASKED_ID_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: call_ids, customers as the manifest names them, contents.

    `contents` maps sha256 (hex) of a file to its size in bytes, `hashes` the `trace_hash` of such a digest:
    only files of such a size are read.
    """

    call_ids: frozenset[str] = frozenset()
    customer_ids: frozenset[str] = frozenset()
    contents: Mapping[str, int] = field(default_factory=dict[str, int])
    hashes: Mapping[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True, slots=True)
class FolderTrace:
    """What was found in one folder: recordings and files beside them, manifest rows by line, call_ids.

    `copy_ids` are those found by content alone. `recordings` are (call_id, digest of its files in channel
    order), `contents` (sha256, bytes) of single files.
    """

    folder: Path
    files: tuple[Path, ...] = ()
    manifest: Path | None = None
    lines: frozenset[int] = frozenset()
    call_ids: frozenset[str] = frozenset()
    copy_ids: frozenset[str] = frozenset()
    recordings: tuple[tuple[str, str], ...] = ()
    contents: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class _Item:
    """A manifest row with its files, or a file that no row names."""

    call_id: str | None
    names: tuple[str, ...]
    row: ManifestRow | None


def trace_in_folder(folder: Path, columns: Mapping[str, str], wanted: Wanted) -> FolderTrace:
    """Returns what of `wanted` lies in the folder of one night.

    Raises:
        InboxError: the folder or its manifest cannot be read, so nobody can say what it holds.
    """
    files = listed(folder)
    manifest = read_manifest(folder, columns, None)
    items = _items(files, manifest.rows if manifest else ())
    digests = _Digests(files, wanted)
    named = [item for item in items if _is_named(item, wanted, digests)]
    copies = [item for item in items if item not in named and any(map(digests.is_known, item.names))]
    found = [*named, *copies]
    names = {name for item in found for name in item.names if name in files}
    claimed = {name for item in items if item not in found for name in item.names}
    beside = _beside(names | {name for item in found for name in item.names}, files, claimed)
    return FolderTrace(
        folder=folder,
        files=tuple(files[name].path for name in sorted(names | beside)),
        manifest=folder / manifest.name if manifest else None,
        lines=frozenset(item.row.line for item in found if item.row),
        call_ids=frozenset(item.call_id for item in named if item.call_id),
        copy_ids=frozenset(item.call_id for item in copies if item.call_id),
        recordings=tuple(
            (item.call_id, file_digest(*(files[name].path for name in item.names)))
            for item in found
            if item.call_id and item.names and files.keys() >= set(item.names)
        ),
        contents=tuple(sorted((digests.of(name), files[name].size_bytes) for name in names)),
    )


def may_hold(folder: Path, texts: Iterable[str]) -> bool:
    """Whether the folder's manifest may name one of `texts`: a quick look at its bytes.

    Raises:
        OSError: it is there and cannot be read.
    """
    for name in (CSV_NAME, JSONL_NAME):
        path = folder / name
        if path.is_file():
            content = path.read_bytes()
            if any(form in content for text in texts for form in written_forms(text)):
                return True
    return False


def written_forms(text: str) -> frozenset[bytes]:
    """Returns how a text may stand in a file: in UTF-8, in GB18030, as JSON and as HTML write it."""
    texts = {text, json.dumps(text)[1:-1], html.escape(text)}
    encoded = {each.encode("utf-8", "replace") for each in texts}
    return frozenset(encoded | {text.encode("gb18030", "replace")})


def _items(files: Mapping[str, DeliveredFile], rows: Iterable[ManifestRow]) -> list[_Item]:
    items: list[_Item] = []
    for row in rows:
        names = tuple(normal_name(name) for name in row.file)
        items.append(_Item(row.call_id or (stem_of(names[0]) if names else None), names, row))
    listed_names = {name for item in items for name in item.names}
    for name in sorted(files.keys() - listed_names - {CSV_NAME, JSONL_NAME}):
        if not _is_beside(name):
            items.append(_Item(stem_of(name), (name,), None))
    return items


def _is_beside(name: str) -> bool:
    return (
        name.casefold().endswith(PARTIAL_SUFFIXES) or PurePosixPath(name).suffix.casefold() in SIDE_SUFFIXES
    )


def _is_named(item: _Item, wanted: Wanted, digests: "_Digests") -> bool:
    if item.row is not None and item.row.customer_id in wanted.customer_ids:
        return True
    if item.call_id is None or item.call_id in wanted.call_ids:
        return item.call_id is not None
    # A call_id whose numbers were masked carries the first digits of its content.
    begin = f"{shown_name(item.call_id)}-"
    alike = [call_id for call_id in wanted.call_ids if item.row is None and call_id.startswith(begin)]
    return any(begin + digests.of(item.names[0])[:_MASKED_ID_DIGITS] == call_id for call_id in alike)


def _beside(names: set[str], files: Mapping[str, DeliveredFile], claimed: set[str]) -> set[str]:
    """What recorders leave beside a recording: the same name with another ending, or a copy begun."""
    stems = {str(PurePosixPath(name).with_suffix("")) + "." for name in names}
    return {
        name
        for name in files.keys() - names - claimed
        if _is_beside(name) and name not in (CSV_NAME, JSONL_NAME) and name.startswith(tuple(stems))
    }


class _Digests:
    """sha256 of files, each read at most once."""

    def __init__(self, files: Mapping[str, DeliveredFile], wanted: Wanted) -> None:
        self._files = files
        self._wanted = wanted
        self._sizes = frozenset((*wanted.contents.values(), *wanted.hashes.values()))
        self._found: dict[str, str] = {}

    def is_known(self, name: str) -> bool:
        file = self._files.get(name)
        if file is None or file.size_bytes not in self._sizes:
            return False
        return self.of(name) in self._wanted.contents or trace_hash(self.of(name)) in self._wanted.hashes

    def of(self, name: str) -> str:
        if name not in self._found:
            self._found[name] = file_digest(self._files[name].path)
        return self._found[name]


def file_digest(*paths: Path) -> str:
    """Returns the sha256 (hex) of files, one after the other.

    Raises:
        InboxError: one cannot be read.
    """
    sha256 = hashlib.sha256()
    for path in paths:
        try:
            with path.open("rb") as file:
                while chunk := file.read(_CHUNK_BYTES):
                    sha256.update(chunk)
        except OSError as err:
            raise InboxError(f"{path.parent}: 有文件读不了({err.strerror}), 请检查读取权限") from err
    return sha256.hexdigest()
