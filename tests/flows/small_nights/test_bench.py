"""`huiting bench night` runs a real night and says where its time went."""

import json
from pathlib import Path

import pytest

pytestmark = pytest.mark.model


def test_bench_night_prints_every_stage_and_leaves_nothing(replay, huiting, tmp_path: Path):
    told = tmp_path / "bench.json"
    finished = huiting.run(
        *("bench", "night", "--config", replay.config, "--inbox", replay.inbox),
        *("--date", "2026-11-18", "--json", told),
    )
    assert finished.code == 0, finished.output
    figures = json.loads(told.read_text(encoding="utf-8"))
    stages = {row["stage"]: row for row in figures["stages"]}
    assert {"清点", "识别", "打标签", "建仓", "发布", "页面", "合计"} <= set(stages)
    assert sum(row["share"] for name, row in stages.items() if name != "合计") == pytest.approx(1, abs=0.01)
    whole = stages["合计"]
    assert whole["audio_hours_per_hour"] == pytest.approx(figures["audio_s"] / whole["seconds"], rel=0.05)
    assert all(name in finished.output for name in stages)
