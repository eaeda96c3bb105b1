"""Who hears in `huiting bench recognise`: one contender, in a process of its own. Edge: loads models.

In: channels as float32 (n_samples,) at 16 kHz. Out: what was heard on each, the seconds it took (models
loaded and warmed up before) and the process' peak memory. Every contender finds speech by itself; only
ours also times every word.
"""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from transcribe.recognise.protocol import DEFAULT_PROMPT, SAMPLE_RATE_HZ, RecogniseOptions, Samples

LANGUAGE = "zh"
BATCH_SIZE = 8
WARM_UP_S = 5


@dataclass(frozen=True, slots=True)
class Contender:
    """`kind` is "whisper", "faster-whisper", "faster-whisper-batched" or one of our engines."""

    kind: str
    beam_size: int

    @property
    def name(self) -> str:
        whose = "" if self.kind.startswith(("whisper", "faster")) else "huiting "
        return f"{whose}{self.kind} b{self.beam_size}"


PEERS = (
    Contender("whisper", 1),
    *(Contender(kind, beam) for kind in ("faster-whisper", "faster-whisper-batched") for beam in (1, 5)),
)
OURS = tuple(Contender(engine, beam) for engine in ("openai-whisper", "ctranslate2") for beam in (1, 5))


@dataclass(frozen=True, slots=True)
class Job:
    """What one process does: .npy files, a channel each; `non_speech` is heard after the clock stops."""

    contender: Contender
    channels: tuple[Path, ...]
    non_speech: tuple[Path, ...]
    weights: str
    models_dir: Path
    threads: int


@dataclass(frozen=True, slots=True)
class Heard:
    """Texts per channel, seconds of hearing, text in non-speech, peak resident memory of the process."""

    texts: tuple[str, ...]
    seconds: float
    invented: str
    peak_mb: float


class Ear(Protocol):
    """Hears channels: float32 (n_samples,) each, to one text each."""

    def __call__(self, channels: Sequence[Samples]) -> list[str]: ...


def run_contender(job: Job, answers: Connection) -> None:
    """The whole life of a contender's process; sends a `Heard`, or the error's text."""
    os.environ["OMP_NUM_THREADS"] = str(job.threads)
    try:
        answers.send(_run(job))
    except ImportError as err:
        answers.send(f"{err.name}")


def _run(job: Job) -> Heard:
    ear = EARS.get(job.contender.kind, _huiting)(job)
    channels = [np.load(path) for path in job.channels]
    ear([channels[0][: WARM_UP_S * SAMPLE_RATE_HZ]])
    start = time.perf_counter()
    texts = ear(channels)
    seconds = time.perf_counter() - start
    invented = "".join(ear([np.load(path) for path in job.non_speech]))
    return Heard(tuple(texts), seconds, invented, peak_mb())


def peak_mb() -> float:
    """Peak resident memory of this process; rusage would start with what its parent held."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _huiting(job: Job) -> Ear:
    # Each process imports what it needs only: memory is one of the figures.
    from transcribe.hallucination import HallucinationOptions, split_suspects  # noqa: PLC0415
    from transcribe.hearing import HearingOptions, SourceAudio, hear  # noqa: PLC0415
    from transcribe.recognise.engines import make_recogniser  # noqa: PLC0415
    from transcribe.vad import SpeechDetector  # noqa: PLC0415
    from transcribe.weights import find_weights  # noqa: PLC0415
    from transcribe.wordlists import load_known_inventions  # noqa: PLC0415

    options = RecogniseOptions(
        language=LANGUAGE,
        beam_size=job.contender.beam_size,
        batch_size=BATCH_SIZE,
        threads=job.threads,
        engine=job.contender.kind,
    )
    recogniser = make_recogniser(find_weights(job.weights, job.models_dir), job.models_dir, options)
    detector = SpeechDetector()

    def ear(channels: Sequence[Samples]) -> list[str]:
        spans = detector.speech_spans_batch(channels)
        sources = {
            str(n): SourceAudio(0, samples, found)
            for n, (samples, found) in enumerate(zip(channels, spans, strict=True))
        }
        heard = hear(sources, recogniser, HearingOptions())
        texts: list[str] = []
        for n in range(len(channels)):
            kept, _ = split_suspects(heard[str(n)].segments, HallucinationOptions(), load_known_inventions())
            texts.append("".join(segment.text for segment in kept))
        return texts

    return ear


def _whisper(job: Job) -> Ear:
    import torch  # noqa: PLC0415
    import whisper  # noqa: PLC0415

    from transcribe.weights import find_weights  # noqa: PLC0415

    torch.set_num_threads(job.threads)
    model: Any = whisper.load_model(str(find_weights(job.weights, job.models_dir).path), device="cpu")

    def ear(channels: Sequence[Samples]) -> list[str]:
        found = [
            whisper.transcribe(model, samples, language=LANGUAGE, initial_prompt=DEFAULT_PROMPT, fp16=False)
            for samples in channels
        ]
        return [str(result["text"]) for result in found]

    return ear


def _faster_whisper(job: Job) -> Ear:
    model = _faster_whisper_model(job)
    return _faster_ear(model.transcribe, job, {"vad_filter": True})


def _faster_whisper_batched(job: Job) -> Ear:
    model = _faster_whisper_model(job)
    pipeline: Any = import_module("faster_whisper").BatchedInferencePipeline(model)
    return _faster_ear(pipeline.transcribe, job, {"batch_size": BATCH_SIZE})


def _faster_whisper_model(job: Job) -> Any:
    peer: Any = import_module("faster_whisper")  # of the extra `bench`

    from transcribe.recognise.ctranslate2_weights import ctranslate2_folder  # noqa: PLC0415
    from transcribe.weights import find_weights  # noqa: PLC0415

    folder = ctranslate2_folder(find_weights(job.weights, job.models_dir), job.models_dir)
    return peer.WhisperModel(str(folder), **faster_whisper_options("cpu", job.threads))


def faster_whisper_options(device: str, threads: int) -> dict[str, Any]:
    """How faster-whisper is loaded to be measured: int8 on a CPU, else float16."""
    return {
        "device": device,
        "compute_type": "int8" if device == "cpu" else "float16",
        "cpu_threads": threads,
        "local_files_only": True,
    }


def _faster_ear(transcribe: Callable[..., Any], job: Job, options: dict[str, Any]) -> Ear:
    def ear(channels: Sequence[Samples]) -> list[str]:
        texts: list[str] = []
        for samples in channels:
            segments, _ = transcribe(
                samples,
                language=LANGUAGE,
                beam_size=job.contender.beam_size,
                initial_prompt=DEFAULT_PROMPT,
                **options,
            )
            texts.append("".join(segment.text for segment in segments))
        return texts

    return ear


EARS: dict[str, Callable[[Job], Ear]] = {
    "whisper": _whisper,
    "faster-whisper": _faster_whisper,
    "faster-whisper-batched": _faster_whisper_batched,
}
