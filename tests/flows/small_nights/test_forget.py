"""A call forgotten after real nights never comes back: not by a rerun, not under another name."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from warehouse.row_files import read_rows

pytestmark = [pytest.mark.model, pytest.mark.timeout(900)]
NIGHT = "2026-11-19"


def test_a_forgotten_call_stays_forgotten(small: Any, left_alone: Any, copied: Any, tmp_path: Path) -> None:
    data, inbox = copied(left_alone.data, tmp_path / "data"), tmp_path / "inbox"
    shutil.copytree(small.replay.inbox, inbox)
    sound = (inbox / NIGHT / "c021.wav").read_bytes()
    sentences = [
        row["text"] for row in small.query(data, "FROM turn WHERE call_id = 'c021' AND len(text) > 12")
    ]
    assert sentences
    assert _holding(data, sentences), "there is something to be forgotten"
    others = _turns(small, data)
    options = ("--config", small.replay.config, "--data-dir", data, "--inbox", inbox)

    finished = small.huiting.run("forget", "c021", *options, "--yes")
    assert finished.code == 0, finished.output
    assert _holding(data, sentences) == set()
    assert not (inbox / NIGHT / "c021.wav").exists()
    assert _turns(small, data) == others

    (inbox / NIGHT / "another-name.wav").write_bytes(sound)
    finished = small.huiting.run("nightly", *options, "--date", NIGHT)
    assert finished.code == 3, finished.output
    assert _holding(data, sentences) == set()
    assert _turns(small, data) == others
    refused = small.query(data, "FROM run_failure WHERE reason = 'forgotten'")
    assert [(row["call_id"], row["file"]) for row in refused] == [(None, None)]
    assert small.query(data, "SELECT call_count FROM run WHERE night = $n", {"n": NIGHT}) == [
        {"call_count": 3}
    ]


def _turns(small: Any, data: Path) -> list[str]:
    rows = small.query(data, "SELECT * EXCLUDE (run_id) FROM turn WHERE call_id != 'c021' ORDER BY ALL")
    return [str(row) for row in rows]


def _holding(data: Path, sentences: list[str]) -> set[str]:
    """Files with one of the sentences, in a decoded row or in a byte."""
    found: set[str] = set()
    for path in (path for path in data.rglob("*") if path.is_file() and "models" not in path.parts):
        content = path.read_bytes()
        rows = [str(row) for row in read_rows(path)] if path.suffix == ".parquet" else []
        for text in sentences:
            if text.encode() in content or any(text in row for row in rows):
                found.add(str(path.relative_to(data)))
    return found
