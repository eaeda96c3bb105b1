"""Causes, tier and escalation on texts and dialogues that no model has learnt from (tests/golden/causes)."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
import yaml

from tagging.causes.corpus import load_corpus
from tagging.causes.figures import FoundRow, KnownRow, cause_figures, known_labels
from tagging.causes.tagger import build as build_causes
from tagging.customer.tagger import build
from tagging.finding import CauseSource, CauseTag, Escalation, TierTag
from tagging.options import TaggerOptions
from tagging.pinyin import to_pinyin
from transcribe.call import SpeakerRole, Transcript, Turn

GOLDEN = Path(__file__).parents[1] / "golden" / "causes"
ROLES = {"坐席": SpeakerRole.AGENT, "客户": SpeakerRole.CUSTOMER, "无": SpeakerRole.UNKNOWN}
TOPS = ("fees", "skill", "attitude", "process", "product")


@dataclass(frozen=True)
class Golden:
    """A row and its call."""

    row: dict
    call: Transcript


def golden_of(row: dict) -> Golden:
    lines = [("客户", row["text"])] if "text" in row else []
    for line in row.get("turns", "").splitlines():
        role, _, text = line.partition(": ")
        lines.append((role, text))
    turns = tuple(
        Turn(at, 0, ROLES[role], 1.0, at * 5.0, at * 5.0 + 4, text, pinyin=to_pinyin(text))
        for at, (role, text) in enumerate(lines)
    )
    return Golden(row, Transcript(row["id"], date(2026, 11, 20), len(lines) * 5.0, turns))


ROWS = [
    golden_of(row)
    for file in sorted(GOLDEN.glob("*.yaml"))
    for row in yaml.safe_load(file.read_text(encoding="utf-8"))
]


@pytest.fixture(scope="module")
def found(models_dir) -> dict[str, tuple]:
    """Findings per row, by the taggers as they are shipped."""
    options = TaggerOptions(override_dir=None, models_dir=models_dir)
    causes, customer = build_causes(options), build(options)
    return {each.row["id"]: (*causes.tag(each.call), *customer.tag(each.call)) for each in ROWS}


def escalation_of(findings) -> str:
    kinds = {each.kind for each in findings if isinstance(each, Escalation)}
    return next((kind for kind in ("regulator_or_media", "supervisor") if kind in kinds), "none")


def figures_of(found):
    known = [
        KnownRow(
            each.row["id"],
            each.row["domain"],
            known_labels(each.row["causes"]),
            frozenset(each.row.get("optional", ())),
            each.row.get("escalation", "none"),
        )
        for each in ROWS
    ]
    answers = [
        FoundRow(
            frozenset(
                tag.top_cause
                for tag in found[row.row_id]
                if isinstance(tag, CauseTag) and tag.source is CauseSource.CUSTOMER_STATED
            ),
            escalation_of(found[row.row_id]),
        )
        for row in known
    ]
    return cause_figures(known, answers, TOPS)


def test_there_are_enough_rows_and_none_is_learnt_from():
    assert len(ROWS) >= 120
    assert len({each.row["id"] for each in ROWS}) == len(ROWS)
    learnt = {row.text for row in load_corpus().rows}
    assert not {turn.text for each in ROWS for turn in each.call.turns if len(turn.text) > 8} & learnt


def test_causes_reach_their_bars(found):
    figures = figures_of(found)
    assert figures.of().macro_f1 >= 0.78
    assert figures.of().complaint_accuracy >= 0.85
    assert figures.of("telecom").macro_f1 >= 0.75


def test_no_escalation_is_false_and_none_is_missed(found):
    escalation = figures_of(found).escalation
    assert escalation.false_ids == ()
    assert escalation.hits >= 12
    assert escalation.missed_ids == ()


@pytest.mark.parametrize(
    "row", [each.row for each in ROWS if "bodies" in each.row], ids=lambda row: row["id"]
)
def test_the_named_bodies_are_told(found, row):
    told = {each.body for each in found[row["id"]] if isinstance(each, Escalation)}
    assert set(row["bodies"]) <= told


def test_the_tier_is_one_that_a_reader_accepts(found):
    wrong = [
        (each.row["id"], tag.tier.value)
        for each in ROWS
        for tag in found[each.row["id"]]
        if isinstance(tag, TierTag) and tag.tier.value not in each.row["tier"]
    ]
    assert len(wrong) <= len(ROWS) * 0.08, wrong


def test_formal_is_said_of_formal_rows_alone(found):
    formal = {
        each.row["id"]
        for each in ROWS
        for tag in found[each.row["id"]]
        if isinstance(tag, TierTag) and tag.tier.value == "formal"
    }
    assert formal == {each.row["id"] for each in ROWS if "formal" in each.row["tier"]}
