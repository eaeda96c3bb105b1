"""A finished night as a `NightReport`.

In: the night, its run row, shelf and checks. Out: plain data. Edge: reads the lake.
"""

from collections.abc import Sequence

from flows.cutting import refusal_lines
from flows.night import Night, model_warnings
from flows.publication import Shelf
from flows.report import FaultLine, NightReport
from flows.work import load_taggers
from warehouse.checks import CheckResult, shown
from warehouse.rows import FINDING_TABLES, Row

_COUNTED = ("call", "turn", *FINDING_TABLES, "pii_mask", "library_case", "clip", "run_failure")


def night_report(
    night: Night, row: Row, shelf: Shelf, checked: Sequence[CheckResult], morning_file: str
) -> NightReport:
    """Return the night's report, without stage times."""
    faults = night.lake.read_rows("run_failure", night.run)
    return NightReport(
        night=night.night,
        run_id=night.run.run_id,
        counts={table: len(night.lake.read_rows(table, night.run, ["run_id"])) for table in _COUNTED},
        faults=tuple(
            FaultLine(
                severity=str(fault["severity"]),
                reason=str(fault["reason"]),
                call_id=fault["call_id"],
                file=fault["file"],
                message=str(fault["message"]),
            )
            for fault in faults
        ),
        warnings=tuple(
            [
                *model_warnings(load_taggers(night.config)),
                *refusal_lines(shelf.refusals),
                *(shown(result) for result in checked if not result.is_ok),
            ]
        ),
        stages=(),
        audio_s=float(row["audio_s"]),
        reused_count=int(row["reused_count"]),
        morning_file=morning_file,
    )
