"""What is delivered and said in the nights that are to be forgotten, and how it is looked for afterwards.

Folders, manifests, calls, findings. Loaded by conftest.py beside it. Nothing here is real data.
"""

import json
import shutil
import wave
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import duckdb
import numpy as np
from openpyxl import load_workbook

from tagging.finding import (
    CauseSource,
    CauseTag,
    Escalation,
    Evidence,
    Findings,
    MatchKind,
    TabooHit,
    Tier,
    TierTag,
)
from transcribe.call import Call, ChannelAudit, Recording, SpeakerRole, Transcript, Turn, Word
from warehouse.row_files import read_rows

FIRST, SECOND, UNHEARD = date(2026, 11, 18), date(2026, 11, 19), date(2026, 11, 20)
NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
MARKED, LATER, CUSTOMER, OTHER_CUSTOMER = (
    "marked-7f3a9c",
    "marked-later-51b2",
    "cst-5d1e-marked",
    "cst-0000-plain",
)
OTHERS = ("plain-1", "plain-2", "plain-3")
AGENT_SAYS, CUSTOMER_SAYS = "紫檀木梳子这件事公司的规定就是这样的", "我那把紫檀木梳子怎么还没有退款"
PLAIN_AGENT, PLAIN_CUSTOMER = "您好请问有什么可以帮您", "我想问一下这个月的年费"
COPY_NAME = "again-from-elsewhere"


def _sound(path: Path, seed: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    samples = np.random.default_rng(seed).normal(0, 3000, 2 * 5 * 8000).astype("<i2")
    with wave.open(str(path), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(samples.tobytes())


def deliver(inbox: Path) -> None:
    """Two nights to be heard and one that waits, each with a manifest of another kind."""
    first, second, third = (inbox / night.isoformat() for night in (FIRST, SECOND, UNHEARD))
    for seed, (folder, name) in enumerate(
        [
            (first, MARKED),
            (first, OTHERS[0]),
            (first, OTHERS[1]),
            (second, OTHERS[2]),
            (third, LATER),
            (third, "new"),
        ]
    ):
        _sound(folder / f"{name}.wav", seed)
    shutil.copy2(first / f"{MARKED}.wav", second / f"{COPY_NAME}.wav")
    (first / f"{MARKED}.wav.md5").write_text(f"d41d8cd9  {MARKED}.wav\n", encoding="utf-8")
    lines = [
        "call_id,file,customer_id,queue",
        f'plain-1,plain-1.wav,{OTHER_CUSTOMER},"投诉\r\n二线"',
        f'{MARKED},{MARKED}.wav,{CUSTOMER},"投诉\r\n一线"',
        f"plain-2,plain-2.wav,{OTHER_CUSTOMER},查询",
    ]
    (first / "manifest.csv").write_bytes("".join(f"{line}\r\n" for line in lines).encode("gb18030"))
    rows = [
        {"call_id": "plain-3", "file": "plain-3.wav", "customer_id": OTHER_CUSTOMER, "queue": "查询"},
        {"call_id": COPY_NAME, "file": f"{COPY_NAME}.wav", "customer_id": "cst-wrong", "queue": "查询"},
    ]
    text = "\n".join(json.dumps(row, ensure_ascii=row["call_id"] == COPY_NAME) for row in rows)
    (second / "manifest.jsonl").write_text(text, encoding="utf-8")
    (third / "manifest.csv").write_text(
        f"call_id,file,customer_id\n{LATER},{LATER}.wav,{CUSTOMER}\nnew,new.wav,{OTHER_CUSTOMER}\n",
        encoding="utf-8-sig",
    )


def call_of(recording: Recording) -> Call:
    is_marked = recording.call_id.startswith("marked")
    said = (AGENT_SAYS, CUSTOMER_SAYS) if is_marked else (PLAIN_AGENT, PLAIN_CUSTOMER)
    turns = tuple(
        Turn(
            n,
            n,
            role,
            0.95,
            0.2 + 2.2 * n,
            2.2 + 2.2 * n,
            text,
            (Word(text, 0.2 + 2.2 * n, 2.2 + 2.2 * n, 0.9),),
        )
        for n, (role, text) in enumerate(zip((SpeakerRole.AGENT, SpeakerRole.CUSTOMER), said, strict=True))
    )
    audits = tuple(ChannelAudit(n, turn.role, 5.0, 2.0, 2.0, 0.0, 0.0) for n, turn in enumerate(turns))
    transcript = Transcript(recording.call_id, recording.call_date, 5.0, turns)
    return Call(replace(recording, team="一组", agent_id="1001"), transcript, audits)


def findings_of(call: Call) -> Findings:
    agent, customer = call.transcript.turns
    said = Evidence(1, 0, 6, customer.start_s, customer.end_s, "annual_fee", customer.text[:6])
    hit = TabooHit(
        0, "company_rule", "公司的规定就是这样的", "forbidden", "critical", agent.text, 0, len(agent.text),
        agent.start_s, agent.end_s, MatchKind.EXACT, 0.95, "我帮您看看",
    )  # fmt: skip
    found = (CauseTag("fees", "annual_fee", CauseSource.CUSTOMER_STATED, 0.9, (said,)), hit)
    asked = Escalation("supervisor", None, 0.9, said)
    return Findings(call.recording.call_id, (*found, asked, TierTag(Tier.EXPLICIT, 0.9, (said,))))


class Search:
    """Looks for what must be gone: over decoded rows, and over every byte below a data directory."""

    def in_bytes(self, world: Any) -> set[str]:
        """Files whose name or content holds a needle: a text in any encoding, a piece of sound."""
        needles = [*world.sounds, *(json.dumps(text)[1:-1].encode() for text in world.texts)]
        needles += [text.encode(name) for text in world.texts for name in ("utf-8", "gb18030", "utf-16-le")]
        return {
            str(path.relative_to(world.data))
            for path, content in self._everything(world.data)
            if any(needle in content for needle in needles)
        }

    def in_rows(self, world: Any) -> set[str]:
        """Tables and sheets with a row that holds one of the texts."""
        return {w for w, text in self.decoded(world.data) if any(needle in text for needle in world.texts)}

    def decoded(self, data: Path) -> Iterable[tuple[str, str]]:
        """(where, text) of every row of every Parquet file, table and sheet."""
        for path in sorted(data.rglob("*.parquet")):
            if not any(part.endswith(".tmp") for part in path.parts):
                for row in read_rows(path):
                    yield str(path.relative_to(data)), json.dumps(row, default=str, ensure_ascii=False)
        with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as con:
            for (table,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall():
                for row in con.execute(f'FROM "{table}"').fetchall():
                    yield f"warehouse.{table}", str(row)
        for path in sorted((data / "morning").glob("*.xlsx")):
            for sheet in load_workbook(path):
                for row in sheet.iter_rows(values_only=True):
                    yield str(path.relative_to(data)), str(row)

    def _everything(self, folder: Path) -> Iterable[tuple[Path, bytes]]:
        for path in sorted(folder.rglob("*")):
            yield path, str(path.relative_to(folder)).encode()
            if path.is_file() and not path.is_symlink():
                yield path, path.read_bytes()
                if path.suffix in (".zip", ".xlsx"):
                    with ZipFile(path) as box:
                        for name in box.namelist():
                            yield path, name.encode()
                            yield path, box.read(name)
