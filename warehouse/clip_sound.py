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
_MAX_CORRECTION_DB = 3.0
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
    plain = np.zeros(n_samples, dtype=np.float32)
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
        plain += voice
        mix[0] += voice * ((1 - lean) / norm / 2**0.5)
        mix[1] += voice * ((1 + lean) / norm / 2**0.5)
    lufs = _correct(mix, plain, options)
    _add_tone(mix, plan, options)
    mix *= _fades(n_samples, options)
    limited = limit_peaks(mix, 10 ** (options.true_peak_dbtp / 20))
    # Tone and fades lie below the gate of the measurement; what was limited is measured again.
    return ClipSound(limited, lufs if limited is mix else integrated_lufs(limited, SAMPLE_RATE_HZ))


def quietest_s(channels: Samples, origin_s: float, room: TimeSpan, wished_s: float) -> float:
    """Return where in `room` the sound is quietest, near `wished_s`; seconds of the recording.

    `channels` (n_channels, n_samples) begin at `origin_s` and cover the room.
    """
    half = round(_AROUND_S / 2 * SAMPLE_RATE_HZ)
    steps = np.arange(0.0, room.duration_s + 1e-9, _STEP_S)
    places_s = np.append(room.start_s + steps, wished_s)
    places_s = np.minimum(places_s, room.end_s)
    middles = np.rint((places_s - origin_s) * SAMPLE_RATE_HZ).astype(np.int64)
    first = max(0, int(middles.min()) - half)
    stretch = channels[:, first : int(middles.max()) + half].astype(np.float64)
    power = np.pad(np.cumsum(np.square(stretch), axis=1), ((0, 0), (1, 0)))
    begins, ends = (np.clip(middles + move - first, 0, stretch.shape[1]) for move in (-half, half))
    means = (power[:, ends] - power[:, begins]).max(axis=0, initial=0.0) / np.maximum(1, ends - begins)
    levels = np.maximum(_CUT_FLOOR_DBFS, 10 * np.log10(np.maximum(means, 1e-12)))
    return float(places_s[np.argmin(levels + _MOVED_DB_PER_S * np.abs(places_s - wished_s))])


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


def _correct(mix: Samples, plain: Samples, options: SoundOptions) -> float | None:
    """Take out of the mix what voices speaking at once add and pauses take; return its loudness then.

    `plain` are the voices in one channel: laid apart they are as loud, and twice as much to measure. The mix
    is never raised by much: a voice that may not be raised to the wished loudness stays below it.
    """
    level = integrated_lufs(plain[None, :], SAMPLE_RATE_HZ)
    if level is None or level < options.loudness_lufs - options.max_gain_db:
        return level
    gain_db = min(_MAX_CORRECTION_DB, options.loudness_lufs - level)
    mix *= np.float32(10 ** (gain_db / 20))
    return level + gain_db


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


def _add_tone(mix: Samples, plan: ClipPlan, options: SoundOptions) -> None:
    amplitude = 10 ** (options.tone_dbfs / 20) * 2**0.5
    for mask in plan.masks:
        begin = max(0, round((mask.start_s - plan.start_s) * SAMPLE_RATE_HZ))
        end = min(mix.shape[1], round((mask.end_s - plan.start_s) * SAMPLE_RATE_HZ))
        at = np.arange(max(0, end - begin))
        ramp = np.minimum(1.0, np.minimum(at + 1, at[::-1] + 1) / (2 * options.ramp_s * SAMPLE_RATE_HZ))
        sine = np.sin(2 * np.pi * options.tone_hz / SAMPLE_RATE_HZ * at)
        mix[:, begin : begin + at.size] += (amplitude * ramp * sine).astype(np.float32)


def _fades(n_samples: int, options: SoundOptions) -> Samples:
    n_fade = max(1, min(n_samples // 2, round(options.fade_s * SAMPLE_RATE_HZ)))
    fades = np.ones(n_samples, np.float32)
    ramp = np.arange(1, n_fade + 1, dtype=np.float32) / n_fade
    fades[:n_fade] *= ramp
    fades[n_samples - n_fade :] *= ramp[::-1]
    return fades
