"""Stored transcripts of many nights, each call once: where it lies in several nights, the latest counts.

In: a lake and nights. Out: transcripts night by night, few in memory at a time. Edge.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from transcribe.call import Transcript
from warehouse.connect import DatabaseError, explained, open_memory
from warehouse.lake import Lake, RunRef
from warehouse.schema import statement


@dataclass(frozen=True, slots=True)
class StoredCall:
    """A stored call and the night in which it lies."""

    night: date
    transcript: Transcript


def iter_calls(lake: Lake, runs: Sequence[RunRef], without: Collection[str] = ()) -> Iterator[StoredCall]:
    """Yield the calls of `runs` that count among them, the latest night first.

    Args:
        lake: Where they lie.
        runs: At most one run of a night.
        without: Columns of turns that are not read (words, tokens, pinyin).

    Raises:
        WarehouseError: a file is missing or damaged.
    """
    latest = _repeated(lake, runs)
    for run in sorted(runs, key=lambda each: each.night, reverse=True):
        for transcript in lake.iter_transcripts(run, without=without):
            if latest.get(transcript.call_id, run.night) == run.night:
                yield StoredCall(run.night, transcript)


def _repeated(lake: Lake, runs: Sequence[RunRef]) -> dict[str, date]:
    """Return {call_id: the night that counts} of calls that lie in several of the runs' nights."""
    if len(runs) < 2:
        return {}
    files = [str(lake.path_of("call", run)) for run in runs]
    with open_memory() as memory:
        try:
            memory.execute(statement("repeated_calls"), {"files": files})
            return {str(call_id): night for call_id, night in memory.fetchall()}
        except DatabaseError as err:
            raise explained(err, lake.root / "call") from err
