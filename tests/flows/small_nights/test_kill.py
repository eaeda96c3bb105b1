"""Killed at any moment, the next run continues and ends with the rows of a run left alone.

SIGKILL goes to the flow and all its workers, some instants after random moments of the night (the seed is
printed), once to a worker alone. While all this goes on two analysts read the published warehouse.
"""

import random
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

pytestmark = [pytest.mark.model, pytest.mark.timeout(900)]
KILLS = 5
NIGHT = "2026-11-19"
# What appears in the data directory as the night goes on, in this order.
MOMENTS = (
    f"lake/_work/night={NIGHT}/plan-*.json",
    f"lake/_work/night={NIGHT}/heard/[0-9a-f]*",
    f"lake/turn/night={NIGHT}/*.parquet",
    f"lake/taboo_hit/night={NIGHT}/*.parquet",
    ".warehouse.duckdb.build",
    f"lake/clip/night={NIGHT}/*.parquet",
    f"lake/run/night={NIGHT}/*.parquet",
    "warehouse.duckdb",
)
MAX_DELAY_S = 1.0
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
    moments = sorted(chance.sample(range(len(MOMENTS)), KILLS))
    kills: list[str] = []
    with analysts(data / "warehouse.duckdb") as desk:
        for moment in moments:
            before = _files(data, MOMENTS[moment])
            process = small.start(data)
            while process.poll() is None and _files(data, MOMENTS[moment]) <= before:
                time.sleep(0.01)
            time.sleep(chance.uniform(0, MAX_DELAY_S))
            kills.append(f"{MOMENTS[moment]}{'' if process.poll() is None else ' (too late)'}")
            kill(process)
            published = small.query(data, "FROM call")
            assert len(published) in (1, 5), "half a night was published"
        last = small.run(data)
        reports = desk.stop()
    print("\n".join(["killed at", *kills]))
    assert last.code == 0, last.output
    assert sum("too late" in each for each in kills) <= 1, kills
    assert snapshot(data) == left_alone.rows, f"seed {seed}, kills {kills}"
    _nothing_is_left(data)
    for report in reports:
        assert report["errors"] == []
        assert report["nights"][-1] == ["2026-11-18", NIGHT]


def _files(data: Path, pattern: str) -> set[tuple[Path, int]]:
    """Files of a pattern with their times, so that one written anew is another one."""
    found: set[tuple[Path, int]] = set()
    for path in data.glob(pattern):
        with suppress(FileNotFoundError):  # it may go while we look
            found.add((path, path.stat().st_mtime_ns))
    return found


def test_a_killed_worker_is_replaced(
    small: Any, left_alone: Any, snapshot: Snapshot, kill: Any, tmp_path: Path
) -> None:
    data = small.copy_to(tmp_path)
    process = small.start(data)
    try:
        _worker_of(process.pid).kill()
        output, _ = process.communicate(timeout=600)
    finally:
        kill(process)
    assert process.returncode == 0, output
    assert snapshot(data) == left_alone.rows
    _nothing_is_left(data)


def _worker_of(pid: int) -> psutil.Process:
    """A Dask worker of the flow that has begun to work: what it hears with is loaded."""
    until = time.monotonic() + 300
    while time.monotonic() < until:
        with suppress(psutil.NoSuchProcess):
            for child in psutil.Process(pid).children(recursive=True):
                is_worker = any("spawn_main" in part for part in child.cmdline())
                if is_worker and any("libtorch" in mapped.path for mapped in child.memory_maps()):
                    return child
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
