"""What a worker does with its piece of a night: hear a shard, or tag a chunk of calls. Edge file.

In: a job (plain data). Out: a folder of Parquet files that appears by one rename; a job whose folder is
there is done, so a job may run any number of times. Models stay loaded in the worker process.
"""

import os
import shutil
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from flows.config import Config
from flows.ears import load_ears
from flows.shards import Shard
from tagging.pii.masker import Masker, build_masker
from tagging.prepare import prepare_call
from tagging.taggers import Tagger, TaggerOptions, build_taggers, tag_transcript
from tagging.words import Tokenizer
from transcribe.call import Fault, Recording
from transcribe.pipeline import transcribe_calls
from warehouse.lake import Lake, RunRef
from warehouse.rows import (
    FINDING_TABLES,
    Row,
    RunContext,
    call_context,
    call_rows,
    fault_rows,
    finding_rows,
    pii_rows,
)

HEARD_TABLES = ("call", "turn", "recognition_audit", "run_failure", "pii_mask")
UNNUMBERED = "-"  # run_id of rows in flight; merging writes the run's own


@dataclass(frozen=True, slots=True)
class HearJob:
    """One shard to hear: its recordings, and the folder that says it is done."""

    config: Config
    night: date
    shard: Shard
    recordings: tuple[Recording, ...]
    recognition_key: str
    target: Path


@dataclass(frozen=True, slots=True)
class TagJob:
    """Some calls of a run to tag, and the folder that says it is done."""

    config: Config
    run: RunRef
    call_ids: tuple[str, ...]
    target: Path


def hear(job: HearJob) -> Path:
    """Transcribe the shard's recordings, mask personal data, write rows; returns the job's folder.

    Raises:
        WeightsMissing, LexiconInvalid, WarehouseError: nothing that another try of the same shard alone
            would mend; the night stops.
    """
    if job.target.is_dir():
        return job.target
    ears = load_ears(job.config)
    masker, tokenizer = load_masker(job.config), _tokenizer()
    context = RunContext(run_id=UNNUMBERED, night=job.night, recognition_key=job.recognition_key)
    rows: dict[str, list[Row]] = {table: [] for table in HEARD_TABLES}
    for item in transcribe_calls(job.recordings, ears.recogniser, ears.detector, ears.options):
        if isinstance(item, Fault):
            rows["run_failure"] += fault_rows([item], context)
            continue
        call, masks = prepare_call(item, masker, tokenizer)
        made = call_rows(call, context)
        made["pii_mask"] = pii_rows(masks, call_context(made["call"][0], UNNUMBERED))
        for table, found in made.items():
            rows[table] += found
    return write_together(Lake(job.config.lake_path), rows, job.target)


def tag(job: TagJob) -> Path:
    """Tag stored transcripts, write rows; returns the job's folder.

    Raises:
        LexiconInvalid, ClassifierInvalid, WarehouseError: the night stops.
    """
    if job.target.is_dir():
        return job.target
    lake = Lake(job.config.lake_path)
    taggers = load_taggers(job.config)
    columns = ["call_id", "night", "call_date"]
    calls = {row["call_id"]: row for row in lake.read_rows("call", job.run, columns, job.call_ids)}
    rows: dict[str, list[Row]] = {table: [] for table in FINDING_TABLES}
    for transcript in lake.iter_transcripts(job.run, job.call_ids):
        context = call_context(calls[transcript.call_id], UNNUMBERED)
        for table, found in finding_rows(tag_transcript(transcript, taggers), context).items():
            rows[table] += found
    return write_together(lake, rows, job.target)


def load_taggers(config: Config) -> tuple[Tagger, ...]:
    """Return the taggers with today's lexicons and classifier; kept until one of their files changes."""
    state = state_of(config.lexicons_path) | state_of(config.models_path, "causes-labelled.json")
    return _taggers(config.own_lexicons, config.models_path, state)


@lru_cache(maxsize=1)
def _taggers(
    lexicons: Path | None, models: Path, state: frozenset[tuple[str, int, int]]
) -> tuple[Tagger, ...]:
    del state  # only there so that an edited lexicon is read again by a resident worker
    return build_taggers(TaggerOptions(override_dir=lexicons, models_dir=models))


def load_masker(config: Config) -> Masker:
    """Return the masker with today's rules; kept until one of their files changes."""
    return _masker(config.own_lexicons, state_of(config.lexicons_path))


@lru_cache(maxsize=1)
def _masker(lexicons: Path | None, state: frozenset[tuple[str, int, int]]) -> Masker:
    del state
    return build_masker(lexicons)


@lru_cache(maxsize=1)
def _tokenizer() -> Tokenizer:
    return Tokenizer()


def state_of(folder: Path, pattern: str = "*.yaml") -> frozenset[tuple[str, int, int]]:
    """Return what changes when a file below `folder`, by default a lexicon, is edited."""
    files: Iterable[Path] = folder.rglob(pattern) if folder.is_dir() else ()
    return frozenset((str(file), file.stat().st_size, file.stat().st_mtime_ns) for file in files)


def write_together(
    lake: Lake, rows: Mapping[str, Sequence[Row]], target: Path, notes: Mapping[str, str] | None = None
) -> Path:
    """Write one file per table, and small notes by name, beside `target`, then rename the folder."""
    beside = target.with_name(f".{target.name}.{uuid.uuid4().hex}.tmp")
    beside.mkdir(parents=True)
    try:
        for table, found in rows.items():
            lake.write_rows(table, found, beside / f"{table}.parquet")
        for name, text in (notes or {}).items():
            (beside / name).write_text(text, encoding="utf-8")
        try:
            os.rename(beside, target)
        except OSError:
            if not target.is_dir():  # another worker was faster: its folder holds the same rows
                raise
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return target
