"""Clean speech -> what a telephone line leaves of it: band, level, noise, hold music. Pure."""

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, resample_poly, sosfiltfilt

LINE_RATE_HZ = 8000
BAND_HZ = (300.0, 3400.0)
CEILING = 0.89  # -1 dBFS: no sample is ever clipped

Samples = NDArray[np.float32]


def to_line(samples: Samples, rate_hz: int) -> Samples:
    """`samples` at 8 kHz in the telephone band, RMS 1 over its louder half, no delay."""
    band = butter(4, BAND_HZ, btype="bandpass", fs=rate_hz, output="sos")
    narrow = resample_poly(sosfiltfilt(band, samples), LINE_RATE_HZ, rate_hz)
    loud = np.abs(narrow) > np.median(np.abs(narrow))
    rms = float(np.sqrt(np.mean(narrow[loud] ** 2)))
    return (narrow / max(rms, 1e-9)).astype(np.float32)


def limited(samples: Samples) -> Samples:
    """Peaks above half scale bent softly below CEILING, as a line's own limiter does."""
    knee = 0.5
    over = np.abs(samples) > knee
    bent = knee + (CEILING - knee) * np.tanh((np.abs(samples) - knee) / (CEILING - knee))
    return np.where(over, np.sign(samples) * bent, samples).astype(np.float32)


def line_noise(n_samples: int, level_dbfs: float, rng: np.random.Generator) -> Samples:
    """Band noise with a slow swell, RMS `level_dbfs`."""
    white = rng.standard_normal(n_samples)
    band = butter(2, (200.0, 2600.0), btype="bandpass", fs=LINE_RATE_HZ, output="sos")
    noise = sosfiltfilt(band, white)
    swell = 1.0 + 0.25 * np.sin(2 * np.pi * 0.13 * np.arange(n_samples) / LINE_RATE_HZ)
    noise = noise * swell
    rms = float(np.sqrt(np.mean(noise**2)))
    return (noise / max(rms, 1e-9) * 10 ** (level_dbfs / 20)).astype(np.float32)


def hold_music(duration_s: float, level_dbfs: float = -24.0) -> Samples:
    """A broken-chord tune of our own (C, A minor, F, G), soft triangle tones, `duration_s` long."""
    chords = ((60, 64, 67, 72), (57, 60, 64, 69), (53, 57, 60, 65), (55, 59, 62, 67))
    note_s = 0.3
    n_note = int(note_s * LINE_RATE_HZ)
    t = np.arange(int(1.5 * n_note)) / LINE_RATE_HZ
    out = np.zeros(int(duration_s * LINE_RATE_HZ) + len(t))
    for index in range(int(duration_s / note_s)):
        chord = chords[index // 8 % len(chords)]
        pitch_hz = 440.0 * 2 ** ((chord[(0, 1, 2, 3, 2, 1, 2, 1)[index % 8]] - 69) / 12)
        tone = sum(np.sin(2 * np.pi * pitch_hz * k * t) / k**2 for k in (1, 3, 5))
        out[index * n_note : index * n_note + len(t)] += tone * np.exp(-4.0 * t)
    out = out[: int(duration_s * LINE_RATE_HZ)]
    return (out / np.sqrt(np.mean(out**2)) * 10 ** (level_dbfs / 20)).astype(np.float32)
