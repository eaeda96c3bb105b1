import os
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import pytest

from warehouse.checks import run_checks
from warehouse.connect import create_file, fetch_rows, open_reading, open_writing, wal_path
from warehouse.errors import WarehouseError, WarehouseLocked
from warehouse.load import build_warehouse
from warehouse.publish import publish

FIRST = date(2026, 11, 20)
# An analyst: one connection kept open, one opened anew for each question; says what each saw.
READER = """
import sys, time
from pathlib import Path
from warehouse.connect import fetch_rows, open_reading
path, stop = Path(sys.argv[1]), Path(sys.argv[2])
kept = open_reading(path)
def seen(con):
    return fetch_rows(con, "SELECT count(*) AS n FROM turn")[0]["n"]
print("ready", flush=True)
old, counts = set(), []
while True:
    is_last = stop.exists()
    old.add(seen(kept))
    counts.append(seen(kept))
    if is_last:
        break
print(sorted(old), flush=True)
"""
OPENER = """
import sys
from pathlib import Path
from warehouse.connect import fetch_rows, open_reading
path, stop = Path(sys.argv[1]), Path(sys.argv[2])
print("ready", flush=True)
seen = []
while True:
    is_last = stop.exists()
    with open_reading(path) as con:
        seen.append(fetch_rows(con, "SELECT count(*) AS n FROM turn")[0]["n"])
    if is_last:
        break
print(sorted(set(seen)), seen[-1], flush=True)
"""
HOLDER = """
import sys, duckdb
con = duckdb.connect(sys.argv[1])
con.execute("CREATE TABLE IF NOT EXISTS scratch (x INTEGER)")
print("ready", flush=True)
sys.stdin.read()
"""


def started(script: str, *args: Path):
    done = subprocess.Popen(
        [sys.executable, "-c", script, *map(str, args)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert done.stdout
    assert done.stdout.readline() == "ready\n", done.communicate()
    return done


def published(lake, tmp_path) -> Path:
    path = tmp_path / "warehouse.duckdb"
    build_warehouse(lake, path, tmp_path / "x.build")
    publish(tmp_path / "x.build", path)
    return path


def test_readers_read_on_through_publishing_and_new_ones_see_the_new_file(lake, nights, call, tmp_path):
    nights.night(FIRST, "r1", [call("a")])
    path, stop = published(lake, tmp_path), tmp_path / "stop"
    reader, opener = started(READER, path, stop), started(OPENER, path, stop)
    for at in range(1, 4):
        nights.night(FIRST + timedelta(days=at), f"n{at}", [call(f"c{at}")])
        published(lake, tmp_path)
    time.sleep(0.3)
    stop.touch()
    out, err = reader.communicate(timeout=60)
    assert (reader.returncode, out, err) == (0, "[2]\n", "")
    out, err = opener.communicate(timeout=60)
    assert (opener.returncode, err) == (0, "")
    assert out.endswith(" 8\n")
    with open_reading(path) as con:
        assert fetch_rows(con, "SELECT count(*) AS n FROM call") == [{"n": 4}]


def test_a_writer_on_the_published_file_stops_the_build_and_the_publishing(lake, nights, call, tmp_path):
    nights.night(FIRST, "r1", [call("a")])
    path = published(lake, tmp_path)
    build_warehouse(lake, path, tmp_path / "x.build")
    before = path.stat().st_ino
    holder = started(HOLDER, path)
    try:
        with pytest.raises(WarehouseLocked, match="占用"):
            build_warehouse(lake, path, tmp_path / "y.build")
        with pytest.raises(WarehouseLocked, match=r"warehouse\.duckdb"):
            publish(tmp_path / "x.build", path)
    finally:
        holder.communicate(timeout=60)
    assert path.stat().st_ino == before


def test_two_builds_at_a_time_are_refused(lake, nights, call, tmp_path):
    nights.night(FIRST, "r1", [call("a")])
    holder = started(HOLDER, tmp_path / "x.build")
    try:
        with pytest.raises(WarehouseLocked):
            build_warehouse(lake, None, tmp_path / "x.build")
    finally:
        holder.communicate(timeout=60)


def test_a_log_left_beside_the_published_file_never_reaches_the_new_one(lake, nights, call, tmp_path):
    nights.night(FIRST, "r1", [call("a")])
    path = published(lake, tmp_path)
    script = (
        "import duckdb, os, signal, sys; con = duckdb.connect(sys.argv[1])\n"
        "con.execute('DELETE FROM call'); os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", script, str(path)], check=False)
    assert wal_path(path).exists()
    assert build_warehouse(lake, path, tmp_path / "x.build").is_full
    publish(tmp_path / "x.build", path)
    assert not wal_path(path).exists()
    with open_reading(path) as con:
        assert fetch_rows(con, "SELECT call_id FROM call") == [{"call_id": "a"}]


def test_a_missing_build_is_told_and_the_published_file_stays(lake, nights, call, tmp_path):
    nights.night(FIRST, "r1", [call("a")])
    path = published(lake, tmp_path)
    with pytest.raises(WarehouseError, match=r"none\.build"):
        publish(tmp_path / "none.build", path)
    assert path.exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_read_only_folder_is_told(lake, tmp_path):
    build_warehouse(lake, None, tmp_path / "x.build")
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    with pytest.raises(WarehouseError, match="发布失败"):
        publish(tmp_path / "x.build", closed / "warehouse.duckdb")


def test_files_are_written_for_both_supported_versions(tmp_path):
    with create_file(tmp_path / "x.duckdb") as con:
        found = fetch_rows(con, "SELECT tags FROM duckdb_databases() WHERE path IS NOT NULL")
    assert found[0]["tags"]["storage_version"].startswith("v1.5.0")
    with open_writing(tmp_path / "x.duckdb") as con:
        con.execute("CREATE TABLE t (x INTEGER)")
        con.execute("CHECKPOINT")
        found = fetch_rows(con, "SELECT tags FROM duckdb_databases() WHERE path IS NOT NULL")
    assert found[0]["tags"]["storage_version"].startswith("v1.5.0")


def test_a_missing_or_foreign_file_is_told(tmp_path):
    with pytest.raises(WarehouseError, match="还没有仓库文件"):
        open_reading(tmp_path / "none.duckdb")
    (tmp_path / "x.duckdb").write_bytes(b"something else entirely" * 1000)
    with pytest.raises(WarehouseError, match=r"x\.duckdb"):
        open_reading(tmp_path / "x.duckdb")


BUILDER = """
import sys
from pathlib import Path
from warehouse.lake import Lake
from warehouse.load import build_warehouse
from warehouse.publish import publish
root = Path(sys.argv[1])
path, build = root / "warehouse.duckdb", root / "x.build"
print("ready", flush=True)
while True:
    path.unlink(missing_ok=True)
    for _ in range(2):
        build_warehouse(Lake(root / "lake"), path, build)
        publish(build, path)
"""


def test_a_kill_at_any_moment_leaves_a_whole_file_or_none_and_the_next_build_ends_the_same(
    lake, nights, call, tmp_path
):
    nights.night(FIRST, "r1", [call("a")])
    nights.night(FIRST + timedelta(days=1), "r2", [call("a"), call("b")])
    path = tmp_path / "warehouse.duckdb"
    for delay_s in (0.05, 0.2, 0.35, 0.6, 0.9):
        builder = started(BUILDER, tmp_path)
        time.sleep(delay_s)
        builder.kill()
        builder.communicate()
        if path.exists():
            with open_reading(path) as con:
                assert fetch_rows(con, "SELECT count(*) AS n FROM turn") == [{"n": 4}]
    published(lake, tmp_path)
    with open_reading(path) as con:
        assert fetch_rows(con, "SELECT count(*) AS n FROM turn") == [{"n": 4}]
        assert [result for result in run_checks(con) if result.stops_publishing] == []
