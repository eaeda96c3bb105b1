"""Words join to the text, terms of the field stay whole, nothing is written or logged."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagging.words import Tokenizer, words_digest


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer()


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("我要做账单分期的", "账单分期"),
        ("最低还款没还够", "最低还款"),
        ("收了我违约金", "违约金"),
        ("我们首问负责的", "首问负责"),
        ("我要携号转网", "携号转网"),
        ("打到金融监管总局去", "金融监管总局"),
    ],
)
def test_terms_stay_whole(tokenizer: Tokenizer, text: str, term: str):
    assert term in tokenizer.tokens(text)


@given(text=st.text(max_size=60) | st.text(alphabet="我的卡号是幺三八*,。? aB1嗯呃\n", max_size=40))
def test_tokens_join_to_the_text(tokenizer: Tokenizer, text: str):
    assert "".join(tokenizer.tokens(text)) == text


def test_writes_no_cache_and_logs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    Tokenizer().tokens("您好")
    assert list(tmp_path.iterdir()) == []
    assert capfd.readouterr().err == ""


def test_digest_follows_the_terms(tmp_path: Path):
    userdict = tmp_path / "userdict.txt"
    userdict.write_text("# own\n天天向上卡\n", encoding="utf-8")
    assert words_digest(userdict) != words_digest()
    assert Tokenizer(userdict).tokens("办天天向上卡") == ("办", "天天向上卡")
