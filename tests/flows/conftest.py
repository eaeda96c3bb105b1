"""Real parts for whole nights: one Prefect server, one set of models, the sample nights run once.

Every night is a process of its own, started through the console script, as an operator starts it.
"""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows.config import load_config
from flows.server import prefect_server
from transcribe.weights import find_weights

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "tests" / "samples"
CONSOLE_SCRIPT = Path(sys.executable).with_name("huiting")
ANALYST = Path(__file__).with_name("analyst.py")
NIGHT_LIMIT_S = 1500  # two nights with real weights on a busy machine

# What two runs of the same night may differ in, beside run_id: when they ran, and how much they took over.
# Every run adds to it, whatever it found.
HISTORY = {"finding_count"}
RUN_IDS = {"run_id", "transcript_run_id"}
OF_THE_RUN = {"run": RUN_IDS | {"attempt", "reused_count", "started_at", "finished_at"}}


@dataclass(frozen=True)
class Finished:
    """A command that has ended: exit code, what it printed (both streams), wall seconds."""

    code: int
    output: str
    wall_s: float


@dataclass(frozen=True)
class Huiting:
    """The console script in an environment of its own: no huiting.toml in its folder, a shared server."""

    folder: Path
    environment: dict[str, str]

    def start(self, *args: str | Path, largest_file_bytes: int | None = None) -> subprocess.Popen[str]:
        def limit() -> None:
            if largest_file_bytes is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file_bytes, largest_file_bytes))

        return subprocess.Popen(
            [str(CONSOLE_SCRIPT), *map(str, args)],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            start_new_session=True,
            preexec_fn=limit,  # noqa: PLW1509 - sets a limit, nothing else
        )

    def run(self, *args: str | Path, largest_file_bytes: int | None = None) -> Finished:
        start = time.monotonic()
        process = self.start(*args, largest_file_bytes=largest_file_bytes)
        try:
            output, _ = process.communicate(timeout=NIGHT_LIMIT_S)
        except BaseException:
            kill_group(process)
            raise
        return Finished(process.returncode, output, time.monotonic() - start)


def kill_group(process: subprocess.Popen[str]) -> None:
    """SIGKILL a command and all its workers."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


@pytest.fixture(scope="session")
def kill() -> Callable[[subprocess.Popen[str]], None]:
    return kill_group


@pytest.fixture(scope="session")
def prefect_api(tmp_path_factory: pytest.TempPathFactory) -> Generator[tuple[str, Path]]:
    """(API address, home) of the one Prefect server of this test run."""
    folder = tmp_path_factory.mktemp("server")
    config = load_config(ROOT / "huiting.toml", data_dir=str(folder))
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PREFECT_API_URL", raising=False)
        patch.setenv("PREFECT_HOME", str(folder / "prefect"))
        patch.setenv("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
        with prefect_server(config) as url:
            os.environ.pop("PREFECT_API_URL", None)  # for the nights, not for other tests of this process
            yield url, folder / "prefect"


@pytest.fixture(scope="session")
def huiting(prefect_api: tuple[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Huiting:
    outer = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    folder = tmp_path_factory.mktemp("cwd")
    return Huiting(folder, {**outer, "PREFECT_API_URL": prefect_api[0], "HOME": str(folder)})


@pytest.fixture(scope="session")
def trained(huiting: Huiting, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Finished]:
    """(data directory, what `huiting train` printed): the classifier of this test run."""
    folder = tmp_path_factory.mktemp("trained")
    return folder, huiting.run("train", "--data-dir", folder)


@pytest.fixture(scope="session")
def models(trained: tuple[Path, Finished]) -> Path:
    """Weights and classifier, made once; converted weights are taken from where `make demo` left them."""
    folder = trained[0] / "models"
    folder.mkdir(exist_ok=True)
    for weights in (ROOT / "data" / "demo" / "models").glob("base-*.pt"):
        shutil.copy2(weights, folder)
    find_weights("base", folder)
    return folder


@pytest.fixture(scope="session")
def new_data_dir(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """Makes an empty data directory that shares the models."""

    def make() -> Path:
        folder = tmp_path_factory.mktemp("data")
        (folder / "models").symlink_to(models)
        return folder

    return make


@pytest.fixture(scope="session")
def copied() -> Callable[[Path, Path], Path]:
    """Copies a data directory with its files' times; the models stay shared."""

    def copy(source: Path, target: Path) -> Path:
        return Path(shutil.copytree(source, target, symlinks=True))

    return copy


@dataclass(frozen=True)
class Analysts:
    """Two processes that read while others write; `stop` ends them and returns their reports."""

    stop_file: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    reports: list[Path] = field(default_factory=list)

    def stop(self) -> list[dict[str, Any]]:
        self.stop_file.touch()
        for process in self.processes:
            assert process.wait(timeout=120) == 0
        return [json.loads(path.read_text(encoding="utf-8")) for path in self.reports]


@pytest.fixture(scope="session")
def analysts(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Any]:
    """Context: two analysts read the warehouse, one opens it again and again, one keeps it for minutes."""

    @contextmanager
    def read(warehouse: Path) -> Iterator[Analysts]:
        folder = tmp_path_factory.mktemp("analysts")
        desk = Analysts(folder / "stop")
        for hold_s in ("0.4", "1e9"):
            report = folder / f"{hold_s}.json"
            command = [sys.executable, str(ANALYST), str(warehouse), str(desk.stop_file), str(report), hold_s]
            desk.processes.append(subprocess.Popen(command))
            desk.reports.append(report)
        try:
            yield desk
        finally:
            for process in desk.processes:
                process.kill()

    return read


def query(data: Path, sql: str, parameters: Any = None) -> list[dict[str, Any]]:
    """Rows of the published warehouse, as an analyst gets them."""
    with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as con:
        con.execute(sql, parameters)
        columns = [column[0] for column in con.description or ()]
        return [dict(zip(columns, row, strict=True)) for row in con.fetchall()]


@pytest.fixture(scope="session")
def rows() -> Callable[..., list[dict[str, Any]]]:
    return query


@pytest.fixture(scope="session")
def snapshot() -> Callable[[Path], dict[str, list[str]]]:
    """{table: sorted rows} of a data directory's published warehouse, without what only a run decides."""

    def take(data: Path) -> dict[str, list[str]]:
        tables = query(data, "SELECT table_name AS name FROM duckdb_tables() ORDER BY 1")
        found: dict[str, list[str]] = {}
        for table in (row["name"] for row in tables if row["name"] not in HISTORY):
            left_out = OF_THE_RUN.get(table, RUN_IDS)
            kept = [
                {name: value for name, value in row.items() if name not in left_out}
                for row in query(data, f'FROM "{table}"')
            ]
            found[table] = sorted(json.dumps(row, default=str, ensure_ascii=False) for row in kept)
        return found

    return take
