"""Golden dialogues: behaviours and faults per turn, good calls above badly handled twins."""

from collections import Counter
from pathlib import Path

import pytest
import yaml

from tagging.finding import Behaviour, HandlingScore
from tagging.taggers import tag_transcript

GOLDEN = Path(__file__).parents[2] / "golden" / "handling"
PAIRS = {
    pair["id"]: pair
    for path in sorted(GOLDEN.glob("pairs_*.yaml"))
    for pair in yaml.safe_load(path.read_text("utf-8"))
}
SINGLE = {each["id"]: each["turns"] for each in yaml.safe_load((GOLDEN / "single.yaml").read_text("utf-8"))}
DIALOGUES = {
    **SINGLE,
    **{f"{name}-{side}": pair[side] for name, pair in PAIRS.items() for side in ("good", "bad")},
}
MIN_PRECISION, MIN_RECALL = 0.95, 0.95


def read(turns):
    """Lines `role behaviour,…: text @start-end` as ((role, text, start, end), …) and {(turn, behaviour)}."""
    lines, expected = [], set()
    for index, turn in enumerate(turns):
        ((key, said),) = turn.items()
        role, _, behaviours = key.partition(" ")
        text, _, times = said.partition(" @")
        lines.append((role, text, *map(float, times.split("-"))) if times else (role, text))
        expected |= {(index, behaviour) for behaviour in behaviours.split(",") if behaviour}
    return lines, expected


def items_of(turns, dialogue, taggers):
    return tag_transcript(dialogue(read(turns)[0]), taggers).items


def total_of(turns, dialogue, taggers):
    return next(each.total for each in items_of(turns, dialogue, taggers) if isinstance(each, HandlingScore))


def test_behaviours_of_the_golden_dialogues(dialogue, taggers):
    counts = Counter()
    wrong = []
    for name, turns in DIALOGUES.items():
        expected = read(turns)[1]
        found = {
            (each.turn_index, each.behaviour)
            for each in items_of(turns, dialogue, taggers)
            if isinstance(each, Behaviour)
        }
        counts.update(right=len(found & expected), found=len(found), expected=len(expected))
        wrong += [f"{name} {turn} +{behaviour}" for turn, behaviour in sorted(found - expected)]
        wrong += [f"{name} {turn} -{behaviour}" for turn, behaviour in sorted(expected - found)]
    report = "\n".join(wrong)
    assert len(DIALOGUES) >= 25
    assert counts["right"] / counts["found"] >= MIN_PRECISION, report
    assert counts["right"] / counts["expected"] >= MIN_RECALL, report


@pytest.mark.parametrize("name", PAIRS)
def test_good_handling_beats_bad_by_far(name, dialogue, taggers):
    good, bad = (total_of(PAIRS[name][side], dialogue, taggers) for side in ("good", "bad"))
    assert good >= bad + 15
