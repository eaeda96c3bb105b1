"""huiting.toml: every key documented, unknown keys refused with the nearest one, profiles override."""

import tomllib
from pathlib import Path

import pytest

from flows.config import Config, ConfigInvalid, load_config

SHIPPED = Path(__file__).resolve().parents[2] / "huiting.toml"


def _keys(model: type, prefix: str = "") -> set[str]:
    found: set[str] = set()
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and hasattr(inner, "model_fields"):
            found |= _keys(inner, f"{prefix}{name}.")
        else:
            found.add(prefix + name)
    return found


def _leaves(tables: dict, prefix: str = "") -> set[str]:
    found: set[str] = set()
    for name, value in tables.items():
        found |= _leaves(value, f"{prefix}{name}.") if isinstance(value, dict) else {prefix + name}
    return found


def test_the_shipped_file_has_every_key_with_its_default_and_a_comment():
    text = SHIPPED.read_text(encoding="utf-8")
    tables = tomllib.loads(text)
    tables.pop("profiles")
    assert _leaves(tables) == _keys(Config)
    shipped, defaults = load_config(SHIPPED, profile="production"), load_config(None, data_dir="x")
    assert shipped.model_dump(exclude={"data_dir"}) == defaults.model_dump(exclude={"data_dir"})
    body = text.split("[inbox.columns]")[0] + text.split("[recognition]")[1].split("[profiles.")[0]
    bare = [line for line in body.splitlines() if "=" in line.split("#")[0] and "#" not in line]
    assert bare == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[workers]\nshard_audio = 3.0\n", ["workers.shard_audio", "workers.shard_audio_s"]),
        ("datadir = 'x'\n", ["datadir", "data_dir"]),
        ("[inbox.columns]\ncallid = 'x'\n", ["inbox.columns.callid", "inbox.columns.call_id"]),
        ("[recognition]\nbeam_size = 0\n", ["recognition.beam_size", "0"]),
        ("[recognition]\nbeam_size = '5'\n", ["recognition.beam_size", "'5'"]),
        ("[inbox]\nchannel_roles = ['agent', 'client']\n", ["inbox.channel_roles", "client", "customer"]),
        ("timezone = 'Mars/Base'\n", ["timezone", "Mars/Base", "Asia/Shanghai"]),
        ("profile = 'test'\n", ["profile", "test", "demo"]),
        ("[profiles.staging]\n", ["profiles.staging"]),
        ("a = \n", ["TOML"]),
    ],
)
def test_a_bad_file_is_refused_by_name_key_and_value(tmp_path: Path, text: str, said: list[str]):
    path = tmp_path / "huiting.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigInvalid) as caught:
        load_config(path)
    for part in [str(path), *said]:
        assert part in str(caught.value)


def test_profile_overrides_key_by_key_and_the_command_line_overrides_both(tmp_path: Path):
    path = tmp_path / "huiting.toml"
    path.write_text(
        "profile = 'demo'\n[workers]\nthreads = 3\nretries = 1\n[profiles.demo.workers]\nthreads = 2\n",
        encoding="utf-8",
    )
    config = load_config(path, data_dir=str(tmp_path / "d"), inbox="here")
    assert (config.workers.threads, config.workers.retries) == (2, 1)
    assert config.inbox_path == Path("here")
    assert config.warehouse_path == (tmp_path / "d" / "warehouse.duckdb").resolve()
    assert load_config(path, profile="production").workers.threads == 3


def test_a_missing_file_is_an_error(tmp_path: Path):
    with pytest.raises(ConfigInvalid, match=r"nowhere\.toml"):
        load_config(tmp_path / "nowhere.toml")
