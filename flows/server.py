"""The Prefect server a night talks to: the configured one, or one started for this night. Edge file.

Everything that must be in the environment before prefect is imported is set here, so call
`prepare_environment` first. A server left behind by a killed night is found again and used.
"""

import fcntl
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from flows.config import Config
from warehouse.errors import WarehouseLocked

_IN_USE = "in_use"  # locked by every command that uses the server of this data directory
STARTUP_TIMEOUT_S = 120.0
_QUIET = {
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": str(int(STARTUP_TIMEOUT_S)),
    "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_LOGGING_LEVEL": "CRITICAL",  # what failed is told once, by us
    "DO_NOT_TRACK": "1",
    "DASK_DISTRIBUTED__LOGGING__DISTRIBUTED": "error",
}


class ServerNotReached(Exception):
    """No Prefect server answers; the message says which address and what to do."""


def prepare_environment(config: Config) -> None:
    """Set what prefect and dask read at import: quiet logs, no telemetry, a home below the data directory."""
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    if not config.schedule.api_url:
        os.environ.setdefault("PREFECT_HOME", str(config.data_path / "prefect"))


@contextmanager
def prefect_server(config: Config) -> Generator[str]:
    """Yield the API address of a healthy server and make it this process tree's server.

    Raises:
        ServerNotReached: the configured server does not answer, or none could be started.
    """
    outer = os.environ.get("PREFECT_API_URL")
    url = config.schedule.api_url or outer
    if url:
        if not is_healthy(url):
            raise ServerNotReached(
                f"Prefect 服务器 {url} 没有应答。请先运行 prefect server start，或改正 schedule.api_url。"
            )
        os.environ["PREFECT_API_URL"] = url
        yield url
        return
    home = config.data_path / "prefect"
    home.mkdir(parents=True, exist_ok=True)
    with _in_use(home):
        process, url = _start_or_adopt(home)
        os.environ["PREFECT_API_URL"] = url
        try:
            yield url
        finally:
            os.environ.pop("PREFECT_API_URL", None)
            _stop(process, home)


def _start_or_adopt(home: Path) -> tuple[int, str]:
    """Return (pid, API address) of the server of this data directory."""
    marker = home / "server.json"
    if marker.is_file():
        pid, url = _marked(marker)
        if url and is_healthy(url):
            return pid, url
    port = _free_port()
    url = f"http://127.0.0.1:{port}/api"
    environment = {**os.environ, "PREFECT_SERVER_API_PORT": str(port), "PREFECT_SERVER_API_HOST": "127.0.0.1"}
    environment.pop("PREFECT_API_URL", None)
    log = home / "server.log"
    with log.open("ab") as sink:
        process = subprocess.Popen(
            [sys.executable, "-m", "prefect", "server", "start"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            start_new_session=True,
        )
    marker.write_text(json.dumps({"pid": process.pid, "url": url}), encoding="utf-8")
    deadline = time.monotonic() + STARTUP_TIMEOUT_S
    while time.monotonic() < deadline:
        if is_healthy(url):
            return process.pid, url
        if process.poll() is not None:
            break
        time.sleep(0.25)
    process.kill()
    raise ServerNotReached(f"Prefect 服务器没能启动，原因见 {log}。请检查磁盘和端口后重试。")


@contextmanager
def alone_with_history(config: Config) -> Generator[None]:
    """Hold what this data directory's own server remembers; one that a killed night left is stopped.

    Raises:
        WarehouseLocked: a command that is running uses the server.
    """
    home = config.data_path / "prefect"
    if not home.is_dir():
        yield
        return
    with (home / _IN_USE).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as err:
            raise WarehouseLocked(
                f"{home}：另一个任务正在使用，运行历史还没有清理。请等它结束后再运行 huiting forget。"
            ) from err
        marker = home / "server.json"
        pid, url = _marked(marker) if marker.is_file() else (0, "")
        if url and is_healthy(url):
            _stop(pid, home)
        yield


@contextmanager
def _in_use(home: Path) -> Generator[None]:
    with (home / _IN_USE).open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield


def _marked(marker: Path) -> tuple[int, str]:
    """(pid, API address) as a server's marker tells, (0, "") when it tells nothing."""
    try:
        known = json.loads(marker.read_text(encoding="utf-8"))
        return int(known["pid"]), str(known["url"])
    except (ValueError, KeyError):
        return 0, ""


def _stop(pid: int, home: Path) -> None:
    try:
        os.killpg(pid, 15)
    except (ProcessLookupError, PermissionError):
        pass
    finally:
        (home / "server.json").unlink(missing_ok=True)


def is_healthy(url: str) -> bool:
    """Whether a Prefect API answers at `url`."""
    if not url.startswith(("http://", "https://")):
        return False
    try:
        with urllib.request.urlopen(f"{url.rstrip('/')}/health", timeout=5) as answer:  # noqa: S310
            return answer.status == 200
    except (urllib.error.URLError, OSError, ValueError):
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
