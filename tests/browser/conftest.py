"""A small site made from given calls, and a real headless Chromium that opens it from disk."""

import hashlib
import re
import time
import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from playwright.sync_api import Browser, Page, Request

from tagging.finding import (
    Behaviour,
    CauseSource,
    CauseTag,
    Escalation,
    Evidence,
    Findings,
    HandlingScore,
    MatchKind,
    PiiMask,
    ScorePart,
    TabooHit,
    Tier,
    TierTag,
)
from transcribe.call import Call, Recording, SpeakerRole, Transcript, Turn, Word
from warehouse.case_clips import ClipsReport, cut_clips, with_library
from warehouse.case_rows import case_rows, clip_rows
from warehouse.connect import Connection, open_memory
from warehouse.libraries import CASES_DIR, load_libraries, select_cases
from warehouse.pages.render import PagesReport, render_pages
from warehouse.rows import RunContext, call_context, call_rows, finding_rows, pii_rows
from warehouse.schema import marts, tables

GIVEN = Path(__file__).parent / "given" / "calls.yaml"
RATE_HZ = 8_000
CHANNELS = {"agent": 0, "customer": 1}


@dataclass(frozen=True)
class Site:
    folder: Path
    pages: PagesReport
    clips: ClipsReport

    def url(self, relative: str = "index.html") -> str:
        return (self.folder / relative).as_uri()


@pytest.fixture(scope="session")
def given_calls() -> list[dict[str, Any]]:
    return yaml.safe_load(GIVEN.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def build_site(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Site]:
    """Given calls -> warehouse, sound, cases, clips, pages: everything but recognition is real.

    `change(con, pages)` happens to the warehouse before the pages are rendered a second time.
    """

    def build(calls: list[dict[str, Any]], change: Callable[[Connection, Path], None] | None = None) -> Site:
        folder = tmp_path_factory.mktemp("site")
        libraries = load_libraries(CASES_DIR)
        with open_memory() as con:
            for table in (*tables(), *marts()):
                con.execute(table.ddl)
            files = {
                given["call_id"]: (_store(con, given, folder / f"{n}.wav"),) for n, given in enumerate(calls)
            }
            reports: list[ClipsReport] = []
            for night in sorted({given["night"] for given in calls}):
                run = RunContext("run", night, "key")
                cases = select_cases(con, libraries, night)
                report = cut_clips(con, with_library(cases, libraries), files, folder / "pages")
                _insert(con, "library_case", case_rows(cases, run))
                _insert(con, "clip", clip_rows(report.clips, run))
                reports.append(report)
            pages = render_pages(con, folder / "pages", libraries)
            if change is not None:
                change(con, folder / "pages")
                pages = render_pages(con, folder / "pages", libraries)
        clips = ClipsReport(
            tuple(clip for report in reports for clip in report.clips),
            tuple(refusal for report in reports for refusal in report.refusals),
        )
        return Site(folder / "pages", pages, clips)

    return build


@pytest.fixture(scope="session")
def site(build_site: Callable[..., Site], given_calls: list[dict[str, Any]]) -> Site:
    return build_site(given_calls)


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page that fails the test when a script on it throws or something is blocked or missing."""
    troubles: list[str] = []
    context = chromium.new_context(viewport={"width": 1280, "height": 860}, locale="zh-CN")
    page = context.new_page()
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda line: troubles.append(line.text) if line.type == "error" else None)
    page.on("requestfailed", lambda request: _note_failure(troubles, request))
    page.on(
        "request",
        lambda request: None if request.url.startswith(("file:", "data:")) else troubles.append(request.url),
    )
    yield page
    context.close()
    assert troubles == []


Until = Callable[..., None]


@pytest.fixture
def until(page: Page) -> Until:
    """Wait for a condition; the pages forbid the eval that playwright's own waiting needs."""

    def wait(condition: str, at: object = None) -> None:
        script = condition if condition.startswith("at =>") else f"() => {condition}"
        deadline_s = time.monotonic() + 15
        while not page.evaluate(script, at):
            assert time.monotonic() < deadline_s, condition
            page.wait_for_timeout(50)

    return wait


@pytest.fixture
def open_case(site: Site, page: Page, until: Until) -> Callable[[str, str], None]:
    """Go from a library to the case or pair whose card holds a text, and wait for its sound."""

    def open_it(library: str, text: str) -> None:
        page.goto(site.url(f"library/{library}.html"))
        page.locator("[data-card]", has_text=text).locator("a").first.click()
        page.wait_for_url(re.compile(r"/(case|pair)/"))
        audios = "[...document.querySelectorAll('audio')]"
        page.get_by_role("button", name="快捷键").wait_for()
        until(f"{audios}.length && {audios}.every(audio => audio.readyState >= 1)")

    return open_it


def _note_failure(troubles: list[str], request: Request) -> None:
    """Leaving a page aborts what it still loads: that alone is no trouble."""
    if request.failure != "net::ERR_ABORTED":
        troubles.append(f"{request.url}: {request.failure}")


def _store(con: Connection, given: dict[str, Any], sound: Path) -> Path:
    turns = _turns(given["turns"])
    night: date = given["night"]
    _speak(sound, turns, turns[-1].end_s + 1.0)
    digest = hashlib.sha256(sound.read_bytes()).hexdigest()
    recording = Recording(
        call_id=given["call_id"], files=(sound,), digest=digest, night=night, call_date=night,
        line_of_business=given["line_of_business"], agent_id=given["agent_id"], team=given["team"],
    )  # fmt: skip
    duration_s = turns[-1].end_s + 1.0
    call = Call(recording, Transcript(given["call_id"], night, duration_s, turns, given["line_of_business"]))
    stored = call_rows(call, RunContext("run", night, "key"))
    context = call_context(stored["call"][0], "run")
    for table, rows in (stored | finding_rows(_findings(given, turns), context)).items():
        _insert(con, table, rows)
    masks = [
        PiiMask(entry["turn"], entry["kind"], found.char_start, found.char_end, found.start_s, found.end_s)
        for entry in given.get("pii", [])
        for found in [_evidence(turns, entry)]
    ]
    _insert(con, "pii_mask", pii_rows(masks, context))
    return sound


def _insert(con: Connection, table: str, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        names, marks = ", ".join(f'"{name}"' for name in row), ", ".join("?" for _ in row)
        con.execute(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', list(row.values()))  # noqa: S608


def _turns(lines: list[list[Any]]) -> tuple[Turn, ...]:
    turns: list[Turn] = []
    end_s = -0.1
    for index, (role, length_s, text, *more) in enumerate(lines):
        heard = {"gap": 0.6, "loudness": -24.0} | (more[0] if more else {})
        start_s = round(end_s + heard["gap"], 3)
        end_s = round(start_s + length_s, 3)
        parts = [text[i : i + 2] for i in range(0, len(text), 2)]
        each_s = length_s / len(parts)
        words = tuple(
            Word(part, round(start_s + n * each_s, 3), round(start_s + (n + 1) * each_s, 3), 0.9)
            for n, part in enumerate(parts)
        )
        turns.append(
            Turn(
                index, CHANNELS[role], SpeakerRole(role), 0.95, start_s, end_s, text, words,
                gap_before_s=max(0.0, heard["gap"]), overlap_s=max(0.0, -heard["gap"]),
                loudness_dbfs=heard["loudness"],
            )
        )  # fmt: skip
    return tuple(turns)


def _evidence(turns: tuple[Turn, ...], entry: dict[str, Any]) -> Evidence:
    turn = turns[entry["turn"]]
    begin = turn.text.index(entry["said"])
    end = begin + len(entry["said"])
    start_s, end_s = turn.words[begin // 2].start_s, turn.words[(end - 1) // 2].end_s
    return Evidence(entry["turn"], begin, end, start_s, end_s, entry.get("id", "rule"), entry["said"])


def _findings(given: dict[str, Any], turns: tuple[Turn, ...]) -> Findings:
    items: list[Any] = []
    for entry in given.get("taboo", []):
        found = _evidence(turns, entry)
        items.append(
            TabooHit(
                entry["turn"], entry["id"], entry["phrase"], entry.get("kind", "forbidden"),
                entry["severity"], entry["said"], found.char_start, found.char_end, found.start_s,
                found.end_s, MatchKind.FILLED, 0.95, entry["replacement"],
            )
        )  # fmt: skip
    for entry in given.get("behaviour", []):
        found, is_good = _evidence(turns, entry), entry.get("is_good", True)
        items.append(Behaviour(entry["turn"], entry["id"], entry.get("step"), is_good, 0.9, found))
    for entry in given.get("cause", []):
        found = (_evidence(turns, entry),)
        items.append(CauseTag(entry["top"], entry["sub"], CauseSource.CUSTOMER_STATED, 0.9, found))
    for entry in given.get("escalation", []):
        items.append(Escalation(entry["kind"], entry.get("body"), 0.9, _evidence(turns, entry)))
    if "score" in given:
        score = dict(given["score"])
        items += [ScorePart(*part, 1, None, ()) for part in score.pop("parts")]
        items.append(HandlingScore(**score))
    items.append(TierTag(Tier(given["tier"]), 0.9, ()))
    return Findings(given["call_id"], tuple(items))


def _speak(path: Path, turns: tuple[Turn, ...], duration_s: float) -> None:
    """Write a two-channel recording: a hum with a beat per word while its turn lasts."""
    time_s = np.arange(round(duration_s * RATE_HZ)) / RATE_HZ
    sound = np.random.default_rng(7).normal(0, 0.002, (2, time_s.size))
    for turn in turns:
        inside = (time_s >= turn.start_s) & (time_s < turn.end_s)
        pitch_hz = 140 if turn.channel == 0 else 210
        voice = sum(np.sin(2 * np.pi * pitch_hz * k * time_s[inside]) / k for k in range(1, 8))
        sound[turn.channel, inside] += 0.08 * voice * (0.6 + 0.4 * np.sin(2 * np.pi * 3 * time_s[inside]))
    with wave.open(str(path), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(RATE_HZ)
        out.writeframes((np.clip(sound.T, -1, 1) * 32767).astype("<i2").tobytes())
