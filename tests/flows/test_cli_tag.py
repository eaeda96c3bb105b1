"""`huiting tag` as it is typed: real lexicons, a real classifier, files in and out."""

import json

import pytest
from typer.testing import CliRunner

from flows import tag_texts
from flows.cli import app
from flows.config import ConfigInvalid

ROWS = [
    {"id": "fee", "text": "你们凭什么乱扣我的钱，我要投诉到工信部"},
    {"id": "neutral", "text": "请问我的套餐还有多少流量"},
    {"id": "cold", "turns": [{"role": "agent", "text": "你要去问别人，这不是我们的事。"}]},
    {"id": "nobody", "turns": ["你要去问别人，这不是我们的事。"]},
    {"id": "card", "turns": [{"role": "customer", "text": "我的手机号是13812345678，你们乱扣费"}]},
]


@pytest.fixture
def tag(tmp_path, models):
    """Types `huiting tag` over lines; returns the exit code, what was printed and the rows."""

    def typed(lines, *options):
        source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
        source.write_text("\n".join(lines) + "\n", encoding="utf-8")
        data = tmp_path / "data"
        data.mkdir(exist_ok=True)
        if not (data / "models").exists():
            (data / "models").symlink_to(models)
        command = ["tag", "--in", str(source), "--out", str(target), "--data-dir", str(data)]
        done = CliRunner().invoke(app, [*command, "--processes", "1", *options])
        found = target.read_text(encoding="utf-8").splitlines() if target.exists() else []
        return done, [json.loads(line) for line in found]

    return typed


def as_lines(rows):
    return [json.dumps(row, ensure_ascii=False) for row in rows]


def test_rows_come_back_tagged_in_order(tag):
    done, rows = tag(as_lines(ROWS))
    assert done.exit_code == 0, done.output
    by_id = {row["id"]: row for row in rows}
    assert list(by_id) == [row["id"] for row in ROWS]
    assert "fees" in by_id["fee"]["causes"]
    assert by_id["fee"]["escalation"] == "regulator_or_media"
    assert by_id["fee"]["tier"] == "formal"
    assert by_id["neutral"]["causes"] == []
    assert by_id["neutral"]["tier"] == "none"
    assert by_id["cold"]["taboo"][0]["turn"] == 0
    assert by_id["nobody"]["taboo"] == []


def test_the_role_option_says_whose_text_it_is(tag):
    line = as_lines([{"id": 1, "text": "你要去问别人，这不是我们的事。"}])
    assert tag(line, "--role", "customer")[1][0]["taboo"] == []
    assert tag(line, "--role", "agent")[1][0]["taboo"] != []
    done, _ = tag(line, "--role", "boss")
    assert isinstance(done.exception, ConfigInvalid)


def test_details_explain_and_show_no_personal_data(tag):
    _, rows = tag(as_lines(ROWS), "--details")
    assert all("details" in row for row in rows)
    texts = json.dumps(rows, ensure_ascii=False)
    assert "13812345678" not in texts
    assert "customer_stated" in texts


def test_a_bad_row_is_told_and_the_others_are_tagged(tag):
    done, rows = tag([*as_lines(ROWS[:1]), '{"id": "x"}', "", *as_lines(ROWS[1:2])])
    assert done.exit_code == 3
    assert [row["id"] for row in rows] == ["fee", "neutral"]
    assert "in.jsonl:2" in done.output
    done, rows = tag(["nonsense"])
    assert done.exit_code == 1
    assert rows == []


def test_many_rows_are_tagged_by_many_processes_in_order(tag, monkeypatch):
    monkeypatch.setattr(tag_texts, "ROWS_FOR_ONE_PROCESS", 64)
    many = [{**ROWS[n % len(ROWS)], "id": n} for n in range(200)]
    done, rows = tag(as_lines(many), "--processes", "2")
    assert done.exit_code == 0, done.output
    assert [row["id"] for row in rows] == list(range(200))
    alone = tag(as_lines(many[:5]))[1]
    assert rows[195:] == [{**row, "id": 195 + n} for n, row in enumerate(alone)]
