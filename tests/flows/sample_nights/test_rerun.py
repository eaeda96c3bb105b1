"""The second time: nothing is heard again, and only what changed is done again."""

import re
import shutil
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

pytestmark = [pytest.mark.model, pytest.mark.timeout(1800)]
ROOT = Path(__file__).resolve().parents[3]
INBOX = ROOT / "tests" / "samples" / "inbox"
NIGHT = "2026-11-21"
HEARING = "识别"


@pytest.fixture
def data(sample_nights: Any, copied: Any, tmp_path: Path) -> Path:
    """A copy of the finished sample nights."""
    return copied(sample_nights.data, tmp_path / "data")


@pytest.fixture
def again(huiting: Any, data: Path) -> Callable[..., Any]:
    """Runs the second night again on the copy."""

    def run(inbox: Path = INBOX) -> Any:
        return huiting.run(
            *("nightly", "--config", ROOT / "huiting.toml", "--profile", "demo", "--data-dir", data),
            *("--inbox", inbox, "--date", NIGHT),
        )

    return run


def newest_run(rows: Any, data: Path) -> dict[str, Any]:
    return rows(data, "FROM run WHERE night = $night", {"night": NIGHT})[0]


def of_call(rows: Any, data: Path, table: str, call_id: str) -> list[dict[str, Any]]:
    found = rows(data, f"FROM {table} WHERE call_id = $id ORDER BY ALL", {"id": call_id})
    return [{name: value for name, value in row.items() if name != "run_id"} for row in found]


def test_the_same_night_again(sample_nights: Any, again: Any, data: Path, rows: Any, snapshot: Any) -> None:
    before, clips = snapshot(data), {path.name for path in (data / "pages" / "clips").rglob("*.*")}
    finished = again()
    assert finished.code == 3, finished.output  # the duplicate is still one
    assert snapshot(data) == before
    run = newest_run(rows, data)
    assert run["attempt"] == 2
    assert run["reused_count"] == run["call_count"] == 5
    assert not re.search(rf"^{HEARING} ", finished.output, re.MULTILINE), "no bar: nothing was heard"
    assert {path.name for path in (data / "pages" / "clips").rglob("*.*")} == clips
    assert finished.wall_s < sample_nights.finished.wall_s / 2


def test_one_phrase_is_one_file(again: Any, data: Path, rows: Any) -> None:
    """A new phrase and a changed replacement in one YAML file: tags anew, nothing heard."""
    agent = rows(data, "FROM turn WHERE night = $n AND role = 'agent' ORDER BY ALL", {"n": NIGHT})
    runs = [(turn, run) for turn in agent for run in re.findall(r"[\u4e00-\u9fff]{8,}", turn["text"])]
    turn, said = runs[0][0], runs[0][1][:8]
    hits = rows(data, "FROM taboo_hit WHERE night = $n AND kind = 'forbidden' ORDER BY ALL", {"n": NIGHT})
    entry = {
        "id": "test_phrase",
        "phrase": said,
        "family": "passing_the_buck",
        "kind": "forbidden",
        "severity": "low",
        "owner": "服务质量组",
        "replacement": "换一个说法",
        "patterns": [said],
        "must_match": [said, f"呃{said}", f"{said}嗯", f"嗯{said}"],
        "must_not_match": ["您好", "再见", "请稍等", "谢谢"],
    }
    changed = [{"id": hits[0]["phrase_id"], "replacement": "这件事由我来办"}] if hits else []
    own = data / "lexicons" / "taboo" / "ours.yaml"
    own.parent.mkdir(parents=True)
    own.write_text(yaml.safe_dump({"entries": [entry, *changed]}, allow_unicode=True), encoding="utf-8")
    turns = rows(data, "SELECT * EXCLUDE (run_id) FROM turn ORDER BY ALL")
    before = newest_run(rows, data)
    finished = again()
    assert finished.code == 3, finished.output
    run = newest_run(rows, data)
    assert run["reused_count"] == run["call_count"]
    assert run["lexicon_digest"] != before["lexicon_digest"]
    assert not re.search(rf"^{HEARING} ", finished.output, re.MULTILINE), "nothing was heard again"
    assert rows(data, "SELECT * EXCLUDE (run_id) FROM turn ORDER BY ALL") == turns
    new = rows(data, "FROM taboo_hit WHERE phrase_id = 'test_phrase'")
    assert (turn["call_id"], turn["turn_index"]) in {(row["call_id"], row["turn_index"]) for row in new}
    assert hits, "the sample night has forbidden hits"
    same = rows(
        data, "FROM taboo_hit WHERE phrase_id = $id AND night = $n", {"id": hits[0]["phrase_id"], "n": NIGHT}
    )
    assert {row["replacement"] for row in same} == {"这件事由我来办"}


def test_a_broken_phrase_stops_the_night(again: Any, data: Path) -> None:
    own = data / "lexicons" / "taboo" / "ours.yaml"
    own.parent.mkdir(parents=True)
    own.write_text("entries:\n  - id: broken\n    phrase: 只有一半\n", encoding="utf-8")
    before = (data / "warehouse.duckdb").read_bytes()
    finished = again()
    assert finished.code == 1
    assert "ours.yaml" in finished.output
    assert "错误：" in finished.output
    assert (data / "warehouse.duckdb").read_bytes() == before


def test_a_corrected_recording_replaces_its_predecessor(
    again: Any, data: Path, rows: Any, tmp_path: Path
) -> None:
    """Other audio under the name of c013: that call alone is heard, and all others stay as they are."""
    inbox = Path(shutil.copytree(INBOX, tmp_path / "inbox"))
    _first_seconds(INBOX / "2026-11-20" / "c001.wav", inbox / NIGHT / "c013.wav", 16)
    others = [row["call_id"] for row in rows(data, "FROM call") if row["call_id"] != "c013"]
    tables = ("call", "turn", "cause_tag", "taboo_hit", "behaviour", "signal", "tier")
    before = {(table, call): of_call(rows, data, table, call) for table in tables for call in others}
    old = of_call(rows, data, "call", "c013")[0]
    finished = again(inbox)
    assert finished.code == 3, finished.output
    run = newest_run(rows, data)
    assert (run["call_count"], run["reused_count"]) == (5, 4)
    new = of_call(rows, data, "call", "c013")
    assert len(new) == 1
    assert new[0]["recording_digest"] != old["recording_digest"]
    assert new[0]["duration_s"] == pytest.approx(16, abs=0.2)
    assert new[0]["agent_id"] == old["agent_id"], "the manifest's word stays"
    text = "".join(turn["text"] for turn in of_call(rows, data, "turn", "c013"))
    assert "账单" in text
    assert "喇叭" not in text
    assert rows(data, "FROM cause_tag WHERE call_id = 'c013'") == []
    assert {(table, call): of_call(rows, data, table, call) for table, call in before} == before


def _first_seconds(source: Path, target: Path, seconds: int) -> None:
    with wave.open(str(source), "rb") as full, wave.open(str(target), "wb") as part:
        part.setparams(full.getparams())
        part.writeframes(full.readframes(seconds * full.getframerate()))
