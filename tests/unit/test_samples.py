"""The sample recordings and their truth: do they hold everything that the product must show on them?"""

from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import pytest
import yaml
from pydantic import BaseModel, ConfigDict, Field

from transcribe.call import FaultReason

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
NIGHTS = ("2026-11-20", "2026-11-21")
EXTRAS = {"c021", "c022", "c023", "c028"}  # short recordings made only for their fault
IDS: dict[str, Any] = yaml.safe_load((SAMPLES / "ids.yaml").read_text("utf-8"))
SPOKEN_DIGITS = dict(zip("零幺一二三四五六七八九", "01123456789", strict=True))


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class TruthTurn(_Strict):
    role: Literal["agent", "customer"]
    channel: int = Field(ge=0, le=1)
    start_s: float
    end_s: float
    text: str = Field(min_length=1)
    is_cut: bool = False


class TruthCause(_Strict):
    top: str
    sub: str | None
    source: Literal["customer_stated", "observed_on_call"]
    turns: list[int] = Field(min_length=1)


class TruthTaboo(_Strict):
    turn: int
    kind: Literal["forbidden", "sensitive"]
    phrase_id: str
    said: str
    how: Literal["exact", "filled", "paraphrased"]


class TruthNotTaboo(_Strict):
    turn: int
    phrase_id: str
    said: str
    why: Literal["customer_says", "customer_quotes", "agent_denies"]


class TruthEscalation(_Strict):
    turn: int
    kind: Literal["supervisor", "regulator_or_media"]
    body: str | None


class TruthPii(_Strict):
    turn: int
    kind: Literal["phone", "id_number", "bank_card", "digits", "name", "address"]
    said: str
    digits: str | None = None


class TruthBehaviour(_Strict):
    turn: int
    behaviour: str


class Side(_Strict):
    cause: str
    side: Literal["good", "bad"]
    other: str = Field(alias="with")


class Span(_Strict):
    start_s: float
    end_s: float


class Truth(_Strict):
    call_id: str
    night: str
    files: list[str] = Field(min_length=1, max_length=2)
    format: str
    line_of_business: Literal["credit_card", "bank", "telecom_mobile", "telecom_broadband"]
    channels: list[Literal["agent", "customer", "mix", "identical"]]
    duration_s: float
    tier: Literal["none", "latent", "explicit", "formal"]
    customer_type: str | None
    quality_score: int | None = Field(ge=0, le=100)
    libraries: list[str]
    comparison: Side | None
    expected_faults: list[str]
    notes: str
    causes: list[TruthCause]
    escalation: list[TruthEscalation]
    taboo: list[TruthTaboo]
    not_taboo: list[TruthNotTaboo]
    behaviours: list[TruthBehaviour]
    pii: list[TruthPii]
    hold_music: list[Span]
    turns: list[TruthTurn]


def _truths() -> dict[str, Truth]:
    paths = sorted((SAMPLES / "truth").glob("c*.yaml"))
    return {path.stem: Truth.model_validate(yaml.safe_load(path.read_text("utf-8"))) for path in paths}


TRUTHS = _truths()
CALLS = {call_id: truth for call_id, truth in TRUTHS.items() if call_id not in EXTRAS}
each_truth = pytest.mark.parametrize("truth", TRUTHS.values(), ids=list(TRUTHS))


# --- what one truth file must be -------------------------------------------------------------------


@each_truth
def test_turns_are_ordered_and_lie_in_the_recording(truth: Truth) -> None:
    starts = [turn.start_s for turn in truth.turns]
    assert starts == sorted(starts)
    for turn in truth.turns:
        assert 0 <= turn.start_s < turn.end_s <= truth.duration_s
    for role in ("agent", "customer"):
        own = [turn for turn in truth.turns if turn.role == role]
        assert all(a.end_s <= b.start_s for a, b in pairwise(own))


@each_truth
def test_labels_use_known_ids_and_words_that_were_said(truth: Truth) -> None:
    for cause in truth.causes:
        assert cause.top in IDS["causes"]
        assert cause.sub is None or cause.sub in IDS["causes"][cause.top]
        roles = {truth.turns[index].role for index in cause.turns}
        assert roles == ({"customer"} if cause.source == "customer_stated" else {"agent"})
    for hit in truth.taboo:
        assert hit.phrase_id in IDS[hit.kind]
        assert truth.turns[hit.turn].role == "agent"
    for escalation in truth.escalation:
        assert truth.turns[escalation.turn].role == "customer"
        assert (escalation.body or "") in truth.turns[escalation.turn].text
    for entry in (*truth.taboo, *truth.not_taboo, *truth.pii):
        assert entry.said in truth.turns[entry.turn].text
    for found in truth.behaviours:
        assert found.behaviour in IDS["behaviours"]
        assert truth.turns[found.turn].role == "agent"
    assert set(truth.libraries) <= set(IDS["libraries"])
    assert set(truth.expected_faults) <= {reason.value for reason in FaultReason}
    assert truth.customer_type is None or truth.customer_type in IDS["customer_types"]


@each_truth
def test_digits_of_personal_data_are_what_was_said(truth: Truth) -> None:
    for item in truth.pii:
        if item.digits is not None:
            assert (
                "".join(SPOKEN_DIGITS.get(char, "") for char in item.said.replace("最后一个", ""))
                == item.digits
            )


# --- what all of them together must cover ----------------------------------------------------------


def test_fourteen_calls_of_forty_to_a_hundred_and_twenty_seconds() -> None:
    assert len(CALLS) == 14
    is_telecom = Counter(truth.line_of_business.startswith("telecom") for truth in CALLS.values())
    assert is_telecom == {False: 8, True: 6}
    assert {call_id: t.duration_s for call_id, t in CALLS.items() if not 40 <= t.duration_s <= 120} == {}
    assert sum(truth.night == NIGHTS[0] for truth in CALLS.values()) == 10


def test_causes_tiers_and_customers_are_covered() -> None:
    assert {cause.top for truth in CALLS.values() for cause in truth.causes} == set(IDS["causes"])
    sources = {cause.source for truth in CALLS.values() for cause in truth.causes}
    assert sources == {"customer_stated", "observed_on_call"}
    assert {truth.tier for truth in CALLS.values()} == {"none", "latent", "explicit", "formal"}


def test_six_forbidden_phrases_three_of_them_not_word_for_word() -> None:
    hits = [hit for truth in CALLS.values() for hit in truth.taboo if hit.kind == "forbidden"]
    assert len({hit.phrase_id for hit in hits}) == 6
    assert Counter(hit.how == "exact" for hit in hits) == {True: 3, False: 3}
    reasons = {entry.why for truth in CALLS.values() for entry in truth.not_taboo}
    assert reasons == {"customer_says", "customer_quotes", "agent_denies"}


def test_libraries_and_the_comparison_pair() -> None:
    assert {name for truth in CALLS.values() for name in truth.libraries} == set(IDS["libraries"])
    sides = {truth.comparison.side: truth for truth in CALLS.values() if truth.comparison}
    good, bad = sides["good"], sides["bad"]
    assert good.comparison
    assert bad.comparison
    assert good.comparison.cause == bad.comparison.cause
    assert (good.comparison.other, bad.comparison.other) == (bad.call_id, good.call_id)
    top_and_sub = good.comparison.cause
    for truth in (good, bad):
        assert top_and_sub in {f"{cause.top}/{cause.sub}" for cause in truth.causes}


def test_escalations_personal_data_silence_music_praise_and_enquiries() -> None:
    calls = CALLS.values()
    assert {item.kind for truth in calls for item in truth.escalation} == {"supervisor", "regulator_or_media"}
    kinds = {item.kind for truth in calls for item in truth.pii}
    assert kinds == {"phone", "id_number", "bank_card", "digits", "name", "address"}
    gaps_s = [b.start_s - a.end_s for t in calls for a, b in pairwise(t.turns)]
    assert max(gaps_s) >= 15
    assert min(gaps_s) < -0.5  # somebody speaks over somebody
    assert any(truth.hold_music for truth in calls)
    assert any(t.libraries == ["customer_touched_agent"] and not t.causes for t in calls)
    enquiries = [
        truth for truth in calls if truth.tier == "none" and not truth.causes and not truth.libraries
    ]
    assert len(enquiries) >= 2
