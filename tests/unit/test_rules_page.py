"""Every entry on docs/rules.md loads, and its own examples hold."""

import re
import textwrap
from pathlib import Path

import pytest
import yaml

from tagging.behaviour.schema import BehaviourEntry
from tagging.lexicon import load_rules

PAGE = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: yaml.safe_load(block)[0]["id"])
def test_an_entry_of_the_page_loads(tmp_path, block):
    folder = tmp_path / "behaviour"
    folder.mkdir()
    text = "entries:\n" + textwrap.indent(block, "  ")
    (folder / "page.yaml").write_text(text, encoding="utf-8")
    entries = load_rules(folder, None, BehaviourEntry).entries
    assert len(entries) == len(yaml.safe_load(block))


def test_every_kind_of_condition_is_on_the_page():
    from tagging.condition_schema import KINDS  # noqa: PLC0415

    assert [kind for kind in KINDS if f"{kind}:" not in "".join(BLOCKS)] == []
