"""Normalising text and keeping words aligned with it."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from transcribe.call import Word
from transcribe.normalize import bare, normalise, normalise_words, to_simplified

TEXTS = st.text(
    st.one_of(st.characters(), st.sampled_from("你好嗎電話費 ，。?！　①ＡＢab12\ufffd\u0301が゙裡頭"))
)


@pytest.mark.parametrize(
    ("original", "expected"),
    [
        ("您好，請問有什麼可以幫您？", "您好,请问有什么可以帮您?"),
        ("这个月的话费。", "这个月的话费。"),
        ("你好 我想问一下", "你好,我想问一下"),
        ("好的。 谢谢", "好的。谢谢"),
        ("  开头和结尾  ", "开头和结尾"),
        ("用 APP 查", "用 APP 查"),
        ("ＡＢＣ　１２３", "ABC 123"),
        ("hello   world", "hello world"),
        ("坏\ufffd字\x00节", "坏字节"),
        ("", ""),
        (" 　 ", ""),
    ],
)
def test_texts(original: str, expected: str) -> None:
    assert normalise(original).text == expected


@given(TEXTS)
@example("か\ufffd゙")
def test_offsets_point_into_the_original_and_never_fall(original: str) -> None:
    result = normalise(original)
    assert len(result.offsets) == len(result.text) + 1
    assert result.offsets[-1] == len(original)
    assert list(result.offsets) == sorted(result.offsets)
    assert all(0 <= offset < len(original) for offset in result.offsets[:-1])


@given(TEXTS)
def test_result_is_nfkc_trimmed_and_single_spaced(original: str) -> None:
    text = normalise(original).text
    assert unicodedata.is_normalized("NFKC", text)
    assert text == text.strip()
    assert "  " not in text


@given(st.text(st.sampled_from("您好嗎電話費用 ，。?APP12")))
def test_a_character_that_stays_is_found_where_the_offsets_say(original: str) -> None:
    result = normalise(original)
    for index, character in enumerate(result.text):
        source = original[result.offsets[index]]
        is_settled_space = character in ", "
        assert is_settled_space or to_simplified(unicodedata.normalize("NFKC", source)) == character


@given(st.lists(TEXTS, max_size=8))
def test_joined_words_are_the_normalised_text(texts: list[str]) -> None:
    words = [Word(text, float(n), n + 1.0, 0.5) for n, text in enumerate(texts)]
    normalised = normalise_words(words)
    assert "".join(word.text for word in normalised) == normalise("".join(texts)).text
    assert all(word.text for word in normalised)
    starts = [word.start_s for word in normalised]
    assert starts == sorted(starts)


def test_words_keep_their_times_and_probabilities() -> None:
    words = [
        Word("電", 1.0, 1.2, 0.9),
        Word("話，", 1.2, 1.5, 0.8),
        Word(" ", 1.5, 1.6, 0.1),
        Word("好", 2.0, 2.2, 0.7),
    ]
    assert normalise_words(words) == (
        Word("电", 1.0, 1.2, 0.9),
        Word("话,", 1.2, 1.5, 0.8),
        Word("好", 2.0, 2.2, 0.7),
    )


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), max_size=30))
def test_simplifying_keeps_the_length(text: str) -> None:
    assert len(to_simplified(text)) == len(text)


def test_bare_keeps_only_what_is_said() -> None:
    assert bare("您好, 请问 APP 呢? 100%。") == "您好请问app呢100"
