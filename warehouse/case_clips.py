"""The clips of a night's cases: first all are planned, then cut, wherever that is done.

In: the warehouse being built, cases, their libraries, the recordings' files. Out: plans, clips and refusals:
a case that gets no clip never stops the rest. Edge: reads the warehouse, and through `clips` the recordings.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from tagging.finding import PiiMask
from warehouse.agent_mentions import agent_mentions
from warehouse.case import Case, Clip, Library
from warehouse.clip_plan import ClipOptions, ClipPlan, HeardCall, plan_clip
from warehouse.clip_sound import SoundOptions
from warehouse.clips import Source, cut_clip
from warehouse.connect import Connection, fetch_rows
from warehouse.errors import ClipRefused, RefusalReason
from warehouse.rows import transcript_from_rows

QUERIES = Path(__file__).resolve().parent / "pages" / "queries"


@dataclass(frozen=True, slots=True)
class CuttingOptions:
    """How clips are planned and how they sound."""

    plan: ClipOptions = field(default_factory=ClipOptions)
    sound: SoundOptions = field(default_factory=SoundOptions)


@dataclass(frozen=True, slots=True)
class ClipRefusal:
    """A case that stays without a clip, and why (the message is Chinese, without a customer's data)."""

    case_id: str
    library_id: str
    call_id: str
    reason: RefusalReason
    message: str


@dataclass(frozen=True, slots=True)
class PlannedClip:
    """A clip that is to be cut from the files of its recording, in channel order."""

    library_id: str
    plan: ClipPlan
    files: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class ClipsReport:
    """What became of the cases: `clips` that exist on disk now, `refusals` for the rest."""

    clips: tuple[Clip, ...]
    refusals: tuple[ClipRefusal, ...]


@dataclass(frozen=True, slots=True)
class ClipPlans:
    """What is to be cut, and the cases for which nothing can be."""

    planned: tuple[PlannedClip, ...]
    refusals: tuple[ClipRefusal, ...]


def plan_clips(
    con: Connection,
    cases: tuple[tuple[Case, Library], ...],
    files: Mapping[str, tuple[Path, ...]],
    options: ClipOptions | None = None,
) -> ClipPlans:
    """Return the plan of every case's clip.

    `files` maps call_id to the recording's files; a call without an entry still may have been cut before.
    """
    planned: list[PlannedClip] = []
    refusals: list[ClipRefusal] = []
    for case, library in cases:
        try:
            plan = plan_clip(case, library, read_call(con, case.call_id), options)
            planned.append(PlannedClip(library.library_id, plan, files.get(case.call_id, ())))
        except ClipRefused as err:
            refusals.append(ClipRefusal(case.case_id, library.library_id, case.call_id, err.reason, str(err)))
    return ClipPlans(tuple(planned), tuple(refusals))


def cut_planned(
    planned: Sequence[PlannedClip], out_dir: Path, sound: SoundOptions | None = None
) -> ClipsReport:
    """Cut clips below `out_dir` (the folder of pages), one after the other; those that exist are reused."""
    clips: list[Clip] = []
    refusals: list[ClipRefusal] = []
    for each in planned:
        try:
            clips.append(cut_clip(each.plan, Source(each.files), out_dir, sound))
        except ClipRefused as err:
            refusals.append(refusal(each, err.reason, str(err)))
    return ClipsReport(tuple(clips), tuple(refusals))


def refusal(planned: PlannedClip, reason: RefusalReason, message: str) -> ClipRefusal:
    """Return the refusal of a clip that was planned and could not be cut."""
    return ClipRefusal(planned.plan.case_id, planned.library_id, planned.plan.call_id, reason, message)


def cut_clips(
    con: Connection,
    cases: tuple[tuple[Case, Library], ...],
    files: Mapping[str, tuple[Path, ...]],
    out_dir: Path,
    options: CuttingOptions | None = None,
) -> ClipsReport:
    """Plan and cut the clip of every case below `out_dir` in this process."""
    options = options or CuttingOptions()
    plans = plan_clips(con, cases, files, options.plan)
    cut = cut_planned(plans.planned, out_dir, options.sound)
    return ClipsReport(cut.clips, (*plans.refusals, *cut.refusals))


def with_library(cases: tuple[Case, ...], libraries: tuple[Library, ...]) -> tuple[tuple[Case, Library], ...]:
    """Return each case with its library."""
    by_id = {library.library_id: library for library in libraries}
    return tuple((case, by_id[case.library_id]) for case in cases)


def read_call(con: Connection, call_id: str) -> HeardCall:
    """Return what a clip must know of one call; without turns when the warehouse does not know it."""
    calls = fetch_rows(con, query("call"), {"call_id": call_id})
    if not calls:
        return HeardCall(())
    turns = transcript_from_rows(calls[0], fetch_rows(con, query("turns"), {"call_id": call_id})).turns
    masks = tuple(_mask(row) for row in fetch_rows(con, query("masks"), {"call_id": call_id}))
    mentions = agent_mentions(turns, calls[0]["agent_id"])
    return HeardCall(turns, masks, mentions, calls[0]["recording_digest"])


@lru_cache(maxsize=32)
def query(name: str) -> str:
    """Return the text of `pages/queries/<name>.sql`."""
    return (QUERIES / f"{name}.sql").read_text(encoding="utf-8")


def _mask(row: Mapping[str, Any]) -> PiiMask:
    return PiiMask(**row)
