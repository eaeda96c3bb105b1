"""A warehouse in memory that tests of the libraries fill call by call."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from warehouse.case import Case
from warehouse.connect import Connection, open_memory
from warehouse.libraries import CASES_DIR, load_libraries, select_cases
from warehouse.schema import marts, tables

NIGHT = date(2026, 11, 20)
GOOD_STEPS = [
    ("greeting", "emotion"),
    ("confirm_understanding", "diagnose"),
    ("clear_proposal", "propose"),
    ("acceptance_check", "accept"),
    ("thanks", "close"),
]


DATELESS = {"case_verdict"}  # tables without a column call_date


class Nights:
    """A warehouse in memory that tests fill call by call."""

    def __init__(self, con: Connection):
        self.con = con

    def insert(self, table: str, **row: Any) -> None:
        day = row.get("night", NIGHT)
        row = {"night": day, "run_id": "run"} | ({} if table in DATELESS else {"call_date": day}) | row
        names, marks = ", ".join(f'"{name}"' for name in row), ", ".join("?" for _ in row)
        self.con.execute(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', list(row.values()))  # noqa: S608

    def call(self, call_id: str, tier: str = "none", **row: Any) -> None:
        known = {
            "call_id": call_id, "recording_digest": f"digest of {call_id}", "recognition_key": "k",
            "duration_s": 100.0, "size_bytes": 1, "file_count": 1, "channel_roles": ["agent", "customer"],
            "role_confidence": 0.9, "agent_id": f"agent of {call_id}", "line_of_business": "telecom",
        }  # fmt: skip
        roles = row.pop("roles", ("agent", "customer"))
        night = row.get("night", NIGHT)
        self.insert("call", **known | row)
        self.insert("tier", call_id=call_id, tier=tier, confidence=0.9, evidence=_evidence(5), night=night)
        for index, role in enumerate(roles):
            self.insert(
                "turn", call_id=call_id, turn_index=index, channel=index, role=role, role_confidence=0.9,
                start_s=index * 10.0, end_s=index * 10.0 + 8, text="喂", words=[], pinyin=[], tokens=[],
                gap_before_s=0.0, overlap_s=0.0, night=night,
            )  # fmt: skip

    def taboo(self, call_id: str, at_s: float = 20.0, **row: Any) -> None:
        known = {
            "call_id": call_id, "turn_index": 0, "phrase_id": "dont_know", "phrase": "我不知道，不清楚",
            "kind": "forbidden", "severity": "high", "matched_text": "我不知道，不清楚", "char_start": 0,
            "char_end": 8, "start_s": at_s, "end_s": at_s + 2, "match": "exact", "confidence": 0.9,
            "replacement": "",
        }  # fmt: skip
        self.insert("taboo_hit", **known | row)

    def behaviour(self, call_id: str, name: str, step: str | None, at_s: float, **row: Any) -> None:
        known = {
            "call_id": call_id, "turn_index": 0, "behaviour": name, "step": step, "is_good": step is not None,
            "confidence": 0.9, "evidence": _evidence(at_s),
        }  # fmt: skip
        self.insert("behaviour", **known | row)

    def handled_well(self, call_id: str, steps: int = 5, **row: Any) -> None:
        for index, (name, step) in enumerate(GOOD_STEPS[:steps]):
            self.behaviour(call_id, name, step, 10.0 + 8 * index, **row)

    def cause(self, call_id: str, sub: str | None = "data_usage", top: str = "fees", **row: Any) -> None:
        known = {
            "call_id": call_id, "top_cause": top, "sub_cause": sub, "source": "customer_stated",
            "confidence": 0.9, "evidence": _evidence(5),
        }  # fmt: skip
        self.insert("cause_tag", **known | row)

    def score(self, call_id: str, total: float | None) -> None:
        self.insert("handling_score", call_id=call_id, total=total)

    def critical_error(self, call_id: str, **row: Any) -> None:
        known = {
            "call_id": call_id, "turn_index": 0, "error": "block_refused", "kind": "money_at_risk",
            "source": "observed_on_call", "confidence": 0.9, "evidence": _evidence(20),
        }  # fmt: skip
        self.insert("critical_error", **known | row)

    def escalation(self, call_id: str, kind: str = "supervisor", at_s: float = 30.0, **row: Any) -> None:
        known = {"call_id": call_id, "kind": kind, "confidence": 0.9, "evidence": _evidence(at_s)}
        self.insert("escalation", **known | row)

    def sign(self, call_id: str, sign: str, at_s: float = 30.0, **row: Any) -> None:
        known = {
            "call_id": call_id, "turn_index": 1, "sign": sign, "confidence": 0.9, "evidence": _evidence(at_s),
        }  # fmt: skip
        self.insert("customer_sign", **known | row)

    def cases(self, library_id: str, night: date = NIGHT) -> tuple[Case, ...]:
        wanted = tuple(entry for entry in load_libraries(CASES_DIR) if entry.library_id == library_id)
        return select_cases(self.con, wanted, night)


def _evidence(at_s: float) -> list[dict[str, Any]]:
    return [
        {
            "turn_index": 0, "char_start": 0, "char_end": 2, "start_s": at_s, "end_s": at_s + 2.0,
            "rule_id": "rule", "text": "原话", "match": "exact",
        }
    ]  # fmt: skip


@pytest.fixture
def nights() -> Iterator[Nights]:
    with open_memory() as con:
        for table in (*tables(), *marts()):
            con.execute(table.ddl)
        yield Nights(con)
