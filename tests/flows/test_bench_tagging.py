"""`huiting bench tagging --measure`: labelled texts of our own, counted."""

import json

import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.config import ConfigInvalid

CAUSES = [
    {"id": 1, "domain": "a", "text": "你们凭什么乱扣我的钱，给我退了", "labels": ["fees"]},
    {"id": 2, "domain": "a", "text": "请问我还有多少流量", "labels": ["none"]},
    {"id": 3, "domain": "b", "text": "请问营业厅几点开门", "labels": ["fees"]},
    {
        "id": 4,
        "domain": "b",
        "turns": ["喂你好", "我要投诉到工信部，你们乱扣费"],
        "labels": ["fees"],
        "escalation": "regulator_or_media",
    },
]
TABOO = [
    {"id": 1, "text": "你要去问别人，这不是我们的事", "label": "taboo", "kind": "x"},
    {"id": 2, "text": "您好，很高兴为您服务", "label": "ok", "kind": "x"},
    {"id": 3, "text": "您好，请问有什么可以帮您", "label": "taboo", "kind": "y"},
    {"id": 4, "text": "你要去问别人，这不是我们的事", "label": "borderline", "kind": "y"},
]


@pytest.fixture
def bench(tmp_path, models):
    """Runs the command over files of rows; returns what it did and the figures it kept."""

    def run(option="--measure", suffix="jsonl", **files):
        folder = tmp_path / "measure"
        folder.mkdir(exist_ok=True)
        for name, rows in files.items():
            text = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
            (folder / f"{name}.{suffix}").write_text(text, encoding="utf-8")
        data = tmp_path / "data"
        data.mkdir(exist_ok=True)
        (data / "models").symlink_to(models)
        kept = tmp_path / "figures.json"
        command = ["bench", "tagging", option, str(folder), "--json", str(kept), "--data-dir", str(data)]
        done = CliRunner().invoke(app, command)
        return done, json.loads(kept.read_text("utf-8")) if kept.exists() else None

    return run


def test_rows_are_counted_per_domain_and_kind(bench):
    done, figures = bench(causes_own=CAUSES, taboo_own=TABOO)
    assert done.exit_code == 0, done.output
    found = figures["measure"]
    assert found["causes"]["a"]["causes"]["fees"] == {"hits": 1, "false_alarms": 0, "misses": 0}
    assert found["causes"]["b"]["causes"]["fees"] == {"hits": 1, "false_alarms": 0, "misses": 1}
    assert found["causes"]["all"]["complaint_accuracy"] == 0.75
    assert found["escalation"] == {"hits": 1, "false_alarms": 0, "misses": 0}
    assert found["taboo"]["all"] == {"hits": 1, "false_alarms": 0, "misses": 1, "clean": 1}
    assert found["taboo"]["y"]["misses"] == 1


def test_a_bad_row_is_named(bench):
    done, _ = bench(causes_own=[*CAUSES, {"id": 5, "text": "好"}])
    assert isinstance(done.exception, ConfigInvalid)
    assert "causes_own.jsonl:5：标注缺少或写错了：labels" in str(done.exception)


def test_an_empty_folder_is_refused(bench):
    assert isinstance(bench()[0].exception, ConfigInvalid)


def test_recordings_are_measured_against_their_truth(bench):
    truth = {
        "call_id": "k1",
        "tier": "formal",
        "turns": [
            {"role": "customer", "start_s": 0.0, "end_s": 4.0, "text": "你们凭什么乱扣费，我要投诉到工信部"},
            {"role": "agent", "start_s": 4.5, "end_s": 7.0, "text": "你要去问别人，这不是我们的事"},
        ],
        "taboo": [{"kind": "forbidden", "turn": 1, "phrase_id": "not_our_business"}],
        "causes": [{"top": "fees", "source": "customer_stated"}],
    }
    # JSON is YAML: a truth file may be written so.
    done, figures = bench("--truth", "yaml", k1=[truth])
    assert done.exit_code == 0, done.output
    found = figures["samples"]
    assert list(found) == ["原文"], "nothing was recorded, so there is nothing as heard"
    assert found["原文"]["taboo"] == {"true": 1, "marked": 1, "hits": 1}
    assert found["原文"]["tiers_right"] == 1
    assert found["原文"]["causes"]["hits"] == 1


def test_a_truth_file_without_a_tier_is_named(bench):
    done, _ = bench("--truth", "yaml", k1=[{"call_id": "k1", "turns": []}])
    assert isinstance(done.exception, ConfigInvalid)
    assert "k1.yaml：缺少或写错了 tier" in str(done.exception)


def test_sentences_are_counted_per_family_clean_and_misheard(bench):
    sentences = [
        {"role": "agent", "family": "passing_the_buck", "text": "你要去问别人，这不是我们的事"},
        {"role": "agent", "text": "您好，请问有什么可以帮您"},
        {"role": "customer", "text": "你要去问别人，这不是我们的事"},
    ]
    # A list in JSON is a list in YAML.
    done, figures = bench("--golden", "yaml", golden=[sentences])
    assert done.exit_code == 0, done.output
    rows = {(row["rate"], row["family"]): row for row in figures["golden"]}
    assert {rate for rate, _ in rows} == {0.0, 0.05, 0.1, 0.2}
    clean = rows[0.0, "passing_the_buck"]
    assert (clean["examples"], clean["found"], clean["named"], clean["wrong"]) == (1, 1, 1, 0)
    assert rows[0.0, "all"]["wrong"] == 0


def test_a_sentence_with_an_unknown_key_is_named(bench):
    done, _ = bench("--golden", "yaml", golden=[[{"role": "agent", "words": "好"}]])
    assert isinstance(done.exception, ConfigInvalid)
    assert "0.text" in str(done.exception)
