"""A prepared call holds no personal data in turns, words or suspects, and has pinyin and tokens."""

from dataclasses import asdict
from datetime import date

import pytest

from tagging.pii.masker import Masker, build_masker
from tagging.prepare import prepare_call
from tagging.words import Tokenizer
from transcribe.call import (
    Call,
    ChannelAudit,
    Recording,
    Segment,
    SpeakerRole,
    Suspect,
    Transcript,
    Turn,
    Word,
)


@pytest.fixture(scope="module")
def masker() -> Masker:
    return build_masker(None)


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer()


def words(text: str, start_s: float) -> tuple[Word, ...]:
    return tuple(
        Word(text[at : at + 2], start_s + at * 0.2, start_s + at * 0.2 + 0.35, 0.8)
        for at in range(0, len(text), 2)
    )


def call() -> Call:
    said = [
        (SpeakerRole.AGENT, "麻烦您报一下手机号和姓名"),
        (SpeakerRole.CUSTOMER, "我叫孙建国,手机号幺三八零零幺三八零零零"),
        (SpeakerRole.AGENT, "孙先生您好,这个月一共三百二十块"),
    ]
    turns = tuple(
        Turn(index, index % 2, role, 1.0, index * 5.0, index * 5.0 + 4.5, text, words(text, index * 5.0))
        for index, (role, text) in enumerate(said)
    )
    loop = "孙建国孙建国,零零幺三八零零零"
    suspect = Suspect(Segment(1, 12.0, 14.0, loop, words(loop, 12.0)), "loop")
    audit = ChannelAudit(1, SpeakerRole.CUSTOMER, 15.0, 6.5, 4.5, 2.0, 0.0, (suspect,))
    recording = Recording("c1", (), "0" * 64, date(2026, 11, 20), date(2026, 11, 20))
    return Call(recording, Transcript("c1", date(2026, 11, 20), 15.0, turns), (audit,))


def test_nothing_personal_is_left_anywhere(masker: Masker, tokenizer: Tokenizer):
    prepared, masks = prepare_call(call(), masker, tokenizer)
    everything = str(asdict(prepared))
    assert not any(secret in everything for secret in ("孙建国", "建国", "幺三八", "零零零"))
    assert [(mask.turn_index, mask.kind) for mask in masks] == [(1, "name"), (1, "phone")]
    assert prepared.transcript.turns[2].text == "孙先生您好,这个月一共三百二十块"


def test_texts_words_pinyin_and_tokens_share_offsets(masker: Masker, tokenizer: Tokenizer):
    before = call()
    prepared, _ = prepare_call(before, masker, tokenizer)
    for old, new in zip(before.transcript.turns, prepared.transcript.turns, strict=True):
        assert len(new.text) == len(old.text) == len(new.pinyin)
        assert "".join(word.text for word in new.words) == new.text == "".join(new.tokens)
        assert [(word.start_s, word.end_s) for word in new.words] == [
            (word.start_s, word.end_s) for word in old.words
        ]


def test_words_that_do_not_join_to_the_text_are_dropped(masker: Masker, tokenizer: Tokenizer):
    odd = call()
    first, second, third = odd.transcript.turns
    broken = Turn(1, 1, SpeakerRole.CUSTOMER, 1.0, 5.0, 9.5, second.text, second.words[1:])
    transcript = Transcript("c1", date(2026, 11, 20), 15.0, (first, broken, third))
    prepared, masks = prepare_call(Call(odd.recording, transcript), masker, tokenizer)
    assert prepared.transcript.turns[1].words == ()
    assert not any(mask.is_time_exact for mask in masks)


def test_preparing_again_changes_nothing(masker: Masker, tokenizer: Tokenizer):
    once, _ = prepare_call(call(), masker, tokenizer)
    assert prepare_call(once, masker, tokenizer) == (once, ())
