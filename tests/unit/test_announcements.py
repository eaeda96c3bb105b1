"""What a machine says before people speak: split off by wording and place, and nothing of a person's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcribe.announcements import AnnouncementOptions, split_announcements
from transcribe.call import Segment, Word
from transcribe.wordlists import load_role_cues

CUES = load_role_cues()
MENU = "欢迎致电华信银行客服热线。"
KEYS = "信用卡业务请按1,借记卡业务请按2,人工服务请按0。"
NOTICE = "为了保证服务质量,本次通话将被录音。"
BUSY = "坐席全忙,请耐心等待。"
NUMBER = "8026号客服代表为您服务。"
GREETING = "您好,工号8026为您服务,请问有什么可以帮您?"
QUESTION = "你好,我想问一下我的账单。"


def said(*texts: str | tuple[float, str], pause_s: float = 1.0) -> list[Segment]:
    """One segment per text, a quarter of a second per character; a number before a text is its own pause."""
    segments: list[Segment] = []
    at_s = 0.0
    for given_text in texts:
        pause, text = given_text if isinstance(given_text, tuple) else (pause_s, given_text)
        at_s += pause
        words = tuple(Word(c, at_s + n / 4, at_s + (n + 1) / 4, 0.9) for n, c in enumerate(text))
        segments.append(Segment(0, at_s, at_s + len(text) / 4, text, words))
        at_s += len(text) / 4
    return segments


def split(segments: list[Segment]) -> tuple[str, str]:
    announced, rest = split_announcements(segments, CUES, AnnouncementOptions())
    return "".join(s.text for s in announced), "".join(s.text for s in rest)


@pytest.mark.parametrize(
    ("announced", "people"),
    [
        ([MENU], [GREETING, QUESTION]),
        ([MENU, KEYS, NOTICE, BUSY, NUMBER], [GREETING, QUESTION]),
        ([NOTICE], ["您好,请问有什么可以帮您?"]),
        (["工号8026为您服务。"], ["您好,请问有什么可以帮您?"]),
        (["您好。", KEYS], [GREETING]),
        ([KEYS], [QUESTION]),
        (["正在为您转接,请不要挂机。"], ["喂,你好。"]),
        ([NOTICE], []),
    ],
)
def test_announcements_at_the_start_are_the_machines(announced: list[str], people: list[str]) -> None:
    assert split(said(*announced, *people)) == ("".join(announced), "".join(people))


@pytest.mark.parametrize(
    "people",
    [
        [GREETING, QUESTION],
        ["您好,欢迎致电华信银行,工号8026,请问有什么可以帮您?", QUESTION],
        ["您好,我是华信银行的客服,本次通话会录音,请问是孙先生吗?"],
        ["您好。", "工号8026很高兴为您服务。", "请问有什么可以帮您?"],
        [QUESTION, "我按了1还是没有反应。"],
        ["孙女士您好,感谢您的来电。"],
        ["喂,听得到吗?", NOTICE],
        [GREETING, QUESTION, "那您先挂机,再打进来以后请按2。"],
        [GREETING, (1.0, MENU)],
        ["嗯。", "好的。"],
        [],
    ],
)
def test_what_people_say_stays_theirs(people: list[str]) -> None:
    assert split(said(*people))[0] == ""


def test_a_person_in_the_same_breath_keeps_what_a_person_may_say_and_not_the_keys() -> None:
    assert split(said(NOTICE, (0.1, "请问是孙女士吗?")))[0] == ""
    assert split(said(KEYS, (0.1, GREETING))) == (KEYS, GREETING)


def test_a_segment_of_both_is_cut_between_its_sentences() -> None:
    announced, rest = split_announcements(said(KEYS + GREETING), CUES, AnnouncementOptions())
    assert [s.text for s in (*announced, *rest)] == [KEYS, GREETING]
    assert announced[0].end_s <= rest[0].start_s
    assert rest[0].end_s == said(KEYS + GREETING)[0].end_s


def test_nothing_late_is_an_announcement() -> None:
    assert split(said((400.0, KEYS)))[0] == ""


@given(
    st.lists(st.sampled_from([MENU, KEYS, NOTICE, GREETING, QUESTION, "嗯。", "好"]), max_size=6),
    st.floats(0, 2),
)
def test_every_word_is_kept_in_order(texts: list[str], pause_s: float) -> None:
    segments = said(*texts, pause_s=pause_s)
    announced, rest = split_announcements(segments, CUES, AnnouncementOptions())
    kept = [word for segment in (*announced, *rest) for word in segment.words]
    assert kept == [word for segment in segments for word in segment.words]
