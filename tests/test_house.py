"""The house rules that no linter knows: whose packages these are, how big files get, what is documented."""

import re
from importlib import import_module, metadata
from pathlib import Path

import pytest
from typer.main import get_command

from flows.cli import app

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("transcribe", "tagging", "warehouse", "flows")
MAX_LINES = 300
OURS = [path for package in (*PACKAGES, "tests") for path in sorted((ROOT / package).rglob("*.py"))]


def _commands() -> dict[str, object]:
    """{'bench night': command, ...} of everything that can be typed after `huiting`."""
    found: dict[str, object] = {}
    for name, command in get_command(app).commands.items():
        inner = getattr(command, "commands", None)
        found |= {f"{name} {sub}": each for sub, each in inner.items()} if inner else {name: command}
    return found


@pytest.mark.parametrize("package", PACKAGES)
def test_packages_come_from_this_checkout(package: str) -> None:
    assert Path(import_module(package).__file__ or "").parent == ROOT / package


def test_no_other_distribution_owns_our_names() -> None:
    """By what each installed distribution says it brought along."""
    owners = {
        (str(file).split("/")[0], distribution.metadata["Name"])
        for distribution in metadata.distributions()
        for file in distribution.files or []
        if str(file).startswith(tuple(f"{package}/" for package in PACKAGES))
    }
    assert {each for each in owners if each[1] != "huiting"} == set(), "it would be imported in our place"


def test_every_package_is_listed_and_its_init_is_empty() -> None:
    listed = re.findall(r'^    "([\w.]+)",$', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    for init in (path for package in PACKAGES for path in (ROOT / package).rglob("__init__.py")):
        assert init.read_bytes() == b"", f"{init} must stay empty"
        assert ".".join(init.parent.relative_to(ROOT).parts) in listed
    assert not list((ROOT / "tests").rglob("__init__.py"))


def test_files_are_short() -> None:
    long = {str(path.relative_to(ROOT)): n for path in OURS if (n := _line_count(path)) > MAX_LINES}
    assert long == {}, f"split them: a file has at most {MAX_LINES} lines"


def _line_count(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines())


def test_no_room_for_odds_and_ends() -> None:
    forbidden = {"utils", "util", "helpers", "helper", "common", "base", "misc", "manager", "processor"}
    assert [path for path in OURS if path.stem in forbidden or set(path.parts) & {"utils", "common"}] == []


def test_sql_is_in_sql_files() -> None:
    pattern = re.compile(r"[\"'](SELECT|INSERT INTO|CREATE|DELETE FROM|UPDATE|COPY|ATTACH)\s", re.MULTILINE)
    product = [path for path in OURS if "tests" not in path.relative_to(ROOT).parts]
    assert [str(path) for path in product if pattern.search(path.read_text("utf-8"))] == []


@pytest.mark.parametrize("name", _commands())
def test_every_command_and_option_has_help(name: str) -> None:
    command = _commands()[name]
    assert getattr(command, "help", None), f"huiting {name} has no help"
    for parameter in getattr(command, "params", []):
        if parameter.name != "help":
            assert getattr(parameter, "help", None), f"huiting {name}: {parameter.name} has no help"


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_every_command_is_in_the_readme(readme: str) -> None:
    text = (ROOT / readme).read_text("utf-8")
    assert [name for name in _commands() if f"huiting {name}" not in text] == []


def test_every_config_key_has_a_comment() -> None:
    for line in (ROOT / "huiting.toml").read_text("utf-8").splitlines():
        if "=" in line and not line.startswith("#"):
            key = line.split("=")[0].strip()
            documented = "#" in line or key in _columns() or line.startswith(("shard_audio_s", "beam_size"))
            assert documented, f"huiting.toml: {key} is not documented"


def _columns() -> set[str]:
    from flows.config_tables import InboxColumns  # noqa: PLC0415

    return set(InboxColumns.model_fields)
