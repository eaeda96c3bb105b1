"""Both sample nights with real weights, while analysts read: what came out, against the truth files."""

from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest
import yaml

pytestmark = [pytest.mark.model, pytest.mark.timeout(1800)]
TRUTH = Path(__file__).parents[2] / "samples" / "truth"
FAULTS = yaml.safe_load((TRUTH / "faults.yaml").read_text("utf-8"))
TRUTHS = {path.stem: yaml.safe_load(path.read_text("utf-8")) for path in sorted(TRUTH.glob("c*.yaml"))}
NEAR_S = 3.0
MIN_TOP_CAUSE_RECALL = 0.65
MIN_TOP_CAUSE_PRECISION = 0.75
MAX_FALSE_FORBIDDEN = 1


def overlap_s(hit: dict[str, Any], turn: dict[str, Any]) -> float:
    return min(hit["end_s"], turn["end_s"]) - max(hit["start_s"], turn["start_s"])


def test_it_is_published_and_tells_that_recordings_failed(sample_nights: Any) -> None:
    assert sample_nights.finished.code == 3, sample_nights.finished.output
    output = sample_nights.finished.output
    for rows in FAULTS.values():
        for row in rows:
            lines = [line for line in output.splitlines() if row["file"] in line and row["reason"] in line]
            assert len(lines) == 1, f"one line for {row}"
    assert "warehouse.duckdb" in output
    assert "index.html" in output
    assert "Traceback" not in output


def test_two_analysts_read_through_both_nights(sample_nights: Any) -> None:
    first = ["2026-11-20"]
    both = [*first, "2026-11-21"]
    for report in sample_nights.analysts:
        assert report["errors"] == []
        assert report["nights"] == [first, both]
    short, long = sample_nights.analysts
    assert short["opens"] > 5
    assert long["opens"] == 2, "one connection outlived the publishing of the second night"
    assert min(short["queries"], long["queries"]) > 20


def test_every_readable_recording_is_a_call(sample_nights: Any) -> None:
    found = sample_nights.rows("SELECT call_id, night, duration_s, line_of_business FROM call")
    assert {row["call_id"]: str(row["night"]) for row in found} == {
        call_id: truth["night"] for call_id, truth in TRUTHS.items()
    }
    for row in found:
        assert row["duration_s"] == pytest.approx(TRUTHS[row["call_id"]]["duration_s"], abs=0.3)
        if row["line_of_business"] is not None:
            assert row["line_of_business"] == TRUTHS[row["call_id"]]["line_of_business"]


@pytest.mark.parametrize("night", FAULTS)
def test_faults_are_those_of_the_truth(sample_nights: Any, night: str) -> None:
    sql = "SELECT severity, reason, call_id, file FROM run_failure WHERE night = $night ORDER BY ALL"
    found = sample_nights.rows(sql, {"night": night})
    expected = [(row["severity"], row["reason"], row["call_id"]) for row in FAULTS[night]]
    assert Counter((row["severity"], row["reason"], row["call_id"]) for row in found) == Counter(expected)


def test_roles_are_right(sample_nights: Any) -> None:
    """By time: on two channels nearly every turn, and never a whole call the wrong way round."""
    right, wrong = Counter[str](), Counter[str]()
    for turn in sample_nights.rows("SELECT call_id, role, start_s, end_s FROM turn"):
        truth = TRUTHS[turn["call_id"]]
        if set(truth["channels"]) != {"agent", "customer"} or not truth["turns"]:
            continue
        said = max(truth["turns"], key=lambda true, turn=turn: overlap_s(turn, true))
        (right if said["role"] == turn["role"] else wrong)[turn["call_id"]] += 1
    assert sum(wrong.values()) <= 0.05 * sum(right.values()), wrong
    assert all(right[call_id] > 5 * wrong[call_id] for call_id in right)


def test_forbidden_phrases_are_found_where_they_were_said(sample_nights: Any) -> None:
    hits = sample_nights.rows("FROM taboo_hit WHERE kind = 'forbidden'")
    missed: list[str] = []
    for call_id, truth in TRUTHS.items():
        for said in (each for each in truth["taboo"] if each["kind"] == "forbidden"):
            turn = truth["turns"][said["turn"]]
            is_found = any(
                hit["call_id"] == call_id
                and hit["phrase_id"] == said["phrase_id"]
                and overlap_s(hit, turn) > -NEAR_S
                for hit in hits
            )
            if not is_found:
                missed.append(f"{call_id} {said['phrase_id']} ({said['how']})")
    assert len(missed) <= 1, missed


def test_sensitive_wordings_are_found(sample_nights: Any) -> None:
    hits = {
        (row["call_id"], row["phrase_id"])
        for row in sample_nights.rows("FROM taboo_hit WHERE kind = 'sensitive'")
    }
    expected = {
        (call_id, said["phrase_id"])
        for call_id, truth in TRUTHS.items()
        for said in truth["taboo"]
        if said["kind"] == "sensitive"
    }
    assert expected <= hits


def test_no_hit_on_customers_quotes_and_denials(sample_nights: Any) -> None:
    hits = sample_nights.rows(
        "SELECT h.*, t.role FROM taboo_hit AS h INNER JOIN turn AS t USING (call_id, turn_index)"
    )
    assert len(hits) == sample_nights.rows("SELECT count(*) AS n FROM taboo_hit")[0]["n"]
    assert [hit for hit in hits if hit["role"] != "agent"] == []
    for hit in hits:
        truth = TRUTHS[hit["call_id"]]
        said = max(truth["turns"], key=lambda turn, hit=hit: overlap_s(hit, turn))
        assert said["role"] == "agent", f"hit on a customer's sentence: {hit}"
        assert said not in [truth["turns"][each["turn"]] for each in truth["not_taboo"]], hit


def test_few_forbidden_hits_are_false(sample_nights: Any) -> None:
    said = {(call_id, each["phrase_id"]) for call_id, truth in TRUTHS.items() for each in truth["taboo"]}
    hits = sample_nights.rows("FROM taboo_hit WHERE kind = 'forbidden'")
    false = [hit for hit in hits if (hit["call_id"], hit["phrase_id"]) not in said]
    assert len(false) <= MAX_FALSE_FORBIDDEN, [(hit["call_id"], hit["matched_text"]) for hit in false]


def test_every_hit_explains_itself(sample_nights: Any) -> None:
    sql = """
        SELECT h.*, t.text, t.start_s AS turn_start_s, t.end_s AS turn_end_s
        FROM taboo_hit AS h INNER JOIN turn AS t USING (call_id, turn_index)
    """
    for hit in sample_nights.rows(sql):
        assert hit["text"][hit["char_start"] : hit["char_end"]] == hit["matched_text"]
        assert hit["turn_start_s"] - 0.01 <= hit["start_s"] < hit["end_s"] <= hit["turn_end_s"] + 0.01
        assert hit["replacement"]
        assert 0 < hit["confidence"] <= 1
    for table in ("cause_tag", "escalation", "behaviour"):
        for row in sample_nights.rows(f"FROM {table}"):
            assert table == "behaviour" or row["evidence"], f"{table} without evidence: {row}"


def test_top_causes(sample_nights: Any) -> None:
    found: dict[str, set[str]] = defaultdict(set)
    for row in sample_nights.rows("SELECT call_id, top_cause FROM cause_tag"):
        found[row["call_id"]].add(row["top_cause"])
    expected = {call_id: {cause["top"] for cause in truth["causes"]} for call_id, truth in TRUTHS.items()}
    right = sum(len(found[call_id] & tops) for call_id, tops in expected.items())
    recall = right / sum(map(len, expected.values()))
    precision = right / max(1, sum(map(len, found.values())))
    told = {call_id: (sorted(tops), sorted(found[call_id])) for call_id, tops in expected.items()}
    assert recall >= MIN_TOP_CAUSE_RECALL, (recall, precision, told)
    assert precision >= MIN_TOP_CAUSE_PRECISION, (recall, precision, told)


def test_praise_and_plain_enquiries_are_no_complaints(sample_nights: Any) -> None:
    tiers = {row["call_id"]: row["tier"] for row in sample_nights.rows("FROM tier")}
    for call_id in ("c001", "c010", "c012", "c022", "c023", "c028"):
        assert tiers[call_id] == "none"
        assert sample_nights.rows("FROM cause_tag WHERE call_id = $id", {"id": call_id}) == []
    assert tiers["c004"] == "formal"
    agree = sum(tiers[call_id] == truth["tier"] for call_id, truth in TRUTHS.items())
    assert agree >= 15, {c: (t["tier"], tiers[c]) for c, t in TRUTHS.items() if t["tier"] != tiers[c]}


def test_escalations(sample_nights: Any) -> None:
    found = {(row["call_id"], row["kind"]) for row in sample_nights.rows("FROM escalation")}
    expected = {(call_id, each["kind"]) for call_id, truth in TRUTHS.items() for each in truth["escalation"]}
    assert found == expected


def test_every_second_of_speech_is_accounted_for(sample_nights: Any) -> None:
    audits = sample_nights.rows("FROM recognition_audit")
    assert {row["call_id"] for row in audits} == set(TRUTHS)
    for row in audits:
        whole = row["recognised_s"] + row["suspect_s"] + row["unrecognised_s"]
        assert row["speech_s"] == pytest.approx(whole, abs=0.02)
        assert row["speech_s"] <= row["duration_s"] + 0.02
    speech_s = sum(row["speech_s"] for row in audits)
    assert sum(row["recognised_s"] for row in audits) > 0.9 * speech_s
    silent = next(row for row in audits if row["call_id"] == "c028")
    assert silent["recognised_s"] == 0


def test_case_libraries(sample_nights: Any) -> None:
    cases = sample_nights.rows("SELECT library_id, call_id, pair_key, side FROM library_case")
    by_library: dict[str, set[str]] = defaultdict(set)
    for case in cases:
        by_library[case["library_id"]].add(case["call_id"])
    for library in {library for truth in TRUTHS.values() for library in truth["libraries"]}:
        truly = {call_id for call_id, truth in TRUTHS.items() if library in truth["libraries"]}
        assert by_library[library] & truly, (library, dict(by_library))
    assert {"c004", "c009"} <= by_library["escalated_difficult"]
    pairs: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for case in (case for case in cases if case["library_id"] == "comparison"):
        pairs[case["pair_key"]].add((case["call_id"], case["side"]))
    assert {("c003", "good"), ("c002", "bad")} in pairs.values(), dict(pairs)
    truly = {kind: {c for c, t in TRUTHS.items() if kind in t["libraries"]} for kind in by_library}
    assert not by_library["excellent"] & truly["problem"]
    assert not by_library["problem"] & truly["excellent"]


def test_compared_calls_share_a_cause(sample_nights: Any) -> None:
    pairs: dict[str, set[str]] = defaultdict(set)
    for case in sample_nights.rows("FROM library_case WHERE library_id = 'comparison'"):
        pairs[case["pair_key"]].add(case["call_id"])
    for pair in pairs.values():
        tops = [{cause["top"] for cause in TRUTHS[call_id]["causes"]} for call_id in pair]
        assert set.intersection(*tops), f"{sorted(pair)} are no pair"


def test_every_case_can_be_heard(sample_nights: Any) -> None:
    sql = "SELECT s.case_id, c.file FROM library_case AS s LEFT JOIN clip AS c USING (case_id)"
    for row in sample_nights.rows(sql):
        assert row["file"], f"case without a clip: {row}"
        assert (sample_nights.data / "pages" / row["file"]).stat().st_size > 2000
    pages = "".join(path.read_text("utf-8") for path in (sample_nights.data / "pages").rglob("*.html"))
    for row in sample_nights.rows("SELECT file FROM clip"):
        assert Path(row["file"]).name in pages
    assert {path.name for path in (sample_nights.data / "morning").iterdir()} == {
        "2026-11-20.xlsx",
        "2026-11-21.xlsx",
    }


def test_nothing_is_left_in_flight(sample_nights: Any) -> None:
    assert list((sample_nights.data / "lake" / "_work").glob("night=*")) == []
    left = [path for path in sample_nights.data.rglob("*") if ".tmp" in path.name or ".part" in path.name]
    assert left == []
    assert not list(sample_nights.data.glob(".*build*"))


def test_every_row_leads_to_its_run(sample_nights: Any) -> None:
    runs = {row["run_id"]: row for row in sample_nights.rows("FROM run")}
    assert len(runs) == 2
    for run in runs.values():
        assert run["weights_digest"]
        assert run["lexicon_digest"]
        assert run["classifier_digest"]
    for table in ("call", "turn", "cause_tag", "taboo_hit", "library_case", "clip", "run_failure"):
        assert {row["run_id"] for row in sample_nights.rows(f"FROM {table}")} <= set(runs)
