"""What each case's pages were made from, so that those of old nights are not made again every night.

In: units with the rows that lead to everything their pages show. Out: which are as they were, with their
cards. Edge: reads and writes `data/cases.ledger` of a site, one JSON line per case or pair; it names no call.

What a run stored never changes, so a case's rows and the runs that its night was loaded from stand for all of
its turns and findings. The version of our own code, templates and words is part of every key.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warehouse.case import Library
from warehouse.pages.cards import Card, card_from, card_json
from warehouse.pages.read import Unit
from warehouse.pages.site import HERE, Site

LEDGER = "data/cases.ledger"
_RUNS = ("loaded_run_id", "transcript_run_id", "schema_digest")
_SOURCES = ("*.py", "*.yaml", "*.sql", "*.j2")


@dataclass(frozen=True, slots=True)
class Entry:
    """A unit's key, its card, and its files with their sizes in bytes, relative to the site."""

    key: str
    card: Card
    files: tuple[tuple[str, int], ...]


def site_key(site: Site, libraries: Sequence[Library]) -> str:
    """Return what stands for everything but the warehouse that pages are made from."""
    digest = hashlib.sha256(repr((sorted(site.assets.items()), libraries)).encode())
    for path in sorted(path for pattern in _SOURCES for path in HERE.parent.rglob(pattern)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def key_of(unit: Unit, site: str) -> str:
    """Return what stands for everything a unit's pages show, "" where that cannot be told."""
    if any(row.get(name) is None for row in unit.rows for name in _RUNS):
        return ""
    given = [site, unit.link, unit.before, unit.after, *({**row} for row in unit.rows)]
    return hashlib.sha256(json.dumps(given, default=str, sort_keys=True).encode()).hexdigest()


def read_ledger(folder: Path) -> dict[str, Entry]:
    """Return entries by link; none where there is no ledger or it is damaged: all is made again then."""
    try:
        lines = (folder / LEDGER).read_text(encoding="utf-8").splitlines()
        return {data["card"]["link"]: _entry(data) for data in map(json.loads, lines)}
    except (OSError, UnicodeDecodeError, ValueError, KeyError, TypeError):
        return {}


def write_ledger(site: Site, entries: Mapping[str, Entry]) -> None:
    """Write the ledger; without entries there is none.

    Raises:
        WarehouseError: the file cannot be written.
    """
    if not entries:
        (site.folder / LEDGER).unlink(missing_ok=True)
        return
    lines = [
        json.dumps(
            {"key": each.key, "card": card_json(each.card), "texts": each.card.texts, "files": each.files},
            ensure_ascii=False,
        )
        for each in entries.values()
    ]
    site.write(LEDGER, "\n".join(lines).encode())


def is_there(site: Site, entry: Entry) -> bool:
    """Return whether an entry's files lie there as they were written; they belong to the site then."""
    paths = [(site.folder / relative, size) for relative, size in entry.files]
    if not all(path.is_file() and path.stat().st_size == size for path, size in paths):
        return False
    site.written.update(path for path, _ in paths)
    return True


def _entry(data: Mapping[str, Any]) -> Entry:
    files = tuple((str(relative), int(size)) for relative, size in data["files"])
    return Entry(data["key"], card_from(data["card"], data["texts"]), files)
