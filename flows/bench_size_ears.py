"""Who hears in `huiting bench sizes`: one contender, in a process of its own. Edge: loads models.

In: a folder with random weights (see `bench_size_weights`). Out: the seconds that windows of 30 s of noise
took, each written down in a fixed number of tokens; model loaded and warmed up before. Beam 1 for all.
"""

import os
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from multiprocessing.connection import Connection
from typing import Any, Protocol

import numpy as np
import torch
import whisper

from flows.bench_contenders import LANGUAGE, faster_whisper_options, peak_mb
from flows.bench_size_jobs import CHECKPOINT, OURS, OURS_FAST, PEER, WHISPER, Absent, SizeJob, Timed
from flows.bench_size_weights import add_peer_files, write_random_checkpoint
from transcribe.errors import TranscribeError
from transcribe.recognise.engines import installed_engines, make_recogniser
from transcribe.recognise.lanes import is_out_of_memory
from transcribe.recognise.openai_whisper import LOOP_COMPRESSION_RATIO
from transcribe.recognise.protocol import (
    DEFAULT_PROMPT,
    WINDOW_S,
    WINDOW_SAMPLES,
    RecogniseOptions,
    Samples,
    Window,
)
from transcribe.weights import Weights


class Ear(Protocol):
    """Hears windows of float32 (480000,); tells for each whether it was written down in full and once."""

    def __call__(self, windows: Sequence[Samples]) -> list[bool]: ...


def run_size_job(job: SizeJob, answers: Connection) -> None:
    """The whole life of a process; sends `Timed` or `Absent`."""
    os.environ["OMP_NUM_THREADS"] = str(job.threads)
    try:
        answers.send(_timed(job) if job.contender else _prepared(job))
    except ImportError as err:
        answers.send(Absent(f"没有安装 {err.name}（make bench 会安装）"))
    except (MemoryError, RuntimeError, TranscribeError) as err:
        if is_out_of_memory(err.__cause__ or err):
            answers.send(Absent("内存不够", is_memory=True))
        elif job.contender in {OURS_FAST, PEER}:  # its libraries do not fit this machine
            answers.send(Absent(str(err)))
        else:
            raise


def noises(count: int) -> list[Samples]:
    """`count` full windows of noise."""
    rng = np.random.default_rng(11)
    return [rng.normal(0, 0.05, WINDOW_SAMPLES).astype(np.float32) for _ in range(count)]


def _weights(job: SizeJob) -> Weights:
    return Weights(name="random", path=job.folder / CHECKPOINT, digest="random")


def _prepared(job: SizeJob) -> Timed:
    start = time.perf_counter()
    write_random_checkpoint(job.size, job.folder / CHECKPOINT)
    if "ctranslate2" in installed_engines():
        # An extra: importing it where it is not installed would fail.
        from transcribe.recognise.ctranslate2_weights import ctranslate2_folder  # noqa: PLC0415

        add_peer_files(job.size, ctranslate2_folder(_weights(job), job.folder))
    return Timed(0, time.perf_counter() - start, peak_mb(), is_complete=True)


def _timed(job: SizeJob) -> Timed:
    torch.set_num_threads(job.threads)
    ear = _EARS[job.contender](job)
    windows = noises(job.windows)
    # A GPU chooses its kernels by the shape of a batch: it warms up with a whole one.
    ear(windows[: job.batch if job.device == "cuda" else 1])
    start = time.perf_counter()
    written = ear(windows)
    return Timed(len(windows), time.perf_counter() - start, peak_mb(), all(written))


def _whisper(job: SizeJob) -> Ear:
    """What whisper.transcribe does for every 30 s, at temperature 0: mel, encoder, greedy decoding."""
    model: Any = whisper.load_model(str(job.folder / CHECKPOINT), device=job.device)
    options = whisper.DecodingOptions(
        language=LANGUAGE, prompt=DEFAULT_PROMPT, sample_len=job.tokens, fp16=job.device != "cpu"
    )

    def ear(windows: Sequence[Samples]) -> list[bool]:
        written: list[bool] = []
        for samples in windows:
            mel = whisper.log_mel_spectrogram(samples, model.dims.n_mels).to(model.device)
            result: Any = whisper.decode(model, mel, options)
            written.append(len(result.tokens) == job.tokens)
        return written

    return ear


def _huiting(job: SizeJob) -> Ear:
    options = RecogniseOptions(
        language=LANGUAGE,
        beam_size=1,
        batch_size=job.batch,
        device=job.device,
        threads=job.threads,
        max_tokens=job.tokens,
        engine="ctranslate2" if job.contender == OURS_FAST else "openai-whisper",
    )
    recogniser = make_recogniser(_weights(job), job.folder, options)

    def ear(windows: Sequence[Samples]) -> list[bool]:
        found = recogniser.recognise([Window(str(n), samples) for n, samples in enumerate(windows)])
        return [bool(item.text) and item.compression_ratio <= LOOP_COMPRESSION_RATIO for item in found]

    return ear


def _faster_whisper(job: SizeJob) -> Ear:
    peer: Any = import_module("faster_whisper")  # of the extra `bench`
    from transcribe.recognise.ctranslate2_weights import ctranslate2_folder  # noqa: PLC0415

    folder = ctranslate2_folder(_weights(job), job.folder)
    if not (folder / "tokenizer.json").is_file():
        raise ImportError("the tokenizer comes with the packaged weights", name="base-weights")
    model: Any = peer.WhisperModel(str(folder), **faster_whisper_options(job.device, job.threads))
    pipeline: Any = peer.BatchedInferencePipeline(model)
    tokenizers: Any = import_module("faster_whisper.tokenizer")
    tokenizer = tokenizers.Tokenizer(model.hf_tokenizer, True, task="transcribe", language=LANGUAGE)
    prompt = model.get_prompt(tokenizer, tokenizer.encode(DEFAULT_PROMPT), without_timestamps=True)
    # CTranslate2 lets a text fill half of prompt and text together, or what the prompt leaves of them.
    limit = max(2 * job.tokens - len(prompt), job.tokens)

    def ear(windows: Sequence[Samples]) -> list[bool]:
        clips = [{"start": n * WINDOW_S, "end": (n + 1) * WINDOW_S} for n in range(len(windows))]
        segments, _ = pipeline.transcribe(
            np.concatenate(windows),
            language=LANGUAGE,
            beam_size=1,
            batch_size=job.batch,
            initial_prompt=DEFAULT_PROMPT,
            max_new_tokens=limit,
            clip_timestamps=clips,
        )
        written = [len(segment.tokens) == job.tokens for segment in segments]
        return written if len(written) == len(windows) else [False]

    return ear


_EARS: dict[str, Callable[[SizeJob], Ear]] = {
    WHISPER: _whisper,
    OURS: _huiting,
    OURS_FAST: _huiting,
    PEER: _faster_whisper,
}
