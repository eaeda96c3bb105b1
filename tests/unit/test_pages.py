"""The pure parts of the pages: words and evidence, names, bars. The rest is tested in a browser."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcribe.call import TimeSpan, Word
from warehouse.pages.charts import WIDTH, cause_bars, trend_bars
from warehouse.pages.names import clip_file, clock, day_name, page_id, shortened, shown_id, typeset
from warehouse.pages.pieces import PRIORITY, Mark, runs_of
from warehouse.pages.said import literal

CLIP = TimeSpan(10.0, 20.0)


def words_of(text: str, size: int = 2, start_s: float = 10.0) -> tuple[Word, ...]:
    parts = [text[i : i + size] for i in range(0, len(text), size)]
    return tuple(Word(part, start_s + n, start_s + n + 1, 0.9) for n, part in enumerate(parts))


def test_evidence_splits_words_without_losing_characters() -> None:
    runs = runs_of("我不知道的", words_of("我不知道的"), [Mark(1, 4, "taboo", literal("禁语"))], CLIP)
    assert [[(p.text, p.kind) for p in run.pieces] for run in runs] == [
        [("我", ""), ("不", "taboo")],
        [("知道", "taboo")],
        [("的", "")],
    ]
    assert (runs[1].start_s, runs[1].end_s) == (1.0, 2.0)


def test_the_graver_evidence_wins_and_personal_data_over_all() -> None:
    marks = [Mark(0, 6, "good", literal("g")), Mark(0, 4, "taboo", literal("t"))]
    (run,) = runs_of("abcd**", (Word("abcd**", 10, 11, 1),), marks, CLIP)
    assert [(p.text, p.kind) for p in run.pieces] == [("abcd", "taboo"), ("**", "pii")]


def test_words_outside_the_clip_have_no_time() -> None:
    runs = runs_of("abcdef", words_of("abcdef", start_s=18.5), [], CLIP)
    assert [run.start_s for run in runs] == [8.5, 9.5, None]
    assert runs[1].end_s == 10.0


def test_words_that_do_not_add_up_are_shown_without_times() -> None:
    (run,) = runs_of("abcdef", words_of("abcd"), [Mark(0, 2, "cause", literal("c"))], CLIP)
    assert run.start_s is None
    assert "".join(piece.text for piece in run.pieces) == "abcdef"


@given(
    st.text(alphabet="好的*吗<>&", max_size=30),
    st.lists(st.tuples(st.integers(-3, 40), st.integers(-3, 40), st.sampled_from(PRIORITY)), max_size=6),
    st.integers(1, 4),
)
def test_no_character_is_lost_or_added(text: str, spans: list[tuple[int, int, str]], size: int) -> None:
    marks = [Mark(begin, end, kind, literal(kind)) for begin, end, kind in spans]
    runs = runs_of(text, words_of(text, size), marks, CLIP)
    assert "".join(piece.text for run in runs for piece in run.pieces) == typeset(text)


@pytest.mark.parametrize(
    ("stored", "printed"),
    [
        ("您好,请问?我:是!", "您好，请问？我：是！"),
        ("***,对吗?", "***，对吗？"),
        ("3,000 ok, yes?", "3,000 ok, yes?"),
        ("看不懂中文(英文)吗", "看不懂中文（英文）吗"),
        (",", ","),
    ],
)
def test_punctuation_is_set_as_in_print(stored: str, printed: str) -> None:
    assert typeset(stored) == printed


@pytest.mark.parametrize(
    ("raw", "is_kept"),
    [
        ("0123456789abcdef", True),
        ("../../etc/passwd", False),
        ("0123456789ABCDEF", False),
        ("", False),
        ("a/b", False),
    ],
)
def test_page_ids_are_never_paths(raw: str, is_kept: bool) -> None:
    made = page_id(raw)
    assert (made == raw) == is_kept
    assert len(made) == 16
    assert made.isalnum()


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("clips/ab/0123456789abcdef.ogg", "clips/ab/0123456789abcdef.ogg"),
        ("clips/ab/0123456789abcdef.mp3", "clips/ab/0123456789abcdef.mp3"),
        ("../clips/ab/0123456789abcdef.ogg", ""),
        ("clips/ab/0123456789abcdef.html", ""),
        ("javascript:alert(1)", ""),
        (None, ""),
    ],
)
def test_only_our_own_clips_are_linked(raw: str | None, shown: str) -> None:
    assert clip_file(raw) == shown


@pytest.mark.parametrize(
    ("call_id", "shown"),
    [
        ("c001", "c001"),
        ("20261120093012345", "20261120093012345"),
        ("call-13800001111-2", "call-***********-2"),
        ("11010119900101123X", "******************"),
        ("02112345678", "***********"),
    ],
)
def test_a_persons_number_in_a_call_id_is_not_shown(call_id: str, shown: str) -> None:
    assert shown_id(call_id) == shown


def test_names() -> None:
    assert day_name(date(2026, 11, 20)) == "11月20日 周五"
    assert clock(65.9) == "1:05"
    assert clock(-1) == "0:00"
    assert shortened("一二三四五", 3) == "一二…"
    assert shortened("一二三", 3) == "一二三"


def test_bars_fill_the_drawing_and_no_more() -> None:
    bars = cause_bars([("fees", literal("费用"), 4, ()), ("skill", literal("技能"), 1, ())])
    assert [bar.width for bar in bars] == [WIDTH, WIDTH / 4]
    assert cause_bars([]) == ()
    nights = [(date(2026, 11, day), 10 * day, day) for day in range(1, 31)]
    trend = trend_bars(nights)
    assert trend[-1].x + trend[-1].width <= WIDTH
    assert sum(1 for bar in trend if bar.label) <= 7
    assert trend[-1].label == "11/30"
    assert trend[-1].part < trend[-1].height
    assert trend_bars([(date(2026, 11, 1), 0, 0)]) == ()
