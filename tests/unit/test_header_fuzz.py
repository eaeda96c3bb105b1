"""2,000 recordings with damaged headers: sound or a clear fault, no crash, no hang, no memory eaten."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

COPIES = 2_002
MUTANTS = Path(__file__).with_name("mutants.py")
GSM = Path(__file__).parents[1] / "samples" / "inbox" / "2026-11-20" / "c006_agent.wav"

# name, container, codec, channels, rate
FORMATS = [
    ("pcm.wav", "wav", "pcm_s16le", 2, 8_000),
    ("mulaw.wav", "wav", "pcm_mulaw", 2, 8_000),
    ("gsm.wav", "", "", 1, 8_000),
    ("call.mp3", "mp3", "libmp3lame", 2, 8_000),
    ("call.opus", "ogg", "libopus", 2, 16_000),
    ("call.m4a", "ipod", "aac", 2, 8_000),
    ("call.amr", "amr", "libopencore_amrnb", 1, 8_000),
]


@pytest.mark.parametrize("form", FORMATS, ids=[form[0] for form in FORMATS])
def test_a_damaged_header_gives_sound_or_a_fault(tmp_path, write_sound, make_tones, form):
    name, container, codec, channels, rate = form
    source = tmp_path / "whole" / name
    source.parent.mkdir()
    if codec:
        write_sound(source, make_tones(channels, 0.4, rate), rate, container, codec)
    else:
        source.write_bytes(GSM.read_bytes()[:2000])
    finished = subprocess.run(
        [sys.executable, MUTANTS, source, str(COPIES // len(FORMATS)), tmp_path],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr[-2000:]
    report = json.loads(finished.stdout)
    assert sum(report["outcomes"].values()) == COPIES // len(FORMATS)
    assert report["outcomes"]["sound"] > 0
    assert sum(report["outcomes"].values()) > report["outcomes"]["sound"], "some were damaged for good"
    assert report["peak_mb"] < 500
