"""Personal data: kinds of digits, numbers over turns, times, the centre's own words, properties."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tagging.errors import LexiconInvalid
from tagging.pii.digit_kinds import is_id_number, is_luhn, shape_kind
from tagging.pii.masker import Masker, build_masker
from transcribe.call import SpeakerRole, Turn, Word


def turn(index: int, role: SpeakerRole, text: str) -> Turn:
    channel = 0 if role is SpeakerRole.AGENT else 1
    return Turn(index, channel, role, 1.0, index * 4.0, index * 4.0 + 3.5, text)


@pytest.fixture(scope="module")
def masker() -> Masker:
    return build_masker(None)


@pytest.mark.parametrize(
    ("digits", "kind"),
    [
        ("13800138000", "phone"),
        ("01080001234", "phone"),
        ("1380013800013800138000", "phone"),
        ("110101198003070017", "id_number"),
        ("51010419880229116X", "id_number"),
        ("110101800307001", "id_number"),
        ("6225880000004326", "bank_card"),
        ("6222020000001234566", "bank_card"),
        ("20261120", None),
        ("123456", None),
    ],
)
def test_shape_of_digits(digits: str, kind: str | None):
    assert shape_kind(digits) == kind


def test_check_digits_are_checked():
    assert is_id_number("110101198003070017")
    assert not is_id_number("110101198003070018")
    assert not is_id_number("110101198013070017")
    assert is_luhn("6225880000004326")
    assert not is_luhn("6225880000004327")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("回访13800138000未接", "回访***********未接"),
        ("我的手机号是幺三八零零幺三八零零零。", "我的手机号是***********。"),
        ("工单号20261120001已派单", "工单号20261120001已派单"),
        ("退款125000元,2026年11月20日到账", "退款125000元,2026年11月20日到账"),
        ("请拨打12315或95588,4008001234", "请拨打12315或95588,4008001234"),
        ("孙先生来电,已转接", "孙先生来电,已转接"),
        ("客户姓名:孙建国,要求退费", "客户姓名:***,要求退费"),
        ("身份证110101198003070017已核", "身份证******************已核"),
        ("发到chen_yu88@example.com", "发到*********************"),
        ("车牌京A86025", "车牌*******"),
        ("", ""),
    ],
)
def test_free_text(masker: Masker, text: str, expected: str):
    assert masker.mask_text(text) == expected


@pytest.mark.parametrize("filler", ["嗯", ",", "那个", "不对", ""])
@pytest.mark.parametrize("size", [2, 3, 4])
def test_a_number_is_followed_over_turns_and_echoes(masker: Masker, filler: str, size: int):
    number = "幺三五零零零零八六四二"
    parts = [number[at : at + size] for at in range(0, len(number), size)]
    said: list[tuple[SpeakerRole, str]] = [(SpeakerRole.AGENT, "麻烦您报一下手机号码")]
    for part in parts:
        said += [(SpeakerRole.CUSTOMER, filler + part), (SpeakerRole.AGENT, f"{part},嗯")]
    turns = tuple(turn(index, role, text) for index, (role, text) in enumerate(said))
    left = apply_masks(turns, masker)
    assert not any(char in text for text in left[1:] for char in "幺三五零八六四二"), left


@pytest.mark.parametrize(
    ("asked", "heard", "left"),
    [
        ("您把卡后报一下", "UR20000,有有有有,反而而三。", "*******,****,****。"),
        ("那您报一下身份正好", "交曜零要零要,交九八零零要零零零。", "******,*********。"),
        ("打这个号码对吗", "我的手机是要三九零零零零腰腰腰。", "我的手机是**********。"),
        ("您说一下地址", "我住在和平期建设路188号,三动二单也六零要。", "我住在*******************。"),
        ("户明呢", "周小奔。", "***。"),
    ],
)
def test_what_recognition_makes_of_a_telephone_line(masker: Masker, asked: str, heard: str, left: str):
    turns = (turn(0, SpeakerRole.AGENT, asked), turn(1, SpeakerRole.CUSTOMER, heard))
    assert apply_masks(turns, masker)[1].replace("*,*", "***") == left.replace("*,*", "***")


def test_times_are_widened_and_doubtful_ones_marked(masker: Masker):
    words = (
        Word("尾号", 1.0, 1.4, 0.9),
        Word("八零", 1.5, 1.9, 0.9),
        Word("零一", 1.9, 2.3, 0.1),
        Word("的卡", 2.4, 2.8, 0.9),
    )
    text = "".join(word.text for word in words)
    whole = Turn(7, 1, SpeakerRole.CUSTOMER, 1.0, 0.5, 3.0, text, words)
    (mask,) = masker.find([whole])
    assert (mask.turn_index, mask.char_start, mask.char_end) == (7, 2, 6)
    assert (mask.start_s, mask.end_s) == pytest.approx((1.35, 2.45))
    assert not mask.is_time_exact
    sure = replace(whole, words=tuple(replace(word, probability=0.8) for word in words))
    assert masker.find([sure])[0].is_time_exact
    (wordless,) = masker.find([replace(whole, words=())])
    assert (wordless.start_s, wordless.end_s, wordless.is_time_exact) == (0.5, 3.0, False)


def test_centre_overrides_a_threshold(tmp_path: Path, masker: Masker):
    own = tmp_path / "pii" / "digits.yaml"
    own.parent.mkdir()
    own.write_text("min_bare_digits: 4\n", encoding="utf-8")
    strict = build_masker(tmp_path)
    assert masker.mask_text("就是五六七八啊") == "就是五六七八啊"
    assert strict.mask_text("就是五六七八啊") == "就是****啊"
    assert strict.digest != masker.digest


def test_a_wrong_key_names_file_and_line(tmp_path: Path):
    own = tmp_path / "pii" / "digits.yaml"
    own.parent.mkdir()
    own.write_text("# own\nmin_bare_digit: 4\n", encoding="utf-8")
    with pytest.raises(LexiconInvalid, match=r"digits\.yaml:2.*min_bare_digits"):
        build_masker(tmp_path)


def apply_masks(turns: tuple[Turn, ...], masker: Masker) -> list[str]:
    texts = [list(each.text) for each in turns]
    for mask in masker.find(turns):
        texts[mask.turn_index][mask.char_start : mask.char_end] = "*" * (mask.char_end - mask.char_start)
    return ["".join(text) for text in texts]


SAID = """手机号 身份证号是 我叫 孙建国 地址是 文三路 三栋 五零一室 幺三八 零零零零 138 0013 8000 三百二十块
11月20号 尾号 验证码 嗯 , 。 对吧 请报一下 艾特 京A 叉 的 是 要 10086 姓名 先生"""
PIECES = st.sampled_from(SAID.split())
TEXTS = st.lists(PIECES, max_size=9).map("".join)


@settings(max_examples=150, deadline=None)
@given(
    texts=st.lists(TEXTS | st.text(alphabet="零幺二三四五六七八九0123嗯,。我要叉", max_size=24), max_size=6)
)
def test_masking_keeps_lengths_and_is_idempotent(masker: Masker, texts: list[str]):
    roles = (SpeakerRole.AGENT, SpeakerRole.CUSTOMER)
    turns = tuple(turn(index, roles[index % 2], text) for index, text in enumerate(texts))
    left = apply_masks(turns, masker)
    assert [len(text) for text in left] == [len(text) for text in texts]
    again = tuple(replace(each, text=text) for each, text in zip(turns, left, strict=True))
    assert masker.find(again) == ()


HOTLINE_STARTS = ("400", "800", "1010", "四零零", "八零零", "幺零幺零")


@settings(max_examples=200, deadline=None)
@given(
    number=st.text(alphabet="零幺二三四五六七八九", min_size=7, max_size=20)
    | st.from_regex(r"[0-9]{7,20}", fullmatch=True),
    before=st.sampled_from(["", "我的是", "嗯,", "然后", "那个谁"]),
    after=st.sampled_from(["", "。", ",对吧", "啊", "这个"]),
)
def test_no_long_number_survives(masker: Masker, number: str, before: str, after: str):
    assume(not number.startswith(HOTLINE_STARTS))
    left = masker.mask_text(before + number + after)
    assert not re.search(r"[0-9零幺二三四五六七八九]{7}", left)
