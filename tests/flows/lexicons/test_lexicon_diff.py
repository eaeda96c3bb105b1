"""`huiting lexicon diff` over stored nights: what would newly hit or no longer hit, and nothing written."""

import pytest

from flows.lexicon_diff import diff_stored
from tagging.lexicon_changes import ChangeKind, changed_lexicons
from tagging.lexicons import load_lexicons
from warehouse.lake import Lake


@pytest.fixture(scope="module")
def loaded():
    """Loads a lexicon directory, once."""
    known = {}

    def load(folder):
        if folder not in known:
            known[folder] = load_lexicons(folder)
        return known[folder]

    return load


def no_numbers(transcript):
    return ()


@pytest.fixture
def diffed(stored, loaded):
    """Returns {rule: its diff} between two lexicon directories over all stored nights."""

    def run(old, new):
        lake = Lake(stored.data / "lake")
        changed = changed_lexicons(loaded(old), loaded(new), (no_numbers, no_numbers))
        found = diff_stored(lake, lake.newest_runs(), changed, samples=1)
        return {rule.rule_id: rule for rule in found.rules}, found

    return run


def test_a_new_phrase_hits_calls_once_each_in_their_latest_night(stored, entry, diffed):
    rules, found = diffed(None, stored.write("new_one", entry("see_manual", "自己看说明书")))
    assert (found.night_count, found.call_count, found.turn_count) == (2, 4, 9)
    assert list(rules) == ["see_manual"]
    rule = rules["see_manual"]
    assert rule.kind is ChangeKind.ADDED
    assert (rule.calls_before, rule.calls_after, rule.gained_calls, rule.lost_calls) == (0, 2, 2, 0)
    assert (rule.gained_turns, rule.lost_turns) == (3, 0)
    (sample,) = rule.samples
    assert (sample.call_id, str(sample.night), sample.is_new) == ("again", "2026-11-19", True)
    assert sample.text[sample.start : sample.end] == "自己看说明书"


def test_there_and_back(stored, entry, diffed):
    one = stored.write("one", entry("see_manual", "自己看说明书"))
    said = ["您自己看说明书吧", "你自己看说明书。", "您自己看说明书", "您自己看说明书去"]
    two = stored.write(
        "two", entry("see_manual", "这样的{3}自己看说明书", must_match=[f"是这样的,{each}" for each in said])
    )
    there, back = diffed(one, two)[0]["see_manual"], diffed(two, one)[0]["see_manual"]
    assert there.kind is ChangeKind.CHANGED
    assert (there.gained_calls, there.lost_calls) == (0, 1)
    assert (back.gained_calls, back.lost_calls) == (1, 0)
    assert (there.lost_turns, back.gained_turns) == (2, 2)
    assert diffed(one, None)[0]["see_manual"].kind is ChangeKind.REMOVED


def test_examples_notes_and_owners_are_no_change(stored, entry, diffed):
    one = stored.write("plain", entry("see_manual", "自己看说明书"))
    two = stored.write("noted", entry("see_manual", "自己看说明书", note="说明", owner="另一组"))
    assert diffed(one, two)[0] == {}


def test_words_that_all_share_make_all_rules_run(stored, entry, diffed):
    root = stored.write("shared", entry("see_manual", "自己看说明书"))
    (root / "vocabulary.yaml").write_text("repeated_within_turns: 7\n", encoding="utf-8")
    rules, _ = diffed(None, root)
    assert rules["see_manual"].kind is ChangeKind.ADDED
    assert rules["not_our_business"].kind is ChangeKind.VOCABULARY
    assert rules["not_our_business"].calls_before == rules["not_our_business"].calls_after == 1


def test_the_command_prints_counts_first_and_writes_nothing(stored, entry):
    new = stored.write("typed", entry("see_manual", "自己看说明书"))
    before = stored.files()
    code, output = stored.lexicon("diff", "shipped", new, "--from", "2026-11-19", "--examples", "2")
    assert code == 0, output
    assert output.splitlines()[0].startswith("改动的规则 1 条；看了 1 夜、3 通电话、6 句")
    assert "taboo/see_manual 新命中 2026-11-19 again：这个是这样的,您【自己看说明书】吧。" in output
    assert stored.files() == before


def test_mistakes_are_told(stored):
    code, output = stored.lexicon("diff", "nowhere")
    assert code == 1
    assert "没有这个词库目录" in output
    assert "没有规则改动" in stored.lexicon("diff", "-")[1]
