"""The command line as operators, analysts and managers meet it, on the sample nights' warehouse."""

import json
import urllib.request
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

pytestmark = [pytest.mark.model, pytest.mark.timeout(1800)]
ROOT = Path(__file__).resolve().parents[3]
COMMANDS = (
    (),
    ("nightly",),
    ("train",),
    ("schedule",),
    ("bench",),
    ("bench", "night"),
    ("bench", "recognise"),
    ("sql",),
    ("export",),
    ("explain",),
    ("status",),
    ("doctor",),
    ("dictionary",),
    ("transcribe",),
)


def lines_with(output: str, *parts: str) -> list[str]:
    return [line for line in output.splitlines() if all(part in line for part in parts)]


def test_every_command_has_help_for_itself_and_its_options(huiting: Any) -> None:
    for command in COMMANDS:
        finished = huiting.run(*command, "--help")
        assert finished.code == 0, command
        assert any("\u4e00" <= char <= "\u9fff" for char in finished.output), command
        assert "Traceback" not in finished.output


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("nightly", "--date", "20-11-2026"), 1, "2026-11-20"),
        (("nightly", "--date", "2026-02-30"), 1, "--date"),
        (("nightly", "--from", "2026-11-21", "--to", "2026-11-20"), 1, "--from"),
        (("nightly", "--to", "2026-11-20"), 1, "--from"),
        (("nightly", "--date", "2026-11-20", "--from", "2026-11-20"), 1, "--date"),
        (("nightly", "--profile", "prodution"), 1, "production"),
        (("nightly", "--config", "nowhere.toml"), 1, "nowhere.toml"),
        (("nightly", "--dat", "2026-11-20"), 2, "--date"),
        (("nightli",), 2, "nightli"),
        (("sql",), 1, "--file"),
        (("sql", "SELECT 1", "--data-dir", "nowhere"), 1, "warehouse.duckdb"),
        (("status", "--nights", "0"), 2, "--nights"),
        (("schedule",), 1, "schedule.api_url"),
        (("transcribe",), 2, "FILES"),
        (("transcribe", "a.wav", "--format", "docx"), 1, "textgrid"),
        (("transcribe", "a.wav", "--roles", "agent,client"), 1, "customer"),
        (("transcribe", "a.wav", "b/a.wav"), 1, "a.wav"),
        (("transcribe", "a.wav", "--beam", "0"), 2, "--beam"),
    ],
)
def test_mistakes_are_told(huiting: Any, args: tuple[str, ...], code: int, said: str) -> None:
    finished = huiting.run(*args)
    assert finished.code == code, finished.output
    assert said in finished.output
    assert "Traceback" not in finished.output


def test_an_unknown_key_is_told_with_the_nearest(huiting: Any, tmp_path: Path) -> None:
    config = tmp_path / "huiting.toml"
    config.write_text("[workers]\nshard_audio = 20.0\n", encoding="utf-8")
    finished = huiting.run("status", "--config", config)
    assert finished.code == 1
    assert "workers.shard_audio_s" in finished.output


def test_sql(huiting: Any, sample_nights: Any, tmp_path: Path) -> None:
    place = ("--data-dir", sample_nights.data)
    counted = huiting.run("sql", "SELECT count(*) AS calls FROM call", *place)
    assert counted.code == 0
    assert lines_with(counted.output, "18")
    file = tmp_path / "query.sql"
    file.write_text("SELECT call_id FROM taboo_hit WHERE phrase_id = 'company_rule'", encoding="utf-8")
    assert lines_with(huiting.run("sql", "--file", file, *place).output, "c002")
    wrong = huiting.run("sql", "SELECT nothing FROM call", *place)
    assert wrong.code == 1
    assert "nothing" in wrong.output
    forbidden = huiting.run("sql", "DELETE FROM call", *place)
    assert forbidden.code == 1
    assert sample_nights.rows("SELECT count(*) AS n FROM call") == [{"n": 18}]


def test_export(huiting: Any, sample_nights: Any, tmp_path: Path) -> None:
    expected = len(sample_nights.rows("FROM call_overview"))
    assert expected > 0
    for suffix in ("xlsx", "csv", "parquet"):
        target = tmp_path / f"out.{suffix}"
        place = ("--to", target, "--data-dir", sample_nights.data)
        finished = huiting.run("export", "call_overview", *place)
        assert finished.code == 0, finished.output
        assert str(expected) in finished.output
        if suffix == "xlsx":
            sheet = openpyxl.load_workbook(target).worksheets[0]
            assert sheet.max_row == expected + 1
        else:
            assert len(duckdb.sql(f"FROM '{target}'").fetchall()) == expected
    wrong = huiting.run(
        "export", "call_overviw", "--to", tmp_path / "x.csv", "--data-dir", sample_nights.data
    )
    assert wrong.code == 1
    assert "call_overview" in wrong.output
    wrong = huiting.run("export", "call", "--to", tmp_path / "x.doc", "--data-dir", sample_nights.data)
    assert wrong.code == 1
    assert ".xlsx" in wrong.output


def test_explain(huiting: Any, sample_nights: Any) -> None:
    finished = huiting.run("explain", "c004", "--data-dir", sample_nights.data)
    assert finished.code == 0
    for part in ("c004", "坐席", "客户", "formal", "absolutely_impossible", "regulator_or_media", "***"):
        assert part in finished.output, part
    unknown = huiting.run("explain", "c999", "--data-dir", sample_nights.data)
    assert unknown.code == 1
    assert "c999" in unknown.output


def test_status(huiting: Any, sample_nights: Any, tmp_path: Path) -> None:
    for night in ("2026-11-20", "2026-11-22", "not a night"):
        (tmp_path / night).mkdir()
    finished = huiting.run("status", "--data-dir", sample_nights.data, "--inbox", tmp_path)
    assert finished.code == 0
    assert lines_with(finished.output, "2026-11-20", "有失败")
    assert lines_with(finished.output, "taboo_hit")
    assert lines_with(finished.output, "待处理", "2026-11-22")
    assert not lines_with(finished.output, "待处理", "2026-11-20")


def test_doctor(huiting: Any, sample_nights: Any, tmp_path: Path) -> None:
    config = tmp_path / "huiting.toml"
    config.write_text(f'[inbox]\nfolder = "{ROOT}/tests/samples/inbox"\n', encoding="utf-8")
    place = ("--config", config, "--data-dir", sample_nights.data)
    well = huiting.run("doctor", *place)
    assert well.code == 0, well.output
    for name in ("权重", "磁盘", "词库", "服务器", "仓库"):
        assert lines_with(well.output, "正常", name), name
    config.write_text('[recognition]\nweights = "nowhere/model.pt"\n', encoding="utf-8")
    ill = huiting.run("doctor", *place)
    assert ill.code == 1
    assert lines_with(ill.output, "错误", "nowhere/model.pt")
    assert lines_with(ill.output, "正常", "仓库"), "one trouble does not hide the rest"


def test_dictionary(huiting: Any, tmp_path: Path) -> None:
    target = tmp_path / "dictionary.md"
    assert huiting.run("dictionary", "--to", target).code == 0
    text = target.read_text("utf-8")
    assert "taboo_hit" in text
    assert text == (ROOT / "docs" / "data_dictionary.md").read_text("utf-8"), (
        "run huiting dictionary --to docs"
    )


def test_train(trained: Any) -> None:
    folder, finished = trained
    assert finished.code == 0, finished.output
    models = list((folder / "models").glob("causes-*.joblib"))
    assert len(models) == 1
    assert str(models[0]) in finished.output
    assert "fees" in finished.output


def _asked(url: str, body: dict[str, Any]) -> Any:
    request = urllib.request.Request(  # noqa: S310 - our own server
        url, data=json.dumps(body).encode(), headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        return json.loads(answer.read())


def test_schedule(huiting: Any, prefect_api: tuple[str, Path], tmp_path: Path) -> None:
    """The deployment is on the server, names the module and has the cron; twice leaves one."""
    config = tmp_path / "huiting.toml"
    config.write_text(
        f'[schedule]\napi_url = "{prefect_api[0]}"\ncron = "15 2 * * *"\nwork_pool = "nights"\n',
        encoding="utf-8",
    )
    for _ in range(2):
        finished = huiting.run("schedule", "--config", config, "--data-dir", tmp_path / "data")
        assert finished.code == 0, finished.output
        assert "huiting-nightly/nightly" in finished.output
    made = _asked(f"{prefect_api[0]}/deployments/filter", {})
    assert [(each["name"], each["work_pool_name"]) for each in made] == [("nightly", "nights")]
    assert made[0]["entrypoint"] == "flows.nightly.nightly"
    plan = made[0]["schedules"][0]["schedule"]
    assert (plan["cron"], plan["timezone"]) == ("15 2 * * *", "Asia/Shanghai")
    assert made[0]["parameters"]["config_file"] == str(config)
    assert made[0]["parameters"]["data_dir"] == str(tmp_path / "data")


def test_bench_recognise(huiting: Any, sample_nights: Any, tmp_path: Path) -> None:
    """Our own contenders only: peers are an extra that tests do without."""
    samples = ROOT / "tests" / "samples"
    figures = tmp_path / "figures.json"
    finished = huiting.run(
        *("bench", "recognise", "--data-dir", sample_nights.data, "--inbox", samples / "inbox"),
        *("--from", "2026-11-21", "--minutes", "0.5", "--rounds", "1", "--no-peers", "--json", figures),
        *("--reference", samples / "truth" / "reference.csv"),
    )
    assert finished.code == 0, finished.output
    content = json.loads(figures.read_text("utf-8"))
    assert finished.output.rstrip().splitlines()[-1] == content["summary"]
    assert [entry["contender"] for entry in content["contenders"]][:2] == [
        "huiting openai-whisper b1",
        "huiting openai-whisper b5",
    ]
    for entry in content["contenders"]:
        assert entry["median_channel_s_per_s"] > 1
        assert 0 < entry["character_error_rate"] < 0.3
        assert entry["invented_chars"] <= 5
        assert 300 < entry["peak_mb"] < 4000
    assert content["encoder_limit_channel_s_per_s"] > 10
