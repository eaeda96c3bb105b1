"""What callers said of themselves appears nowhere: in no table, page, sheet, log or lake file, in no clip.

Looked for as said, as digits, by sound (a name written with other characters is still the name), and with
the pauses between the groups of a number taken out. Any six digits in a row of a longer number count.
"""

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import openpyxl
import pytest
import yaml

from tagging.pinyin import to_pinyin
from transcribe.audio import SAMPLE_RATE_HZ, decode, read_span
from transcribe.recognise.openai_whisper import OpenAIWhisper
from transcribe.recognise.protocol import RecogniseOptions, Window
from transcribe.weights import find_weights
from warehouse.libraries import CASES_DIR, load_libraries

pytestmark = [pytest.mark.model, pytest.mark.timeout(1800)]
SAMPLES = Path(__file__).parents[2] / "samples"
TRUTH, INBOX = SAMPLES / "truth", SAMPLES / "inbox"
TRUTHS = {path.stem: yaml.safe_load(path.read_text("utf-8")) for path in sorted(TRUTH.glob("c*.yaml"))}
NAMED_LIBRARIES = {library.library_id: library.is_agent_named for library in load_libraries(CASES_DIR)}
GRAM = 6  # digits in a row that give a number away
OWN_GRAM = 4  # in the call in which it was said
WINDOW_S, OVERLAP_S = 15, 4  # of longer ones with both voices in them the recogniser skips parts
STRIDE_S = WINDOW_S - OVERLAP_S
SPOKEN = str.maketrans("零〇幺一二两三四五六七八九", "0011223456789")
PAUSES = re.compile(r"最后一个是|最后|一个|那个|就是|然后|[呃嗯啊哦哎呢吧是,,。.!?！？、:;：；\s…—-]+")
# Digests and ids made from digests are random hexadecimals: six digits in a row happen there by chance.
HEXADECIMAL = re.compile(r"\b(?=[0-9]*[a-f])[0-9a-f]{12,}\b")
TIMES = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,6})?|\d{8}T\d{6}|\d+\.\d+")
ADDRESS_CORE = re.compile(r"[\u4e00-\u9fff]{2,3}(?:区|路|小区)")


@dataclass(frozen=True)
class Secret:
    """Something a caller said of himself: six or more digits in a row, or a name or place by its sound."""

    call_id: str
    kind: str
    digits: str = ""
    sound: tuple[str, ...] = ()

    def is_in(self, stream: str, sounds: str) -> bool:
        if self.digits:
            grams = {self.digits[at : at + GRAM] for at in range(max(1, len(self.digits) - GRAM + 1))}
            return any(gram in stream for gram in grams if len(gram) == min(GRAM, len(self.digits)))
        return f" {' '.join(self.sound)} " in sounds


def _secrets() -> tuple[Secret, ...]:
    found: list[Secret] = []
    for truth in TRUTHS.values():
        for pii in truth["pii"]:
            told = (truth["call_id"], pii["kind"])
            digits = pii.get("digits", "")
            if len(digits) >= GRAM:
                found.append(Secret(*told, digits=digits))
            elif pii["kind"] == "name":
                found.append(Secret(*told, sound=to_pinyin(pii["said"])))
            elif pii["kind"] == "address":
                cores = ADDRESS_CORE.findall(pii["said"])
                found += [Secret(*told, sound=to_pinyin(core)) for core in cores]
    return tuple(found)


SECRETS = _secrets()


def digit_stream(text: str) -> str:
    """Digits of a text in order, '-' wherever anything but a pause stands between two of them."""
    bare = TIMES.sub("/", HEXADECIMAL.sub("/", text))
    return re.sub(r"[^0-9]+", "-", PAUSES.sub("", bare).translate(SPOKEN))


def leaks(text: str) -> list[str]:
    stream = digit_stream(text)
    chinese = re.sub(r"[^\u4e00-\u9fff*]+", "", text)
    # A text is read as characters, and as syllables where it is stored as pinyin already.
    sounds = f" {' '.join(to_pinyin(chinese))}  {text} " if chinese else f" {text} "
    return [f"{s.call_id} {s.kind}" for s in SECRETS if s.is_in(stream, sounds)]


def texts_in(value: Any) -> Iterator[str]:
    """Every text of a cell; the parts of a list also joined, because together they are a sentence."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts_in(inner)
    elif isinstance(value, list) and value:
        yield from (text for inner in value for text in texts_in(inner))
        parts = [inner.get("text", "") if isinstance(inner, dict) else inner for inner in value]
        if all(isinstance(part, str) for part in parts):
            yield "".join(parts)
            yield " ".join(parts)


def leaks_in_rows(con: duckdb.DuckDBPyConnection, source: str) -> list[str]:
    cursor = con.execute(f"FROM {source}")
    columns = [column[0] for column in cursor.description or ()]
    return [
        f"{source}.{name}: {leak} in {text!r}"
        for row in cursor.fetchall()
        for name, value in zip(columns, row, strict=True)
        for text in texts_in(value)
        for leak in leaks(text)
    ]


def test_the_search_finds_what_it_looks_for() -> None:
    assert {secret.kind for secret in SECRETS} == {"phone", "id_number", "bank_card", "name", "address"}
    assert leaks("电话幺三八零零，呃，幺三八零零零") == ["c003 phone"]
    assert leaks("call 13800138 now") == ["c003 phone"]
    assert leaks("我叫刘贵兰") == leaks("liu gui lan") == ["c006 name"]
    assert leaks("住在建社路") == ["c006 address"]
    assert leaks("幺幺零幺零幺,幺九五五,零五零五,零零幺,最后,最后一个是二") == [
        "c004 id_number",
        "c006 id_number",
    ]
    assert leaks("手续费三千四百二十块，工号八零二六，*************") == []
    assert leaks("a138001380bc13800138 2026-11-20T13:80:01 0.13800138") == []


def test_no_table_holds_personal_data(sample_nights: Any) -> None:
    with duckdb.connect(str(sample_nights.data / "warehouse.duckdb"), read_only=True) as con:
        names = con.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'main'"
        ).fetchall()
        assert len(names) > 18
        assert [leak for (name,) in names for leak in leaks_in_rows(con, f'"{name}"')] == []


def test_no_lake_file_holds_personal_data(sample_nights: Any) -> None:
    files = sorted((sample_nights.data / "lake").rglob("*.parquet"))
    assert len(files) >= 30
    with duckdb.connect() as con:
        assert [leak for file in files for leak in leaks_in_rows(con, f"read_parquet('{file}')")] == []


def test_no_page_sheet_or_log_holds_personal_data(sample_nights: Any) -> None:
    written = {".html", ".json", ".js", ".css", ".txt", ".log", ".md", ".csv"}
    data: Path = sample_nights.data
    folders = (data / "pages", data / "prefect", data / "lake", sample_nights.server_home)
    files = [f for folder in folders for f in folder.rglob("*") if f.is_file() and f.suffix in written]
    assert any(file.suffix == ".html" for file in files)
    found = [f"{file}: {leak}" for file in files for leak in leaks(_without_tags(file))]
    for book in data.glob("morning/*.xlsx"):
        for sheet in openpyxl.load_workbook(book).worksheets:
            cells = [
                str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None
            ]
            found += [f"{book}: {leak}" for cell in cells for leak in leaks(cell)]
    found += [
        f"output: {leak}" for line in sample_nights.finished.output.splitlines() for leak in leaks(line)
    ]
    assert found == []


def test_the_servers_database_holds_no_personal_data(sample_nights: Any) -> None:
    """Prefect keeps parameters, logs and artifacts; its JSON may write Chinese as escapes."""
    found: list[str] = []
    place = f"file:{sample_nights.server_home / 'prefect.db'}?mode=ro"
    with closing(sqlite3.connect(place, uri=True)) as con:
        names = [name for (name,) in con.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        assert {"log", "artifact", "task_run", "flow_run"} <= set(names)
        for name in names:
            for cell in (cell for row in con.execute(f'SELECT * FROM "{name}"') for cell in row):  # noqa: S608
                if isinstance(cell, str):
                    text = re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), cell)
                    found += [f"{name}: {leak} in {text[:300]!r}" for leak in leaks(text)]
    assert found == []


def _without_tags(file: Path) -> str:
    text = file.read_text("utf-8", "replace")
    if file.suffix == ".json":
        return "|".join(texts_in(json.loads(text)))
    return re.sub(r"<[^>]+>", "|", text) + "|" + "|".join(re.findall(r'="([^"]*)"', text))


@dataclass(frozen=True)
class HeardClip:
    """A clip as the real weights hear it; `unmasked`: the same span of the recording, "" without masks."""

    call_id: str
    library_id: str
    text: str
    unmasked: str


@pytest.fixture(scope="module")
def heard_clips(sample_nights: Any, models: Path) -> dict[str, HeardClip]:
    """Every clip of both nights, all channels together, in windows that overlap: {file: what was heard}."""
    clips = sample_nights.rows("FROM clip JOIN library_case USING (case_id) ORDER BY file")
    sounds: dict[str, Any] = {}
    for clip in clips:
        sounds[clip["file"]] = decode(sample_nights.data / "pages" / clip["file"]).samples
        if clip["mask_count"]:
            truth = TRUTHS[clip["call_id"]]
            files = [INBOX / str(truth["night"]) / name for name in truth["files"]]
            sounds[f"unmasked {clip['file']}"] = read_span(files, clip["start_s"], clip["end_s"])
    windows = [
        Window(f"{name}@{at}", sound[at : at + WINDOW_S * SAMPLE_RATE_HZ])
        for name, channels in sounds.items()
        for sound in [channels.mean(axis=0).astype(np.float32)]
        for at in range(0, max(1, len(sound) - OVERLAP_S * SAMPLE_RATE_HZ), STRIDE_S * SAMPLE_RATE_HZ)
    ]
    recogniser = OpenAIWhisper(find_weights("base", models), RecogniseOptions())
    texts: dict[str, str] = dict.fromkeys(sounds, "")
    for window in recogniser.recognise(windows):
        texts[window.window_id.rsplit("@", 1)[0]] += window.text + "\n"
    return {
        clip["file"]: HeardClip(
            clip["call_id"],
            clip["library_id"],
            texts[clip["file"]],
            texts.get(f"unmasked {clip['file']}", ""),
        )
        for clip in clips
    }


def own_leaks(call_id: str, text: str) -> list[str]:
    """What a call's own caller said of himself, sought harder: any four digits of a number, a given name."""
    stream = digit_stream(text)
    chinese = re.sub(r"[^\u4e00-\u9fff*]+", "", text)
    sounds = f" {' '.join(to_pinyin(chinese))} "
    found: list[str] = []
    for pii in TRUTHS[call_id]["pii"]:
        said, digits = pii["said"], pii.get("digits", "")
        grams = {digits[at : at + OWN_GRAM] for at in range(max(0, len(digits) - OWN_GRAM + 1))}
        found += [f"{pii['kind']} digits" for gram in sorted(grams) if gram in stream]
        if pii["kind"] == "name":
            found += ["given name"] if f" {' '.join(to_pinyin(said)[1:])} " in sounds else []
        if pii["kind"] == "address":
            doors = re.findall(r"[0-9]{3,}", digit_stream(said))
            found += ["door" for door in doors if f"-{door}-" in f"-{stream}-"]
    return found


def test_no_clip_says_personal_data(heard_clips: dict[str, HeardClip]) -> None:
    """Every clip of the samples is recognised again: nothing of the truth is in it, in any form."""
    assert {"c001", "c003", "c004", "c006"} <= {clip.call_id for clip in heard_clips.values()}
    assert len(heard_clips) >= 12, "too few clips to prove anything"
    assert all(len(clip.text) > 40 for clip in heard_clips.values()), "a clip without speech proves nothing"
    found = {
        file: (leaks(clip.text) + own_leaks(clip.call_id, clip.text), clip.text)
        for file, clip in heard_clips.items()
    }
    assert {file: what for file, what in found.items() if what[0]} == {}


def test_the_same_spans_unmasked_do_say_it(heard_clips: dict[str, HeardClip]) -> None:
    """So the recogniser would hear it, and the search would find it."""
    told = {
        file: leaks(clip.unmasked) + own_leaks(clip.call_id, clip.unmasked)
        for file, clip in heard_clips.items()
        if clip.unmasked
    }
    assert len(told) >= 4
    assert sum(bool(kinds) for kinds in told.values()) >= 2, told
    assert {"phone digits", "door"} <= {kind for kinds in told.values() for kind in kinds}


def test_agents_stay_unnamed_where_their_library_says_so(heard_clips: dict[str, HeardClip]) -> None:
    """Work numbers are said in the first seconds: heard in libraries that name agents, in no other."""
    named: dict[bool, list[bool]] = {True: [], False: []}
    for clip in heard_clips.values():
        opening = TRUTHS[clip.call_id]["turns"][0]["text"]
        number = digit_stream(opening).strip("-")
        said = number in digit_stream(clip.text)
        named[NAMED_LIBRARIES[clip.library_id]].append(said)
    assert any(named[True])
    assert not any(named[False])
