"""What was heard and found, as rows of the warehouse's tables, and turns back from rows.

In: `Call`, `Findings`, masks. Out: {table: [row]}, each row a dict with exactly the columns
of `tables/<table>/table.sql`, instants as UTC without zone. Pure.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, assert_never

from tagging.finding import (
    Behaviour,
    CauseTag,
    CriticalError,
    CustomerSign,
    CustomerType,
    Escalation,
    Evidence,
    Finding,
    Findings,
    HandlingScore,
    Motive,
    PiiMask,
    ScorePart,
    Signal,
    SpokenValue,
    TabooHit,
    TierTag,
)
from transcribe.call import Call, ChannelAudit, Fault, Recording, Transcript
from warehouse.turn_rows import turn_from_row, turn_row
from warehouse.utc import naive_utc

Row = dict[str, Any]
# Findings whose fields are their table's columns as they stand.
_TABLES_OF_PLAIN: dict[type, str] = {
    Behaviour: "behaviour",
    Escalation: "escalation",
    CustomerType: "customer_type",
    Motive: "motive",
    CustomerSign: "customer_sign",
    SpokenValue: "spoken_value",
    HandlingScore: "handling_score",
}
FINDING_TABLES = (
    "cause_tag",
    "taboo_hit",
    "behaviour",
    "signal",
    "escalation",
    "customer_type",
    "motive",
    "customer_sign",
    "tier",
    "spoken_value",
    "critical_error",
    "handling_score",
    "score_part",
)


@dataclass(frozen=True, slots=True)
class RunContext:
    """The run that writes, the night it writes and the key of its recognition settings."""

    run_id: str
    night: date
    recognition_key: str


@dataclass(frozen=True, slots=True)
class CallContext:
    """The call that findings belong to, and the run that writes them."""

    call_id: str
    night: date
    call_date: date
    run_id: str


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One row of `run`: who made the night, with what, and how it ended. Column comments tell units.

    `attempt` is `Lake.next_attempt(night)`; `kind` nightly | retag; `state` complete | with_failures;
    `transcript_run_id` the nightly run that a retag run reads.
    """

    run_id: str
    night: date
    attempt: int
    kind: str
    started_at: datetime
    finished_at: datetime
    state: str
    code_version: str
    weights_name: str
    weights_digest: str
    recognition_key: str
    lexicon_digest: str
    classifier_digest: str | None
    recording_count: int
    call_count: int
    reused_count: int
    failed_count: int
    warning_count: int
    audio_s: float
    transcript_run_id: str | None = None


def call_rows(call: Call, run: RunContext) -> dict[str, list[Row]]:
    """Rows of one heard call for `call`, `turn`, `recognition_audit` and `run_failure` (its warnings)."""
    recording = call.recording
    context = CallContext(recording.call_id, run.night, recording.call_date, run.run_id)
    ids = _ids(context)
    turns = call.transcript.turns
    call_row: Row = {
        **ids,
        **recording_columns(recording),
        "recognition_key": run.recognition_key,
        "duration_s": call.transcript.duration_s,
        "channel_roles": [str(audit.role) for audit in sorted(call.audits, key=lambda audit: audit.channel)],
        "role_confidence": min((turn.role_confidence for turn in turns), default=None),
        "role_certainty": call.role_certainty,
        "is_role_uncertain": call.is_role_uncertain,
    }
    return {
        "call": [call_row],
        "turn": [ids | turn_row(turn) for turn in turns],
        "recognition_audit": [ids | _audit_row(audit) for audit in call.audits],
        "run_failure": fault_rows(call.faults, run),
    }


def recording_columns(recording: Recording) -> Row:
    """The columns of `call` that come from the delivered files and the manifest, not from recognition."""
    return {
        "call_date": recording.call_date,
        "recording_digest": recording.digest,
        "size_bytes": recording.size_bytes,
        "file_count": len(recording.files),
        "started_at": naive_utc(recording.started_at),
        "direction": recording.direction,
        "line_of_business": recording.line_of_business,
        "queue": recording.queue,
        "agent_id": recording.agent_id,
        "team": recording.team,
        "agent_on_line_since": recording.agent_on_line_since,
        "customer_key": recording.customer_key,
        "hold_s": recording.hold_s,
        "acw_s": recording.acw_s,
        "satisfaction": recording.satisfaction,
        "transferred_to_supervisor": recording.transferred_to_supervisor,
    }


def fault_rows(faults: Iterable[Fault], run: RunContext) -> list[Row]:
    """Rows of `run_failure`, for faults of recordings with or without a call."""
    return [
        {
            "night": run.night,
            "run_id": run.run_id,
            "call_id": fault.call_id,
            "file": fault.file,
            "severity": str(fault.severity),
            "reason": str(fault.reason),
            "message": fault.message,
        }
        for fault in faults
    ]


def finding_rows(findings: Findings, context: CallContext) -> dict[str, list[Row]]:
    """Rows of one call's findings, for every table of FINDING_TABLES (empty lists included).

    Raises:
        ValueError: when `findings` belong to another call than `context`.
    """
    if findings.call_id != context.call_id:
        raise ValueError(f"findings of call {findings.call_id} given with the context of {context.call_id}")
    tables: dict[str, list[Row]] = {name: [] for name in FINDING_TABLES}
    for finding in findings.items:
        table, row = _finding_row(finding)
        tables[table].append(_ids(context) | row)
    return tables


def pii_rows(masks: Iterable[PiiMask], context: CallContext) -> list[Row]:
    """Rows of `pii_mask` of one call."""
    return [_ids(context) | asdict(mask) for mask in masks]


def run_row(record: RunRecord) -> Row:
    """The row of `run`."""
    return asdict(record) | {
        "started_at": naive_utc(record.started_at),
        "finished_at": naive_utc(record.finished_at),
    }


def call_context(call_row: Mapping[str, Any], run_id: str) -> CallContext:
    """The context for new findings on a stored call: its identity, and the run that now writes."""
    return CallContext(call_row["call_id"], call_row["night"], call_row["call_date"], run_id)


def transcript_from_rows(call_row: Mapping[str, Any], turn_rows: Sequence[Mapping[str, Any]]) -> Transcript:
    """The transcript that `call_rows` took apart, equal in every field; `turn_rows` in any order."""
    return Transcript(
        call_id=call_row["call_id"],
        call_date=call_row["call_date"],
        duration_s=call_row["duration_s"],
        turns=tuple(sorted((turn_from_row(row) for row in turn_rows), key=lambda turn: turn.turn_index)),
        line_of_business=call_row["line_of_business"],
    )


def _ids(context: CallContext) -> Row:
    return {
        "call_id": context.call_id,
        "night": context.night,
        "call_date": context.call_date,
        "run_id": context.run_id,
    }


def _audit_row(audit: ChannelAudit) -> Row:
    return {
        "channel": audit.channel,
        "role": str(audit.role),
        "duration_s": audit.duration_s,
        "speech_s": audit.speech_s,
        "recognised_s": audit.recognised_s,
        "suspect_s": audit.suspect_s,
        "unrecognised_s": audit.unrecognised_s,
        # The text of a suspect was never masked, so it is never stored.
        "suspects": [
            {"reason": suspect.reason, "start_s": suspect.segment.start_s, "end_s": suspect.segment.end_s}
            for suspect in audit.suspects
        ],
    }


def _evidence(evidence: Evidence) -> Row:
    return asdict(evidence) | {"match": str(evidence.match)}


def _finding_row(finding: Finding) -> tuple[str, Row]:
    """The table that a finding goes to, and its row without the call's identity."""
    match finding:
        case CauseTag():
            table, changed = "cause_tag", {"source": str(finding.source)}
        case TabooHit():
            table, changed = "taboo_hit", {"match": str(finding.match)}
        case (
            Behaviour()
            | Escalation()
            | CustomerType()
            | CustomerSign()
            | Motive()
            | SpokenValue()
            | HandlingScore()
        ):
            table, changed = _TABLES_OF_PLAIN[type(finding)], {}
        case Signal():
            role = None if finding.role is None else str(finding.role)
            table, changed = "signal", {"role": role}
        case TierTag():
            table, changed = "tier", {"tier": str(finding.tier)}
        case CriticalError():
            table, changed = "critical_error", {"source": str(finding.source)}
        case ScorePart():
            table, changed = "score_part", {}
        case _:
            assert_never(finding)
    row = asdict(finding) | changed
    row.pop("also", None)
    if "evidence" in row:
        row["evidence"] = [_evidence(each) for each in _evidence_of(finding)]
    return table, row


def _evidence_of(finding: Finding) -> tuple[Evidence, ...]:
    """All evidence of a finding, the first and foremost first."""
    match finding:
        case CauseTag() | TierTag() | ScorePart():
            return finding.evidence
        case Behaviour() | Escalation() | CustomerType() | CustomerSign() | CriticalError():
            return (finding.evidence, *finding.also)
        case Motive():
            return (finding.evidence,)
        case _:
            return ()
