"""What a team hears in the morning: properties that hold for any cases, and what comes first."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.pack.choice import Candidate, Wish, choose
from warehouse.pack.problems import Problem
from warehouse.pack.settings import load_pack_settings

NIGHT = date(2026, 11, 20)
SETTINGS = load_pack_settings()
KEYS = [("forbidden", "company_rule"), ("fault", "arguing"), ("fault", "lecturing"), ("step", "accept")]


def problem(key: tuple[str, str], calls: int = 5, **more) -> Problem:
    return Problem(key[0], key[1], key[1], None, "call", calls, 100, others_base_count=100, **more)


@st.composite
def cases(draw) -> list[Candidate]:
    """Single cases of three libraries and comparison pairs, by few agents, some on the same call."""
    made: list[Candidate] = []
    for number in range(draw(st.integers(0, 12))):
        common = {
            "night": NIGHT,
            "rank": draw(st.integers(1, 5)),
            "team": draw(st.sampled_from(["一组", "二组", None])),
        }
        agents = st.sampled_from(["1", "2", "3", "4", None])
        calls = st.sampled_from([f"call{n}" for n in range(8)])
        sound = st.floats(20, 90).map(lambda value: round(value, 1))
        problems = st.frozensets(st.sampled_from(KEYS), max_size=3)
        libraries = st.sampled_from(["problem", "excellent", "own"])
        shown = st.frozensets(st.sampled_from(["accept", "empathy", "repeat_words"]))
        is_pair = draw(st.booleans())
        for side in ("good", "bad") if is_pair else (None,):
            made.append(
                Candidate(
                    case_id=f"{number}{side or ''}",
                    call_id=f"{number}{side}" if is_pair else draw(calls),
                    library_id="comparison" if is_pair else draw(libraries),
                    clip_s=draw(sound),
                    agent_id=draw(agents),
                    problems=draw(problems) if side != "good" else frozenset(),
                    shown=draw(shown),
                    pair_key=str(number) if is_pair else None,
                    side=side,
                    **common,
                )
            )  # fmt: skip
    return made


PROBLEMS = st.lists(st.sampled_from(KEYS), unique=True).map(
    lambda keys: [problem(key, 3 + n) for n, key in enumerate(keys)]
)


@settings(max_examples=60, deadline=None)
@given(PROBLEMS, cases(), st.integers(3, 30), st.randoms())
def test_any_choice_fits_and_repeats_nobody(problems, candidates, minutes, shuffler):
    wish = Wish("一组", minutes * 60)
    items = choose(problems, candidates, wish, SETTINGS)
    heard = [case for item in items for case in item.cases]
    spoken = SETTINGS.opening_s + sum(item.seconds for item in items) + SETTINGS.closing_s
    assert not items or spoken <= wish.seconds
    assert len(items) <= SETTINGS.item_count
    assert len({case.call_id for case in heard}) == len(heard)
    agents = [{case.agent_id for case in item.cases} - {None} for item in items]
    assert sum(map(len, agents)) == len(set().union(*agents)), "one agent, one topic"
    assert all(case in candidates for case in heard)
    again = list(candidates)
    shuffler.shuffle(again)
    assert choose(problems, again, wish, SETTINGS) == items, "the order of the cases decides nothing"


@settings(max_examples=60, deadline=None)
@given(PROBLEMS, cases(), st.integers(5, 30))
def test_every_topic_shows_its_problem_and_then_what_right_looks_like(problems, candidates, minutes):
    items = choose(problems, candidates, Wish("一组", minutes * 60), SETTINGS)
    assert [item.is_pair for item in items] == sorted((item.is_pair for item in items), reverse=True)
    for item in items:
        if item.problem is None:
            assert [case.library_id for case in item.cases] == ["excellent"]
            assert len(items) == 1
            continue
        wrong, *right = item.cases
        assert item.problem.key in wrong.problems
        assert all(item.problem.key not in case.problems for case in right)
        if item.is_pair:
            assert {case.pair_key for case in item.cases} == {wrong.pair_key}
            assert [case.side for case in item.cases] == ["bad", "good"]
        else:
            assert wrong.library_id == "problem"
            assert all((case.library_id == "excellent" and case.agent_id is None) or
                       case.agent_id != wrong.agent_id for case in right)  # fmt: skip
    wanted = {each.problem for each in items}
    if not wanted and problems:
        assert not any(
            case.library_id == "problem" and case.clip_s + 90 + 120 <= minutes * 60
            and case.problems & {each.key for each in problems}
            for case in candidates
        ), "what fits is heard"  # fmt: skip


def single(case_id: str, library: str, **more) -> Candidate:
    return Candidate(**{
        "case_id": case_id, "call_id": case_id, "library_id": library, "night": NIGHT, "rank": 1,
        "clip_s": 40.0, "agent_id": case_id,
    } | more)  # fmt: skip


def ids(items) -> list[list[str]]:
    return [[case.case_id for case in item.cases] for item in items]


ARGUING = ("fault", "arguing")


def test_a_pair_comes_before_two_single_cases():
    bad = single("bad", "comparison", pair_key="p", side="bad", problems=frozenset({ARGUING}))
    pair = [single("good", "comparison", pair_key="p", side="good"), bad]
    alone = single("alone", "problem", problems=frozenset({ARGUING}))
    assert ids(choose([problem(ARGUING)], [alone, *pair], Wish(None, 600), SETTINGS)) == [["bad", "good"]]
    assert ids(choose([problem(ARGUING)], [alone, pair[0]], Wish(None, 600), SETTINGS)) == [["alone"]]


def test_the_good_example_is_of_the_same_cause_and_shows_the_cure():
    causes = frozenset({"fees", "annual_fee"})
    wrong = single("wrong", "problem", problems=frozenset({ARGUING}), causes=causes)
    itself = single("itself", "excellent", causes=causes, problems=frozenset({ARGUING}))
    plain = single("plain", "excellent", rank=1)
    cure = single("cure", "excellent", rank=2, shown=frozenset({"empathy"}))
    alike = single("alike", "excellent", rank=3, causes=frozenset({"fees"}))
    own = single("own", "excellent", rank=4, team="一组")
    for best, rest in ((alike, [cure, plain, own]), (cure, [plain, own]), (own, [plain]), (plain, [])):
        found = choose([problem(ARGUING)], [wrong, itself, *rest, best], Wish("一组", 600), SETTINGS)
        assert ids(found) == [["wrong", best.case_id]]


def test_without_problems_a_good_call_is_heard():
    found = choose([], [single("wrong", "problem"), single("good", "excellent")], Wish(None, 600), SETTINGS)
    assert ids(found) == [["good"]]
    assert found[0].problem is None


def test_what_does_not_fit_is_left_out():
    long = single("long", "problem", problems=frozenset({ARGUING}), clip_s=90.0)
    short = single("short", "problem", problems=frozenset({("fault", "lecturing")}), clip_s=20.0)
    problems = [problem(ARGUING, 50), problem(("fault", "lecturing"))]
    assert ids(choose(problems, [long, short], Wish(None, 235), SETTINGS)) == [["short"]]
    assert choose(problems, [long, short], Wish(None, 200), SETTINGS) == ()
