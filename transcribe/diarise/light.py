"""Two voices told apart without a network: stretches of speech in, two groups out. Pure.

A light way without a network of its own: each stretch is described by its pitch and its mean cepstrum
(mel-frequency cepstral coefficients after Davis & Mermelstein 1980), and two groups are fitted by
expectation-maximisation. It tells clearly different voices apart and says so when they are not.
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
CEPSTRA_COUNT = 13  # from the first on: the zeroth is loudness, which tells the line and not the voice
LOWEST_HZ, HIGHEST_HZ = 200.0, 3600.0  # telephone band
PITCH_RANGE_HZ = (70.0, 400.0)
MIN_VOICED = 0.4  # normalised autocorrelation above which a frame has a pitch
AUDIBLE_DB = 25.0  # frames this far below a stretch's loud ones are pauses
ROUNDS = 30
# Neighbouring frames say the same thing: so few of a stretch's seconds count as independent evidence.
EVIDENCE_PER_S = 2.0
MAX_EVIDENCE = 6.0


@dataclass(frozen=True, slots=True)
class LightOptions:
    """`min_separation`: distance of the groups' centres over their spread below which it is one voice."""

    min_separation: float = 1.5


class LightDiariser:
    """Always at hand; tells two clearly different voices apart, never three."""

    def __init__(self, options: LightOptions | None = None):
        self._options = options or LightOptions()

    def group(self, sound: Sound, stretches: Sequence[TimeSpan]) -> VoiceGroups:
        """Voices of `stretches`, see `Diariser`."""
        if len(stretches) < 2:
            return one_voice(len(stretches))
        features = np.stack([describe(cut(sound, span)) for span in stretches])
        weights = np.array(
            [min(max(span.duration_s, 0.05) * EVIDENCE_PER_S, MAX_EVIDENCE) for span in stretches]
        )
        llr, separation = _two_groups(features, weights)
        if separation < self._options.min_separation:
            return one_voice(len(stretches))
        return VoiceGroups(np.stack([-llr / 2, llr / 2], axis=1))


def describe(stretch: Samples) -> Floats:
    """(15,): mean cepstrum of the audible frames, median log2 pitch, and the share of voiced frames."""
    padded = np.pad(stretch, (0, max(0, FRAME_SAMPLES - stretch.size))).astype(np.float64)
    frames = np.lib.stride_tricks.sliding_window_view(padded, FRAME_SAMPLES)[::HOP_SAMPLES]
    frames = frames - frames.mean(axis=1, keepdims=True)
    level_db = 10 * np.log10(np.mean(frames**2, axis=1) + 1e-12)
    frames = frames[level_db > np.percentile(level_db, 90) - AUDIBLE_DB]
    spectrum = np.abs(np.fft.rfft(frames * np.hanning(FRAME_SAMPLES), 2 * FRAME_SAMPLES, axis=1)) ** 2
    bands = np.log(spectrum @ _mel_filters().T + 1e-10)
    cepstrum = bands.mean(axis=0) @ _cosines()
    pitch, voiced_ratio = _pitch(spectrum)
    return np.array([*cepstrum, pitch, voiced_ratio])


def _pitch(spectrum: Floats) -> tuple[float, float]:
    """Median log2 pitch in Hz of the voiced frames (NaN without any), and their share."""
    autocorrelation = np.fft.irfft(spectrum, axis=1)
    shortest, longest = (round(SAMPLE_RATE_HZ / hz) for hz in reversed(PITCH_RANGE_HZ))
    lags = autocorrelation[:, shortest:longest] / (autocorrelation[:, :1] + 1e-12)
    # A shorter window overlaps itself less: undo its taper, else high voices win.
    lags = lags / np.linspace(1 - shortest / FRAME_SAMPLES, 1 - longest / FRAME_SAMPLES, lags.shape[1])
    voiced = lags.max(axis=1) > MIN_VOICED
    if not voiced.any():
        return float("nan"), 0.0
    best = lags[voiced].argmax(axis=1) + shortest
    return float(np.median(np.log2(SAMPLE_RATE_HZ / best))), float(voiced.mean())


def _two_groups(features: Floats, weights: Floats) -> tuple[Floats, float]:
    """Two Gaussians of one shared diagonal covariance, begun at the two ends of the widest direction.

    Returns (n_stretches,) nats by which a stretch belongs to the second rather than the first group, and
    the distance of the groups' centres over their spread: below about 2 they may be one voice.
    """
    features = features - np.average(_filled(features), axis=0, weights=weights)
    features = np.nan_to_num(features)  # without a pitch: an average one
    spread = np.sqrt(np.average(features**2, axis=0, weights=weights)) + 1e-9
    scaled = features / spread
    _, _, directions = np.linalg.svd(scaled * np.sqrt(weights)[:, None], full_matrices=False)
    share = (scaled @ directions[0] > 0).astype(np.float64)
    llr = np.zeros(len(weights))
    gap = np.zeros(features.shape[1])
    variance = np.ones(features.shape[1])
    for _ in range(ROUNDS):
        both = np.stack([weights * (1 - share), weights * share])
        if both.sum(axis=1).min() < 1e-6:
            return np.zeros(len(weights)), 0.0
        centres = both @ scaled / both.sum(axis=1, keepdims=True)
        variance = (
            sum(
                (part[:, None] * (scaled - centre) ** 2).sum(axis=0)
                for part, centre in zip(both, centres, strict=True)
            )
            / weights.sum()
            + 0.05
        )
        gap = centres[1] - centres[0]
        distance = ((scaled - centres[0]) ** 2 - (scaled - centres[1]) ** 2) / (2 * variance)
        llr = distance.mean(axis=1) * weights
        share = 1 / (1 + np.exp(-np.clip(llr, -30, 30)))
    return llr, float(np.sqrt(np.mean(gap**2 / variance)))


def _filled(features: Floats) -> Floats:
    """What is unknown of a stretch, taken from the others; 0 where no stretch has it."""
    known = ~np.isnan(features)
    means = np.where(known, features, 0.0).sum(axis=0) / np.maximum(1, known.sum(axis=0))
    return np.where(known, features, means)


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
