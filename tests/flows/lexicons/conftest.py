"""A small data directory: two stored nights of made-up calls, and a warehouse of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from flows.cli import app
from tagging.finding import CauseSource, CauseTag, Evidence, Findings
from tagging.options import TaggerOptions
from tagging.pinyin import to_pinyin
from tagging.taboo.tagger import build_phrases
from transcribe.call import Call, Recording, SpeakerRole, Transcript, Turn, Word
from warehouse.lake import Lake
from warehouse.load import add_rows, build_warehouse
from warehouse.publish import publish
from warehouse.row_files import arrow_schema
from warehouse.rows import CallContext, RunContext, RunRecord, call_rows, finding_rows, run_row
from warehouse.schema import lake_tables

NIGHTS = (date(2026, 11, 18), date(2026, 11, 19))
AGENT, CUSTOMER = SpeakerRole.AGENT, SpeakerRole.CUSTOMER
# call: its night, and who said what
CALLS: dict[str, tuple[int, tuple[tuple[SpeakerRole, str], ...]]] = {
    "again": (0, ((CUSTOMER, "宽带又断了"), (AGENT, "这个是这样的,您自己看说明书吧。"))),
    "manual": (0, ((CUSTOMER, "年费太高了"), (AGENT, "您自己看说明书吧。"), (AGENT, "您自己看说明书吧!"))),
    "polite": (1, ((CUSTOMER, "怎么办理"), (AGENT, "您好,我来给您说明。"))),
    "rude": (1, ((CUSTOMER, "这是谁的事"), (AGENT, "你要去问别人,这不是我们的事。"))),
}


def make_turn(index: int, role: SpeakerRole, text: str) -> Turn:
    start_s = 10.0 * index
    words = tuple(
        Word(char, start_s + 0.2 * at, start_s + 0.2 * (at + 1), 0.9) for at, char in enumerate(text)
    )
    return Turn(
        turn_index=index,
        channel=0 if role is AGENT else 1,
        role=role,
        role_confidence=0.95,
        start_s=start_s,
        end_s=start_s + 0.2 * len(text),
        text=text,
        words=words,
        pinyin=to_pinyin(text),
    )


def make_call(call_id: str, night: date, said: Sequence[tuple[SpeakerRole, str]]) -> Call:
    turns = tuple(make_turn(index, role, text) for index, (role, text) in enumerate(said))
    day = night - timedelta(days=1)
    return Call(
        recording=Recording(call_id, (Path("a.wav"),), f"digest-{call_id}-{night}", night, day),
        transcript=Transcript(call_id, day, 60.0, turns, None),
        audits=(),
        faults=(),
    )


def make_findings(call: Call) -> Findings:
    """Taboo hits of the shipped lexicon; of "manual" two causes about the same words."""
    taboo = build_phrases(TaggerOptions(override_dir=None, models_dir=Path()))
    found: list[Any] = [*taboo.tag(call.transcript)]
    if call.recording.call_id == "manual":
        for top, rule_id in (("fees", "annual_fee"), ("product", "signal")):
            evidence = Evidence(0, 0, 4, 0.0, 0.8, rule_id, "年费太高")
            found.append(CauseTag(top, None, CauseSource.CUSTOMER_STATED, 0.9, (evidence,)))
    return Findings(call.recording.call_id, tuple(found))


def store_night(lake: Lake, night: date, calls: Sequence[Call]) -> None:
    run_id = f"run-{night}"
    tables: dict[str, list[dict[str, Any]]] = {spec.name: [] for spec in lake_tables()}
    for call in calls:
        context = CallContext(call.recording.call_id, night, call.recording.call_date, run_id)
        parts = call_rows(call, RunContext(run_id, night, "key"))
        parts |= finding_rows(make_findings(call), context)
        for table, rows in parts.items():
            tables[table] += rows
    for table in tables.keys() - {"run"}:
        lake.write_rows(table, tables[table], lake.table_path(table, night, run_id))
    instant = datetime(2026, 11, 20, 1, tzinfo=UTC)
    lake.commit_run(
        run_row(
            RunRecord(
                run_id=run_id,
                night=night,
                attempt=1,
                kind="nightly",
                started_at=instant,
                finished_at=instant,
                state="complete",
                code_version="0",
                weights_name="base",
                weights_digest="w",
                recognition_key="key",
                lexicon_digest="l",
                classifier_digest=None,
                recording_count=len(calls),
                call_count=len(calls),
                reused_count=0,
                failed_count=0,
                warning_count=0,
                audio_s=60.0 * len(calls),
            )
        )
    )


@dataclass(frozen=True)
class Centre:
    """A data directory, and the command line over it."""

    data: Path

    def write(self, folder: str | Path, *entries: dict[str, Any], tagger: str = "taboo") -> Path:
        """Write a lexicon directory with one file of entries; returns it."""
        root = self.data / folder
        (root / tagger).mkdir(parents=True, exist_ok=True)
        text = yaml.safe_dump({"entries": list(entries)}, allow_unicode=True, sort_keys=False)
        (root / tagger / "own.yaml").write_text(text, encoding="utf-8")
        return root

    def files(self) -> dict[str, tuple[int, int]]:
        """Every file with its size and time of change: what a dry run must leave as it is."""
        return {
            str(path): (path.stat().st_size, path.stat().st_mtime_ns)
            for path in sorted(self.data.rglob("*"))
            if path.is_file()
        }

    def lexicon(self, *arguments: str | Path) -> tuple[int, str]:
        """Type `huiting lexicon …`; returns exit code and output without line breaks of the screen."""
        command = ["lexicon", *map(str, arguments), "--data-dir", str(self.data)]
        done = CliRunner().invoke(app, command)
        return done.exit_code, done.output + (repr(done.exception) if done.exception else "")


def verdict(phrase_id: str, said: str) -> dict[str, Any]:
    """A reviewer's verdict on a hit of a phrase."""
    row: dict[str, Any] = dict.fromkeys(arrow_schema("taboo_verdict").names)
    return row | {
        "label_id": "1",
        "target_id": "1",
        "call_id": "rude",
        "night": NIGHTS[1],
        "run_id": "r",
        "phrase_id": phrase_id,
        "rule_id": phrase_id,
        "match": "pattern",
        "text": "",
        "verdict": said,
        "labelled_by": "reviewer",
        "labelled_at": datetime(2026, 11, 20),
        "origin": "review",
    }


@pytest.fixture(scope="session")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Centre:
    data = tmp_path_factory.mktemp("centre")
    lake = Lake(data / "lake")
    for number, night in enumerate(NIGHTS):
        calls = [make_call(name, night, said) for name, (at, said) in CALLS.items() if at == number]
        if number == 1:  # "again" was delivered again a night later
            calls.append(make_call("again", night, CALLS["again"][1]))
        store_night(lake, night, calls)
    build_warehouse(lake, None, data / "new.build")
    add_rows(data / "new.build", "taboo_verdict", [verdict("not_our_business", "wrong")])
    publish(data / "new.build", data / "warehouse.duckdb")
    return Centre(data)


@pytest.fixture
def empty(tmp_path: Path) -> Centre:
    return Centre(tmp_path)


@pytest.fixture(scope="session")
def entry() -> Callable[..., dict[str, Any]]:
    """Makes an entry of the taboo lexicon."""

    def make(entry_id: str, *patterns: str, **keys: Any) -> dict[str, Any]:
        return {
            "id": entry_id,
            "phrase": "您自己看说明书",
            "family": "cold_refusal",
            "kind": "forbidden",
            "severity": "low",
            "replacement": "我来给您说明",
            "said_by": "agent",
            "owner": "质检组",
            "patterns": list(patterns),
            "must_match": ["您自己看说明书吧", "你自己看说明书。", "那就自己看说明书", "自己看说明书去"],
            "must_not_match": ["我给您看说明书", "说明书我寄给您", "我来给您说明", "您稍等"],
        } | keys

    return make
