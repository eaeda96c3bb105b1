"""The clips of a night's cases, one after the other: a case that gets none never stops the rest.

In: the warehouse being built, cases, their libraries, the recordings' files. Out: clips and refusals.
Edge: reads the warehouse, and through `clips` the recordings.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from tagging.finding import PiiMask
from transcribe.call import Turn
from warehouse.case import Case, Clip, Library
from warehouse.clip_plan import ClipOptions, plan_clip
from warehouse.clips import SoundOptions, cut_clip
from warehouse.connect import Connection, fetch_rows
from warehouse.errors import ClipRefused
from warehouse.rows import transcript_from_rows

QUERIES = Path(__file__).resolve().parent / "pages" / "queries"


@dataclass(frozen=True, slots=True)
class CuttingOptions:
    """How clips are planned and how they sound."""

    plan: ClipOptions = field(default_factory=ClipOptions)
    sound: SoundOptions = field(default_factory=SoundOptions)


@dataclass(frozen=True, slots=True)
class ClipRefusal:
    """A case that stays without a clip, and why (Chinese, no customer's data)."""

    case_id: str
    library_id: str
    call_id: str
    message: str


@dataclass(frozen=True, slots=True)
class ClipsReport:
    """What became of the cases: `clips` that exist on disk now, `refusals` for the rest."""

    clips: tuple[Clip, ...]
    refusals: tuple[ClipRefusal, ...]


def cut_clips(
    con: Connection,
    cases: tuple[tuple[Case, Library], ...],
    files: Mapping[str, tuple[Path, ...]],
    out_dir: Path,
    options: CuttingOptions | None = None,
) -> ClipsReport:
    """Cut the clip of every case below `out_dir` (the folder of pages).

    `files` maps call_id to the recording's files in channel order; a call without an entry is a refusal.
    """
    options = options or CuttingOptions()
    clips: list[Clip] = []
    refusals: list[ClipRefusal] = []
    for case, library in cases:
        turns, masks = read_call(con, case.call_id)
        try:
            plan = plan_clip(case, library, turns, masks, options.plan)
            clips.append(cut_clip(plan, files.get(case.call_id, ()), out_dir, options.sound))
        except ClipRefused as err:
            refusals.append(ClipRefusal(case.case_id, case.library_id, case.call_id, str(err)))
    return ClipsReport(tuple(clips), tuple(refusals))


def with_library(cases: tuple[Case, ...], libraries: tuple[Library, ...]) -> tuple[tuple[Case, Library], ...]:
    """Return each case with its library."""
    by_id = {library.library_id: library for library in libraries}
    return tuple((case, by_id[case.library_id]) for case in cases)


def read_call(con: Connection, call_id: str) -> tuple[tuple[Turn, ...], tuple[PiiMask, ...]]:
    """Return (turns in order, masks) of one call; both empty when the warehouse does not know it."""
    calls = fetch_rows(con, query("call"), {"call_id": call_id})
    if not calls:
        return (), ()
    turns = transcript_from_rows(calls[0], fetch_rows(con, query("turns"), {"call_id": call_id})).turns
    masks = tuple(_mask(row) for row in fetch_rows(con, query("masks"), {"call_id": call_id}))
    return turns, masks


@lru_cache(maxsize=32)
def query(name: str) -> str:
    """Return the text of `pages/queries/<name>.sql`."""
    return (QUERIES / f"{name}.sql").read_text(encoding="utf-8")


def _mask(row: Mapping[str, Any]) -> PiiMask:
    return PiiMask(**row)
