"""How a team's problems are weighed, and what the two YAML files say."""

import pytest

from warehouse.labels import load_labels
from warehouse.pack.problems import Problem, is_common, ranked, weight_of
from warehouse.pack.read import LABEL_GROUPS
from warehouse.pack.settings import load_pack_settings, load_pack_texts

FEW = {"others_base_count": 400}
SETTINGS, TEXTS = load_pack_settings(), load_pack_texts()


def problem(calls: int = 5, base: int = 100, kind: str = "fault", **more) -> Problem:
    return Problem(kind, "arguing", "争辩", more.pop("severity", None), "call", calls, base, **more)


def test_rates_are_per_hundred_calls_and_unknown_without_calls():
    one = problem(3, 12, others_call_count=1, others_base_count=8, before_call_count=1, before_base_count=2)
    assert (one.per_100_calls, one.others_per_100_calls, one.before_per_100_calls) == (25.0, 12.5, 50.0)
    assert one.ratio == 2.0
    alone = problem(3, 12)
    assert (alone.others_per_100_calls, alone.before_per_100_calls, alone.ratio) == (None, None, None)
    assert problem(0, 0).per_100_calls == 0.0


@pytest.mark.parametrize(
    ("more", "less"),
    [
        (problem(10), problem(5)),
        (problem(5, kind="forbidden"), problem(5)),
        (problem(5, kind="forbidden", severity="critical"), problem(5, kind="forbidden", severity="low")),
        (problem(5, others_call_count=2, **FEW), problem(5, others_call_count=20, **FEW)),
        (problem(5, kind="forbidden"), problem(50, kind="step")),
    ],
    ids=["oftener", "worse kind", "worse phrase", "rarer elsewhere", "a phrase beside a step that many lack"],
)  # fmt: skip
def test_how_often_how_badly_and_beside_the_others(more, less):
    assert weight_of(more, SETTINGS) > weight_of(less, SETTINGS)


def test_a_small_centre_does_not_lift_without_end():
    lonely = problem(1, 1, others_call_count=0, others_base_count=100_000)
    usual = problem(1, 1)
    assert weight_of(lonely, SETTINGS) <= SETTINGS.lift_limit * weight_of(usual, SETTINGS) + 1e-9


def test_problems_that_the_team_does_not_have_are_left_out():
    assert ranked([problem(0), problem(3, kind="weather")], SETTINGS) == ()


def test_what_most_teams_meet_alike_is_common():
    alike = {"others_call_count": 5, "others_base_count": 100, "team_count": 3}
    assert is_common(problem(5, met_team_count=2, **alike), SETTINGS)
    assert not is_common(problem(5, met_team_count=1, **alike), SETTINGS)
    assert not is_common(problem(9, met_team_count=3, **alike), SETTINGS)
    assert not is_common(problem(5, met_team_count=1, team_count=1), SETTINGS)


def test_every_problem_that_can_be_found_has_a_name_and_questions():
    labels = load_labels()
    assert TEXTS.kinds.keys() == SETTINGS.kind_weights.keys() >= LABEL_GROUPS.keys()
    for kind in SETTINGS.kind_weights:
        assert TEXTS.questions_of(kind, "anything")
        assert SETTINGS.cures_of(kind, "anything") or kind == "step"
        assert "{name}" in TEXTS.kinds[kind]
    assert TEXTS.questions_of("pair")
    assert TEXTS.questions_of("right")
    named = {
        f"{kind}.{problem_id}" for kind, group in LABEL_GROUPS.items() for problem_id in labels.names[group]
    }
    for key in [*TEXTS.questions, *SETTINGS.cures]:
        assert "." not in key or key in named, f"{key}: no such problem"
    known = {*labels.names["behaviour"], *labels.names["step"]}
    assert {name for names in SETTINGS.cures.values() for name in names} <= known


def test_a_name_from_outside_is_put_in_as_it_is():
    assert TEXTS.name_of("fault", "{name}争辩{0}") == "{name}争辩{0}"
