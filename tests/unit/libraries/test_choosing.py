"""What library.yaml says of the choice: floors, limits, folding, pairs; and why a case was chosen."""

import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from warehouse.case import Case
from warehouse.errors import LibraryInvalid
from warehouse.labels import load_labels
from warehouse.libraries import CASES_DIR, load_libraries, select_cases

NIGHT = date(2026, 11, 20)
OLD_SHAPE = (
    "SELECT call_id, 1.0 AS score, '旧写法' AS reason, 0.0 AS focus_start_s, 9.0 AS focus_end_s,"
    " NULL AS pair_key, NULL AS side FROM call WHERE night = $night ORDER BY call_id LIMIT $quota"
)
LONG = "我这个月的账单上多出来一笔八十块钱的手续费，办分期的时候没有人跟我说过要收，这笔钱应该退给我才对吧"


def choose(
    nights: Any, folder: Path, library: str, *changes: tuple[str, str], sql: str = ""
) -> tuple[Case, ...]:
    """The cases of a library whose library.yaml says other things."""
    target = folder / library
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(CASES_DIR / library, target)
    file = target / "library.yaml"
    text = file.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")
    if sql:
        (target / "select.sql").write_text(sql, encoding="utf-8")
    (found,) = load_libraries(folder)
    return select_cases(nights.con, (found,), NIGHT)


def test_floors_are_the_librarys_own(nights: Any, tmp_path: Path) -> None:
    nights.call("unsure", role_confidence=0.5)
    nights.taboo("unsure", confidence=0.55)
    assert nights.cases("problem") == ()
    roles = ("role_confidence: 0.6", "role_confidence: 0.4")
    assert choose(nights, tmp_path, "problem", roles) == ()
    (case,) = choose(nights, tmp_path, "problem", roles, ("hit_confidence: 0.6", "hit_confidence: 0.5"))
    assert case.call_id == "unsure"


def test_a_night_is_not_filled_with_one_agent(nights: Any, tmp_path: Path) -> None:
    for number in range(5):
        nights.call(f"same{number}", agent_id="A1")
        nights.taboo(f"same{number}")
    for number in range(2):
        nights.call(f"mild{number}")
        nights.taboo(f"mild{number}", severity="low", phrase_id="other", phrase="另一句")
    found = [case.call_id for case in nights.cases("problem")]
    assert found == ["same0", "mild0", "mild1", "same1", "same2"]
    one = choose(nights, tmp_path, "problem", ("limits: {agent: 3, matter: 4}", "limits: {agent: 1}"))
    assert [case.call_id for case in one] == ["same0", "mild0", "mild1"]


def test_a_repeat_says_what_it_repeats(nights: Any) -> None:
    for number in range(2):
        nights.call(f"same{number}", agent_id="A1", team="一组")
        nights.taboo(f"same{number}")
    _, again = nights.cases("problem")
    repeats = {why.label_id: why for why in again.why if why.kind == "repeat"}
    assert repeats.keys() == {"matter", "team", "agent", "again"}
    assert all(why.value == 1 and (why.points or 0) < 0 for why in repeats.values())


def test_points_add_up_to_the_score(nights: Any) -> None:
    nights.call("rich", tier="explicit", transferred_to_supervisor=True)
    nights.handled_well("rich")
    nights.score("rich", 90.0)
    nights.taboo("rich", kind="sensitive")
    nights.behaviour("rich", "lecturing", None, 60.0)
    nights.escalation("rich", "regulator_or_media", body="12315")
    nights.call("fine", tier="latent")
    nights.handled_well("fine")
    nights.behaviour("fine", "long_silence", None, 70.0)
    for library in ("problem", "escalated_difficult", "excellent"):
        cases = nights.cases(library)
        assert cases
        for case in cases:
            own = [why for why in case.why if why.kind not in ("repeat", "folded")]
            assert sum(why.points for why in own) == pytest.approx(case.score, abs=1e-3), case


def test_every_point_has_a_name(nights: Any) -> None:
    """What a pair is made of; phrases are named by their own words."""
    labels = load_labels()
    for call_id in ("good", "bad"):
        nights.call(call_id, tier="explicit", agent_id="A1")
        nights.cause(call_id)
    nights.handled_well("good")
    nights.taboo("bad")
    points = [why for case in nights.cases("comparison") for why in case.why if why.kind != "taboo"]
    assert {why.label_id for why in points} >= {"step_count", "other_side", "cause_alike", "same_agent"}
    assert [why for why in points if why.label_id not in labels.names.get(why.kind, {})] == []


def test_near_duplicates_are_one_case_that_says_how_many(nights: Any, tmp_path: Path) -> None:
    for call_id, severity in (("a", "high"), ("b", "low")):
        nights.call(call_id, customer_key="w1")
        nights.cause(call_id)
        nights.taboo(call_id, severity=severity)
    nights.call("redelivered", recording_digest="digest of a")
    nights.taboo("redelivered", severity="low")
    (case,) = nights.cases("problem")
    assert (case.call_id, case.folded_count) == ("a", 2)
    assert case.reason.endswith("；另并入相近通话 2 通")
    nights.con.execute("UPDATE call SET call_date = ? WHERE call_id = 'b'", [NIGHT - timedelta(days=4)])
    assert [found.call_id for found in nights.cases("problem")] == ["a", "b"]
    apart = choose(nights, tmp_path, "problem", ("quota: 12", "quota: 12\nfold_days: 4"))
    assert [found.folded_count for found in apart] == [2]


def test_calls_in_which_nearly_the_same_is_said_are_one_case(nights: Any) -> None:
    for call_id in ("a", "b"):
        nights.call(call_id)
        nights.taboo(call_id, at_s=5.0)
    assert len(nights.cases("problem")) == 2
    nights.con.execute("UPDATE turn SET text = ? WHERE role = 'customer'", [LONG])
    assert [case.folded_count for case in nights.cases("problem")] == [1]


def test_agents_are_named_where_the_library_says_so() -> None:
    named = {library.library_id for library in load_libraries(CASES_DIR) if library.is_agent_named}
    assert named == {"excellent", "service_touched_customer", "customer_touched_agent"}


def test_a_select_of_the_old_shape_goes_on_working(nights: Any, tmp_path: Path) -> None:
    for call_id in ("a", "b"):
        nights.call(call_id)
    cases = choose(nights, tmp_path, "excellent", sql=OLD_SHAPE)
    assert [case.call_id for case in cases] == ["a", "b"]
    assert {(case.reason, case.why, case.folded_count) for case in cases} == {("旧写法", (), 0)}


def test_a_number_that_library_yaml_does_not_give_is_asked_for(nights: Any, tmp_path: Path) -> None:
    with pytest.raises(LibraryInvalid, match=r"用到了 \$stretch_s.*numbers"):
        choose(nights, tmp_path, "excellent", ("  stretch_s: 60.0", "  # stretch_s: 60.0"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("limits: {agent: 3}", "limits: {agnet: 3}"), "limits.agnet"),
        (("limits: {agent: 3}", "repeat_worth: {agent: 0}"), "repeat_worth.agent"),
        (("  stretch_s: 60.0", "  quota: 60.0"), "numbers may not be named quota"),
        (("floors: {confidence: 0.5, ", "floors: {confidence: 5, "), "floors.confidence = 5"),
        (("limits: {agent: 3}", "selection: couples"), "selection = 'couples'"),
    ],
)
def test_odd_settings_are_refused_by_name(nights: Any, tmp_path: Path, change: Any, message: str) -> None:
    with pytest.raises(LibraryInvalid, match=message):
        choose(nights, tmp_path, "excellent", change)


@pytest.mark.parametrize(
    "columns",
    ["NULL AS pair_key, NULL AS side", "'p' AS pair_key, 'good' AS side", "NULL AS pair_key, 'ok' AS side"],
)
def test_sides_that_are_to_be_paired_have_a_side_and_no_pair(
    nights: Any, tmp_path: Path, columns: str
) -> None:
    nights.call("a")
    known = "'a' AS call_id, 1.0 AS score, 'r' AS reason, 0.0 AS focus_start_s, 1.0 AS focus_end_s"
    sql = f"SELECT {known}, {columns}"
    with pytest.raises(LibraryInvalid, match="selection 为 pairs"):
        choose(nights, tmp_path, "comparison", sql=sql)


def test_everyone_is_paired_when_first_choices_would_leave_two_alone(nights: Any) -> None:
    """good0 is everybody's first choice; only good0-bad1 and good1-bad0 make two pairs."""
    for call_id, sub in (
        ("good0", "annual_fee"),
        ("good1", "annual_fee"),
        ("bad0", "annual_fee"),
        ("bad1", "price"),
    ):
        nights.call(call_id, tier="explicit")
        nights.cause(call_id, sub)
        if call_id.startswith("good"):
            nights.handled_well(call_id, steps=5 if call_id == "good0" else 4)
        else:
            nights.taboo(call_id, severity="critical" if call_id == "bad0" else "high")
    nights.cause("good0", "price")
    pairs: dict[str | None, set[str]] = {}
    for case in nights.cases("comparison"):
        pairs.setdefault(case.pair_key, set()).add(case.call_id)
    assert sorted(map(sorted, pairs.values())) == [["bad0", "good1"], ["bad1", "good0"]]


def test_a_worried_customer_who_ends_with_thanks(nights: Any) -> None:
    nights.call("warm")
    nights.sign("warm", "worried", 5.0)
    for name, at_s in (("empathy", 10.0), ("call_back", 25.0)):
        nights.behaviour("warm", name, "emotion", at_s)
    nights.sign("warm", "thanks", 30.0)
    (case,) = nights.cases("service_touched_customer")
    assert case.reason == "客户来电时着急担心，后来热情道谢：「原话」。客服多做了：共情、约定回电"
    assert (case.focus_start_s, case.focus_end_s) == (10.0, 32.0)
    nights.sign("warm", "worried", 40.0, turn_index=2)
    assert nights.cases("service_touched_customer") == ()


@pytest.mark.parametrize(
    ("signs", "tier", "count"),
    [
        (("praise",), "none", 1),
        (("praise",), "latent", 0),
        (("praise", "worried"), "none", 0),
        (("consideration",), "explicit", 1),
        (("consideration",), "formal", 0),
        (("patience",), "none", 0),
        (("patience", "thanks"), "none", 1),
    ],
)
def test_which_kindness_touches_the_agent(nights: Any, signs: tuple[str, ...], tier: str, count: int) -> None:
    nights.call("kind", tier=tier)
    for sign in signs:
        nights.sign("kind", sign)
    assert len(nights.cases("customer_touched_agent")) == count
