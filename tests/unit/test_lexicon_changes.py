"""What a dry run over stored turns must read: the times and probabilities of words only where a rule asks."""

import pytest

from tagging.lexicon import load_vocabulary
from tagging.lexicon_changes import ChangedLexicon, ChangeKind, need_words
from tagging.lexicon_schema import RuleEntry, Scope
from tagging.matching import RuleSet
from tagging.rules import Compiler

VOCABULARY = load_vocabulary(None)


def changed(**keys):
    entry = RuleEntry(id="x", patterns=("自己看说明书",), must_match=("是",), must_not_match=("否",), **keys)
    nothing, one = (RuleSet(entries, Compiler(VOCABULARY)) for entries in ((), (entry,)))
    return ChangedLexicon("taboo", {"x": ChangeKind.ADDED}, nothing, one)


@pytest.mark.parametrize(
    ("keys", "is_needed"),
    [
        ({}, False),
        ({"sound": 0.8}, True),
        ({"scope": Scope(first_s=20)}, True),
    ],
)
def test_words_are_read_for_sound_and_for_seconds(keys, is_needed):
    assert need_words([changed(**keys)]) is is_needed
