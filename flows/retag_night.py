"""One stored night tagged again: its chunks, its run, what is carried over. Edge file; no prefect here.

In: a night's committed run. Out: files of findings of a new run that reads the same transcripts; older
findings stay where they are. Each function may be repeated after a kill: finished chunks are found again.

What was found on the recording itself (hits by likelihood) cannot be found in a text. Such a hit of the run
before is carried over while the second pass is on, its phrase is still in force and nothing found in the text
overlaps it; what the lexicon says of the phrase is taken from today's.
"""

import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from flows.carry import carry_heard_hits, has_heard_hits
from flows.config import Config
from flows.night import classifier_digest, code_version, findings_digest, new_run_id
from flows.store import store_catalogue
from flows.work import TagJob, load_taggers
from tagging.taboo.schema import TabooEntry
from tagging.taboo.tagger import TabooTagger
from warehouse.finding_counts import MadeWith
from warehouse.lake import Lake, RunRef
from warehouse.rows import FINDING_TABLES, Row, RunContext, RunRecord, run_row
from warehouse.utc import naive_utc

TABOO_TABLE = "taboo_hit"


@dataclass(frozen=True, slots=True)
class Today:
    """What findings are made with now, and whether hits by likelihood are kept."""

    config: Config
    lexicon_digest: str
    carried_digest: str
    classifier_digest: str | None
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Retag:
    """One night to be tagged again: the run to write, and the run whose findings count until then.

    `lexicon_digest` tells what its findings are made with; where hits by likelihood are carried over it
    differs from a night's own, so that the next nightly run looks again.
    """

    today: Today
    run: RunRef
    previous: RunRef
    attempt: int
    lexicon_digest: str
    is_carried: bool

    @property
    def config(self) -> Config:
        return self.today.config

    @property
    def lake(self) -> Lake:
        return Lake(self.config.lake_path)

    @property
    def context(self) -> RunContext:
        return RunContext(self.run.run_id, self.run.night, recognition_key="")


def look_at_today(config: Config, now: datetime) -> Today:
    """Fix what every night is tagged with.

    Raises:
        LexiconInvalid, ClassifierInvalid: nothing can be tagged.
    """
    taggers = load_taggers(config)
    digest = findings_digest(config, taggers)
    carried = hashlib.sha256(f"{digest} carried".encode()).hexdigest()
    return Today(config, digest, carried, classifier_digest(taggers), now)


def open_retags(
    config: Config, nights: Sequence[date], now: datetime, *, is_forced: bool
) -> tuple[list[Retag], list[date]]:
    """Return what there is to do for nights, oldest first, and the nights that need nothing.

    Nights that are not in the lake are left out.

    Raises:
        LexiconInvalid, ClassifierInvalid, WarehouseError: nothing can be tagged.
    """
    today = look_at_today(config, now)
    stored = set(Lake(config.lake_path).nights())
    chosen = [night for night in sorted(set(nights)) if night in stored]
    opened = [(night, open_retag(today, night, is_forced=is_forced)) for night in chosen]
    return [each for _, each in opened if each], [night for night, each in opened if each is None]


def open_retag(today: Today, night: date, *, is_forced: bool) -> Retag | None:
    """Return what there is to do for a night; None when its findings were made with the same already.

    Raises:
        WarehouseError: a file of the lake is damaged.
    """
    lake = Lake(today.config.lake_path)
    previous = lake.newest_run(night)
    if previous is None:
        return None
    made_with = lake.read_rows("run", previous, ["lexicon_digest", "classifier_digest"])[0]
    before = (made_with["lexicon_digest"], made_with["classifier_digest"])
    same = [(digest, today.classifier_digest) for digest in (today.lexicon_digest, today.carried_digest)]
    if before in same and not is_forced:
        return None
    is_carried = today.config.recognition.second_pass
    run = RunRef(night, new_run_id(night, today.started_at), previous.heard.run_id)
    digest = today.carried_digest if is_carried and before != same[0] else today.lexicon_digest
    return Retag(today, run, previous, lake.next_attempt(night), digest, is_carried)


def tag_jobs(retag: Retag) -> list[TagJob]:
    """Return one job per chunk of the night's calls."""
    rows = retag.lake.read_rows("call", retag.run, ["call_id", "recording_digest", "line_of_business"])
    size = retag.config.workers.tag_chunk_calls
    return [_tag_job(retag, rows[at : at + size]) for at in range(0, len(rows), size)]


def store_night(retag: Retag, jobs: Sequence[TagJob], now: datetime) -> Row:
    """Merge tagged chunks into the run's files; returns the row that will make it count.

    Raises:
        WarehouseError: a chunk is damaged, or the disk is full.
    """
    folders_of = {table: [job.target for job in jobs] for table in FINDING_TABLES}
    if _carries(retag):
        entries = _phrases(retag.config)
        folders_of[TABOO_TABLE] = [carry_heard_hits(job, retag.previous, entries) for job in jobs]
    for table, folders in folders_of.items():
        retag.lake.merge_shards(table, [folder / f"{table}.parquet" for folder in folders], retag.run)
    made = MadeWith("retag", naive_utc(now), retag.lexicon_digest, retag.today.classifier_digest)
    store_catalogue(retag.config, retag.run, made)
    return _row(retag, now)


def clean_up(config: Config, nights: Sequence[date]) -> None:
    """Remove the nights' work in flight and leftovers of killed runs: call when all is published."""
    lake = Lake(config.lake_path)
    for night in nights:
        shutil.rmtree(lake.retag_dir(night), ignore_errors=True)
        lake.prune(night, keep=config.warehouse.keep_runs)


def _carries(retag: Retag) -> bool:
    return retag.is_carried and has_heard_hits(retag.lake, retag.previous)


def _phrases(config: Config) -> Mapping[str, TabooEntry]:
    """Today's forbidden phrases by id."""
    return next(each.lexicon.by_id for each in load_taggers(config) if isinstance(each, TabooTagger))


def _tag_job(retag: Retag, chunk: Sequence[Row]) -> TagJob:
    """Named by all that decides its findings, so that an interrupted run's chunks stay valid."""
    made_with = [retag.run.transcripts, retag.today.lexicon_digest, retag.today.classifier_digest]
    text = json.dumps([made_with, [list(row.values()) for row in chunk]], ensure_ascii=False)
    name = hashlib.sha256(text.encode()).hexdigest()[:20]
    return TagJob(
        config=retag.config,
        run=retag.run.heard,
        call_ids=tuple(str(row["call_id"]) for row in chunk),
        target=retag.lake.retag_dir(retag.run.night) / "tagged" / name,
    )


def _row(retag: Retag, now: datetime) -> Row:
    """The run's row: with what it was heard is the nightly run's, what was delivered is not counted again."""
    heard = retag.lake.read_rows("run", retag.run.heard)[0]
    record = RunRecord(
        run_id=retag.run.run_id,
        night=retag.run.night,
        attempt=retag.attempt,
        kind="retag",
        started_at=retag.today.started_at,
        finished_at=now,
        state="complete",
        code_version=code_version(),
        weights_name=heard["weights_name"],
        weights_digest=heard["weights_digest"],
        recognition_key=heard["recognition_key"],
        lexicon_digest=retag.lexicon_digest,
        classifier_digest=retag.today.classifier_digest,
        recording_count=0,
        call_count=heard["call_count"],
        reused_count=heard["call_count"],
        failed_count=0,
        warning_count=0,
        audio_s=0.0,
    )
    return run_row(replace(record, transcript_run_id=retag.run.transcripts))
