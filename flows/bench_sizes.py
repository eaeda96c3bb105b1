"""How fast is recognition with large models, on CPU or GPU? `huiting bench sizes`. Edge: starts processes.

Weights are random at the dimensions of the published models (see `bench_size_weights`), so nothing has to be
downloaded, and accuracy is not measured. Every contender runs in a process of its own, in interleaved
rounds; ratios are medians over rounds. What does not fit into memory is said and left out.
"""

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from whisper.model import ModelDimensions

from flows.bench_process import ProcessDied, answer_of
from flows.bench_size_ears import run_size_job
from flows.bench_size_jobs import CONTENDERS, WHISPER, Absent, SizeJob, Timed
from flows.bench_size_report import SizeFigures, SizeOptions, report_sizes
from flows.bench_size_weights import SIZES, parameter_count
from flows.config import ConfigInvalid
from flows.console import console, warn
from transcribe.recognise.whisper_parts import best_device

_PLAIN_SHARE = 4  # whisper hears window by window and, slow as it is, only one of so many
_NO_MEMORY = Absent("内存不够", is_memory=True)
_KILLED = -9  # how Linux ends a process when memory runs out
# While weights are made there are float32, their copies for another format, and float16 of both.
_BYTES_PER_WEIGHT = 12


def bench_sizes(
    options: SizeOptions, json_file: Path | None, known: Mapping[str, ModelDimensions] = SIZES
) -> None:
    """Measure every size of `options`, print, and write the figures to `json_file`.

    Raises:
        ConfigInvalid: a size or the device is not to be had.
        RuntimeError: a contender failed for another reason than memory or a missing package.
    """
    for name in options.sizes:
        if name not in known:
            raise ConfigInvalid(f"--sizes 里的 {name!r} 不认识，可用：{'、'.join(known)}")
    if options.device == "cuda" and best_device() != "cuda":
        raise ConfigInvalid("--device cuda：本机没有 torch 能用的 GPU，请换 --device cpu")
    figures: list[SizeFigures] = []
    absent: dict[str, dict[str, str]] = {}
    for name in options.sizes:
        # Beside each other large models would fill a disk: one after another.
        with tempfile.TemporaryDirectory(prefix="huiting-sizes-") as folder:
            job = SizeJob(
                contender="",
                size=known[name],
                folder=Path(folder),
                device=options.device,
                threads=options.threads,
                tokens=options.tokens,
                windows=options.windows,
                batch=options.batch,
            )
            timed, absent[name] = _measured(name, job, options.rounds)
        figures += timed
    report_sizes(figures, absent, options, json_file)


def _measured(name: str, job: SizeJob, rounds: int) -> tuple[list[SizeFigures], dict[str, str]]:
    """The figures of one size, and for each absent contender why."""
    prepared = _prepared(job)
    if isinstance(prepared, Absent):
        warn(f"{name}：{prepared.reason}，跳过")
        return [], dict.fromkeys(CONTENDERS, prepared.reason)
    console.print(f"{name}：随机权重写好了，{prepared.seconds:.0f} 秒")
    results: dict[str, list[Timed]] = {contender: [] for contender in CONTENDERS}
    absent: dict[str, str] = {}
    for number in range(rounds):
        for contender in list(results):
            windows = max(1, job.windows // _PLAIN_SHARE) if contender == WHISPER else job.windows
            answer = _process(replace(job, contender=contender, windows=windows))
            if isinstance(answer, Absent):
                warn(f"{name} {contender}：{answer.reason}，不参加比较")
                absent[contender] = answer.reason
                del results[contender]
                continue
            results[contender].append(answer)
            speed = answer.windows / answer.seconds
            console.print(f"{name} 第 {number + 1}/{rounds} 轮 {contender}：{speed:.2f} 窗/秒")
            if not answer.is_complete:
                warn(f"{name} {contender}：有的窗没有写满 {job.tokens} 个词元，或写了两遍，速度不可比")
    return [SizeFigures(name, contender, tuple(timed)) for contender, timed in results.items()], absent


def _prepared(job: SizeJob) -> Timed | Absent:
    needed, free = parameter_count(job.size) * _BYTES_PER_WEIGHT, _free_memory()
    if free is not None and needed > free:
        return Absent(f"内存不够（要 {needed / 1e9:.0f} GB，空闲 {free / 1e9:.0f} GB）", is_memory=True)
    return _process(job)


def _free_memory() -> int | None:
    """Bytes that Linux says can be had; None elsewhere."""
    path = Path("/proc/meminfo")
    if not path.is_file():
        return None
    lines = (line.split() for line in path.read_text(encoding="ascii").splitlines())
    return next((int(words[1]) * 1024 for words in lines if words[0] == "MemAvailable:"), None)


def _process(job: SizeJob) -> Timed | Absent:
    """Runs one job in a new process.

    Raises:
        ProcessDied: it gave no answer, and not for want of memory.
    """
    try:
        return answer_of(run_size_job, job, job.contender or "随机权重")
    except ProcessDied as err:
        if err.exit_code == _KILLED:
            return _NO_MEMORY
        raise
