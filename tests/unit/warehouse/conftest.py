"""Small nights of our own making, for the tests of lake, load, checks and publish."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tagging.finding import (
    Behaviour,
    CauseSource,
    CauseTag,
    CriticalError,
    CustomerSign,
    CustomerType,
    Escalation,
    Evidence,
    Findings,
    HandlingScore,
    MatchKind,
    Motive,
    PiiMask,
    ScorePart,
    Signal,
    SpokenValue,
    TabooHit,
    Tier,
    TierTag,
)
from transcribe.call import (
    Call,
    ChannelAudit,
    Fault,
    FaultReason,
    Recording,
    Segment,
    SpeakerRole,
    Suspect,
    Transcript,
    Turn,
    Word,
)
from warehouse.finding_counts import MadeWith, finding_counts
from warehouse.lake import Lake, RunRef
from warehouse.rows import (
    CallContext,
    RunContext,
    RunRecord,
    call_rows,
    finding_rows,
    pii_rows,
    run_row,
)
from warehouse.schema import Stage, lake_tables

KEY = "base-zh-1"
ABILITIES = ("listening", "understanding", "resolving", "expression", "control", "learning", "detail")
NIGHT = date(2026, 11, 20)
AGENT_TEXT = "您好,这种问题我们见得多了。"
CUSTOMER_TEXT = "我姓孙,电话***********,年费太高了!"


def turn(index: int, role: SpeakerRole, text: str, start_s: float) -> Turn:
    """A turn of one word per character, 0.2 s each, whose pinyin is `x` where a character has a reading."""
    words = tuple(
        Word(char, start_s + 0.2 * at, start_s + 0.2 * at + 0.2, 0.9) for at, char in enumerate(text)
    )
    return Turn(
        turn_index=index,
        channel=0 if role is SpeakerRole.AGENT else 1,
        role=role,
        role_confidence=0.95,
        start_s=start_s,
        end_s=start_s + 0.2 * len(text),
        text=text,
        words=words,
        pinyin=tuple("x" if char.isalpha() else char for char in text),
        tokens=(text,),
    )


def make_call(call_id: str, night: date = NIGHT, digest: str = "", **recording: Any) -> Call:
    """A call of two turns, 60 s, with an audit of both channels and a warning."""
    turns = (turn(0, SpeakerRole.AGENT, AGENT_TEXT, 1.0), turn(1, SpeakerRole.CUSTOMER, CUSTOMER_TEXT, 6.0))
    suspect = Suspect(Segment(1, 20.0, 21.0, "从不写出", ()), "loop")
    return Call(
        recording=Recording(
            call_id=call_id,
            files=(Path("a.wav"),),
            digest=digest or f"digest-{call_id}",
            night=night,
            call_date=night - timedelta(days=1),
            started_at=datetime(2026, 11, 19, 3, 0, tzinfo=UTC),
            team="一组",
            agent_id="1001",
            **recording,
        ),
        transcript=Transcript(call_id, night - timedelta(days=1), 60.0, turns, None),
        audits=(
            ChannelAudit(0, SpeakerRole.AGENT, 60.0, 3.0, 3.0, 0.0, 0.0),
            ChannelAudit(1, SpeakerRole.CUSTOMER, 60.0, 5.0, 4.0, 1.0, 0.0, (suspect,)),
        ),
        faults=(Fault(FaultReason.TRUNCATED, "录音不完整", call_id, f"{call_id}.wav"),),
    )


def make_findings(call_id: str) -> Findings:
    """One finding of every kind, each pointing into the turns of `make_call`."""
    said = Evidence(1, 18, 21, 9.6, 10.2, "annual_fee", CUSTOMER_TEXT[18:21])
    spoken = Evidence(0, 0, 2, 1.0, 1.4, "greeting", AGENT_TEXT[0:2], MatchKind.FILLED)
    return Findings(
        call_id,
        (
            CauseTag("fees", "annual_fee", CauseSource.CUSTOMER_STATED, 0.9, (said,)),
            CauseTag("fees", None, CauseSource.OBSERVED_ON_CALL, 0.5, (said, spoken)),
            TabooHit(
                turn_index=0,
                phrase_id="seen_plenty",
                phrase="这种问题我们见得多了",
                kind="forbidden",
                severity="high",
                matched_text=AGENT_TEXT[3:13],
                char_start=3,
                char_end=13,
                start_s=1.6,
                end_s=3.6,
                match=MatchKind.EXACT,
                confidence=1.0,
                replacement="我来帮您看看",
            ),
            Behaviour(0, "greeting", "emotion", True, 0.9, spoken),
            Signal("silence_ratio", 0.4),
            Signal("talk_s", 8.0),
            Signal("talk_s", 3.0, SpeakerRole.AGENT),
            Escalation("regulator_or_media", "12315", 0.8, said),
            CustomerType("venting", 0.7, said),
            Motive("compensation", 0.7, said),
            CustomerSign(1, "worried", 0.7, said),
            CriticalError(0, "wrong_figure", "money_at_risk", CauseSource.OBSERVED_ON_CALL, 0.9, spoken),
            HandlingScore(86.0, *(86.0,) * 7),
            *(
                part
                for ability in ABILITIES
                for part in (
                    ScorePart(ability, "base", "起点", 80.0, 0, None, ()),
                    ScorePart(ability, "greeting", "规范开场", 6.0, 1, None, (spoken,)),
                )
            ),
            TierTag(Tier.EXPLICIT, 0.8, (said,)),
            SpokenValue(1, "number", 18, 20, 9.6, 10.0, CUSTOMER_TEXT[18:20], "1", 1.0),
        ),
    )


@dataclass
class Nights:
    """Writes whole nights into a lake, as a flow would."""

    lake: Lake
    attempts: list[RunRef] = field(default_factory=list)

    def write(self, night: date, run_id: str, calls: Sequence[Call]) -> RunRef:
        """All files of a run but its row and, like a flow, but `library_case` and `clip`."""
        context = RunContext(run_id, night, KEY)
        tables: dict[str, list[dict[str, Any]]] = {spec.name: [] for spec in lake_tables()}
        for call in calls:
            call_id = call.recording.call_id
            found = CallContext(call_id, night, call.recording.call_date, run_id)
            parts = call_rows(call, context) | finding_rows(make_findings(call_id), found)
            parts["pii_mask"] = pii_rows([PiiMask(1, "phone", 6, 17, 7.2, 9.4)], found)
            for table, rows in parts.items():
                tables[table] += rows
        for table in tables.keys() - {"run", "library_case", "clip", "finding_count"}:
            self.lake.write_rows(table, tables[table], self.lake.table_path(table, night, run_id))
        self.count(RunRef(night, run_id))
        return RunRef(night, run_id)

    def count(self, run: RunRef) -> None:
        """How often the run found what."""
        counts = finding_counts(self.lake, run, MadeWith("nightly", datetime(2026, 11, 21, 1, 0), "l", None))
        self.lake.write_rows("finding_count", counts, self.lake.path_of("finding_count", run))

    def row(self, run: RunRef, call_count: int) -> dict[str, Any]:
        instant = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
        record = RunRecord(
            run_id=run.run_id,
            night=run.night,
            attempt=self.lake.next_attempt(run.night),
            kind="nightly",
            started_at=instant,
            finished_at=instant,
            state="complete",
            code_version="0",
            weights_name="base",
            weights_digest="w",
            recognition_key=KEY,
            lexicon_digest="l",
            classifier_digest=None,
            recording_count=call_count,
            call_count=call_count,
            reused_count=0,
            failed_count=0,
            warning_count=call_count,
            audio_s=60.0 * call_count,
        )
        return run_row(record)

    def commit(self, run: RunRef, call_count: int) -> RunRef:
        for table in ("library_case", "clip"):
            path = self.lake.table_path(table, run.night, run.run_id)
            if not path.exists():
                self.lake.write_rows(table, [], path)
        return self.lake.commit_run(self.row(run, call_count))

    def retag(self, before: RunRef, run_id: str, findings: Callable[[str], Findings]) -> RunRef:
        """All files of a run that reads the transcripts of `before`, and its row."""
        run = RunRef(before.night, run_id, before.heard.run_id)
        tables: dict[str, list[dict[str, Any]]] = {
            spec.name: [] for spec in lake_tables() if spec.stage is Stage.FOUND and spec.name != "run"
        }
        calls = self.lake.read_rows("call", before, ["call_id", "call_date"])
        for call in calls:
            context = CallContext(call["call_id"], run.night, call["call_date"], run_id)
            for table, rows in finding_rows(findings(call["call_id"]), context).items():
                tables[table] += rows
        for table, rows in tables.items():
            self.lake.write_rows(table, rows, self.lake.table_path(table, run.night, run_id))
        self.count(run)
        row = self.row(run, len(calls)) | {"kind": "retag", "transcript_run_id": run.transcripts}
        return self.lake.commit_run(row)

    def night(self, night: date, run_id: str, calls: Sequence[Call]) -> RunRef:
        return self.commit(self.write(night, run_id, calls), len(calls))


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake")


@pytest.fixture
def nights(lake: Lake) -> Nights:
    return Nights(lake)


@pytest.fixture
def call() -> Callable[..., Call]:
    return make_call


@pytest.fixture
def findings() -> Callable[[str], Findings]:
    return make_findings
