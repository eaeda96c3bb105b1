"""How fast are clips cut? `huiting bench clips`. Edge: makes recordings, starts processes, prints.

Long recordings are made from a night's own files, one per format, and linked under as many names as there
are clips: 1,000 clips come from 1,000 files. All ratios are of one run: one process beside several, the span
alone beside the whole recording, Opus beside MP3, and where the time of a clip goes.
"""

import multiprocessing
import multiprocessing.pool
import os
import shutil
import struct
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time

import numpy as np

from flows.bench_clips_report import ClipBenchOptions, Cutting, Decoding, Figures, Share, report
from flows.config import ConfigInvalid
from transcribe.audio import SAMPLE_RATE_HZ, decode, probe, read_span, write_audio
from transcribe.call import SpeakerRole, TimeSpan
from transcribe.errors import TranscribeError
from warehouse.case_clips import PlannedClip, cut_planned
from warehouse.clip_plan import ClipPlan, Voice
from warehouse.clip_sound import SoundOptions, render_clip
from warehouse.clips import digest_of_files

_SEED = 5
_MIN_CLIP_S, _MAX_CLIP_S = 20.0, 60.0  # the sample nights' clips last 20 to 60 s
_TURN_S, _PAUSE_S = 4.0, 0.6
_MASK_AT, _MASK_S = 0.4, 2.5
_ROOM_S = 0.5
_AMR_HEAD = b"#!AMR\n"
# Recordings at whose end a span is decoded, beside the whole of them.
_DECODED_FILES = 3


@dataclass(frozen=True, slots=True)
class Original:
    """A long recording: its file, its format as people say it, its length and channels."""

    path: Path
    format: str
    duration_s: float
    channels: int


def bench_clips(night_dir: Path, options: ClipBenchOptions, json_file: Path | None) -> None:
    """Measure, print, and write the figures to `json_file`.

    Raises:
        ConfigInvalid: no recording of the folder can be used.
        OSError: no room for recordings or clips.
    """
    folder = Path(tempfile.mkdtemp(prefix="huiting-bench-clips-"))
    try:
        originals = make_originals(night_dir, folder / "originals", options.minutes)
        planned = plan_copies(originals, folder / "recordings", options.clips)
        report(options, measure(originals, planned, folder / "pages", options), json_file)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def measure(
    originals: Sequence[Original], planned: Sequence[PlannedClip], pages: Path, options: ClipBenchOptions
) -> Figures:
    """Return all figures; clips of every pass are written anew."""
    few = planned[: max(len(originals), options.clips // 10)]
    passes = {name: (0.0, 0.0, 0) for name in ("one", "many", "opus", "mp3")}
    with multiprocessing.get_context("spawn").Pool(options.processes) as pool:
        pool.map(_cut_part, [(planned[:1], pages / f"warm{n}", "opus") for n in range(options.processes)], 1)
        passes["many"] = _timed_pool(pool, planned, pages / "many", options.processes)
    cut_planned(few[:1], pages / "warm", SoundOptions())
    for codec in ("opus", "mp3"):
        passes[codec] = _timed(lambda codec=codec: _cut_part((few, pages / codec, codec)), len(few))
    passes["one"] = passes["opus"]
    return Figures(
        originals=tuple((each.format, round(each.duration_s), each.channels) for each in originals),
        cutting={name: Cutting(*values) for name, values in passes.items()},
        decoding=tuple(_decoding(each) for each in originals),
        shares=_shares(few),
    )


def make_originals(night_dir: Path, folder: Path, minutes: float) -> tuple[Original, ...]:
    """Write one long recording per format found in a night's folder, where that format can be made.

    Raises:
        ConfigInvalid: the folder has no recording that can be used.
    """
    folder.mkdir(parents=True)
    found: dict[str, Original] = {}
    for source in sorted(path for path in night_dir.glob("*") if path.is_file()):
        try:
            info = probe(source)
            name = f"{source.suffix.lstrip('.')} {info.codec}"
            if name in found or info.duration_s <= 0:
                continue
            target = folder / f"{len(found)}{source.suffix}"
            if not _lengthened(source, target, max(1, round(minutes * 60 / info.duration_s))):
                continue
            found[name] = Original(target, name, decode(target).duration_s, info.channels)
        except TranscribeError:
            continue  # a night has damaged files and manifests too
    if not found:
        raise ConfigInvalid(f"--inbox：{night_dir} 里没有可用的录音")
    return tuple(found.values())


def plan_copies(originals: Sequence[Original], folder: Path, count: int) -> list[PlannedClip]:
    """Return one planned clip per copy of a recording, at any place of it, with turns, pauses and a mask."""
    folder.mkdir(parents=True)
    random = np.random.default_rng(_SEED)
    digests = {each.path: digest_of_files([each.path]) for each in originals}
    planned: list[PlannedClip] = []
    for number in range(count):
        original = originals[number % len(originals)]
        copy = folder / f"{number}{original.path.suffix}"
        os.link(original.path, copy)
        length_s = float(random.uniform(_MIN_CLIP_S, _MAX_CLIP_S))
        start_s = float(random.uniform(1.0, max(1.5, original.duration_s - length_s - 2.0)))
        plan = _plan(number, original, TimeSpan(start_s, start_s + length_s), digests[original.path])
        planned.append(PlannedClip("bench", plan, (copy,)))
    return planned


def _plan(number: int, original: Original, span: TimeSpan, digest: str) -> ClipPlan:
    starts = np.arange(span.start_s, span.end_s - _TURN_S, _TURN_S + _PAUSE_S)
    turns = [TimeSpan(float(at_s), float(at_s) + _TURN_S) for at_s in starts]
    roles = (SpeakerRole.AGENT, SpeakerRole.CUSTOMER)
    voices = tuple(Voice(n % original.channels, role, tuple(turns[n::2])) for n, role in enumerate(roles))
    mask_s = span.start_s + _MASK_AT * span.duration_s
    return ClipPlan(
        case_id=f"case {number}",
        call_id=f"call {number}",
        start_s=span.start_s,
        end_s=span.end_s,
        masks=(TimeSpan(mask_s, mask_s + _MASK_S),),
        voices=voices,
        start_room=TimeSpan(span.start_s - _ROOM_S, span.start_s + _ROOM_S),
        end_room=TimeSpan(span.end_s - _ROOM_S, span.end_s + _ROOM_S),
        recording_digest=digest,
    )


def _lengthened(source: Path, target: Path, times: int) -> bool:
    """Write a recording that says the same many times over, in its format; False where that cannot be."""
    content = source.read_bytes()
    if source.suffix == ".wav" and content[:4] == b"RIFF" and b"data" in content[:200]:
        at = content.index(b"data") + 8
        sound = content[at : at + struct.unpack("<I", content[at - 4 : at])[0]] * times
        head = content[4 : at - 4]
        target.write_bytes(
            b"RIFF"
            + struct.pack("<I", at - 8 + len(sound))
            + head[4:]
            + struct.pack("<I", len(sound))
            + sound
        )
    elif content.startswith(_AMR_HEAD):
        target.write_bytes(content + content[len(_AMR_HEAD) :] * (times - 1))
    elif source.suffix in {".opus", ".ogg", ".mp3"}:
        samples = np.tile(decode(source).samples, (1, times))
        write_audio(target, samples, SAMPLE_RATE_HZ, "mp3" if source.suffix == ".mp3" else "opus")
    else:
        return False
    return True


def _cut_part(part: tuple[Sequence[PlannedClip], Path, str]) -> tuple[float, int]:
    """Cut in this process; returns CPU seconds and how many clips there are now."""
    planned, pages, codec = part
    started = process_time()
    done = cut_planned(planned, pages, SoundOptions(codec="mp3" if codec == "mp3" else "opus"))
    return process_time() - started, len(done.clips)


def _timed(work: Callable[[], tuple[float, int]], wanted: int) -> tuple[float, float, int]:
    started = perf_counter()
    cpu_s, count = work()
    if count != wanted:
        raise ConfigInvalid(f"只剪出 {count} 个片段，应有 {wanted} 个：请检查这些录音")
    return perf_counter() - started, cpu_s, count


def _timed_pool(
    pool: "multiprocessing.pool.Pool", planned: Sequence[PlannedClip], pages: Path, processes: int
) -> tuple[float, float, int]:
    parts = [(planned[at::processes], pages, "opus") for at in range(processes)]

    def work() -> tuple[float, int]:
        done = pool.map(_cut_part, parts, chunksize=1)
        return sum(cpu_s for cpu_s, _ in done), sum(count for _, count in done)

    return _timed(work, len(planned))


def _decoding(original: Original) -> Decoding:
    """Return what a span near the end costs beside the whole recording, CPU seconds."""
    span_s, whole_s = 0.0, 0.0
    for turn in range(_DECODED_FILES):
        at_s = original.duration_s * (0.5 + 0.4 * turn / _DECODED_FILES)
        started = process_time()
        read_span(original.path, at_s, at_s + _MIN_CLIP_S)
        span_s += process_time() - started
        started = process_time()
        decode(original.path)
        whole_s += process_time() - started
    return Decoding(original.format, span_s / _DECODED_FILES, whole_s / _DECODED_FILES)


def _shares(planned: Sequence[PlannedClip]) -> tuple[Share, ...]:
    """Return where the CPU seconds of a clip go."""
    spent = dict.fromkeys(("核对录音", "读取", "响度与静音", "编码 Opus"), 0.0)
    with tempfile.TemporaryDirectory() as folder:
        for each in planned:
            plan, marks = each.plan, [process_time()]
            digest_of_files(each.files)
            marks.append(process_time())
            channels = read_span(each.files, plan.start_s, plan.end_s)
            marks.append(process_time())
            sound = render_clip(plan, channels, SoundOptions())
            marks.append(process_time())
            write_audio(Path(folder) / "clip.ogg", sound.samples, SAMPLE_RATE_HZ, "opus")
            marks.append(process_time())
            for name, begin, end in zip(spent, marks, marks[1:], strict=False):
                spent[name] += end - begin
    return tuple(Share(name, seconds / len(planned)) for name, seconds in spent.items())
