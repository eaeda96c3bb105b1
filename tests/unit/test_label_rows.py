"""What people said of causes becomes rows to learn from, and a model that learnt from them stays in force."""

import json
from pathlib import Path

import pytest

from tagging.causes.label_rows import CauseVerdict, label_rows
from tagging.causes.labelled_model import NOTE_NAME, choose_model
from tagging.causes.model_file import load_shipped, model_path


def said(verdict: str, corrected: str | None = None, target: str = "t", call: str = "a") -> CauseVerdict:
    return CauseVerdict(target, call, "怎么又扣我钱", verdict, "fees/annual_fee", corrected)


@pytest.mark.parametrize(
    ("verdicts", "labels"),
    [
        ([said("right")], ("fees/annual_fee",)),
        ([said("wrong", "process")], ("process",)),
        ([said("wrong", "none")], ()),
        ([said("wrong")], None),
        ([said("unsure")], None),
        ([said("right"), said("wrong", "process")], None),
        ([said("right"), said("right"), said("unsure")], ("fees/annual_fee",)),
        ([said("right"), said("wrong", "product/app", target="u")], ("fees/annual_fee", "product/app")),
    ],
)
def test_a_verdict_teaches_what_people_agree_on(verdicts, labels):
    rows = label_rows(verdicts)
    assert [row.labels for row in rows] == ([] if labels is None else [labels])
    assert {row.group for row in rows} <= {"label:a"}


def test_all_texts_of_a_call_are_one_group():
    rows = label_rows([said("right", target="t"), said("right", target="u", call="b")])
    assert [row.group for row in rows] == ["label:a", "label:b"]


def test_the_labelled_model_is_in_force_until_it_is_outdated(tmp_path: Path):
    shipped = load_shipped()
    model_path(tmp_path, shipped.digest).touch()
    assert choose_model(tmp_path, shipped).digest == shipped.digest
    model_path(tmp_path, "f" * 64).touch()
    note = tmp_path / NOTE_NAME
    note.write_text(json.dumps({"digest": "f" * 64, "base_digest": shipped.digest, "label_count": 9}))
    chosen = choose_model(tmp_path, shipped)
    assert (chosen.digest, chosen.label_count, chosen.warning) == ("f" * 64, 9, None)
    for content in (json.dumps({"digest": "f" * 64, "base_digest": "older"}), "half a fi"):
        note.write_text(content)
        chosen = choose_model(tmp_path, shipped)
        assert chosen.digest == shipped.digest
        assert "huiting train" in (chosen.warning or "")
