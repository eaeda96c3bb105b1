"""Lexicon files as people write them: what is accepted, what is refused and how it is told."""

from datetime import date
from pathlib import Path

import pytest

from tagging.behaviour.schema import BehaviourSettings
from tagging.errors import LexiconInvalid
from tagging.lexicon import load_rules, load_settings, load_vocabulary
from tagging.taboo.schema import TabooEntry

GOOD = """\
entries:
  - id: try_me
    phrase: 你来试试
    family: threat
    kind: forbidden
    severity: high
    replacement: 我来帮您看看
    patterns:
      - 你来试试
    must_match:
      - 你来试试
      - 那你来试试
      - 呃你来试试啊
      - 有本事你来试试
    must_not_match:
      - 我来试试
      - 他来试试
      - 我们试试
      - 请稍等
"""
NEAR_MISSES = GOOD[GOOD.index("    must_not_match") :]


def lexicon_at(folder: Path, text: str) -> Path:
    package = folder / "taboo"
    package.mkdir(parents=True, exist_ok=True)
    (package / "own.yaml").write_text(text, encoding="utf-8")
    return package


def test_a_good_file_loads(tmp_path):
    lexicon = load_rules(lexicon_at(tmp_path, GOOD), None, TabooEntry)
    assert [entry.id for entry in lexicon.entries] == ["try_me"]
    assert len(lexicon.digest) == 64


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("severity: high", "severity: hgh", ["own.yaml:6", "severity", "hgh"]),
        ("severity: high", "severty: high", ["own.yaml:6", "severty", "severity"]),
        ("severity: high", "severity: high\n    severity: low", ["own.yaml:7", "severity", "重复"]),
        ("phrase: 你来试试", "phrase: 12315", ["own.yaml:3", "phrase", "12315", "引号"]),
        ("phrase: 你来试试", "phrase: no", ["own.yaml:3", "phrase", "False", "引号"]),
        ("      - 我来试试", "      - yes", ["own.yaml:16", "must_not_match", "引号"]),
        ("    must_not_match:\n      - 我来试试\n", "", ["own.yaml:2", "must_not_match"]),
        (NEAR_MISSES, "    must_not_match: []\n", ["own.yaml:15", "must_not_match"]),
        ("      - 我来试试", "      - 你来试试吧", ["own.yaml:16", "try_me", "不该匹配"]),
        ("    must_match:\n      - 你来试试", "    must_match:\n      - 来试", ["own.yaml:11", "没有匹配"]),
        ("      - 你来试试\n    must_match", "      - 你来(试试\n    must_match", ["own.yaml:9", "配对"]),
        ("      - 你来试试\n    must_match", "      - 你来<没这词>\n    must_match", ["没这词", "现有"]),
        ("      - 你来试试\n    must_match", "      - 你来(试)?试\n    must_match", ["?", "[ ]"]),
        ("      - 你来试试\n    must_match", "      - '[你来]'\n    must_match", ["必须出现"]),
        ("replacement: 我来帮您看看", "replacement: 好的\n    regexes: ['(你']", ["own.yaml:8", "正则"]),
        (
            "replacement: 我来帮您看看",
            "replacement: 好的\n    cancelled_by: [转述]",
            ["own.yaml:8", "转述", "引用"],
        ),
        ("id: try_me", "id: Try Me", ["own.yaml:2", "id"]),
        ("  - id: try_me\n    phrase", "  - phrase", ["id"]),
        ("entries:", "entrys:", ["own.yaml:1", "entrys", "entries"]),
        ("    severity: high", "    severity: [", ["own.yaml", "YAML"]),
        ("    severity: high", "    severity: high\n    effective_from: 2026-13-40", ["2026-13-40"]),
    ],
)
def test_a_bad_file_is_told_by_file_line_key_and_fix(tmp_path, old, new, told):
    assert old in GOOD
    with pytest.raises(LexiconInvalid) as caught:
        load_rules(lexicon_at(tmp_path, GOOD.replace(old, new, 1)), None, TabooEntry)
    for part in told:
        assert part in str(caught.value)


def test_the_same_id_twice_is_refused(tmp_path):
    package = lexicon_at(tmp_path, GOOD)
    (package / "second.yaml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(LexiconInvalid, match=r"second\.yaml:2.*try_me.*own\.yaml:2"):
        load_rules(package, None, TabooEntry)


class TestOwnEntries:
    def own(self, tmp_path, text):
        package = lexicon_at(tmp_path / "shipped", GOOD)
        lexicons = tmp_path / "lexicons"
        (lexicons / "taboo").mkdir(parents=True)
        (lexicons / "taboo" / "ours.yaml").write_text(text, encoding="utf-8")
        return package, lexicons

    def test_switches_a_shipped_entry_off(self, tmp_path):
        package, lexicons = self.own(tmp_path, "entries:\n  - {id: try_me, enabled: false}\n")
        assert load_rules(package, lexicons, TabooEntry).entries == ()

    def test_changes_one_key_and_keeps_the_rest(self, tmp_path):
        package, lexicons = self.own(tmp_path, "entries:\n  - {id: try_me, severity: low}\n")
        (entry,) = load_rules(package, lexicons, TabooEntry).entries
        assert (entry.severity, entry.phrase) == ("low", "你来试试")

    def test_adds_an_entry(self, tmp_path):
        package, lexicons = self.own(tmp_path, GOOD.replace("try_me", "ours"))
        assert [entry.id for entry in load_rules(package, lexicons, TabooEntry).entries] == ["ours", "try_me"]

    def test_an_error_names_the_own_file(self, tmp_path):
        package, lexicons = self.own(tmp_path, "entries:\n  - id: try_me\n    severity: loud\n")
        with pytest.raises(LexiconInvalid, match=r"ours\.yaml:3.*severity.*loud"):
            load_rules(package, lexicons, TabooEntry)

    def test_own_vocabulary_and_settings_win_by_key(self, tmp_path):
        (tmp_path / "vocabulary.yaml").write_text("repeated_within_turns: 7\n", encoding="utf-8")
        (tmp_path / "behaviour").mkdir()
        own = "long_silence: {min_s: 3.5, min_s_when_told: 9.0, told_words: [稍等], confidence: 0.5}\n"
        (tmp_path / "behaviour" / "settings.yaml").write_text(own, encoding="utf-8")
        assert load_vocabulary(tmp_path).repeated_within_turns == 7
        package = Path(load_rules.__code__.co_filename).parent / "behaviour"
        settings = load_settings(package, tmp_path, BehaviourSettings)
        shipped = load_settings(package, None, BehaviourSettings)
        assert settings.long_silence.min_s == 3.5
        assert settings.repeated_script == shipped.repeated_script


class TestDigest:
    def digest(self, folder, text):
        return load_rules(lexicon_at(folder, text), None, TabooEntry).digest

    def test_moves_with_what_is_found(self, tmp_path):
        changed = GOOD.replace("severity: high", "severity: low")
        assert self.digest(tmp_path / "a", GOOD) != self.digest(tmp_path / "b", changed)

    def test_stays_with_layout_and_examples(self, tmp_path):
        changed = "# 说明\n" + GOOD.replace("      - 我来试试", "      - 我来试试\n      - 他来看看")
        assert self.digest(tmp_path / "a", GOOD) == self.digest(tmp_path / "b", changed)


class TestRuleVersion:
    def version(self, folder, text):
        (version,) = load_rules(lexicon_at(folder, text), None, TabooEntry).versions.values()
        return version

    @pytest.mark.parametrize(
        ("old", "new", "is_same"),
        [
            ("severity: high", "severity: low", False),
            ("severity: high", "severity: high\n    unless: [可以吗]", False),
            ("severity: high", "severity: high\n    owner: 质检组", True),
            ("      - 我来试试", "      - 我来试试\n      - 他来看看", True),
        ],
    )
    def test_moves_only_with_what_is_found(self, tmp_path, old, new, is_same):
        before = self.version(tmp_path / "a", GOOD)
        assert len(before) == 8
        assert (self.version(tmp_path / "b", GOOD.replace(old, new)) == before) is is_same


def test_dates_are_read_as_dates(tmp_path):
    text = GOOD.replace("severity: high", "severity: high\n    effective_from: 2026-03-01")
    (entry,) = load_rules(lexicon_at(tmp_path, text), None, TabooEntry).entries
    assert entry.effective_from == date(2026, 3, 1)


class TestConditions:
    WHEN = GOOD.replace("    patterns:\n      - 你来试试\n", "    when:\n      WHEN\n")

    @pytest.mark.parametrize(
        ("when", "told"),
        [
            ("phrase: [你来试试]\n      regex: ['试']", ["own.yaml:8", "phrase、regex", "all_of"]),
            ("phrase: [你来(试试]", ["own.yaml:9", "你来(试试", "配对"]),
            ("phras: [你来试试]", ["own.yaml:9", "phras", "phrase"]),
            ("none_of:\n        - phrase: [你来试试]", ["own.yaml:8", "missing"]),
            ("all_of:\n        - phrase: [你来试试]\n        - regexp: ['试']", ["own.yaml:11", "regexp"]),
            ("all_of:\n        - phrase: [你来试试]\n        - regex: ['(试']", ["own.yaml:11", "正则"]),
            ("pinyin: [nǐ lai]", ["own.yaml:9", "nǐ", "声调"]),
            ("signal: {name: silence_ratio}", ["own.yaml:9", "at_least"]),
            ("sequence: {first: {phrase: [你来]}}", ["own.yaml:9", "then"]),
            ("count: {of: {phrase: [你]}, at_least: 3, at_most: 1}", ["own.yaml:9", "at_most"]),
            ("words: {none_of: [你]}", ["own.yaml:9", "any_of"]),
            ("phrase: [你来试试]\n      cancelled_by: [转述]", ["own.yaml:10", "转述", "引用"]),
        ],
    )
    def test_a_bad_condition_is_told_by_its_line(self, tmp_path, when, told):
        with pytest.raises(LexiconInvalid) as caught:
            load_rules(lexicon_at(tmp_path, self.WHEN.replace("WHEN", when)), None, TabooEntry)
        for part in told:
            assert part in str(caught.value)

    def test_is_not_written_beside_patterns(self, tmp_path):
        both = GOOD.replace("    patterns:", "    when: {phrase: [你]}\n    patterns:")
        with pytest.raises(LexiconInvalid, match=r"own\.yaml:2.*when.*patterns"):
            load_rules(lexicon_at(tmp_path, both), None, TabooEntry)

    @pytest.mark.parametrize("line", ['{pause_s: "很久"}', "{signal: 静默}"])
    def test_an_example_that_cannot_be_read_is_told(self, tmp_path, line):
        text = GOOD.replace("      - 我来试试", f"      - [{line}]")
        with pytest.raises(LexiconInvalid, match=r"own\.yaml:\d+.*pause_s"):
            load_rules(lexicon_at(tmp_path, text), None, TabooEntry)
