"""Stored nights tagged again with a changed lexicon: old findings stay, marts show the new ones."""

import json
import time
from pathlib import Path
from typing import Any

import duckdb
import pytest

from warehouse.rows import FINDING_TABLES

pytestmark = [pytest.mark.model, pytest.mark.timeout(900)]
MADE_AGAIN = (*FINDING_TABLES, "library_case", "clip")
PHRASE = """entries:
  - id: own_greeting
    phrase: 您好很高兴
    family: beyond_remit
    kind: forbidden
    severity: high
    replacement: 请讲
    patterns: [您好]
    must_match: [您好很高兴, 您好啊请讲, 嗯您好, 您好您好]
    must_not_match: [您请讲, 请您稍等, 好的明白, 再见]
"""


def _edit(data: Path) -> None:
    """The centre forbids something that agents say all the time."""
    (data / "lexicons" / "taboo").mkdir(parents=True)
    (data / "lexicons" / "taboo" / "own.yaml").write_text(PHRASE, encoding="utf-8")


def _command(small: Any, data: Path) -> tuple[Any, ...]:
    options = ("--config", small.replay.config, "--data-dir", data)
    return ("retag", *options, "--from", "2026-11-18", "--to", "2026-11-19")


def _retag(small: Any, data: Path) -> Any:
    return small.huiting.run(*_command(small, data))


def _started(small: Any, data: Path) -> Any:
    return small.huiting.start(*_command(small, data))


@pytest.fixture(scope="module")
def retagged(small: Any, left_alone: Any, copied: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both nights, the lexicon changed, tagged again."""
    data = copied(left_alone.data, tmp_path_factory.mktemp("retag") / "data")
    _edit(data)
    finished = _retag(small, data)
    assert finished.code == 0, finished.output
    assert "5 通电话" in finished.output
    return data


def test_marts_use_the_newest_findings_and_the_old_ones_stay(small: Any, retagged: Path) -> None:
    hits = small.query(retagged, "FROM taboo_hit WHERE phrase_id = 'own_greeting'")
    assert hits, "the new phrase was not looked for"
    runs = small.query(retagged, "FROM run ORDER BY night, attempt")
    assert [(row["kind"], row["attempt"]) for row in runs] == [("nightly", 1), ("retag", 2)] * 2
    for nightly, retag in zip(runs[::2], runs[1::2], strict=True):
        assert retag["transcript_run_id"] == nightly["run_id"]
        assert retag["lexicon_digest"] != nightly["lexicon_digest"]
        assert retag["call_count"] == nightly["call_count"]
        assert retag["audio_s"] == retag["recording_count"] == 0
    assert {row["run_id"] for row in hits} <= {row["run_id"] for row in runs[1::2]}
    shown = small.query(retagged, "SELECT DISTINCT turn.run_id AS run_id FROM turn")
    assert {row["run_id"] for row in shown} == {row["run_id"] for row in runs[::2]}
    old = list((retagged / "lake" / "taboo_hit").rglob(f"{runs[0]['run_id']}.parquet"))
    assert len(old) == 1
    names = {path.parts[-3] for path in (retagged / "lake").rglob(f"{runs[1]['run_id']}.parquet")}
    assert names == {*MADE_AGAIN, "run", "rule", "finding_count"}, "a retag run holds findings alone"


def test_before_and_after_can_be_compared(small: Any, retagged: Path) -> None:
    told = small.query(
        retagged,
        "SELECT run_number, is_current, call_count, call_change FROM finding_history "
        "WHERE finding = 'own_greeting' AND night = '2026-11-19' ORDER BY run_number",
    )
    assert [row["is_current"] for row in told] == [False, True]
    assert told[0]["call_count"] == 0
    assert told[1]["call_change"] == told[1]["call_count"] > 0


def test_every_hit_joins_to_a_version_of_its_rule(small: Any, retagged: Path) -> None:
    joined = small.query(
        retagged,
        "SELECT rule.version FROM taboo_hit LEFT JOIN rule "
        "ON taboo_hit.run_id = rule.run_id AND taboo_hit.phrase_id = rule.rule_id AND rule.tagger = 'taboo'",
    )
    assert joined
    assert all(len(row["version"] or "") == 8 for row in joined)


def test_a_nightly_run_with_the_same_lexicon_finds_the_same_and_takes_over(
    small: Any, retagged: Path, left_alone: Any, copied: Any, tmp_path: Path
) -> None:
    """The second night run anew with the changed lexicon, and run once more after tagging again."""
    data = copied(left_alone.data, tmp_path / "data")
    _edit(data)
    finished = small.run(data)
    assert finished.code == 0, finished.output
    assert _findings(data) == _findings(retagged)

    again = copied(retagged, tmp_path / "again")
    finished = small.run(again)
    assert finished.code == 0, finished.output
    runs = small.query(again, "SELECT run_id, transcript_run_id FROM loaded_run WHERE night = '2026-11-19'")
    assert runs[0]["run_id"] == runs[0]["transcript_run_id"], "a later nightly run wins over a retag run"
    assert _findings(again) == _findings(retagged)


def test_nothing_is_done_when_nothing_changed(small: Any, retagged: Path) -> None:
    before = {path for path in (retagged / "lake").rglob("*.parquet")}
    finished = _retag(small, retagged)
    assert finished.code == 0, finished.output
    assert "什么也没有做" in finished.output
    assert {path for path in (retagged / "lake").rglob("*.parquet")} == before


def _findings(data: Path) -> dict[str, list[str]]:
    """Rows of the findings of the second night, without the run's id."""
    found: dict[str, list[str]] = {}
    with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as con:
        for table in MADE_AGAIN:
            con.execute(f"SELECT * EXCLUDE (run_id) FROM {table} WHERE night = '2026-11-19'")  # noqa: S608
            found[table] = sorted(json.dumps(row, default=str, ensure_ascii=False) for row in con.fetchall())
    return found


MOMENTS = (
    "lake/_work/retag/night=2026-11-18/tagged/[0-9a-f]*",
    "lake/taboo_hit/night=2026-11-19/*.parquet",
    "lake/run/night=2026-11-19/*.parquet",
)


def test_killed_anywhere_it_goes_on(
    small: Any, retagged: Path, left_alone: Any, copied: Any, kill: Any, tmp_path: Path
) -> None:
    """Killed with all its workers when a file of each kind appears, once a moment, then left to end."""
    data = copied(left_alone.data, tmp_path / "data")
    _edit(data)
    for moment in MOMENTS:
        before = set(data.glob(moment))
        process = _started(small, data)
        until = time.monotonic() + 300
        while process.poll() is None and set(data.glob(moment)) <= before and time.monotonic() < until:
            time.sleep(0.005)
        kill(process)
        assert small.query(data, "SELECT count(*) AS n FROM call")[0]["n"] == 5
    finished = _retag(small, data)
    assert finished.code == 0, finished.output
    assert _findings(data) == _findings(retagged)
    loaded = {row["run_id"] for row in small.query(data, "FROM loaded_run")}
    committed = {path.stem for path in (data / "lake" / "run").rglob("*.parquet")}
    assert loaded <= committed
    assert {path.stem for path in (data / "lake").rglob("night=2026-11-19/*.parquet")} <= committed
    assert list((data / "lake" / "_work").rglob("tagged")) == []
