"""Every command and every query in the READMEs works, on the warehouse that the sample nights made."""

import re
import shlex
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).resolve().parents[3]
READMES = [ROOT / "README.md", ROOT / "README.zh.md"]
# `make demo` runs the sample nights as the session's fixture does; `make test` runs this test.
MADE_ELSEWHERE = {"make demo", "make test"}


def _blocks(path: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", path.read_text(encoding="utf-8"), flags=re.DOTALL)


def _commands(path: Path) -> list[str]:
    return [line for block in _blocks(path, "sh") for line in block.splitlines() if line]


def test_both_readmes_show_the_same_commands_and_queries():
    one, other = READMES
    assert _commands(one) == _commands(other)
    assert _blocks(one, "sql") == _blocks(other, "sql")
    assert len(_blocks(one, "sql")) == 5


def test_make_demo_runs_the_nights_that_these_tests_run():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    demo = makefile.split("\ndemo:")[1].split("\n\n")[0]
    assert "nightly --profile demo" in demo
    assert "--from 2026-11-20 --to 2026-11-21" in demo


@pytest.fixture(scope="module")
def config_file(sample_nights, copied, tmp_path_factory) -> Path:
    """A centre's own configuration: a copy of the nights' data, and where its recordings are dropped."""
    folder = tmp_path_factory.mktemp("readme")
    data = copied(sample_nights.data, folder / "data")
    path = folder / "huiting.toml"
    inbox = ROOT / "tests" / "samples" / "inbox"
    path.write_text(f'profile = "demo"\ndata_dir = "{data}"\n[inbox]\nfolder = "{inbox}"\n', encoding="utf-8")
    return path


@pytest.mark.parametrize("command", [c for c in _commands(READMES[0]) if c not in MADE_ELSEWHERE])
def test_every_command_runs(command: str, huiting, config_file: Path):
    program, *words = shlex.split(command)
    assert program == ".venv/bin/huiting"
    words = [str(ROOT / word) if (ROOT / word).is_file() else word for word in words]
    finished = huiting.run(*words, "--config", config_file)
    # 3: published, and the sample nights hold broken recordings on purpose.
    assert finished.code == (3 if words[0] == "nightly" else 0), finished.output


@pytest.mark.parametrize("number", range(5))
def test_every_query_is_the_file_it_names_and_gives_the_columns_shown(number: int, sample_nights):
    text = READMES[0].read_text(encoding="utf-8")
    name = re.findall(r"\(`(docs/sql/[^`]+)`\)", text)[number]
    query = _blocks(READMES[0], "sql")[number].strip()
    assert (ROOT / name).read_text(encoding="utf-8").split("\n", 1)[1].strip() == query
    with duckdb.connect(str(sample_nights.data / "warehouse.duckdb"), read_only=True) as con:
        con.execute(query)
        columns = [column[0] for column in con.description]
        assert con.fetchall()
    shown = text.split(query)[1].split("```\n\n", 1)[1].splitlines()[0]
    assert shown == "| " + " | ".join(columns) + " |"
