"""The sound of a clip: both voices equally loud, personal data a soft tone, all as loud as EBU R 128 asks.

In: a `ClipPlan` and the samples of its recording. Out: where to cut exactly, and stereo samples. Pure.
Every voice is levelled over its own speech, let through only where the plan says that its words were heard,
and silenced where personal data is spoken. Then the voices are laid lightly apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from transcribe.audio import SAMPLE_RATE_HZ, rms_dbfs
from transcribe.call import TimeSpan
from warehouse.clip_masks import merge_spans
from warehouse.clip_plan import ClipPlan
from warehouse.loudness import Samples, integrated_lufs, limit_peaks

SILENCE_DBFS = -90.0
# BS.1770 weighs a voice by about so much less than its RMS level: for speech too short to be gated.
LUFS_OF_RMS_DB = -0.7
# A cut is looked for in steps of 10 ms, each judged by the 40 ms around it; half a decibel more noise is
# worth a step of 10 ms less displacement.
_STEP_S, _AROUND_S, _MOVED_DB_PER_S = 0.01, 0.04, 50.0
_CUT_FLOOR_DBFS = -70.0  # all quieter places are as good


@dataclass(frozen=True, slots=True)
class SoundOptions:
    """How a clip sounds.

    Attributes:
        codec: `opus` (Ogg, small, every browser but old Safari) or `mp3` (everything).
        loudness_lufs: integrated loudness of the whole (EBU R 128), and of each voice alone.
        max_gain_db: a voice is raised or lowered at most this much.
        true_peak_dbtp: highest true peak before encoding; codecs add up to a decibel.
        fade_s: fade at both ends of the clip.
        ramp_s: ramp where a voice opens and closes.
        tone_hz: pitch of the tone over personal data.
        tone_dbfs: its level; so far below speech that it does not count as programme (-10 LU gate).
        pan_ratio: 0 = both voices in the middle, 1 = hard left and right.
    """

    codec: Literal["opus", "mp3"] = "opus"
    loudness_lufs: float = -23.0
    max_gain_db: float = 20.0
    true_peak_dbtp: float = -2.0
    fade_s: float = 0.15
    ramp_s: float = 0.02
    tone_hz: float = 620.0
    tone_dbfs: float = -38.0
    pan_ratio: float = 0.25


@dataclass(frozen=True, slots=True, eq=False)
class ClipSound:
    """`samples`: float32 (2, n_samples) at 16 kHz; `lufs`: their loudness, None for silence."""

    samples: Samples
    lufs: float | None


def render_clip(plan: ClipPlan, channels: Samples, options: SoundOptions) -> ClipSound:
    """Return the clip from `channels` (n_channels, n_samples), cut from `plan.start_s` to `plan.end_s`."""
    n_samples = channels.shape[1]
    mix = np.zeros((2, n_samples), dtype=np.float32)
    shut = 1 - _envelope(plan, _ramped_masks(plan, options), n_samples, options.ramp_s)
    for channel, samples in enumerate(channels):
        gates = [
            _envelope(plan, voice.spans, n_samples, options.ramp_s) * shut
            for voice in plan.voices
            if voice.channel == channel
        ]
        if not gates:
            continue
        # The first channel leans left, the second right; further ones and mono stay in the middle.
        lean = options.pan_ratio * {0: -1.0, 1: 1.0}.get(channel, 0.0) if len(channels) > 1 else 0.0
        voice = _levelled(samples, gates, options)
        norm = (1 + lean**2) ** 0.5
        mix[0] += voice * ((1 - lean) / norm / 2**0.5)
        mix[1] += voice * ((1 + lean) / norm / 2**0.5)
    mix = _at_loudness(mix, options)
    mix += _tone(plan, n_samples, options)
    mix *= _fades(n_samples, options)
    limited = limit_peaks(mix, 10 ** (options.true_peak_dbtp / 20))
    return ClipSound(limited, integrated_lufs(limited, SAMPLE_RATE_HZ))


def quietest_s(channels: Samples, origin_s: float, room: TimeSpan, wished_s: float) -> float:
    """Return where in `room` the sound is quietest, near `wished_s`; seconds of the recording.

    `channels` (n_channels, n_samples) begin at `origin_s` and cover the room.
    """
    half = round(_AROUND_S / 2 * SAMPLE_RATE_HZ)
    steps = np.arange(0.0, room.duration_s + 1e-9, _STEP_S)
    places = sorted({wished_s, *(room.start_s + float(step) for step in steps)})
    best_s, best_cost = wished_s, float("inf")
    for place_s in places:
        middle = round((place_s - origin_s) * SAMPLE_RATE_HZ)
        around = channels[:, max(0, middle - half) : max(0, middle + half)]
        level = max((rms_dbfs(sound) for sound in around), default=_CUT_FLOOR_DBFS)
        cost = max(_CUT_FLOOR_DBFS, level) + _MOVED_DB_PER_S * abs(place_s - wished_s)
        if cost < best_cost:
            best_s, best_cost = place_s, cost
    return best_s


def _levelled(samples: Samples, gates: Sequence[Samples], options: SoundOptions) -> Samples:
    """Return a channel with each of its voices brought to the same loudness, the rest silent.

    Where two voices of one channel are let through at once the gains are mixed, never added.
    """
    total = np.add.reduce(list(gates))
    gain = np.zeros_like(samples)
    for gate in gates:
        gain += gate * np.float32(_gain(samples[gate > 0.5], options))
    return samples * gain / np.maximum(1.0, total)


def _gain(speech: Samples, options: SoundOptions) -> float:
    """Return the factor that brings a voice to the wished loudness, as far as that is allowed."""
    rms = rms_dbfs(speech) if speech.size else SILENCE_DBFS
    if rms <= SILENCE_DBFS:
        return 1.0
    level = integrated_lufs(speech[None, :], SAMPLE_RATE_HZ)
    if level is None:
        level = rms + LUFS_OF_RMS_DB
    gain_db = min(options.max_gain_db, max(-options.max_gain_db, options.loudness_lufs - level))
    return 10 ** (gain_db / 20)


def _at_loudness(mix: Samples, options: SoundOptions) -> Samples:
    """Return the mix moved by what pauses and voices speaking at once add or take; never raised by much."""
    level = integrated_lufs(mix, SAMPLE_RATE_HZ)
    if level is None or level < options.loudness_lufs - options.max_gain_db:
        return mix
    gain_db = min(3.0, options.loudness_lufs - level)
    return mix * np.float32(10 ** (gain_db / 20))


def _ramped_masks(plan: ClipPlan, options: SoundOptions) -> tuple[TimeSpan, ...]:
    """Masks grown by their ramps, so that what is inside a mask is fully silent."""
    return merge_spans(
        TimeSpan(max(0.0, span.start_s - options.ramp_s), span.end_s + options.ramp_s) for span in plan.masks
    )


def _envelope(plan: ClipPlan, spans: tuple[TimeSpan, ...], n_samples: int, ramp_s: float) -> Samples:
    """Return 1 inside `spans` and 0 outside, with linear ramps just inside their ends."""
    envelope = np.zeros(n_samples, dtype=np.float32)
    n_ramp = max(1, round(ramp_s * SAMPLE_RATE_HZ))
    for span in spans:
        begin = max(0, round((span.start_s - plan.start_s) * SAMPLE_RATE_HZ))
        end = min(n_samples, round((span.end_s - plan.start_s) * SAMPLE_RATE_HZ))
        if end <= begin:
            continue
        envelope[begin:end] = 1.0
        ramp = np.arange(1, min(n_ramp, end - begin) + 1, dtype=np.float32) / n_ramp
        envelope[begin : begin + ramp.size] = ramp
        tail = envelope[end - ramp.size : end]
        np.minimum(tail, ramp[::-1], out=tail)
    return envelope


def _tone(plan: ClipPlan, n_samples: int, options: SoundOptions) -> Samples:
    if not plan.masks:
        return np.zeros(n_samples, np.float32)
    time_s = np.arange(n_samples, dtype=np.float64) / SAMPLE_RATE_HZ
    amplitude = 10 ** (options.tone_dbfs / 20) * 2**0.5
    sine = amplitude * np.sin(2 * np.pi * options.tone_hz * time_s)
    return (sine * _envelope(plan, plan.masks, n_samples, 2 * options.ramp_s)).astype(np.float32)


def _fades(n_samples: int, options: SoundOptions) -> Samples:
    n_fade = max(1, min(n_samples // 2, round(options.fade_s * SAMPLE_RATE_HZ)))
    fades = np.ones(n_samples, np.float32)
    ramp = np.arange(1, n_fade + 1, dtype=np.float32) / n_fade
    fades[:n_fade] *= ramp
    fades[n_samples - n_fade :] *= ramp[::-1]
    return fades
