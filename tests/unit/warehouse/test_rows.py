from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from transcribe.call import Call, Recording, SpeakerRole, Transcript, Turn, Word
from warehouse.lake import Lake
from warehouse.row_files import arrow_rows, iter_transcripts
from warehouse.rows import (
    FINDING_TABLES,
    CallContext,
    RunContext,
    call_rows,
    finding_rows,
    pii_rows,
    transcript_from_rows,
)
from warehouse.schema import lake_tables

NIGHT = date(2026, 11, 20)
RUN = RunContext("r1", NIGHT, "key")

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
numbers = st.floats(allow_nan=False, allow_infinity=False)
words = st.lists(st.builds(Word, texts, numbers, numbers, numbers), max_size=3).map(tuple)
turns = st.builds(
    Turn,
    turn_index=st.integers(0, 2**31 - 1),
    channel=st.integers(0, 3),
    role=st.sampled_from(SpeakerRole),
    role_confidence=numbers,
    start_s=numbers,
    end_s=numbers,
    text=texts,
    words=words,
    pinyin=st.lists(texts, max_size=3).map(tuple),
    tokens=st.lists(texts, max_size=3).map(tuple),
    gap_before_s=numbers,
    overlap_s=numbers,
    loudness_dbfs=st.none() | numbers,
)
transcripts = st.builds(
    Transcript,
    call_id=st.just("c"),
    call_date=st.dates(date(1990, 1, 1), date(2090, 1, 1)),
    duration_s=numbers,
    turns=st.lists(turns, max_size=4, unique_by=lambda turn: turn.turn_index).map(
        lambda found: tuple(sorted(found, key=lambda turn: turn.turn_index))
    ),
    line_of_business=st.none() | texts,
)


def as_call(transcript: Transcript) -> Call:
    recording = Recording(
        call_id=transcript.call_id,
        files=(Path("a.wav"), Path("b.wav")),
        digest="d",
        night=NIGHT,
        call_date=transcript.call_date,
        line_of_business=transcript.line_of_business,
    )
    return Call(recording, transcript)


@given(transcripts)
def test_a_transcript_comes_back_from_its_rows(transcript):
    rows = call_rows(as_call(transcript), RUN)
    assert transcript_from_rows(rows["call"][0], rows["turn"][::-1]) == transcript


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(transcripts)
def test_a_transcript_comes_back_from_the_lake(tmp_path, transcript):
    lake = Lake(tmp_path)
    rows = call_rows(as_call(transcript), RUN)
    for table in ("call", "turn"):
        lake.write_rows(table, rows[table], tmp_path / f"{table}.parquet")
    (found,) = iter_transcripts(tmp_path / "call.parquet", tmp_path / "turn.parquet")
    assert found == transcript


def test_every_row_has_exactly_the_columns_of_its_table(call, findings):
    made = call("a")
    context = CallContext("a", NIGHT, made.recording.call_date, "r1")
    tables = call_rows(made, RUN) | finding_rows(findings("a"), context)
    for table, rows in tables.items():
        assert rows, table
        assert arrow_rows(table, rows).num_rows == len(rows)
    assert tables.keys() >= {*FINDING_TABLES, "call", "turn", "recognition_audit", "run_failure"}
    assert tables.keys() <= {spec.name for spec in lake_tables()}
    assert pii_rows([], context) == []


def test_text_that_was_not_believed_is_never_in_a_row(call):
    assert "从不写出" not in repr(call_rows(call("a"), RUN))


def test_instants_are_utc_without_zone(call):
    shanghai = timezone(timedelta(hours=8))
    made = call("a")
    moved = Recording(
        "a", (), "d", NIGHT, NIGHT, started_at=datetime(2026, 11, 20, 1, 30, tzinfo=shanghai)
    )  # fmt: skip
    row = call_rows(Call(moved, made.transcript), RUN)["call"][0]
    assert row["started_at"] == datetime(2026, 11, 19, 17, 30)


def test_a_file_name_is_never_in_a_call_row(call):
    assert "a.wav" not in repr(call_rows(call("b"), RUN)["call"])


def test_findings_of_another_call_are_refused(findings):
    with pytest.raises(ValueError, match="findings of call b"):
        finding_rows(findings("b"), CallContext("a", NIGHT, NIGHT, "r1"))
