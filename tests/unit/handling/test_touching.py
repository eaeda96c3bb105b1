"""Golden dialogues all the way: turns, findings, rows, and the libraries of calls that touch."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tagging.finding import Findings
from warehouse.connect import Connection, open_memory
from warehouse.libraries import CASES_DIR, load_libraries, select_cases
from warehouse.rows import CallContext, finding_rows
from warehouse.schema import marts, tables
from warehouse.turn_rows import turn_row

DIALOGUES = yaml.safe_load(
    (Path(__file__).parents[2] / "golden" / "touching.yaml").read_text(encoding="utf-8")
)
TOUCHING = ("service_touched_customer", "customer_touched_agent")


@pytest.fixture
def con() -> Iterator[Connection]:
    with open_memory() as memory:
        for spec in (*tables(), *marts()):
            memory.execute(spec.ddl)
        yield memory


def insert(con: Connection, table: str, row: dict[str, Any]) -> None:
    names, marks = ", ".join(f'"{name}"' for name in row), ", ".join("?" for _ in row)
    con.execute(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', list(row.values()))  # noqa: S608


def store(con: Connection, call_id: str, transcript: Any, taggers: Any) -> None:
    """What the night makes of a dialogue: its call, its turns, and what all taggers find."""
    night = transcript.call_date
    about = {"call_id": call_id, "night": night, "call_date": night, "run_id": "run"}
    call = {
        "recording_digest": f"digest of {call_id}",
        "recognition_key": "k",
        "duration_s": transcript.duration_s,
        "size_bytes": 1,
        "file_count": 1,
        "channel_roles": ["agent", "customer"],
        "role_confidence": 1.0,
        "agent_id": f"agent of {call_id}",
    }
    insert(con, "call", about | call)
    for turn in transcript.turns:
        insert(con, "turn", about | turn_row(turn))
    found = tuple(finding for tagger in taggers for finding in tagger.tag(transcript))
    judged = tuple(
        finding
        for tagger in taggers
        if hasattr(tagger, "judge")
        for finding in tagger.judge(transcript, found)
    )
    rows = finding_rows(Findings(call_id, found + judged), CallContext(call_id, night, night, "run"))
    for table, made in rows.items():
        for row in made:
            insert(con, table, row)


def chosen(con: Connection, night: Any) -> list[Any]:
    libraries = tuple(each for each in load_libraries(CASES_DIR) if each.library_id in TOUCHING)
    return list(select_cases(con, libraries, night))


def test_every_dialogue_comes_into_the_library_it_belongs_to_and_no_other(con, dialogue, taggers) -> None:
    for given in DIALOGUES:
        lines = [(role, said) for turn in given["turns"] for role, said in turn.items()]
        transcript = dialogue(lines)
        store(con, given["id"], transcript, taggers)
    found: dict[str, list[str]] = {given["id"]: [] for given in DIALOGUES}
    cases = chosen(con, transcript.call_date)
    for case in cases:
        found[case.call_id].append(case.library_id)
    assert found == {given["id"]: given["libraries"] for given in DIALOGUES}
    for case in cases:
        assert case.why
        assert sum(why.points or 0 for why in case.why if why.kind != "repeat") == pytest.approx(
            case.score, abs=0.01
        )
    reasons = {case.call_id: case.reason for case in cases}
    assert reasons["lost_card_found_help"].startswith("客户来电时着急担心，后来")
    assert "首问负责" in reasons["charged_and_calmed"] or "约定回电" in reasons["charged_and_calmed"]
    assert reasons["considerate_caller"].startswith("客户体谅客服")
