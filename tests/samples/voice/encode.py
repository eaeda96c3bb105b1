"""Channels -> a file in a format that centres keep. Edge: writes one file.

PyAV writes everything but GSM, which soundfile writes. Containers are written bit-exact (no dates, no
random serial numbers), so that the same samples give the same bytes as far as the codecs allow.
"""

from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import soundfile
from line import LINE_RATE_HZ
from numpy.typing import NDArray

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Codec:
    """How PyAV is asked: container, codec, bits per second (None: fixed by the codec), sample format."""

    container: str
    codec: str
    bit_rate: int | None
    sample_format: str
    options: dict[str, str] = field(default_factory=dict)


# Bit rates at which one channel does not leak into the other: Opus at 24 kbit/s leaks 22 dB below the voice.
CODECS = {
    "pcm_wav": Codec("wav", "pcm_s16le", None, "s16"),
    "mulaw_wav": Codec("wav", "pcm_mulaw", None, "s16"),
    "alaw_wav": Codec("wav", "pcm_alaw", None, "s16"),
    "mp3": Codec("mp3", "libmp3lame", 40_000, "s16p"),
    "opus": Codec("ogg", "libopus", 32_000, "s16"),
    "m4a": Codec("ipod", "aac", 48_000, "fltp", {"aac_coder": "fast"}),
    "amr": Codec("amr", "libopencore_amrnb", 12_200, "s16"),
}
MONO_ONLY = ("gsm_wav", "amr")


def write_audio(path: Path, channels: list[Samples], fmt: str) -> None:
    """Writes `channels` (each (n_samples,), -1..1, 8 kHz) to `path` in format `fmt`.

    Raises:
        ValueError: more than one channel for a mono format.
    """
    if fmt in MONO_ONLY and len(channels) != 1:
        raise ValueError(f"{path.name}: {fmt} holds one channel, got {len(channels)}")
    path.parent.mkdir(parents=True, exist_ok=True)
    if fmt == "gsm_wav":
        soundfile.write(path, channels[0], LINE_RATE_HZ, format="WAV", subtype="GSM610")
        return
    codec = CODECS[fmt]
    layout = "stereo" if len(channels) == 2 else "mono"
    pcm = (np.clip(np.stack(channels), -1.0, 1.0) * 32767).round().astype(np.int16)
    with av.open(str(path), "w", format=codec.container, options={"fflags": "+bitexact"}) as box:
        stream = box.add_stream(
            codec.codec, rate=LINE_RATE_HZ, options={"flags": "+bitexact", **codec.options}
        )
        stream.layout = layout
        stream.format = codec.sample_format
        if codec.bit_rate:
            stream.bit_rate = codec.bit_rate
        frame = av.AudioFrame.from_ndarray(pcm.T.reshape(1, -1).copy(), format="s16", layout=layout)
        frame.sample_rate = LINE_RATE_HZ
        frame.time_base = Fraction(1, LINE_RATE_HZ)
        frame.pts = 0
        resampler = av.AudioResampler(codec.sample_format, layout, LINE_RATE_HZ, stream.frame_size or None)
        for item in (*resampler.resample(frame), *resampler.resample(None)):
            box.mux(stream.encode(item))
        box.mux(stream.encode(None))


def cut_file(path: Path, fraction: float) -> None:
    """Leaves the first `fraction` of the bytes of `path`, as a broken transfer does."""
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * fraction)])
