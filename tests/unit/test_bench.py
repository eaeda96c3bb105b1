"""What `huiting bench recognise` reckons, and that its reference is the samples' truth."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from flows.bench_figures import as_read, error_rate, median_ratio, non_speech_sounds
from flows.bench_limit import encoder_operations
from flows.bench_recognise import read_reference
from flows.config import ConfigInvalid

TRUTH = Path(__file__).resolve().parents[1] / "samples" / "truth"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("26号", "二十六号"),
        ("尾号4719", "尾号四千七百一十九"),
        ("105块", "一百零五块"),
        ("10000号", "一零零零零号"),
        ("0755", "零七五五"),
        ("幺零零八六", "一零零八六"),
    ],
)
def test_numbers_as_they_are_read(text: str, expected: str) -> None:
    assert as_read(text) == expected


def test_errors_count_over_all_references_together() -> None:
    pairs = [("您好，请问", "您好请问。"), ("这笔手续费", "这比手绪费")]
    assert error_rate(pairs) == pytest.approx(2 / 9)
    assert error_rate(pairs, by_sound=True) == 0
    assert error_rate([]) == 0


def test_a_ratio_is_the_median_of_the_rounds_ratios() -> None:
    assert median_ratio([10.0, 40.0, 30.0], [5.0, 10.0, 30.0]) == 2.0


def test_sounds_without_speech_are_sound() -> None:
    sounds = non_speech_sounds()
    assert len(sounds) == 6
    for name, sound in sounds.items():
        assert sound.dtype == np.float32
        assert np.abs(sound).max() < 1
        assert (np.abs(sound).max() > 0.01) == (name != "silence")
    assert all((non_speech_sounds()[name] == sound).all() for name, sound in sounds.items())


def test_encoder_operations_of_a_full_window_are_whispers() -> None:
    """FLOPs of whisper base's encoder for 30 s: about 87 GFLOP, counted by hand from its shapes."""
    linear, attention = encoder_operations([29.0])
    assert linear + attention == pytest.approx(87e9, rel=0.02)
    halves = encoder_operations([14.0, 14.0])
    assert halves[0] == pytest.approx(linear, rel=0.01)
    assert halves[1] == pytest.approx(attention / 2, rel=0.01)


def test_the_reference_is_the_samples_truth() -> None:
    expected: dict[str, str] = {}
    for path in sorted(TRUTH.glob("c*.yaml")):
        known: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        for turn in known["turns"]:
            name = f"{known['call_id']}#{turn['channel']}"
            expected[name] = expected.get(name, "") + turn["text"]
    assert read_reference(TRUTH / "reference.csv") == expected


def test_a_reference_without_its_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "said.csv"
    path.write_text("call_id,words\nc001,您好\n", encoding="utf-8")
    with pytest.raises(ConfigInvalid, match=r"said\.csv.*call_id,channel,text"):
        read_reference(path)
