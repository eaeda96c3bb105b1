"""A data directory with a published night, and the application over it: in this process, or a real server."""

import os
import runpy
import shutil
import signal
import subprocess
import sys
import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from fastapi.testclient import TestClient

from warehouse.clips import digest_of_files
from warehouse.lake import Lake
from warehouse.load import build_warehouse
from warehouse.publish import publish
from warehouse.review.accounts import hash_password
from warehouse.review.app import make_app
from warehouse.review.sessions import open_session
from warehouse.review.settings import Door, Rules
from warehouse.review.store import ReviewStore
from warehouse.review.web import COOKIE

NIGHT = date(2026, 11, 20)
SERVE = Path(__file__).with_name("serve.py")
ROOT = Path(__file__).resolve().parents[4]
HOST = "review.test"
PASSWORD = "correct horse battery"  # noqa: S105


def hum(path: Path, duration_s: float = 12.0) -> None:
    time_s = np.arange(round(duration_s * 8000)) / 8000
    sound = 0.2 * np.sin(2 * np.pi * 200 * time_s)
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes((sound * 32767).astype("<i2").tobytes())


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("review") / "made"


@pytest.fixture
def data(tmp_path: Path, nights, lake, call, made_once: Path) -> Path:
    """One night of six calls, published; every call has two causes and a phrase, `c0` a case as well."""
    if not made_once.exists():
        make(tmp_path, nights, lake, call)
        shutil.copytree(tmp_path, made_once)
    elif not (tmp_path / "warehouse.duckdb").exists():
        shutil.copytree(made_once, tmp_path, dirs_exist_ok=True)
    return tmp_path


def make(tmp_path: Path, nights, lake, call) -> None:
    ids = [f"c{number}" for number in range(6)]
    hum(tmp_path / "inbox" / "c0.wav")
    digest = digest_of_files([tmp_path / "inbox" / "c0.wav"])
    run = nights.write(NIGHT, "r1", [call(each, digest=digest if each == "c0" else "") for each in ids])
    case = {
        "case_id": "0123456789abcdef", "library_id": "problem", "call_id": "c0", "night": NIGHT,
        "run_id": "r1", "rank": 1, "score": 0.5, "reason": "客服说了禁语",
        "focus_start_s": 1.0, "focus_end_s": 9.0,
    }  # fmt: skip
    from warehouse.row_files import arrow_schema  # noqa: PLC0415

    row = {name: case.get(name) for name in arrow_schema("library_case").names}
    lake.write_rows("library_case", [row], lake.table_path("library_case", NIGHT, "r1"))
    nights.commit(run, len(ids))
    assert lake.root == tmp_path / "lake", "the server looks for it there"
    republish(tmp_path)


def republish(data: Path) -> None:
    build_warehouse(Lake(data / "lake"), None, data / "w.build")
    publish(data / "w.build", data / "warehouse.duckdb")


@pytest.fixture
def build_again() -> Callable[[Path], None]:
    return republish


@dataclass
class Clock:
    """Time that a test moves."""

    at: datetime = field(default_factory=lambda: datetime(2026, 11, 22, 8))

    def __call__(self) -> datetime:
        self.at += timedelta(milliseconds=1)
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@dataclass
class Browser:
    """A client that knows the token of its session."""

    http: Any
    csrf: str = ""

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.http.get(path, follow_redirects=False, **more)

    def post(self, path: str, **form: Any) -> httpx.Response:
        return self.http.post(path, data={"csrf": self.csrf, **form}, follow_redirects=False)

    def read_csrf(self, path: str = "/queue") -> None:
        text = self.http.get(path).text
        self.csrf = text.split('name="csrf" value="')[1].split('"')[0]

    def log_in(self, name: str, password: str = PASSWORD) -> httpx.Response:
        self.read_csrf("/login")
        answer = self.post("/login", name=name, password=password)
        if answer.status_code == 303:
            self.read_csrf()
        return answer

    def start(self) -> "Browser":
        assert self.get("/start", params={"token": "let-me-in"}).status_code == 200
        self.read_csrf()
        return self

    def next(self, **wanted: Any) -> str:
        """Ask for the next item; returns its ticket."""
        answer = self.post("/next", **wanted)
        assert answer.status_code == 303, answer.text
        return ticket_in(answer.headers["location"])


def ticket_in(location: str) -> str:
    return location.split("/judge/")[1].split("?", maxsplit=1)[0] if "/judge/" in location else ""


@pytest.fixture(scope="session")
def parts() -> dict[str, Any]:
    return runpy.run_path(str(SERVE))


@pytest.fixture(scope="session")
def hashed() -> str:
    return hash_password(PASSWORD)  # slow on purpose, so once


@pytest.fixture
def people(data: Path, hashed: str) -> ReviewStore:
    """Accounts: two reviewers, the agents' side of two teams, a lead, an auditor."""
    store = ReviewStore(data / "review.sqlite")
    store.prepare()
    teams = {"s1": "一组", "s2": "二组"}
    roles = {"w1": "reviewer", "w2": "reviewer", "s1": "agent_side", "s2": "agent_side"}
    with store.writing() as statements:
        for name, role in (roles | {"lead": "lead", "aud": "auditor"}).items():
            values = {"name": name, "password": hashed, "roles": role, "team": teams.get(name, ""), "at": 0.0}
            statements.run("account_add", values)
    return store


@pytest.fixture
def app(data: Path, parts, people, clock) -> Callable[..., Callable[..., Browser]]:
    """Makes the application with accounts; call the result for a browser, of somebody or of nobody."""

    def make(**rules: Any) -> Callable[[], Browser]:
        settings = Rules(**({"second_opinion_share": 0.0} | rules))
        made = make_app(
            parts["places"](data), settings, Door(frozenset({HOST})), parts["outside"](data, clock)
        )

        def new(name: str = "") -> Browser:
            http = TestClient(made, base_url=f"http://{HOST}", raise_server_exceptions=False)
            browser = Browser(http)
            if name:  # as if logged in: the password's hash is slow on purpose
                http.cookies.set(COOKIE, open_session(people, name, clock()), domain=HOST)
                browser.read_csrf("/audit" if name == "aud" else "/queue")
            return browser

        return new

    return make


@dataclass
class Server:
    """A real server, a process of its own."""

    data: Path
    name: str
    share: str = "0"
    process: Any = None
    url: str = ""

    def start(self) -> "Server":
        self.process = subprocess.Popen(
            [sys.executable, str(SERVE), str(self.data), self.name, self.share],
            stdout=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        self.url = self.process.stdout.readline().strip()
        assert self.url.startswith("http")
        return self

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def browser(self) -> Browser:
        return Browser(httpx.Client(base_url=self.url, timeout=30))


@pytest.fixture
def server(data: Path) -> Iterator[Callable[..., Server]]:
    started: list[Server] = []

    def start(name: str = "w1", share: str = "0") -> Server:
        started.append(Server(data, name, share).start())
        return started[-1]

    yield start
    for each in started:
        each.kill()
