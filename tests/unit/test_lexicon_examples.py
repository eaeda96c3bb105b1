"""Every entry of every shipped lexicon is walked: its examples match, and do not match, as it says."""

from pathlib import Path

import pytest

import tagging.behaviour.schema
import tagging.customer.schema
import tagging.handling.schema
import tagging.taboo.schema
from tagging.examples import failing_examples
from tagging.lexicon import load_rules, load_vocabulary
from tagging.matching import RuleSet
from tagging.rules import Compiler

SCHEMAS = {
    "taboo": tagging.taboo.schema.TabooEntry,
    "behaviour": tagging.behaviour.schema.BehaviourEntry,
    "customer": tagging.customer.schema.CustomerEntry,
    "handling": tagging.handling.schema.HandlingEntry,
}
TAGGING = Path(tagging.taboo.schema.__file__).parents[1]
ENTRIES = [
    pytest.param(entry, id=f"{name}-{entry.id}")
    for name, schema in SCHEMAS.items()
    for entry in load_rules(TAGGING / name, None, schema).entries
]


@pytest.mark.parametrize("entry", ENTRIES)
def test_examples_of_entry(entry):
    rules = RuleSet((entry,), Compiler(load_vocabulary(None)))
    assert [*failing_examples(entry, rules)] == []


@pytest.mark.parametrize("entry", ENTRIES)
def test_entry_has_enough_examples(entry):
    assert len(entry.must_match) >= max(3, entry.advised_examples)
    assert len(entry.must_not_match) >= max(2, entry.advised_examples)


def test_an_example_that_fails_is_seen():
    entry = ENTRIES[0].values[0]
    broken = entry.model_copy(
        update={"must_match": ("今天天气不错",), "must_not_match": entry.must_match[:1]}
    )
    rules = RuleSet((broken,), Compiler(load_vocabulary(None)))
    assert [failure.key for failure in failing_examples(broken, rules)] == ["must_match", "must_not_match"]
