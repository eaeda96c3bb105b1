"""The second pass over stored calls: what it reads, asks and writes, and what it leaves as it was."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from flows import confirm as second
from flows.config import Config, load_config
from flows.confirm import ConfirmJob, Counts, confirm, total_counts
from flows.work import UNNUMBERED, TagJob
from tagging.finding import Findings
from tagging.options import TaggerOptions
from tagging.prepare import prepare_turns
from tagging.taboo.tagger import build
from tagging.words import Tokenizer
from transcribe.call import Call, ChannelAudit, Recording, SpeakerRole, Transcript, Turn, Word
from transcribe.recognise.protocol import Window
from warehouse.lake import Lake, RunRef
from warehouse.row_files import read_rows
from warehouse.rows import CallContext, RunContext, call_rows, finding_rows

NIGHT = date(2026, 11, 20)
RUN = RunRef(NIGHT, "r1")
GARBLED = "那个公司的规矩就是这样的大家都一样"
PLAIN = "这种问题连小孩子都会。"


class Judge:
    """A recogniser that finds the texts with `believed` in them likelier; it remembers what it was asked."""

    def __init__(self, believed: str):
        self.believed = believed
        self.asked: list[tuple[Window, str]] = []

    def score(self, windows: Sequence[Window], texts: Sequence[str]) -> list[float]:
        self.asked += list(zip(windows, texts, strict=True))
        return [-10.0 if self.believed in text else -15.0 for text in texts]


@pytest.fixture
def config(tmp_path: Path, models_dir: Path) -> Config:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "models").symlink_to(models_dir)
    return load_config(None, data_dir=str(tmp_path / "data"))


@pytest.fixture
def recording(write_sound, make_tones, tmp_path: Path) -> Path:
    return write_sound(tmp_path / "x.wav", make_tones(2, 30.0, 8000), 8000, "wav", "pcm_s16le")


@pytest.fixture
def judge(monkeypatch: pytest.MonkeyPatch):
    def install(believed: str) -> Judge:
        made = Judge(believed)
        monkeypatch.setattr(second, "load_ears", lambda _config: type("Ears", (), {"recogniser": made}))
        return made

    return install


@pytest.fixture
def other_files(write_sound, make_tones, tmp_path: Path) -> dict[str, tuple[Path, ...]]:
    mono = write_sound(tmp_path / "m.wav", make_tones(1, 30.0, 8000), 8000, "wav", "pcm_s16le")
    return {"unnamed": (), "gone": (tmp_path / "gone.wav",), "other_channels": (mono,)}


def store(config: Config, texts: dict[str, str], recording: Path) -> TagJob:
    """Writes calls of one agent's turn each, as a night has them before tagging; tags them."""
    lake = Lake(config.lake_path)
    rows = {"call": [], "turn": []}
    for call_id, text in texts.items():
        words = tuple(Word(char, 2 + n / 5, 2 + (n + 1) / 5, 0.6) for n, char in enumerate(text))
        turn = Turn(0, 1, SpeakerRole.AGENT, 1.0, 2.0, 2 + len(text) / 5, text, words)
        turns = prepare_turns([turn], [], Tokenizer())
        arrived = Recording(call_id, (recording,), "d", NIGHT, NIGHT)
        audits = tuple(
            ChannelAudit(n, role, 30.0, 5.0, 5.0, 0.0, 0.0)
            for n, role in enumerate((SpeakerRole.CUSTOMER, SpeakerRole.AGENT))
        )
        heard = Call(arrived, Transcript(call_id, NIGHT, 30.0, turns), audits)
        made = call_rows(heard, RunContext(run_id="r1", night=NIGHT, recognition_key="k"))
        for table in rows:
            rows[table] += made[table]
    for table, found in rows.items():
        lake.write_rows(table, found, lake.table_path(table, NIGHT, "r1"))
    job = TagJob(config, RUN, tuple(sorted(texts)), lake.work_dir(NIGHT) / "tagged" / "a")
    tagger = build(TaggerOptions(override_dir=None, models_dir=config.models_path))
    found = [
        row
        for transcript in lake.iter_transcripts(RUN)
        for row in finding_rows(
            Findings(transcript.call_id, tagger.tag(transcript)),
            CallContext(transcript.call_id, NIGHT, NIGHT, UNNUMBERED),
        )["taboo_hit"]
    ]
    lake.write_rows("taboo_hit", found, job.target / "taboo_hit.parquet")
    return job


def confirm_job(tagged: TagJob, files: dict[str, tuple[Path, ...]]) -> ConfirmJob:
    target = tagged.target.parent.parent / "confirmed" / "a"
    return ConfirmJob(tagged, tuple(sorted(files.items())), target)


def hits(folder: Path) -> list[dict]:
    return read_rows(folder / "taboo_hit.parquet")


def test_a_believed_phrase_becomes_a_hit_beside_those_of_the_text(config, recording, judge) -> None:
    tagged = store(config, {"k1": GARBLED, "k2": PLAIN, "k3": "您好"}, recording)
    asked = judge("规定").asked
    job = confirm_job(tagged, {call_id: (recording,) for call_id in ("k1", "k2", "k3")})
    assert confirm(job) == job.target
    before, after = hits(tagged.target), hits(job.target)
    phrases = [row for row in before if row["match"] != "classifier"]
    assert [row for row in after if row["match"] != "likelihood"] == phrases
    assert [row["log_likelihood_ratio"] for row in phrases] == [None]
    (new,) = [row for row in after if row["match"] == "likelihood"]
    assert (new["call_id"], new["phrase_id"], new["log_likelihood_ratio"]) == ("k1", "company_rule", 5.0)
    assert new["matched_text"] == GARBLED[new["char_start"] : new["char_end"]]
    counts = total_counts([job])
    assert (counts.hit_count, counts.silent_call_count) == (1, 0)
    window = asked[0][0]
    assert {each.samples.size for each, _ in asked} == {window.samples.size}, "one place, one window"
    assert 0 < window.samples.size < 12 * 16_000
    assert np.abs(window.samples).max() > 0.05


def test_a_job_done_is_not_done_again(config, recording, judge) -> None:
    tagged = store(config, {"k1": GARBLED}, recording)
    asked = judge("规定").asked
    job = confirm_job(tagged, {"k1": (recording,)})
    confirm(job)
    count = len(asked)
    assert count > 1
    confirm(job)
    assert len(asked) == count


@pytest.mark.parametrize("how", ["unnamed", "gone", "other_channels"])
def test_without_its_recording_a_call_keeps_the_hits_of_its_text(
    how, config, recording, judge, other_files
) -> None:
    tagged = store(config, {"k1": GARBLED, "k2": PLAIN}, recording)
    asked = judge("规定").asked
    files = {"k1": other_files[how], "k2": (recording,)}
    job = confirm_job(tagged, files)
    confirm(job)
    assert asked == []
    assert hits(job.target) == hits(tagged.target)
    assert total_counts([job]).silent_call_count == 1


def test_counts_add_up() -> None:
    assert Counts(1, 2, 3, 4) + Counts(10, 20, 30, 40) == Counts(11, 22, 33, 44)
    assert total_counts([]) == Counts()
    assert replace(Counts(), hit_count=2) != Counts()
