"""Sound made by code: tones that tell their channel by their pitch, in every format a centre keeps."""

from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from av.audio.frame import AudioFrame

TONES_HZ = (300, 500, 700, 900, 1100, 1300, 1500, 1700)
LAYOUTS = {1: "mono", 2: "stereo", 3: "3.0", 4: "4.0", 6: "5.1"}

MakeTones = Callable[..., np.ndarray]
WriteSound = Callable[..., Path]


@pytest.fixture(scope="session")
def models_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One directory for all unit tests: shipped classifiers are trained into it once."""
    return tmp_path_factory.mktemp("models")


@pytest.fixture
def make_tones() -> MakeTones:
    """(n_channels, n_samples): channel i swells and fades at TONES_HZ[i]."""

    def make(channels: int, duration_s: float, rate_hz: int) -> np.ndarray:
        t = np.arange(round(duration_s * rate_hz)) / rate_hz
        swell = 0.6 + 0.4 * np.sin(2 * np.pi * 0.7 * t)
        return np.stack([0.3 * swell * np.sin(2 * np.pi * hz * t) for hz in TONES_HZ[:channels]]).astype("f4")

    return make


@pytest.fixture
def write_sound() -> WriteSound:
    """Writes samples with any encoder of PyAV: container "wav" "mp3" "ogg" "ipod" "amr" "flac"."""

    def write(path: Path, samples: np.ndarray, rate_hz: int, container: str, codec: str) -> Path:
        layout = LAYOUTS[samples.shape[0]]
        with av.open(str(path), "w", format=container) as output:
            stream = output.add_stream(codec, rate=rate_hz, layout=layout)
            packed = np.ascontiguousarray(samples.T.reshape(1, -1), "f4")
            frame = AudioFrame.from_ndarray(packed, "flt", layout)
            frame.sample_rate = rate_hz
            context = stream.codec_context
            resampler = av.AudioResampler(context.format, layout, rate_hz, context.frame_size or 1024)
            for piece in [*resampler.resample(frame), *resampler.resample(None)]:
                output.mux(stream.encode(piece))
            output.mux(stream.encode(None))
        return path

    return write


@pytest.fixture
def write_pcm(write_sound: WriteSound, make_tones: MakeTones) -> WriteSound:
    """A short PCM wav whose content depends on `seed`: most tests of the inbox need no more."""

    def write(path: Path, duration_s: float = 1.0, channels: int = 2, seed: int = 0) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        noise = np.random.default_rng(seed).normal(0, 0.01, (channels, round(duration_s * 8000)))
        return write_sound(path, (make_tones(channels, duration_s, 8000) + noise), 8000, "wav", "pcm_s16le")

    return write
