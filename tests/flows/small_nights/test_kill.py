"""Killed at any moment, the next run continues and ends with the rows of a run left alone.

Kills come at random points (the seed is printed) with SIGKILL to the flow and all its workers, once to a
worker alone. While all this goes on two analysts read the published warehouse.
"""

import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

pytestmark = [pytest.mark.model, pytest.mark.timeout(900)]
KILLS = 5
FIRST_KILL = 0.3  # of the wall time of a whole run: before that the program is still starting
NIGHT = "2026-11-19"
Snapshot = Callable[[Path], dict[str, list[str]]]


def _nothing_is_left(data: Path) -> None:
    assert list((data / "lake" / "_work").glob("night=*")) == []
    assert [path for path in (data / "lake").rglob("*") if ".tmp" in path.name] == []
    assert list(data.glob(".*build*")) == []
    committed = {path.stem for path in (data / "lake" / "run").rglob("*.parquet")}
    tables = {path.stem for path in (data / "lake").rglob("night=*/*.parquet")}
    assert tables == committed, "rows of a run that never counted"


def test_killed_at_random_points(
    small: Any, left_alone: Any, analysts: Any, kill: Any, snapshot: Snapshot, tmp_path: Path
) -> None:
    assert len(small.query(left_alone.data, "FROM call WHERE night = $night", {"night": NIGHT})) == 4
    seed = random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}")
    chance = random.Random(seed)  # noqa: S311 - when to kill, no secret
    data = small.copy_to(tmp_path)
    kills: list[str] = []
    with analysts(data / "warehouse.duckdb") as desk:
        while len(kills) < KILLS:
            process = small.start(data)
            wait_s = left_alone.wall_s * chance.uniform(FIRST_KILL, 1.0)
            deadline = time.monotonic() + wait_s
            while time.monotonic() < deadline and process.poll() is None:
                time.sleep(0.02)
            kills.append("too late" if process.poll() is not None else f"{wait_s:.1f} s")
            kill(process)
            published = small.query(data, "FROM call")
            assert len(published) in (1, 5), "half a night was published"
        last = small.run(data)
        reports = desk.stop()
    print(f"kills after {kills} of {left_alone.wall_s:.1f} s")
    assert last.code == 0, last.output
    assert any(each != "too late" for each in kills)
    assert snapshot(data) == left_alone.rows, f"seed {seed}, kills {kills}"
    _nothing_is_left(data)
    for report in reports:
        assert report["errors"] == []
        assert report["nights"][-1] == ["2026-11-18", NIGHT]


def test_a_killed_worker_is_replaced(
    small: Any, left_alone: Any, snapshot: Snapshot, kill: Any, tmp_path: Path
) -> None:
    data = small.copy_to(tmp_path)
    process = small.start(data)
    try:
        _worker_of(process.pid, data).kill()
        output, _ = process.communicate(timeout=600)
    finally:
        kill(process)
    assert process.returncode == 0, output
    assert snapshot(data) == left_alone.rows
    _nothing_is_left(data)


def _worker_of(pid: int, data: Path) -> psutil.Process:
    """A Dask worker of the flow, once the plan is written and workers are about to hear."""
    until = time.monotonic() + 300
    while time.monotonic() < until:
        is_planned = any((data / "lake" / "_work").glob(f"night={NIGHT}/plan-*.json"))
        workers = [
            child
            for child in psutil.Process(pid).children(recursive=True)
            if any("spawn_main" in part for part in child.cmdline())
        ]
        if is_planned and workers:
            return workers[0]
        time.sleep(0.02)
    raise AssertionError("no worker was started")


def test_killed_while_really_hearing(
    small: Any, left_alone: Any, kill: Any, snapshot: Snapshot, tmp_path: Path
) -> None:
    """The real weights, four recordings in their shards, killed as soon as the first shard is done."""
    config = small.config_with(tmp_path, without="replay_file")
    data = small.copy_to(tmp_path)
    process = small.start(data, config)
    heard = data / "lake" / "_work" / f"night={NIGHT}" / "heard"
    until = time.monotonic() + 600
    while not _done(heard) and process.poll() is None and time.monotonic() < until:
        time.sleep(0.02)
    kill(process)
    assert 1 <= len(_done(heard)) < 3, "killed too early or too late to prove anything"
    last = small.run(data, config)
    assert last.code == 0, last.output
    assert snapshot(data) == left_alone.rows
    _nothing_is_left(data)


def _done(heard: Path) -> list[Path]:
    return [path for path in heard.glob("*") if not path.name.startswith(".")]
