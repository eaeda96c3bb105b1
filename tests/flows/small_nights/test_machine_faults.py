"""What machines do to a night: full disks, missing folders, locks. A clear error, nothing half-published.

And what a bad recording does to one: a row in `run_failure`, no more.
"""

import json
import os
import random
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.model, pytest.mark.timeout(600)]
NIGHT = "2026-11-19"


@pytest.fixture
def data(small: Any, tmp_path: Path) -> Path:
    return small.copy_to(tmp_path)


def stopped(finished: Any, data: Path, small: Any, *said: str | Path) -> None:
    """Exit code 1, a Chinese sentence that names the place, no traceback; the warehouse is as it was."""
    assert finished.code == 1, finished.output
    errors = [line for line in finished.output.splitlines() if line.startswith("错误：")]
    assert errors, finished.output
    for part in said:
        assert str(part) in "\n".join(errors), finished.output
    assert "请" in errors[0], "an error says what to do"
    assert "Traceback" not in finished.output
    assert "leaked" not in finished.output
    before = (small.published / "warehouse.duckdb").read_bytes()
    assert (data / "warehouse.duckdb").read_bytes() == before
    assert len(small.query(data, "FROM call")) == 1
    assert list((data / "lake" / "run").rglob("*.parquet")) != []
    assert not list((data / "lake" / "run" / f"night={NIGHT}").glob("*.parquet")), "the run must not count"


def recovers(small: Any, left_alone: Any, snapshot: Any, data: Path) -> None:
    """When the machine is well again, the same command ends with the rows of a night left alone."""
    finished = small.run(data)
    assert finished.code == 0, finished.output
    assert snapshot(data) == left_alone.rows


@pytest.mark.parametrize("largest_file_bytes", [2_000, 300_000])
def test_no_file_may_grow_further(
    small: Any, left_alone: Any, snapshot: Any, data: Path, largest_file_bytes: int
) -> None:
    """The smaller limit stops the lake, the larger one the warehouse."""
    stopped(small.run(data, largest_file_bytes=largest_file_bytes), data, small, data)
    recovers(small, left_alone, snapshot, data)


def test_the_disk_is_full(small: Any, tmp_path: Path) -> None:
    """A file system with room for what was published and little more."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small file system; the limit on file size is tested above")
    disk = tmp_path / "disk"
    disk.mkdir()
    used = sum(path.stat().st_size for path in small.published.rglob("*") if path.is_file())
    mount = ["mount", "-t", "tmpfs", "-o", f"size={used + 600_000}", "tmpfs", str(disk)]
    if subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("this machine does not let us mount; the limit on file size is tested above")
    try:
        full = small.copy_to(disk)
        stopped(small.run(full), full, small, full)
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


def test_the_nights_folder_is_missing(small: Any, data: Path, tmp_path: Path) -> None:
    empty = tmp_path / "inbox"
    empty.mkdir()
    stopped(small.huiting.run(*small.command(data), "--inbox", empty), data, small, empty / NIGHT)


def test_the_nights_folder_is_a_file(small: Any, data: Path, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / NIGHT).write_text("not a folder", encoding="utf-8")
    stopped(small.huiting.run(*small.command(data), "--inbox", inbox), data, small, inbox / NIGHT)


def test_the_manifest_is_no_manifest(small: Any, data: Path, tmp_path: Path) -> None:
    inbox = Path(shutil.copytree(small.replay.inbox, tmp_path / "inbox"))
    (inbox / NIGHT / "manifest.csv").write_bytes(b"\x00\x01\x02\xff not a table")
    stopped(small.huiting.run(*small.command(data), "--inbox", inbox), data, small, "manifest.csv")


def test_the_data_directory_cannot_be_written(small: Any, tmp_path: Path) -> None:
    """A file stands where the directory should be: that stops even root."""
    place = tmp_path / "data"
    place.write_text("occupied", encoding="utf-8")
    finished = small.run(place)
    assert finished.code == 1
    assert str(place) in finished.output
    assert "错误：" in finished.output
    assert "请" in finished.output
    assert "Traceback" not in finished.output
    assert place.read_text("utf-8") == "occupied"


def test_the_lake_cannot_be_written(small: Any, data: Path) -> None:
    shutil.rmtree(data / "lake" / "turn")
    (data / "lake" / "turn").write_text("occupied", encoding="utf-8")
    finished = small.run(data)
    assert finished.code == 1, finished.output
    assert str(data / "lake" / "turn") in finished.output
    assert "Traceback" not in finished.output
    assert len(small.query(data, "FROM call")) == 1


WRITER = """
import sys, time, duckdb
con = duckdb.connect(sys.argv[1])
con.execute("CREATE TABLE held (x INTEGER)")
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def _written_by_another(path: Path) -> Iterator[None]:
    """Another process has the file open for writing."""
    other = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "held\n"
    try:
        yield
    finally:
        other.kill()
        other.communicate()


def test_the_warehouse_is_locked(small: Any, data: Path) -> None:
    before = (data / "warehouse.duckdb").read_bytes()
    with _written_by_another(data / "warehouse.duckdb"):
        finished = small.run(data)
    assert finished.code == 1, finished.output
    assert str(data / "warehouse.duckdb") in finished.output
    assert "请" in finished.output
    assert "Traceback" not in finished.output
    assert (data / "warehouse.duckdb").stat().st_size >= len(before), "the writer's file is still there"
    assert "held" in {
        row["table_name"] for row in small.query(data, "SELECT table_name FROM duckdb_tables()")
    }


def test_two_nights_never_write_at_once(small: Any, left_alone: Any, snapshot: Any, data: Path) -> None:
    first = small.start(data)
    lock = data / "lake" / "_work" / "lock"
    while not lock.exists() or not any((data / "lake" / "_work").glob("night=*")):
        assert first.poll() is None
    second = small.run(data)
    output, _ = first.communicate(timeout=300)
    assert first.returncode == 0, output
    assert second.code == 1, second.output
    assert str(data) in second.output
    assert "另一个夜间任务" in second.output
    assert snapshot(data) == left_alone.rows


def _inbox_with(small: Any, folder: Path) -> Path:
    return Path(shutil.copytree(small.replay.inbox, folder / "inbox"))


def test_bad_recordings_never_stop_a_night(small: Any, left_alone: Any, data: Path, tmp_path: Path) -> None:
    """One file is still being written, one is 30 MB of anything; the four calls are as ever."""
    inbox = _inbox_with(small, tmp_path)
    noise = random.Random(1).randbytes(30_000_000)  # noqa: S311 - bytes, no secret
    (inbox / NIGHT / "huge.wav").write_bytes(noise)
    growing, stop = inbox / NIGHT / "growing.wav", threading.Event()

    def write_on() -> None:
        with growing.open("wb") as file:
            while not stop.is_set():
                file.write(b"RIFF" * 100)
                file.flush()
                stop.wait(0.02)

    writer = threading.Thread(target=write_on)
    writer.start()
    try:
        finished = small.huiting.run(*small.command(data), "--inbox", inbox)
    finally:
        stop.set()
        writer.join()
    assert finished.code == 3, finished.output
    sql = "SELECT reason, call_id FROM run_failure WHERE night = $night AND severity = 'failed' ORDER BY ALL"
    faults = small.query(data, sql, {"night": NIGHT})
    reasons = {row["call_id"]: row["reason"] for row in faults}
    assert reasons["growing"] == "still_growing"
    assert reasons["huge"] in ("unreadable", "not_audio")
    calls = small.query(data, "SELECT call_id FROM call WHERE night = $night", {"night": NIGHT})
    assert {row["call_id"] for row in calls} == {"c001", "c002", "c021", "c022"}
    turns = small.query(data, "SELECT count(*) AS n FROM turn")
    assert turns == small.query(left_alone.data, "SELECT count(*) AS n FROM turn")
    assert growing.exists(), "a bad recording is left where it is"


class _Hook(BaseHTTPRequestHandler):
    heard: list[dict[str, Any]] = []  # noqa: RUF012 - one per server class

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        self.heard.append(json.loads(self.rfile.read(length)))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *args: Any) -> None: ...


def test_the_webhook_is_told(small: Any, data: Path, tmp_path: Path) -> None:
    """When nothing is published, and not when all is well."""
    hook = type("Hook", (_Hook,), {"heard": []})
    with HTTPServer(("127.0.0.1", 0), hook) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/alert"
        alert = f'[alert]\nwebhook_url = "{url}"\n'
        config = small.config_with(tmp_path, alert)
        missing = small.huiting.run(*small.command(data, config)[:-1], "2026-01-02")
        assert missing.code == 1
        assert [(told["exit_code"], told["nights"]) for told in hook.heard] == [(1, ["2026-01-02"])]
        assert "2026-01-02" in hook.heard[0]["message"]
        assert small.run(data, config).code == 0
        assert len(hook.heard) == 1
        config = small.config_with(tmp_path, f'{alert}[schedule]\napi_url = "http://127.0.0.1:9/api"\n')
        unreachable = small.run(data, config)
        assert unreachable.code == 1
        assert "schedule.api_url" in unreachable.output
        assert "127.0.0.1:9" in hook.heard[-1]["message"], "the night that never began is told too"
        server.shutdown()
    config = small.config_with(tmp_path, alert)
    silent = small.huiting.run(*small.command(data, config)[:-1], "2026-01-02")
    assert silent.code == 1
    assert "alert.webhook_url" in silent.output, "a webhook that is down is told, and changes nothing else"
