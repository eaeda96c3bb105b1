"""Two voices told apart without a network: stretches of speech in, two groups out. Pure.

A voice is described by its cepstrum (mel-frequency cepstral coefficients after Davis & Mermelstein 1980) and
its pitch. How much these vary while one voice says different things is measured within the stretches of the
call itself; in units of that variation, two centres are fitted to the means of the stretches by
expectation-maximisation. It tells two voices apart, never three.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from transcribe.call import TimeSpan
from transcribe.channels import Samples, Sound
from transcribe.diarise.protocol import Floats, VoiceGroups, cut, one_voice
from transcribe.recognise.protocol import SAMPLE_RATE_HZ

FRAME_SAMPLES = 512  # 32 ms: two periods of the deepest voice
HOP_SAMPLES = 160
MEL_BANDS = 26
CEPSTRA_COUNT = 19  # from the first on: the zeroth is loudness, which tells the line and not the voice
LOWEST_HZ, HIGHEST_HZ = 200.0, 3600.0  # telephone band
PITCH_RANGE_HZ = (70.0, 400.0)
MIN_VOICED = 0.4  # normalised autocorrelation above which a frame has a pitch
MIN_PITCHED_FRAMES = 5
AUDIBLE_DB = 25.0  # frames this far below a stretch's loud ones are pauses
BEGINNINGS = 4
ROUNDS = 40
LEAST_VARIANCE = 1e-3


@dataclass(frozen=True, slots=True)
class LightOptions:
    """When two groups are two voices.

    Stretches from `core_s` on decide where the centres are, each voice having `min_voice_s` of them.
    `frames_per_sound`: so many neighbouring frames say the same thing. `pitch_weight`: one voice's pitch
    follows its mood, so it counts less than its variation within a sentence would have it (measured).
    Centres nearer than `min_separation`, in units of one voice's variation, are one voice; two parts of one
    voice may be 1.4 apart, so this only catches the clearest.
    """

    core_s: float = 0.8
    min_voice_s: float = 1.6
    frames_per_sound: float = 12.0
    pitch_weight: float = 0.5
    min_separation: float = 0.8


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """`cepstra` (n_frames, 19) of the audible frames, `pitch` (n_pitched,) log2 Hz of those that have one."""

    cepstra: Floats
    pitch: Floats


class LightDiariser:
    """Always at hand, for want of a better one."""

    def __init__(self, options: LightOptions | None = None):
        self._options = options or LightOptions()

    def group(self, sound: Sound, stretches: Sequence[TimeSpan]) -> VoiceGroups:
        """Voices of `stretches`, see `Diariser`."""
        seconds = np.array([span.duration_s for span in stretches])
        is_core = seconds >= self._options.core_s
        if np.count_nonzero(is_core) < 2:
            return one_voice(len(stretches))
        described = [describe(cut(sound, span)) for span in stretches]
        means = _scaled_means(described, is_core, self._options)
        # The mean of n frames varies as 1 / n; a stretch's evidence is the inverse.
        evidence = np.array([len(item.cepstra) for item in described]) / self._options.frames_per_sound
        llr = _best_split(means, evidence, np.where(is_core, seconds, 0.0), self._options)
        return (
            one_voice(len(stretches)) if llr is None else VoiceGroups(np.stack([-llr / 2, llr / 2], axis=1))
        )


def describe(stretch: Samples) -> Stretch:
    """What is heard of the voice in one stretch (n_samples,)."""
    padded = np.pad(stretch, (0, max(0, FRAME_SAMPLES - stretch.size))).astype(np.float64)
    frames = np.lib.stride_tricks.sliding_window_view(padded, FRAME_SAMPLES)[::HOP_SAMPLES]
    frames = frames - frames.mean(axis=1, keepdims=True)
    level_db = 10 * np.log10(np.mean(frames**2, axis=1) + 1e-12)
    frames = frames[level_db > np.percentile(level_db, 90) - AUDIBLE_DB]
    spectrum = np.abs(np.fft.rfft(frames * np.hanning(FRAME_SAMPLES), 2 * FRAME_SAMPLES, axis=1)) ** 2
    bands = np.log(spectrum @ _mel_filters().T + 1e-10)
    return Stretch(bands @ _cosines(), _pitch(spectrum))


def _pitch(spectrum: Floats) -> Floats:
    """(n_pitched,): log2 of the pitch in Hz of the voiced frames."""
    autocorrelation = np.fft.irfft(spectrum, axis=1)
    shortest, longest = (round(SAMPLE_RATE_HZ / hz) for hz in reversed(PITCH_RANGE_HZ))
    lags = autocorrelation[:, shortest:longest] / (autocorrelation[:, :1] + 1e-12)
    # A shorter window overlaps itself less: undo its taper, else high voices win.
    lags = lags / np.linspace(1 - shortest / FRAME_SAMPLES, 1 - longest / FRAME_SAMPLES, lags.shape[1])
    voiced = lags.max(axis=1) > MIN_VOICED
    return np.log2(SAMPLE_RATE_HZ / (lags[voiced].argmax(axis=1) + shortest))


def _scaled_means(described: Sequence[Stretch], is_core: np.ndarray, options: LightOptions) -> Floats:
    """(n_stretches, 20): mean cepstrum and pitch in units of their variation within core stretches."""
    core = [item for item, is_in in zip(described, is_core, strict=True) if is_in]
    within = np.concatenate([item.cepstra - item.cepstra.mean(axis=0) for item in core])
    covariance = within.T @ within / len(within) + LEAST_VARIANCE * np.eye(CEPSTRA_COUNT)
    cepstra = np.stack([item.cepstra.mean(axis=0) for item in described])
    whitened = cepstra @ np.linalg.cholesky(np.linalg.inv(covariance))
    spreads = [float(item.pitch.var()) for item in core if item.pitch.size]
    pitches = np.array(
        [float(np.median(i.pitch)) if i.pitch.size >= MIN_PITCHED_FRAMES else np.nan for i in described]
    )
    usual = float(np.nanmean(pitches)) if np.isfinite(pitches).any() else 0.0
    spread = np.sqrt((float(np.mean(spreads)) if spreads else 1.0) + LEAST_VARIANCE)
    pitch = options.pitch_weight * (np.nan_to_num(pitches, nan=usual) - usual) / spread
    return np.concatenate([whitened, pitch[:, None]], axis=1).astype(np.float64)


def _best_split(means: Floats, evidence: Floats, core_s: Floats, options: LightOptions) -> Floats | None:
    """(n_stretches,) nats for the second voice, from the likeliest of some beginnings; None for one."""
    weights = np.where(core_s > 0, evidence, 0.0)
    centred = means - np.average(means, axis=0, weights=weights)
    _, _, directions = np.linalg.svd(centred * np.sqrt(weights)[:, None], full_matrices=False)
    best: Floats | None = None
    best_fit = -np.inf
    for direction in directions[:BEGINNINGS]:
        found = _fitted(centred, centred @ direction > 0, evidence, weights)
        if found is None:
            continue
        fits, gap = found
        llr = fits[1] - fits[0]
        second_s = float(core_s[llr > 0].sum())
        fit = float(np.logaddexp(fits[0], fits[1])[core_s > 0].sum())
        is_two = (
            min(second_s, core_s.sum() - second_s) >= options.min_voice_s and gap >= options.min_separation
        )
        if is_two and fit > best_fit:
            best, best_fit = llr, fit
    return best


def _fitted(
    means: Floats, is_second: np.ndarray, evidence: Floats, weights: Floats
) -> tuple[tuple[Floats, Floats], float] | None:
    """Each stretch's log-likelihood under both centres, and their distance; None when one centre dies out."""
    share = is_second.astype(np.float64)
    fits, centres = (share, share), np.zeros((2, means.shape[1]))
    for _ in range(ROUNDS):
        both = np.stack([weights * (1 - share), weights * share])
        if both.sum(axis=1).min() < 1e-6:
            return None
        centres = both @ means / both.sum(axis=1, keepdims=True)
        fits = (
            -((means - centres[0]) ** 2).sum(axis=1) * evidence / 2,
            -((means - centres[1]) ** 2).sum(axis=1) * evidence / 2,
        )
        share = 1 / (1 + np.exp(-np.clip(fits[1] - fits[0], -30, 30)))
    return fits, float(np.linalg.norm(centres[1] - centres[0]))


@cache
def _cosines() -> Floats:
    """(MEL_BANDS, CEPSTRA_COUNT): the cosine transform from log bands to the first cepstra."""
    bands = np.arange(MEL_BANDS)[:, None] + 0.5
    return np.cos(np.pi / MEL_BANDS * bands * np.arange(1, CEPSTRA_COUNT + 1)) * np.sqrt(2 / MEL_BANDS)


@cache
def _mel_filters() -> Floats:
    """(MEL_BANDS, n_bins): overlapping triangles, even on the mel scale (O'Shaughnessy 1987)."""
    lowest_mel, highest_mel = (2595 * np.log10(1 + hz / 700) for hz in (LOWEST_HZ, HIGHEST_HZ))
    edges_mel = np.linspace(lowest_mel, highest_mel, MEL_BANDS + 2)
    edges_hz = 700 * (10 ** (edges_mel / 2595) - 1)
    bins_hz = np.fft.rfftfreq(2 * FRAME_SAMPLES, 1 / SAMPLE_RATE_HZ)
    rising = (bins_hz - edges_hz[:-2, None]) / np.diff(edges_hz)[:-1, None]
    falling = (edges_hz[2:, None] - bins_hz) / np.diff(edges_hz)[1:, None]
    return np.clip(np.minimum(rising, falling), 0, None)
