"""`huiting transcribe` as it is typed, with real speech and what a recogniser once answered."""

import json
import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.config import ConfigInvalid, load_config
from flows.ears import transcribe_options
from flows.lone_files import LoneFileOptions, OutputFormat, transcribe_files
from transcribe.call import Fault, Recording
from transcribe.pipeline import transcribe_calls
from transcribe.recognise.protocol import RecognisedWindow, RecognisedWord, Window
from transcribe.recognise.replay import RecordingRecogniser
from transcribe.vad import SpeechDetector

SPEECH = Path(__file__).parents[1] / "samples" / "inbox" / "2026-11-20" / "c021.wav"
DAY = date(2026, 11, 20)
PHONE = "13812345678"


class Dictated:
    """Says the same sentence, with a phone number, into every window."""

    settings_key = "dictated"

    def recognise(self, windows: Sequence[Window]) -> list[RecognisedWindow]:
        return [self._said(window) for window in windows]

    def _said(self, window: Window) -> RecognisedWindow:
        texts = [*"我的手机号码是", PHONE, "。"]
        step_s = window.samples.size / 16_000 / len(texts)
        words = tuple(RecognisedWord(text, n * step_s, (n + 1) * step_s, 0.9) for n, text in enumerate(texts))
        return RecognisedWindow(window.window_id, "".join(texts), words, -0.1)


@pytest.fixture(scope="module")
def config_file(tmp_path_factory):
    """A configuration whose recogniser answers from a file, recorded here for c021.wav."""
    folder = tmp_path_factory.mktemp("ears")
    path = folder / "huiting.toml"
    path.write_text(
        f'data_dir = "{folder}/data"\n[recognition]\nreplay_file = "{folder}/heard.json"\n', "utf-8"
    )
    config = load_config(path)
    recogniser = RecordingRecogniser(Dictated())
    options = transcribe_options(config)
    night = Recording("x", (SPEECH,), "", DAY, DAY)
    assert list(transcribe_calls([night], recogniser, SpeechDetector(options.vad), options))
    recogniser.save(folder / "heard.json")
    return path


@pytest.fixture
def run(config_file, tmp_path):
    def typed(*args):
        words = [str(arg) for arg in args]
        return CliRunner().invoke(
            app, ["transcribe", *words, "--config", str(config_file), "--output-dir", str(tmp_path / "out")]
        )

    return typed


def digits_in(folder):
    return [path.name for path in folder.iterdir() if PHONE in path.read_text("utf-8")]


def test_every_format_is_written_and_masked(run, tmp_path):
    formats = [word for name in ("json", "srt", "vtt", "textgrid") for word in ("--format", name)]
    finished = run(SPEECH, *formats, "--roles", "customer,agent")
    assert finished.exit_code == 0, finished.output
    out = tmp_path / "out"
    assert sorted(path.name for path in out.iterdir()) == [
        "c021.TextGrid",
        "c021.json",
        "c021.srt",
        "c021.vtt",
    ]
    read = json.loads((out / "c021.json").read_text("utf-8"))
    assert (read["file"], read["is_masked"]) == ("c021.wav", True)
    assert {mask["kind"] for mask in read["masks"]} == {"phone"}
    assert any("***" in turn["text"] for turn in read["turns"])
    assert all("".join(word["text"] for word in turn["words"]) == turn["text"] for turn in read["turns"])
    assert {audit["channel"]: audit["role"] for audit in read["audits"]}.keys() == {0, 1}
    assert digits_in(out) == []
    assert PHONE not in finished.output


def test_unmasked_only_when_asked_and_said_so(run, tmp_path):
    finished = run(SPEECH, "--no-mask", "--format", "srt", "--format", "json")
    assert finished.exit_code == 0
    assert digits_in(tmp_path / "out") != []
    assert "--no-mask" in finished.output
    assert PHONE not in finished.output
    assert json.loads((tmp_path / "out" / "c021.json").read_text("utf-8"))["is_masked"] is False


def test_one_bad_file_stops_no_other(run, tmp_path, write_sound):
    silent = write_sound(tmp_path / "silent.wav", np.zeros((2, 8000), "f4"), 8000, "wav", "pcm_s16le")
    broken = tmp_path / f"{PHONE}.wav"
    broken.write_bytes(b"")
    finished = run(broken, silent, SPEECH, tmp_path / "nowhere.wav", tmp_path)
    assert finished.exit_code == 3
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["c021.json", "silent.json"]
    read = json.loads((tmp_path / "out" / "silent.json").read_text("utf-8"))
    assert (read["turns"], [fault["reason"] for fault in read["faults"]]) == ([], ["no_speech"])
    assert "***********.wav" in finished.output
    assert "nowhere.wav" in finished.output
    assert "成功 2，失败 3" in finished.output
    assert PHONE not in finished.output
    assert run(broken).exit_code == 1


def test_equal_names_never_replace_each_other(config_file, tmp_path):
    options = LoneFileOptions(tmp_path / "out", (OutputFormat.JSON,))
    other = tmp_path / "c021.mp3"
    shutil.copy(SPEECH, other)  # a wrong extension, too
    results = list(transcribe_files([SPEECH, other], load_config(config_file), options))
    assert not any(isinstance(item, Fault) for item in results)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["c021.mp3.json", "c021.wav.json"]
    with pytest.raises(ConfigInvalid, match=r"c021\.wav"):
        list(transcribe_files([SPEECH, tmp_path / "c021.wav"], load_config(config_file), options))
