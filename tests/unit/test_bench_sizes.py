"""`huiting bench sizes` at dimensions of a toy: every contender writes the same number of tokens."""

import json
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import torch
from whisper.model import ModelDimensions, Whisper

from flows import bench_size_ears, bench_sizes
from flows.bench_size_ears import noises, run_size_job
from flows.bench_size_jobs import (
    CHECKPOINT,
    CONTENDERS,
    OURS,
    OURS_FAST,
    PEER,
    WHISPER,
    Absent,
    SizeJob,
    Timed,
)
from flows.bench_size_report import SizeFigures, SizeOptions, report_sizes
from flows.bench_size_weights import SIZES, parameter_count, with_cantonese
from flows.config import ConfigInvalid
from transcribe.errors import WeightsMissing
from transcribe.recognise.batches import Task
from transcribe.recognise.engines import make_recogniser
from transcribe.recognise.protocol import DEFAULT_PROMPT, RecogniseOptions, Window
from transcribe.weights import Weights, embedded_parts

TOY = ModelDimensions(80, 1500, 64, 2, 1, 51865, 448, 64, 2, 1)
OPTIONS = SizeOptions(device="cpu", sizes=("toy",), tokens=20, windows=2, batch=2, rounds=1, threads=1)
INSTALLED = [
    name for name in CONTENDERS if name != PEER or (find_spec("faster_whisper") and embedded_parts())
]


class Inbox:
    """Takes what a process would send to its parent."""

    def __init__(self) -> None:
        self.answers: list[Any] = []

    def send(self, answer: Any) -> None:
        self.answers.append(answer)


@pytest.fixture(scope="module", params=[TOY, replace(TOY, n_mels=128, n_vocab=51866)], ids=["base", "v3"])
def job(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> SizeJob:
    folder = tmp_path_factory.mktemp("size")
    prepared = SizeJob("", request.param, folder, "cpu", 1, tokens=20, windows=2, batch=2)
    assert isinstance(heard(prepared), Timed)
    return prepared


def heard(job: SizeJob) -> Any:
    inbox: Any = Inbox()
    threads = torch.get_num_threads()
    run_size_job(job, inbox)
    torch.set_num_threads(threads)
    return inbox.answers[0]


@pytest.mark.parametrize("contender", INSTALLED)
def test_every_contender_writes_every_window_in_full(job: SizeJob, contender: str) -> None:
    answer = heard(replace(job, contender=contender))
    assert isinstance(answer, Timed)
    assert answer.is_complete
    assert answer.windows == 2
    assert answer.seconds > 0


@pytest.mark.parametrize("tokens", [40, 230])
def test_ctranslate2_lets_a_text_be_as_long_as_asked(job: SizeJob, tokens: int) -> None:
    weights = Weights("random", job.folder / CHECKPOINT, "random")
    options = RecogniseOptions(engine="ctranslate2", precision="fp32", threads=1, max_tokens=tokens)
    recogniser: Any = make_recogniser(weights, job.folder, options)
    features = recogniser._encode([Task(Window("w", noises(1)[0]), "")])
    found = recogniser._search(features, DEFAULT_PROMPT, 1)
    assert len(found[0].sequences_ids[0]) == tokens


@pytest.mark.parametrize(
    ("contender", "error", "expected"),
    [
        (WHISPER, RuntimeError("CUDA out of memory. Tried to allocate 2 GiB"), Absent("内存不够", True)),
        (OURS, MemoryError(), Absent("内存不够", True)),
        (PEER, ImportError(name="faster_whisper"), Absent("没有安装 faster_whisper（make bench 会安装）")),
        (PEER, RuntimeError("not compiled with CUDA support"), Absent("not compiled with CUDA support")),
        (OURS_FAST, WeightsMissing("无法载入"), Absent("无法载入")),
        (OURS, RuntimeError("shapes differ"), None),
    ],
)
def test_who_cannot_run_says_why(
    contender: str, error: Exception, expected: Absent | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(job: SizeJob) -> Any:
        raise error

    monkeypatch.setitem(bench_size_ears._EARS, contender, failing)
    wanted = SizeJob(contender, TOY, tmp_path, "cpu", 1, 20, 2, 2)
    if expected is None:
        with pytest.raises(type(error), match="shapes"):
            heard(wanted)
    else:
        assert heard(wanted) == expected


def test_a_size_that_does_not_fit_is_said_and_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bench_sizes, "_free_memory", lambda: 10**9)
    path = tmp_path / "sizes.json"
    bench_sizes.bench_sizes(replace(OPTIONS, sizes=("large-v3",)), path)
    told = json.loads(path.read_text(encoding="utf-8"))
    assert told["figures"] == []
    assert set(told["absent"]["large-v3"]) == set(CONTENDERS)
    assert capsys.readouterr().out.strip().splitlines()[-1] == "cpu，随机权重；large-v3：没有测成"


def test_a_run_from_end_to_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_sizes, "CONTENDERS", (OURS,))
    path = tmp_path / "sizes.json"
    bench_sizes.bench_sizes(OPTIONS, path, {"toy": TOY})
    told = json.loads(path.read_text(encoding="utf-8"))
    assert [(item["contender"], item["is_complete"]) for item in told["figures"]] == [(OURS, True)]
    assert "random" in told["weights"]


@pytest.mark.parametrize(("change", "said"), [({"sizes": ("huge",)}, "huge"), ({"device": "cuda"}, "GPU")])
def test_what_cannot_be_had_is_refused(change: dict[str, Any], said: str) -> None:
    if "device" in change and torch.cuda.is_available():
        pytest.skip("there is a GPU")
    with pytest.raises(ConfigInvalid, match=said):
        bench_sizes.bench_sizes(replace(OPTIONS, **change), None, {"toy": TOY})


def test_ratios_are_medians_of_rounds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def rounds(*seconds: float) -> tuple[Timed, ...]:
        return tuple(Timed(8, each, 100, is_complete=True) for each in seconds)

    figures = [
        SizeFigures("toy", WHISPER, rounds(16, 80, 8)),
        SizeFigures("toy", OURS, rounds(8, 8, 8)),
    ]
    report_sizes(figures, {"toy": {PEER: "没有安装"}}, OPTIONS, tmp_path / "a.json")
    told = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert told["figures"][1]["ratio_to"] == {WHISPER: 2.0}
    assert told["figures"][1]["median_audio_s_per_s"] == 30.0
    assert capsys.readouterr().out.strip().endswith("toy：huiting 30x（whisper 的 2.0 倍）")


@pytest.mark.parametrize("name", ["base", "large-v3-turbo"])
def test_the_weights_are_counted_well_enough(name: str) -> None:
    published = {"base": 74e6, "large-v3-turbo": 809e6}  # openai-whisper's table of models
    assert parameter_count(SIZES[name]) == pytest.approx(published[name], rel=0.04)
    counted = sum(parameter.numel() for parameter in Whisper(TOY).parameters())
    assert parameter_count(TOY) == pytest.approx(counted, rel=0.01)


def test_cantonese_moves_the_tokens_behind_it() -> None:
    before = [{"id": 50357, "content": "<|su|>"}, {"id": 50358, "content": "<|translate|>"}]
    assert [(token["id"], token["content"]) for token in with_cantonese(before)] == [
        (50357, "<|su|>"),
        (50358, "<|yue|>"),
        (50359, "<|translate|>"),
    ]
