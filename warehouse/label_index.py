"""What people said, held in memory by a program that stays: a verdict is added without reading them all.

In: a `LabelStore`. Out: what was said of each target, oldest first. Edge: reads files that are new.

Other programs may add, merge or remove files meanwhile: `refresh` looks at the names and reads new ones only.
A hundred thousand verdicts take about 60 MB and a second or two to read, once.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import RLock

from warehouse.label_row import CORRECTED, found_ids
from warehouse.label_store import LabelStore, Stored, content_of, new_rows, stage_of
from warehouse.row_files import read_rows
from warehouse.rows import Row


@dataclass(frozen=True, slots=True)
class Said:
    """One person's word on one target: `found` and `corrected` are ids in the order of `Choices`."""

    label_id: str
    table: str
    target_id: str
    call_id: str
    night: str
    labelled_by: str
    labelled_at: datetime
    stage: str
    verdict: str
    found: tuple[str | None, ...]
    corrected: tuple[str | None, ...]
    note: str


@dataclass(frozen=True, slots=True)
class _File:
    """A file that was read: what tells it from another of the same name, and the ids in it."""

    stamp: tuple[int, int, int]
    ids: frozenset[str]


@dataclass(slots=True)
class LabelIndex:
    """All that was said in the label `tables` of a store. Safe for several threads."""

    store: LabelStore
    tables: Sequence[str]
    _files: dict[Path, _File] = field(default_factory=dict[Path, _File])
    _said: dict[str, Said] = field(default_factory=dict[str, Said])
    _of_target: dict[str, list[Said]] = field(default_factory=dict[str, list[Said]])
    _lock: RLock = field(default_factory=RLock)

    def refresh(self) -> bool:
        """Read what is new; returns whether anything changed.

        Raises:
            WarehouseError: a file is damaged.
        """
        with self._lock:
            changes = [self._refresh_table(table) for table in self.tables]
        return any(changes)

    def of(self, target_id: str) -> tuple[Said, ...]:
        """What was said of a target, oldest first."""
        with self._lock:
            return tuple(self._of_target.get(target_id, ()))

    def by_target(self) -> dict[str, tuple[Said, ...]]:
        """Everything, by target."""
        with self._lock:
            return {target_id: tuple(said) for target_id, said in self._of_target.items()}

    def count_by(self, name: str) -> int:
        """How many targets a person has judged, appealed or decided."""
        with self._lock:
            return sum(any(each.labelled_by == name for each in said) for said in self._of_target.values())

    def add(self, rows: Mapping[str, Sequence[Row]]) -> Stored:
        """Store rows as `LabelStore.add` does; when it returns they are on disk.

        Raises:
            WarehouseError: a row does not fit its table, or the disk is full or read-only.
        """
        added = known = 0
        with self._lock:
            self.refresh()
            for table, given in rows.items():
                targets = {row["target_id"] for row in given}
                said = [each for target in targets for each in self.of(target)]
                newest = {_key(each): _content(each) for each in said}
                new = new_rows(given, {each.label_id for each in said}, newest)
                path = self.store.write(table, new)
                if path is not None:
                    self._take(table, path, new)
                added += len(new)
                known += len(given) - len(new)
        return Stored(added, known)

    def compact(self) -> int:
        """Merge small files when there are many; who adds meanwhile waits. Returns how many files went.

        Raises:
            WarehouseError: a file is damaged, or the disk is full or read-only.
        """
        with self._lock:
            return sum(self.store.compact(table) for table in self.tables)

    def _refresh_table(self, table: str) -> bool:
        known = {path: file.stamp for path, file in self._files.items() if path.parent.name == table}
        if _stamps(self.store, table) == known:
            return False
        with self.store.held(table):
            present = _stamps(self.store, table)
            # A file in which calls were forgotten has its old name and another stamp.
            gone = {path: self._files.pop(path) for path in known if present.get(path) != known[path]}
            for path in sorted(path for path in present if path not in self._files):
                self._take(table, path, read_rows(path))
        for file in gone.values():
            self._drop(file.ids)
        return True

    def _take(self, table: str, path: Path, rows: Sequence[Row]) -> None:
        self._files[path] = _File(_stamp(path), frozenset(str(row["label_id"]) for row in rows))
        for row in rows:
            said = said_of(table, row)
            if said.label_id not in self._said:
                self._said[said.label_id] = said
                of_target = self._of_target.setdefault(said.target_id, [])
                of_target.append(said)
                of_target.sort(key=_instant)

    def _drop(self, ids: frozenset[str]) -> None:
        """Files went: merged into others, which were read by now, or their calls were forgotten."""
        kept = {label_id for file in self._files.values() for label_id in file.ids & ids}
        for label_id in (ids - kept) & self._said.keys():
            said = self._said.pop(label_id)
            rest = [each for each in self._of_target[said.target_id] if each.label_id != label_id]
            self._of_target[said.target_id] = rest
            if not rest:
                del self._of_target[said.target_id]


def _stamps(store: LabelStore, table: str) -> dict[Path, tuple[int, int, int]]:
    found: dict[Path, tuple[int, int, int]] = {}
    for path in store.files(table):
        with suppress(FileNotFoundError):  # merged this moment
            found[path] = _stamp(path)
    return found


def _stamp(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_ino, found.st_mtime_ns, found.st_size


def said_of(table: str, row: Row) -> Said:
    """Return what a row of a label table says."""
    return Said(
        label_id=str(row["label_id"]),
        table=table,
        target_id=row["target_id"],
        call_id=row["call_id"],
        night=str(row["night"]),
        labelled_by=row["labelled_by"],
        labelled_at=row["labelled_at"],
        stage=stage_of(row),
        verdict=row["verdict"],
        found=found_ids(table, row),
        corrected=tuple(row[name] for name in CORRECTED[table]),
        note=row["note"] or "",
    )


def _key(said: Said) -> tuple[str, str, str]:
    return said.target_id, said.labelled_by, said.stage


def _content(said: Said) -> tuple[object, ...]:
    """The same as `content_of` of its row."""
    names = CORRECTED[said.table]
    row: Row = dict(zip(names, said.corrected, strict=True))
    return content_of(row | {"verdict": said.verdict, "note": said.note or None})


def _instant(said: Said) -> tuple[datetime, str]:
    return said.labelled_at, said.label_id
