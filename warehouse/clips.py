"""Cut the planned clips out of the recordings. Edge: reads recordings, writes audio below `pages/clips/`.

In: a `ClipPlan` and the recording's files. Out: one immutable Ogg Opus (or MP3) file and its `Clip`.
Every recorded channel is levelled by itself, let through only where the plan says that its words were
heard, and silenced where personal data is spoken; a soft tone marks those places. Then all channels are
laid lightly apart in stereo. A file's name comes from its plan, so a clip that exists is never cut twice.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from transcribe.audio import SAMPLE_RATE_HZ, read_span, rms_dbfs, write_audio
from transcribe.call import TimeSpan
from transcribe.errors import TranscribeError
from warehouse.case import Clip
from warehouse.clip_plan import ClipPlan, merge_spans
from warehouse.errors import ClipRefused

RECIPE = 1  # part of every file name: raise it when the same plan should sound different

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SoundOptions:
    """How a clip sounds.

    Attributes:
        codec: `opus` (Ogg, small, every browser but old Safari) or `mp3` (everything).
        speech_dbfs: RMS level to which each voice is brought.
        max_gain_db: a voice is raised or lowered at most this much.
        peak_dbfs: highest peak of the result.
        fade_s: fade at both ends of the clip.
        ramp_s: ramp where a channel opens and closes.
        tone_hz: pitch of the tone over personal data.
        tone_dbfs: its level.
        pan_ratio: 0 = both voices in the middle, 1 = hard left and right.
    """

    codec: Literal["opus", "mp3"] = "opus"
    speech_dbfs: float = -23.0
    max_gain_db: float = 20.0
    peak_dbfs: float = -1.5
    fade_s: float = 0.15
    ramp_s: float = 0.02
    tone_hz: float = 620.0
    tone_dbfs: float = -34.0
    pan_ratio: float = 0.25


SUFFIX = {"opus": ".ogg", "mp3": ".mp3"}


def cut_clip(
    plan: ClipPlan, files: tuple[Path, ...], out_dir: Path, options: SoundOptions | None = None
) -> Clip:
    """Write the clip of `plan` below `out_dir` and return its row; an existing file is reused.

    `Clip.file` is relative to `out_dir`: `clips/<2 hex>/<clip_id>.ogg`.

    Raises:
        ClipRefused: the recording is gone, cannot be read, or the clip cannot be written.
    """
    options = options or SoundOptions()
    clip_id = clip_id_of(plan, options)
    relative = f"clips/{clip_id[:2]}/{clip_id}{SUFFIX[options.codec]}"
    path = out_dir / relative
    if not path.exists():
        _write(path, render_clip(plan, _read(plan, files), options), plan, options)
    return Clip(
        clip_id=clip_id,
        case_id=plan.case_id,
        call_id=plan.call_id,
        start_s=plan.start_s,
        end_s=plan.end_s,
        file=relative,
        digest=hashlib.sha256(path.read_bytes()).hexdigest(),
        mask_count=len(plan.masks),
        masked_s=round(plan.masked_s, 3),
    )


def clip_id_of(plan: ClipPlan, options: SoundOptions) -> str:
    """Return the id of the clip (16 hex digits): changes with anything that changes the sound."""
    recipe = json.dumps([RECIPE, asdict(plan), asdict(options)], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(recipe.encode()).hexdigest()[:16]


def render_clip(plan: ClipPlan, channels: Samples, options: SoundOptions) -> Samples:
    """Return the clip, float32 (2, n_samples) at 16 kHz, from `channels` (n_channels, n_samples)."""
    n_samples = channels.shape[1]
    mix = np.zeros((2, n_samples), dtype=np.float32)
    for index, samples in enumerate(channels):
        heard = plan.heard[index] if index < len(plan.heard) else ()
        gate = _gate(plan, heard, n_samples, options)
        # The first channel leans left, the second right; further ones and mono stay in the middle.
        lean = options.pan_ratio * {0: -1.0, 1: 1.0}.get(index, 0.0) if len(channels) > 1 else 0.0
        voice = samples * gate * _level_gain(samples[gate > 0.5], options)
        mix[0] += voice * (1 - lean) / 2**0.5
        mix[1] += voice * (1 + lean) / 2**0.5
    mix += _tone(plan, n_samples, options)
    peak = float(np.abs(mix).max(initial=0.0))
    limit = 10 ** (options.peak_dbfs / 20)
    if peak > limit:
        mix *= np.float32(limit / peak)
    return (mix * _fades(n_samples, options)).astype(np.float32)


def remove_unlisted(out_dir: Path, listed: frozenset[str]) -> int:
    """Remove clip files that no row lists any more and return how many.

    A clip is superseded when more of it must be silenced, so the old sound must not stay on disk.
    `listed` holds `Clip.file` values; only files named as this module names them are touched.
    """
    count = 0
    for path in (out_dir / "clips").glob("[0-9a-f][0-9a-f]/*"):
        stem, is_ours = path.name.split(".")[0].lstrip("."), path.suffix in SUFFIX.values()
        if is_ours and len(stem) == 16 and path.relative_to(out_dir).as_posix() not in listed:
            path.unlink(missing_ok=True)
            count += 1
    return count


def _read(plan: ClipPlan, files: tuple[Path, ...]) -> Samples:
    missing = [file for file in files if not file.is_file()]
    if missing or not files:
        raise ClipRefused(f"通话 {plan.call_id}: 原始录音已不在, 案例保留, 没有片段")
    try:
        channels = read_span(files, plan.start_s, plan.end_s)
    except TranscribeError as err:
        raise ClipRefused(f"通话 {plan.call_id}: 录音读不出来, 没有片段 ({err})") from err
    if channels.size == 0:
        raise ClipRefused(f"通话 {plan.call_id}: 录音在 {plan.start_s:.0f} 秒之前就结束了, 没有片段")
    return channels


def _write(path: Path, samples: Samples, plan: ClipPlan, options: SoundOptions) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_audio(path, samples, SAMPLE_RATE_HZ, options.codec)
    except (OSError, TranscribeError) as err:
        raise ClipRefused(f"通话 {plan.call_id}: 片段写不进 {path.parent} ({err}), 请检查磁盘") from err


def _gate(plan: ClipPlan, heard: tuple[TimeSpan, ...], n_samples: int, options: SoundOptions) -> Samples:
    """Return 0..1 per sample: open inside `heard`, shut (fully, ramps lie outside) inside masks."""
    opening = _envelope(plan, heard, n_samples, options.ramp_s)
    masks = merge_spans(
        TimeSpan(max(0.0, span.start_s - options.ramp_s), span.end_s + options.ramp_s) for span in plan.masks
    )
    return opening * (1 - _envelope(plan, masks, n_samples, options.ramp_s))


def _envelope(plan: ClipPlan, spans: tuple[TimeSpan, ...], n_samples: int, ramp_s: float) -> Samples:
    """Return 1 inside `spans` and 0 outside, with linear ramps just inside their ends."""
    envelope = np.zeros(n_samples, dtype=np.float32)
    n_ramp = max(1, round(ramp_s * SAMPLE_RATE_HZ))
    for span in spans:
        begin = max(0, round((span.start_s - plan.start_s) * SAMPLE_RATE_HZ))
        end = min(n_samples, round((span.end_s - plan.start_s) * SAMPLE_RATE_HZ))
        if end <= begin:
            continue
        length = end - begin
        ramp = np.minimum(np.arange(1, length + 1), np.arange(length, 0, -1)) / n_ramp
        envelope[begin:end] = np.minimum(1.0, ramp)
    return envelope


def _level_gain(speech: Samples, options: SoundOptions) -> float:
    level_dbfs = rms_dbfs(speech) if speech.size else None
    if level_dbfs is None or not np.isfinite(level_dbfs) or level_dbfs < -90:
        return 1.0
    gain_db = min(options.max_gain_db, max(-options.max_gain_db, options.speech_dbfs - level_dbfs))
    return 10 ** (gain_db / 20)


def _tone(plan: ClipPlan, n_samples: int, options: SoundOptions) -> Samples:
    time_s = np.arange(n_samples, dtype=np.float64) / SAMPLE_RATE_HZ
    amplitude = 10 ** (options.tone_dbfs / 20) * 2**0.5
    sine = amplitude * np.sin(2 * np.pi * options.tone_hz * time_s)
    return (sine * _envelope(plan, plan.masks, n_samples, 2 * options.ramp_s)).astype(np.float32)


def _fades(n_samples: int, options: SoundOptions) -> Samples:
    n_fade = max(1, min(n_samples // 2, round(options.fade_s * SAMPLE_RATE_HZ)))
    edge = np.minimum(np.arange(n_samples) + 1, np.arange(n_samples, 0, -1))
    return np.minimum(1.0, edge / n_fade).astype(np.float32)
