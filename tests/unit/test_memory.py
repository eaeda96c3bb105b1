"""A call of hours must fit beside the model: what its length costs is measured on two shorter ones."""

import json
import struct
import subprocess
import sys
from pathlib import Path

LONG_CALL = Path(__file__).with_name("long_call.py")
SAMPLE = Path(__file__).parents[1] / "samples" / "inbox" / "2026-11-20" / "c002.wav"
LIMIT_MB = 1500  # for 4 h of stereo, above the model
FOUR_HOURS_S = 4 * 3600
PORTION_MB = 128 * 30 * 16_000 * 4 / 2**20  # hearing.WINDOWS_AT_ONCE windows of float32
BYTES_PER_S = 16_000  # mu-law, stereo, 8 kHz


def write_long(path: Path, duration_s: int) -> Path:
    """The sample's sound over and over, below a header of its own."""
    content = SAMPLE.read_bytes()
    sound = content[content.index(b"data") + 8 :]
    sound = sound[: len(sound) // 2 * 2]
    size = duration_s * BYTES_PER_S
    fmt = struct.pack("<IHHIIHHH", 18, 7, 2, 8_000, BYTES_PER_S, 2, 8, 0)
    with path.open("wb") as file:
        file.write(b"RIFF" + struct.pack("<I", size + 38) + b"WAVEfmt " + fmt + b"data")
        file.write(struct.pack("<I", size) + (sound * (size // len(sound) + 1))[:size])
    return path


def heard(path: Path) -> dict[str, float]:
    finished = subprocess.run(
        [sys.executable, LONG_CALL, path], capture_output=True, text=True, timeout=600, check=False
    )
    assert finished.returncode == 0, finished.stderr[-2000:]
    return json.loads(finished.stdout)


def test_four_hours_of_stereo_fit_beside_the_model(tmp_path):
    short_s, long_s = 120, 600
    short = heard(write_long(tmp_path / "short.wav", short_s))
    long = heard(write_long(tmp_path / "long.wav", long_s))
    assert (short["duration_s"], long["duration_s"]) == (short_s, long_s)
    assert long["turns"] > 4 * short["turns"] > 0
    mb_per_s = (long["peak_mb"] - short["peak_mb"]) / (long_s - short_s)
    # 16-bit samples of two channels are 0.061 MB per second: what else grows is small.
    assert mb_per_s < 0.085
    above_mb = long["peak_mb"] - long["before_mb"] + mb_per_s * (FOUR_HOURS_S - long_s) + PORTION_MB
    assert above_mb < LIMIT_MB
