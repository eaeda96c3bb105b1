"""Hits that only the recording could tell, taken over when a night is tagged again. Edge file.

In: a tagged chunk and the run before. Out: a folder, by one rename, with all taboo hits of the chunk's calls.
"""

from collections.abc import Mapping
from pathlib import Path

from flows.work import TagJob, write_together
from tagging.finding import MatchKind
from tagging.scope import is_in_force
from tagging.taboo.schema import TabooEntry
from warehouse.lake import Lake, RunRef
from warehouse.row_files import read_rows
from warehouse.rows import Row

TABLE = "taboo_hit"
_FROM_LEXICON = ("phrase", "kind", "severity", "replacement", "owner")


def has_heard_hits(lake: Lake, run: RunRef) -> bool:
    """Whether the second pass of a run found anything."""
    return any(row["match"] == MatchKind.LIKELIHOOD for row in lake.read_rows(TABLE, run, ["match"]))


def carry_heard_hits(job: TagJob, before: RunRef, entries: Mapping[str, TabooEntry]) -> Path:
    """Write the chunk's hits and those of `before` by likelihood with a phrase in force; returns the folder.

    Args:
        job: The tagged chunk.
        before: The run whose hits by likelihood may stay.
        entries: Today's phrases by id.

    Raises:
        WarehouseError: a file is damaged, or the disk is full.
    """
    target = job.target.with_name(f"{job.target.name}-{before.run_id}-carried")
    if target.is_dir():
        return target
    lake = Lake(job.config.lake_path)
    calls = lake.read_rows("call", job.run, ["call_id", "line_of_business"], job.call_ids)
    lines = {row["call_id"]: row["line_of_business"] for row in calls}
    rows = read_rows(job.target / f"{TABLE}.parquet")
    heard = [
        row
        for row in lake.read_rows(TABLE, before, None, job.call_ids)
        if row["match"] == MatchKind.LIKELIHOOD
    ]
    kept = [
        renewed
        for row in heard
        if (renewed := _renewed(row, entries, lines)) and not any(_overlap(row, other) for other in rows)
    ]
    return write_together(lake, {TABLE: [*rows, *kept]}, target)


def _renewed(row: Row, entries: Mapping[str, TabooEntry], lines: Mapping[str, str | None]) -> Row | None:
    """The hit as today's lexicon describes it, None when the phrase is no longer in force."""
    entry = entries.get(row["phrase_id"])
    if entry is None or not is_in_force(entry, row["call_date"], lines.get(row["call_id"])):
        return None
    return row | {name: getattr(entry, name) for name in _FROM_LEXICON}


def _overlap(one: Row, other: Row) -> bool:
    is_same_turn = (one["call_id"], one["turn_index"]) == (other["call_id"], other["turn_index"])
    return is_same_turn and one["char_start"] < other["char_end"] and other["char_start"] < one["char_end"]
