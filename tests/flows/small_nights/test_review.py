"""`huiting review` as an operator starts it: judging while a night runs, and what the warehouse shows."""

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

pytestmark = [pytest.mark.model, pytest.mark.timeout(900)]
VERDICTS = "SELECT verdict, labelled_by, origin, night FROM verdict ORDER BY night, verdict"


class Reviewer:
    """A browser of the one local reviewer, without scripts."""

    def __init__(self, address: str):
        base = address.partition("/start")[0]
        self._http = httpx.Client(base_url=base, follow_redirects=True, timeout=60)
        assert self._http.get(address).status_code == 200
        self._csrf = _csrf_in(self._http.get("/queue"))

    def next(self, **wanted: str) -> str:
        """The path of the next item's page."""
        found = self._http.post("/next", data={"csrf": self._csrf, **wanted}).url.path
        assert found.startswith("/judge/"), "there is nothing to judge"
        return found

    def post(self, path: str, **form: str) -> httpx.Response:
        answer = self._http.post(path, data={"csrf": self._csrf, **form})
        assert answer.status_code == 200, answer.text
        return answer

    def hears(self, path: str) -> httpx.Response:
        """The sound that an item's page plays."""
        (sound,) = re.findall(r'src="(/sound/[^"]+)"', self._http.get(path).text)
        return self._http.get(sound)


def _csrf_in(page: httpx.Response) -> str:
    assert page.status_code == 200, page.text
    found = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert found is not None
    return found[1]


@contextmanager
def reviewing(small: Any, data: Path, kill: Any) -> Iterator[tuple[Reviewer, Any]]:
    process = small.huiting.start(
        "review", "--as", "qa01", "--port", "0", "--config", small.replay.config, "--data-dir", data
    )
    try:
        line = process.stdout.readline()
        address = re.search(r"http://\S+", line)
        assert address is not None, line
        yield Reviewer(address[0]), process
    finally:
        kill(process)


def test_verdicts_reach_the_warehouse_while_nights_run(small: Any, tmp_path: Path, kill: Any) -> None:
    data = small.copy_to(tmp_path)
    with reviewing(small, data, kill) as (reviewer, process):
        ticket = reviewer.next()
        assert reviewer.hears(ticket).headers["content-type"] == "audio/ogg"
        reviewer.post(ticket, verdict="wrong", note="先听这一条")
        reviewer.post(ticket, verdict="right")  # the same form again changes nothing
        assert small.query(data, VERDICTS) == [], "nothing is written into the file that readers have open"
        finished = small.run(data)
        assert finished.code == 0, finished.output
        shown = small.query(data, VERDICTS)
        assert [(row["verdict"], row["labelled_by"], row["origin"], str(row["night"])) for row in shown] == [
            ("wrong", "qa01", "review", "2026-11-18")
        ]
        reviewer.post(reviewer.next(night="2026-11-19"), verdict="right")
        assert "已写入仓库" in reviewer.post("/publish").text
        shown = small.query(data, VERDICTS)
        assert [(row["verdict"], str(row["night"])) for row in shown] == [
            ("wrong", "2026-11-18"),
            ("right", "2026-11-19"),
        ]
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=60)
    assert "已停止" in output
    checked = small.huiting.run("review", "audit", "--config", small.replay.config, "--data-dir", data)
    assert checked.code == 0, checked.output
    assert "记录完整" in checked.output
