"""From finished shards to the run's files in the lake. Edge file; no prefect here.

In: the night, its plan, folders that workers left. Out: one Parquet file per table and run. What an
earlier run of the night already has is taken over; the manifest's newest word on each call wins.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from flows.config import Config
from flows.confirm import TABLE as TABOO_TABLE
from flows.confirm import ConfirmJob
from flows.night import Night, Plan, write_text
from flows.work import HearJob, TagJob, load_taggers
from tagging.taggers import rules_of
from transcribe.call import Fault, FaultReason, Recording
from warehouse.finding_counts import MadeWith, finding_counts
from warehouse.lake import Lake, RunRef
from warehouse.row_files import Reused, read_rows
from warehouse.rows import FINDING_TABLES, Row, fault_rows, recording_columns
from warehouse.rule_rows import rule_rows
from warehouse.utc import naive_utc

_SHARD_TABLES = ("turn", "recognition_audit", "pii_mask")


def store_transcripts(night: Night, plan: Plan, jobs: Sequence[HearJob], faults: Sequence[Fault]) -> None:
    """Merge heard shards and calls taken over into the run's files; the manifest's newest word wins."""
    folders = [job.target for job in jobs if job.target.is_dir()]
    calls = [row for folder in folders for row in read_rows(folder / "call.parquet")]
    failures = [row for folder in folders for row in read_rows(folder / "run_failure.parquet")]
    if night.previous and plan.reused:
        kept = sorted(plan.reused)
        calls += night.lake.read_rows("call", night.previous, call_ids=kept)
        failures += [
            row for row in night.lake.read_rows("run_failure", night.previous) if _is_kept(row, plan)
        ]
    recordings = {recording.call_id: recording for recording in plan.inventory.recordings}
    identity = {"run_id": night.run.run_id, "night": night.night}
    calls = [row | recording_columns(recordings[row["call_id"]]) | identity for row in calls]
    failures += fault_rows([*plan.inventory.faults, *faults], night.context)
    _write_run_rows(night, "call", sorted(calls, key=lambda row: str(row["call_id"])))
    _write_run_rows(night, "run_failure", [row | identity for row in failures])
    call_file = night.lake.table_path("call", night.night, night.run.run_id)
    for table in _SHARD_TABLES:
        shards = [folder / f"{table}.parquet" for folder in folders]
        night.lake.merge_shards(table, shards, night.run, _reused(night, table, plan.reused, call_file))
    _remember_files(night, plan.inventory.recordings)


def tag_jobs(night: Night, plan: Plan) -> tuple[list[TagJob], frozenset[str]]:
    """Return jobs for the calls whose findings must be made, and the calls whose findings are taken over."""
    columns = ["call_id", "recording_digest", "line_of_business"]
    rows = night.lake.read_rows("call", night.run, columns)
    same = _calls_with_same_findings(night, plan, rows)
    todo = [row for row in rows if row["call_id"] not in same]
    size = night.config.workers.tag_chunk_calls
    chunks = [todo[at : at + size] for at in range(0, len(todo), size)]
    return [_tag_job(night, chunk) for chunk in chunks], same


def confirm_jobs(night: Night, plan: Plan, jobs: Sequence[TagJob]) -> list[ConfirmJob]:
    """Return the second pass over each tagged chunk; none where the config asks for none."""
    if not night.config.recognition.second_pass:
        return []
    files = {recording.call_id: recording.files for recording in plan.inventory.recordings}
    return [
        ConfirmJob(
            tagged=job,
            files=tuple((call_id, files[call_id]) for call_id in job.call_ids if call_id in files),
            target=night.work_dir / "confirmed" / job.target.name,
        )
        for job in jobs
    ]


def store_findings(
    night: Night, jobs: Sequence[TagJob], same: frozenset[str], confirmed: Sequence[ConfirmJob] = ()
) -> None:
    """Merge tagged chunks and findings taken over into the run's files.

    A chunk that was heard again has its taboo hits from there, all of them, else from its tagging.
    """
    call_file = night.lake.table_path("call", night.night, night.run.run_id)
    again = {job.tagged.target: job.target for job in confirmed if job.target.is_dir()}
    for table in FINDING_TABLES:
        folders = [again.get(job.target, job.target) if table == TABOO_TABLE else job.target for job in jobs]
        shards = [folder / f"{table}.parquet" for folder in folders]
        night.lake.merge_shards(table, shards, night.run, _reused(night, table, same, call_file))
    made = MadeWith("nightly", naive_utc(datetime.now(UTC)), night.lexicon_digest, night.classifier_digest)
    store_catalogue(night.config, night.run, made)


def store_catalogue(config: Config, run: RunRef, made: MadeWith) -> None:
    """Write which rules could find something in a run, and how often it found what; findings come first."""
    lake = Lake(config.lake_path)
    rules = rule_rows(rules_of(load_taggers(config)), run.night, run.run_id)
    lake.write_rows("rule", rules, lake.path_of("rule", run))
    lake.write_rows("finding_count", finding_counts(lake, run, made), lake.path_of("finding_count", run))


def recording_files(config: Config, nights: Sequence[date]) -> dict[str, tuple[Path, ...]]:
    """Return {call_id: files} of the given nights, the later night winning."""
    found: dict[str, tuple[Path, ...]] = {}
    for day in sorted(nights):
        path = _files_path(config, day)
        if path.is_file():
            names: Mapping[str, list[str]] = json.loads(path.read_text(encoding="utf-8"))
            folder = config.inbox_path
            found |= {call_id: tuple(folder / name for name in files) for call_id, files in names.items()}
    return found


def clean_up(night: Night) -> None:
    """Remove the night's work in flight and its oldest runs: call when it is published."""
    shutil.rmtree(night.work_dir, ignore_errors=True)
    night.lake.prune(night.night, keep=night.config.warehouse.keep_runs)


def _tag_job(night: Night, chunk: Sequence[Row]) -> TagJob:
    """Named by all that decides its findings, so that an interrupted run's chunks stay valid."""
    made_with = [night.recognition_key, night.lexicon_digest, night.classifier_digest]
    text = json.dumps([made_with, [list(row.values()) for row in chunk]], ensure_ascii=False)
    name = hashlib.sha256(text.encode()).hexdigest()[:20]
    return TagJob(
        config=night.config,
        run=night.run,
        call_ids=tuple(str(row["call_id"]) for row in chunk),
        target=night.work_dir / "tagged" / name,
    )


def _is_kept(row: Row, plan: Plan) -> bool:
    """Whether a stored warning still holds: the call is taken over, and it is not the manifest's matter."""
    return row["call_id"] in plan.reused and row["reason"] != FaultReason.NO_MANIFEST_ROW


def _calls_with_same_findings(night: Night, plan: Plan, rows: Sequence[Row]) -> frozenset[str]:
    if night.previous is None or not plan.reused:
        return frozenset()
    made_with = night.lake.read_rows("run", night.previous, ["lexicon_digest", "classifier_digest"])[0]
    if (made_with["lexicon_digest"], made_with["classifier_digest"]) != (
        night.lexicon_digest,
        night.classifier_digest,
    ):
        return frozenset()
    before = night.lake.read_rows("call", night.previous, ["call_id", "line_of_business"])
    lines = {row["call_id"]: row["line_of_business"] for row in before}
    return frozenset(
        str(row["call_id"])
        for row in rows
        if row["call_id"] in plan.reused and lines[row["call_id"]] == row["line_of_business"]
    )


def _reused(night: Night, table: str, call_ids: frozenset[str], call_file: Path) -> Reused | None:
    if night.previous is None or not call_ids:
        return None
    path = night.lake.path_of(table, night.previous)
    return Reused(path=path, call_ids=call_ids, calls=call_file)


def _write_run_rows(night: Night, table: str, rows: Sequence[Row]) -> None:
    night.lake.write_rows(table, rows, night.lake.table_path(table, night.night, night.run.run_id))


def _files_path(config: Config, day: date) -> Path:
    return config.lake_path / "_recordings" / f"{day.isoformat()}.json"


def _remember_files(night: Night, recordings: Sequence[Recording]) -> None:
    """Note where each call's files lie, for clips of later nights."""
    folder = night.config.inbox_path
    names = {r.call_id: [os.path.relpath(file, folder) for file in r.files] for r in recordings}
    write_text(_files_path(night.config, night.night), json.dumps(names, ensure_ascii=False, indent=0))
