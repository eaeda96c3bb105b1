"""Managers correct tags: a file goes out, comes back, and the warehouse shows it at once."""

import csv
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.model, pytest.mark.timeout(900)]


def test_labels_go_out_and_come_back(small: Any, left_alone: Any, copied: Any, tmp_path: Path) -> None:
    data = copied(left_alone.data, tmp_path / "data")
    options = ("--config", small.replay.config, "--data-dir", data)
    file = tmp_path / "judge.csv"
    nights = ("--from", "2026-11-18", "--to", "2026-11-19")
    finished = small.huiting.run("labels", "export", file, *nights, *options)
    assert finished.code == 0, finished.output
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    hits = [row for row in rows if row["编号"].startswith("t-")]
    assert hits
    for row in hits:
        row["对不对"] = "错"
    _write(file, [*rows, {**hits[0], "编号": "t-nothing"}])
    refused = small.huiting.run("labels", "import", file, "--by", "qa01", *options)
    assert refused.code == 1
    assert "t-nothing" in refused.output
    assert not (data / "lake" / "taboo_verdict").exists()

    _write(file, rows)
    finished = small.huiting.run("labels", "import", file, "--by", "qa01", *options)
    assert finished.code == 0, finished.output
    judged = small.query(data, "SELECT sum(judged_count) AS n, max(precision) AS p FROM rule_precision")
    assert judged == [{"n": len(hits), "p": 0.0}]


def _write(file: Path, rows: list[dict[str, str]]) -> None:
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.DictWriter(out, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
