"""A small data directory with everything in it but recognition: real audio, lake, warehouse, pages, packs.

One call is marked: its words, its ids and its customer stand nowhere else. Nothing here is real data.
"""

import importlib.util
import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
import pytest

from flows.config import Config, load_config
from flows.night import read_drop_folder
from flows.publication import build, build_path, check_build, publish_runs, render, write_morning_sheet
from flows.shards import Shard, plan_to_json
from flows.store import recording_files
from transcribe.inbox import Inventory
from warehouse.case import Case, Clip
from warehouse.case_rows import case_rows, clip_rows
from warehouse.finding_counts import MadeWith, finding_counts
from warehouse.label_store import LabelStore
from warehouse.lake import Lake, RunRef
from warehouse.review.audit import Deed, record
from warehouse.review.store import ReviewStore
from warehouse.row_files import arrow_schema
from warehouse.rows import RunContext, RunRecord, call_context, call_rows, fault_rows, finding_rows, run_row
from warehouse.schema import Stage, lake_tables

GIVEN = Path(__file__).with_name("given_nights.py")
_spec = importlib.util.spec_from_file_location("given_nights", GIVEN)
assert _spec is not None
assert _spec.loader is not None
given: Any = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(given)


@dataclass(frozen=True)
class World:
    """The data directory, and what must not be found in it any more: texts, and pieces of sound."""

    config: Config
    texts: tuple[str, ...]
    sounds: tuple[bytes, ...]

    @property
    def data(self) -> Path:
        return self.config.data_path


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("forget") / "data"
    config = load_config(None, data_dir=str(folder))
    config = config.model_copy(
        update={"inbox": config.inbox.model_copy(update={"settle_s": 0.0, "growth_check_s": 0.0})}
    )
    given.deliver(config.inbox_path)
    heard = {night: read_drop_folder(config, night, given.NOW) for night in (given.FIRST, given.UNHEARD)}
    for run_id in ("r1", "r2"):
        _store(config, given.FIRST, run_id, heard[given.FIRST], _shelf(config, given.FIRST))
    heard[given.SECOND] = read_drop_folder(
        config, given.SECOND, given.NOW
    )  # now the copy is known for what it is
    _store(config, given.SECOND, "r3", heard[given.SECOND], _shelf(config, given.SECOND))
    _retag(config, RunRef(given.FIRST, "r4", "r2"))
    _judge(config)
    check_build(config, [], build(config, []))
    publish_runs(config, [])
    render(config)
    for night in (given.FIRST, given.SECOND):
        write_morning_sheet(config, night)
    _leave_behind(config, heard[given.UNHEARD])
    sound = (config.inbox_path / "2026-11-18" / f"{given.MARKED}.wav").read_bytes()
    clip = (config.pages_path / _clip_file("d1")).read_bytes()
    texts = (
        given.MARKED,
        given.LATER,
        given.CUSTOMER,
        given.AGENT_SAYS,
        given.CUSTOMER_SAYS,
        "紫檀木梳子",
        given.COPY_NAME,
    )
    return World(config, texts, (*(sound[at : at + 64] for at in (1000, 20_000, 60_000)), clip[100:164]))


@pytest.fixture(scope="session")
def make_world(built: World, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], World]:
    """Copies to do things to."""

    def make(name: str) -> World:
        data = Path(shutil.copytree(built.data, tmp_path_factory.mktemp(name) / "data"))
        return replace(built, config=built.config.model_copy(update={"data_dir": str(data)}))

    return make


@pytest.fixture
def world(make_world: Callable[[str], World]) -> World:
    """A copy of one test's own."""
    return make_world("own")


Shelf = tuple[tuple[Case, ...], tuple[Clip, ...]]


def _clip_file(clip: str) -> str:
    return f"clips/{clip}/{clip}{'0' * 14}.ogg"


def _shelf(config: Config, night: date) -> Shelf:
    """First a case of the marked call; on the second night a pair of it with a call of that night."""
    cases = {
        given.FIRST: [Case("c1", "problem", given.MARKED, 1, 9.0, f"说了「{given.AGENT_SAYS}」", 0.2, 4.0)],
        given.SECOND: [
            Case("c2", "comparison", given.MARKED, 1, 9.0, "同是年费，处理得不好", 0.2, 4.0, "pair1", "bad"),
            Case("c3", "comparison", "plain-3", 1, 9.0, "同是年费，处理得好", 0.2, 4.0, "pair1", "good"),
        ],
    }[night]
    names = {"c1": "d1", "c2": "d2", "c3": "a3"}
    files = {case.case_id: _clip_file(names[case.case_id]) for case in cases}
    clips = [
        Clip(Path(file).stem, case.case_id, case.call_id, 0.0, 5.0, file, "d", 0, 0.0)
        for case in cases
        for file in [files[case.case_id]]
    ]
    for clip in clips:
        path = config.pages_path / clip.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(np.random.default_rng(ord(clip.clip_id[0]) + int(clip.clip_id[1])).bytes(400))
        path.with_suffix(".vtt").write_text(
            f"WEBVTT\n\n{given.AGENT_SAYS if clip.call_id == given.MARKED else ''}\n"
        )
    return tuple(cases), tuple(clips)


def _store(config: Config, night: date, run_id: str, heard: Inventory, shelf: Shelf) -> None:
    lake, context = Lake(config.lake_path), RunContext(run_id, night, "key")
    rows: dict[str, list[dict[str, Any]]] = {spec.name: [] for spec in lake_tables()}
    for recording in heard.recordings:
        call = given.call_of(recording)
        made = call_rows(call, context)
        made |= finding_rows(given.findings_of(call), call_context(made["call"][0], run_id))
        for table, found in made.items():
            rows[table] += found
    rows["run_failure"] += fault_rows(heard.faults, context)
    rows["library_case"], rows["clip"] = case_rows(shelf[0], context), clip_rows(shelf[1], context)
    noted = {
        r.call_id: [str(file.relative_to(config.inbox_path)) for file in r.files] for r in heard.recordings
    }
    (lake.root / "_recordings").mkdir(parents=True, exist_ok=True)
    (lake.root / "_recordings" / f"{night}.json").write_text(json.dumps(noted), encoding="utf-8")
    assert recording_files(config, [night]).keys() == noted.keys()
    _commit(lake, RunRef(night, run_id), rows, len(heard.recordings))


def _retag(config: Config, run: RunRef) -> None:
    """The findings once more, as a run of their own."""
    lake = Lake(config.lake_path)
    rows = {
        spec.name: [
            row | {"run_id": run.run_id} for row in lake.read_rows(spec.name, run.heard) if "run_id" in row
        ]
        for spec in lake_tables()
        if spec.stage is Stage.FOUND and spec.name != "run"
    }
    _commit(lake, run, rows, 3)


def _commit(lake: Lake, run: RunRef, rows: dict[str, list[dict[str, Any]]], call_count: int) -> None:
    instant = datetime(2026, 11, 21, 1, 0)
    for table, found in rows.items():
        if table not in ("run", "finding_count"):
            lake.write_rows(table, found, lake.table_path(table, run.night, run.run_id))
    counts = finding_counts(lake, run, MadeWith("retag" if run.is_retag else "nightly", instant, "l", None))
    lake.write_rows("finding_count", counts, lake.path_of("finding_count", run))
    record = RunRecord(
        run_id=run.run_id, night=run.night, attempt=lake.next_attempt(run.night),
        kind="retag" if run.is_retag else "nightly", started_at=given.NOW, finished_at=given.NOW,
        state="complete", code_version="0", weights_name="base", weights_digest="w", recognition_key="key",
        lexicon_digest="l", classifier_digest=None, recording_count=call_count, call_count=call_count,
        reused_count=0, failed_count=0, warning_count=0, audio_s=5.0 * call_count,
        transcript_run_id=run.transcripts or None,
    )  # fmt: skip
    lake.commit_run(run_row(record))


def _judge(config: Config) -> None:
    """A verdict on the marked call and one on another, delivered together."""
    store = LabelStore(config.lake_path)
    nothing = dict.fromkeys(arrow_schema("cause_label").names)
    rows = [
        nothing
        | {"label_id": f"label-{call_id}", "target_id": f"target-{call_id}", "call_id": call_id}
        | {"night": given.FIRST, "run_id": "r2", "text": text, "verdict": "right", "origin": "review"}
        | {"labelled_by": "w1", "labelled_at": datetime(2026, 11, 21, 2, 0)}
        for call_id, text in ((given.MARKED, given.CUSTOMER_SAYS), ("plain-1", given.PLAIN_CUSTOMER))
    ]
    store.add({"cause_label": rows})


def _leave_behind(config: Config, unheard: Inventory) -> None:
    """What killed nights, packs and the server's history leave lying about."""
    lake, data = Lake(config.lake_path), config.data_path
    work = lake.work_dir(given.UNHEARD)
    for recording in unheard.recordings:
        rows = call_rows(given.call_of(recording), RunContext("-", given.UNHEARD, "key"))
        for table, found in rows.items():
            lake.write_rows(
                table, found, work / "heard" / f"shard-{recording.call_id[:1]}" / f"{table}.parquet"
            )
    shards = [Shard(f"shard-{r.call_id[:1]}", ((r.call_id, r.digest),), 5.0) for r in unheard.recordings]
    (work / "plan-0.json").write_text(plan_to_json(shards), encoding="utf-8")
    refused = work / "clips" / "r9" / "job"
    refused.mkdir(parents=True)
    (refused / "refused.json").write_text(json.dumps({"c1": f"通话 {given.MARKED}"}), encoding="utf-8")
    half = work / "heard" / ".shard-m.0123.tmp"
    half.mkdir()
    (half / "half.parquet").write_bytes(f"half {given.AGENT_SAYS}".encode())
    (lake.table_path("turn", given.FIRST, "r9").with_name("r9.parquet.1-ab.tmp")).write_bytes(
        given.AGENT_SAYS.encode()
    )
    build_path(config).write_bytes(f"build {given.MARKED} {given.AGENT_SAYS}".encode())
    (config.pages_path / "case" / ".half.html.4711").write_text(given.CUSTOMER_SAYS, encoding="utf-8")
    for name, calls in (("with", [given.MARKED, "plain-1"]), ("without", ["plain-2"])):
        pack = data / "packs" / name
        pack.mkdir(parents=True)
        (pack / "pack.json").write_text(
            json.dumps({"cases": [{"call_id": c} for c in calls]}), encoding="utf-8"
        )
        (pack / "index.html").write_text(
            given.AGENT_SAYS if name == "with" else given.PLAIN_AGENT, encoding="utf-8"
        )
        with ZipFile(data / "packs" / f"{name}.zip", "w") as box:
            for file in pack.iterdir():
                box.write(file, f"{name}/{file.name}")
    home = data / "prefect"
    (home / "storage").mkdir(parents=True)
    (home / "storage" / "0123").write_text("cannot be searched", encoding="utf-8")
    with closing(sqlite3.connect(home / "prefect.db")) as con, con:
        con.execute("CREATE TABLE log (message TEXT)")
        con.execute("INSERT INTO log VALUES (?)", (f"案例没有片段（{given.MARKED}）",))
    store = ReviewStore(config.review_path)
    store.prepare()
    with store.writing() as statements:
        for call_id in (given.MARKED, "plain-1"):
            record(statements, Deed("w1", "play", call_id, f"target-{call_id}"), datetime(2026, 11, 21, 2, 0))


@pytest.fixture(scope="session")
def search() -> Any:
    return given.Search()
