"""Where agents say who they are, however the recogniser spelled it."""

import pytest

from tagging.pinyin import to_pinyin
from transcribe.call import SpeakerRole, Turn, Word
from warehouse.agent_mentions import agent_mentions, mention_spans
from warehouse.pages.hidden_agent import without_agent


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("您好,工号八零二六为您服务,请问", ["八零二六"]),
        ("这里是宽带客服、工号久而要吧。昨天师傅", ["久而要吧"]),
        ("公号8026为您服务", ["8026"]),
        ("我的工号是3 0 2 1,您记一下", ["3 0 2 1"]),
        ("我是客服小王,很高兴", ["小王"]),
        ("我是八零二六号", ["八零二六"]),
        ("工号一二三四五六七八九零一我们这边会处理", ["一二三四五六七八九零一"]),
        ("我们客服小时候", []),
        ("您的话费是八十二块六", []),
        ("工号*****为您服务", []),
    ],
)
def test_what_is_hidden(text: str, hidden: list[str]) -> None:
    spans = mention_spans(text, to_pinyin(text), "A8026")
    assert [text[begin:end] for begin, end in spans] == hidden


def test_without_sounds_and_without_an_id() -> None:
    assert mention_spans("公号八零二六为您服务", (), None) == []
    assert mention_spans("工号八零二六为您服务", (), None) == [(2, 6)]


def test_times_are_those_of_the_words() -> None:
    words = tuple(
        Word(text, n * 1.0, n + 0.5, 0.9) for n, text in enumerate(("工号", "八零", "二六", "为您"))
    )
    agent = Turn(0, 0, SpeakerRole.AGENT, 0.9, 0.0, 4.0, "工号八零二六为您", words)
    customer = Turn(1, 1, SpeakerRole.CUSTOMER, 0.9, 5.0, 9.0, "工号八零二六为您", words)
    (mask,) = agent_mentions((agent, customer), None)
    assert (mask.turn_index, mask.start_s, mask.end_s, mask.is_time_exact) == (0, 1.0, 2.5, True)
    (doubtful,) = agent_mentions((Turn(0, 0, SpeakerRole.AGENT, 0.9, 0.0, 4.0, "工号八零二六"),), None)
    assert not doubtful.is_time_exact


def test_pages_hide_it_in_words_too() -> None:
    words = [{"text": text, "start_s": 0.0} for text in ("工号八", "零二六", "为您")]
    agent = {"role": "agent", "text": "工号八零二六为您", "words": words, "pinyin": None}
    customer = agent | {"role": "customer"}
    hidden, kept = without_agent([agent, customer], None)
    assert hidden["text"] == "工号****为您"
    assert [word["text"] for word in hidden["words"]] == ["工号*", "***", "为您"]
    assert kept == customer
