"""Cases and clips as rows of the warehouse's tables.

In: `Case`, `Clip` and the run that writes them. Out: rows with exactly the columns of `library_case` and
`clip`. Pure.
"""

from collections.abc import Iterable
from dataclasses import asdict

from warehouse.case import Case, Clip
from warehouse.rows import Row, RunContext


def case_rows(cases: Iterable[Case], run: RunContext) -> list[Row]:
    """Rows of `library_case`."""
    return [asdict(case) | {"night": run.night, "run_id": run.run_id} for case in cases]


def clip_rows(clips: Iterable[Clip], run: RunContext) -> list[Row]:
    """Rows of `clip`."""
    return [_clip_row(clip) | {"night": run.night, "run_id": run.run_id} for clip in clips]


def _clip_row(clip: Clip) -> Row:
    return asdict(clip) | {
        "masks": None if clip.masks is None else [asdict(mask) for mask in clip.masks],
        "peaks": None if clip.peaks is None else list(clip.peaks),
    }
