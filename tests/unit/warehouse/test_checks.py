from datetime import date

import pytest

from transcribe.call import TimeSpan
from warehouse.case import Clip
from warehouse.case_rows import clip_rows
from warehouse.checks import CheckLevel, checks, parse_checks, require_ok, run_checks, shown
from warehouse.connect import open_reading, open_writing
from warehouse.errors import CheckFailed, WarehouseError
from warehouse.load import add_rows, build_warehouse
from warehouse.rows import RunContext
from warehouse.schema import read_checks

NIGHT = date(2026, 11, 20)


@pytest.fixture
def build(lake, nights, call, tmp_path):
    nights.night(NIGHT, "r1", [call("a"), call("b")])
    build_warehouse(lake, None, tmp_path / "x.build")
    return tmp_path / "x.build"


def failed(build, change: str = "", nights=None):
    with open_writing(build) as con:
        if change:
            con.execute(change)
        results = run_checks(con, nights)
    return {f"{r.check.subject}.{r.check.name}" for r in results if r.stops_publishing}


def test_a_good_night_passes_every_check_even_through_a_reading_connection(build):
    with open_reading(build) as con:
        results = run_checks(con)
    assert len(results) == len(checks())
    assert [shown(result) for result in results if not result.is_ok] == []
    require_ok(results)


BROKEN = [
    ("UPDATE call SET call_id = 'a'", "call.is_unique"),
    ("DELETE FROM tier WHERE call_id = 'a'", "call.has_tier"),
    ("DELETE FROM recognition_audit WHERE call_id = 'a'", "call.has_audit"),
    ("UPDATE call SET run_id = 'other'", "call.has_run"),
    ("INSERT INTO turn FROM turn", "turn.is_unique"),
    ("DELETE FROM call WHERE call_id = 'a'", "turn.has_call"),
    ("DELETE FROM call WHERE call_id = 'a'", "tier.has_call"),
    ("UPDATE turn SET role = 'boss'", "turn.role_is_known"),
    ("UPDATE turn SET end_s = start_s - 1", "turn.is_in_range"),
    ("UPDATE turn SET start_s = 0 WHERE turn_index = 1", "turn.starts_in_order"),
    (
        "UPDATE turn SET text = '我的电话13800000000', words = [], tokens = [], pinyin = []",
        "turn.digits_are_masked",
    ),
    ("UPDATE turn SET text = '幺三八零零幺二三四五六' || text, words = []", "turn.digits_are_masked"),
    ("UPDATE turn SET words = list_reverse(words)", "turn.words_join_to_text"),
    ("UPDATE turn SET tokens = ['x']", "turn.tokens_join_to_text"),
    ("UPDATE turn SET pinyin = pinyin[2:]", "turn.pinyin_fits_text"),
    ("UPDATE turn SET pinyin = list_resize([]::VARCHAR[], length(text), 'a')", "turn.pinyin_fits_text"),
    ("UPDATE taboo_hit SET turn_index = 1", "taboo_hit.is_said_by_agent"),
    ("UPDATE taboo_hit SET turn_index = 7", "taboo_hit.has_turn"),
    ("UPDATE taboo_hit SET matched_text = 'x'", "taboo_hit.text_fits_turn"),
    ("UPDATE taboo_hit SET confidence = 1.5", "taboo_hit.confidence_is_in_range"),
    ("UPDATE taboo_hit SET end_s = 0", "taboo_hit.span_is_ordered"),
    ("UPDATE cause_tag SET top_cause = 'weather'", "cause_tag.top_cause_is_known"),
    ("UPDATE cause_tag SET evidence = []", "cause_tag.has_evidence"),
    (
        "UPDATE cause_tag SET evidence = [struct_update(evidence[1], text := 'x')]",
        "cause_tag.evidence_fits_turn",
    ),
    (
        "UPDATE escalation SET evidence = [struct_update(evidence[1], turn_index := 9)]",
        "escalation.evidence_fits_turn",
    ),
    ("UPDATE tier SET evidence = []", "tier.has_evidence"),
    ("INSERT INTO handling_score FROM handling_score", "handling_score.is_unique"),
    ("UPDATE handling_score SET listening = 101", "handling_score.score_is_in_range"),
    ("UPDATE handling_score SET abstained = 'few_agent_turns'", "handling_score.abstains_with_reason"),
    ("UPDATE handling_score SET detail = 12", "handling_score.parts_make_abilities"),
    ("DELETE FROM score_part WHERE ability = 'detail'", "handling_score.parts_make_abilities"),
    ("DELETE FROM handling_score", "score_part.has_score"),
    ("UPDATE score_part SET ability = 'charm'", "score_part.ability_is_known"),
    ("UPDATE critical_error SET kind = 'late'", "critical_error.kind_is_known"),
    ("UPDATE critical_error SET evidence = []", "critical_error.has_evidence"),
    ("UPDATE customer_sign SET sign = 'joy'", "customer_sign.sign_is_known"),
    ("UPDATE motive SET motive = 'fame'", "motive.motive_is_known"),
    ("UPDATE customer_type SET background = 'press'", "customer_type.background_is_known"),
    ("UPDATE signal SET value = 1.2 WHERE name = 'silence_ratio'", "signal.ratio_is_in_range"),
    ("UPDATE signal SET value = 'nan'", "signal.is_finite"),
    ("UPDATE pii_mask SET char_start = 5", "pii_mask.is_masked"),
    ("UPDATE recognition_audit SET speech_s = speech_s + 1", "recognition_audit.adds_up"),
    ("UPDATE run_failure SET severity = 'failed'", "run_failure.reason_is_known"),
    ("UPDATE run_failure SET call_id = 'z'", "run_failure.warned_call_is_kept"),
    ("UPDATE run_failure SET file = '13800000000.wav'", "run_failure.file_has_no_long_digits"),
    ("UPDATE run SET call_count = 1", "run.counts_its_calls"),
    ("DELETE FROM run", "loaded_run.has_run"),
    ("UPDATE run SET kind = 'retag'", "run.kind_is_known"),
    ("UPDATE loaded_run SET transcript_run_id = 'x'", "loaded_run.has_transcript_run"),
    ("INSERT INTO loaded_run SELECT night, run_id, run_id, 'x' FROM loaded_run", "loaded_run.has_one_schema"),
]


@pytest.mark.parametrize(
    ("change", "check"), BROKEN, ids=[f"{check}-{at}" for at, (_, check) in enumerate(BROKEN)]
)
def test_a_broken_warehouse_is_not_published(build, change, check):
    assert check in failed(build, change)


def test_a_clip_with_a_doubtful_or_unsilenced_mask_is_not_published(build):
    clip = Clip("k", "case", "a", 5.0, 9.0, "k.opus", "d", 0, 0.0)
    add_rows(build, "clip", clip_rows([clip], RunContext("r1", NIGHT, "k")))
    found = failed(build, "UPDATE pii_mask SET is_time_exact = false")
    assert found >= {"clip.has_case", "clip.doubtful_masks_silence_their_turn", "clip.masks_are_counted"}


def test_a_clip_that_is_silent_for_the_whole_doubtful_turn_is_published(build):
    clip = Clip("k", "case", "a", 5.0, 9.0, "k.opus", "d", 1, 4.0)
    add_rows(build, "clip", clip_rows([clip], RunContext("r1", NIGHT, "k")))
    found = failed(build, "UPDATE pii_mask SET is_time_exact = false")
    assert not found & {"clip.doubtful_masks_silence_their_turn", "clip.masks_are_counted"}


SILENT = (TimeSpan(5.0, 9.0),)
OF_MASKS = {"clip.doubtful_masks_are_left_out", "clip.masks_cover_personal_data", "clip.masks_lie_inside"}


@pytest.mark.parametrize(
    ("masks", "is_time_exact", "found"),
    [
        (SILENT, True, set()),
        (SILENT, False, {"clip.doubtful_masks_are_left_out"}),
        ((TimeSpan(7.0, 7.01),), True, {"clip.masks_cover_personal_data"}),
        ((TimeSpan(4.0, 9.0),), True, {"clip.masks_lie_inside"}),
        ((TimeSpan(5.0, 6.0), TimeSpan(6.5, 9.5)), True, OF_MASKS - {"clip.doubtful_masks_are_left_out"}),
    ],
)
def test_a_new_clip_tells_where_it_is_silent(build, masks, is_time_exact, found):
    masked_s = sum(mask.duration_s for mask in masks)
    clip = Clip("k", "case", "a", 5.0, 9.0, "k.opus", "d", len(masks), masked_s, masks=masks, peaks=(1,) * 40)
    add_rows(build, "clip", clip_rows([clip], RunContext("r1", NIGHT, "k")))
    with open_writing(build) as con:
        con.execute(
            "UPDATE pii_mask SET start_s = 6, end_s = 8, is_time_exact = $exact", {"exact": is_time_exact}
        )
    assert failed(build) & OF_MASKS == found


def test_a_clip_of_another_recording_is_not_published(build):
    clip = Clip("k", "case", "a", 5.0, 9.0, "k.opus", "d", 1, 4.0, recording_digest="another", masks=SILENT)
    add_rows(build, "clip", clip_rows([clip], RunContext("r1", NIGHT, "k")))
    assert "clip.is_cut_from_its_recording" in failed(build)
    same = "UPDATE clip SET recording_digest = (SELECT recording_digest FROM call WHERE call_id = 'a')"
    assert "clip.is_cut_from_its_recording" not in failed(build, same)


def test_only_the_given_nights_are_looked_at(build):
    broken = "UPDATE turn SET role = 'boss'"
    assert failed(build, broken, [date(2026, 11, 21)]) == set()
    assert "turn.role_is_known" in failed(build, nights=[NIGHT])


def test_a_failure_names_the_check_its_meaning_and_rows(build):
    with open_writing(build) as con:
        con.execute("UPDATE turn SET role = 'boss'")
        results = run_checks(con)
    with pytest.raises(CheckFailed, match=r"turn\.role_is_known.*4 行.*role=boss"):
        require_ok(results)


def test_what_offends_is_counted_but_masked_text_is_never_shown(build):
    with open_writing(build) as con:
        con.execute("UPDATE turn SET text = '13800000000', words = [], tokens = [], pinyin = []")
        results = run_checks(con)
    lines = "".join(shown(result) for result in results)
    assert "digits_are_masked" in lines
    assert "13800000000" not in lines


def test_warnings_do_not_stop_publishing(build):
    with open_writing(build) as con:
        con.execute("UPDATE turn SET end_s = 100 WHERE turn_index = 1")
        results = run_checks(con)
    bad = [result for result in results if not result.is_ok]
    assert [(result.check.name, result.check.level) for result in bad] == [
        ("ends_within_call", CheckLevel.WARN)
    ]
    require_ok(results)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "SELECT 1",
        "SELECT 1;\n-- check late fail: 晚\nSELECT 1;",
        "-- check twice fail: 一\nSELECT 1;\n-- check twice warn: 二\nSELECT 1;",
        "-- check odd maybe: 什么\nSELECT 1;",
    ],
)
def test_a_check_file_that_is_not_one_is_refused(text):
    with pytest.raises(WarehouseError, match=r"thing/checks\.sql"):
        parse_checks("thing", text)


def test_shared_checks_are_every_table_s_own():
    sql = {(check.subject, check.name): check.sql for check in checks()}
    for subject in ("turn", "taboo_hit", "cause_tag"):
        assert f"FROM {subject}\n" in sql[subject, "has_call"]
    assert {name for _, name in sql} >= {"evidence_fits_turn", "says_who", "verdict_is_known"}
    assert not [key for key, text in sql.items() if "__table__" in text]


def test_a_shared_check_that_is_not_there_is_told(tmp_path):
    (tmp_path / "checks.sql").write_text("-- shared: has_cal\n", encoding="utf-8")
    with pytest.raises(WarehouseError, match=r"has_cal.*known: .*has_call"):
        read_checks(tmp_path)
