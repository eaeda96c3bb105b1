"""What a recogniser is shown before it hears: short, of the line of business, changeable by the centre."""

from datetime import date
from pathlib import Path

import pytest

from flows.config import load_config
from flows.ears import domain_prompts, transcribe_options
from tagging.errors import LexiconInvalid
from tagging.prompts import load_prompts, prompt_pairs
from transcribe.call import Recording
from transcribe.recognise.protocol import RecogniseOptions

DAY = date(2026, 11, 20)


def test_every_shipped_prompt_is_short_and_names_its_terms() -> None:
    prompts = load_prompts(None)
    for line, prompt in prompt_pairs(prompts):
        assert len(prompt) <= prompts.max_chars
        assert prompt.endswith("。")
        assert "{line}" not in prompt
        assert prompts.lines[line].terms[0] in prompt


def test_what_does_not_fit_is_left_out_at_a_term() -> None:
    prompts = load_prompts(None)
    short = prompts.model_copy(update={"max_chars": 30})
    text = short.text_of("credit_card")
    assert len(text) <= 30
    assert text.removesuffix("。").split("、")[-1].endswith(("账单日", "还款日", "最低还款额"))


def test_the_centre_changes_a_key(tmp_path: Path) -> None:
    (tmp_path / "prompts.yaml").write_text(
        "lines:\n  loan:\n    name: 贷款\n    terms: [等额本息]\n", encoding="utf-8"
    )
    assert [line for line, _ in prompt_pairs(load_prompts(tmp_path))] == ["loan"]
    (tmp_path / "prompts.yaml").write_text("terms: []\n", encoding="utf-8")
    with pytest.raises(LexiconInvalid, match=r"prompts\.yaml"):
        load_prompts(tmp_path)


def test_a_call_gets_the_prompt_of_its_line(tmp_path: Path) -> None:
    config = load_config(None, data_dir=str(tmp_path))
    options = transcribe_options(config)
    card = Recording("k", (), "d", DAY, DAY, line_of_business="credit_card")
    assert "账单日" in options.prompt_of(card)
    assert options.prompt_of(Recording("k", (), "d", DAY, DAY)) == RecogniseOptions().prompt
    off = config.model_copy(
        update={"recognition": config.recognition.model_copy(update={"domain_prompt": False})}
    )
    assert domain_prompts(off) == ()
    assert transcribe_options(off).prompt_of(card) == RecogniseOptions().prompt
