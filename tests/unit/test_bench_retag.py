"""What huiting bench retag measures: calls like stored ones, made-up phrases, and the last line's figures."""

import json
from pathlib import Path

from flows.bench_retag_calls import TURNS_PER_CALL, CallMaker, Sayings, made_entries
from flows.bench_retag_report import Growth, RetagBenchOptions, Speeds, report
from tagging.lexicon import load_vocabulary
from tagging.matching import RuleSet
from tagging.rules import Compiler

SAYINGS = Sayings(
    agent=("您好，请问有什么可以帮您", "我帮您查一下这个月的账单"),
    customer=("你们怎么又多扣了我的钱", "我要投诉你们的服务态度"),
    marked=("这个事情不归我们部门管啊",),
    homophones={"扣": "叩", "事": "是"},
)


def test_calls_look_like_stored_ones():
    calls = CallMaker(SAYINGS, 1).calls(TURNS_PER_CALL + 3)
    assert [len(call.turns) for call in calls] == [TURNS_PER_CALL, 3]
    for turn in (turn for call in calls for turn in call.turns):
        assert len(turn.pinyin) == len(turn.text)
        assert "".join(turn.tokens) == turn.text == "".join(word.text for word in turn.words)


def test_equal_seeds_draw_equal_calls():
    assert CallMaker(SAYINGS, 1).calls(20) == CallMaker(SAYINGS, 1).calls(20)
    assert CallMaker(SAYINGS, 1).calls(20) != CallMaker(SAYINGS, 2).calls(20)


def test_made_up_phrases_are_rules_that_can_fire():
    entries = made_entries(60, SAYINGS, 1)
    assert len({entry.patterns for entry in entries}) == 60
    rules = RuleSet(entries, Compiler(load_vocabulary(None)))
    assert any(rules.fire(call) for call in CallMaker(SAYINGS, 3).calls(400))


def test_the_report_adds_processes_and_takes_the_middle_round(tmp_path: Path):
    options = RetagBenchOptions(turns=400, rounds=3, processes=2, lexicons=None, models=tmp_path)
    speeds = [Speeds((10.0, 20.0, 30.0), (1.0, 2.0, 3.0), {"taboo": 5.0}) for _ in range(2)]
    growths = ([Growth(100, 9.0)], [Growth(100, 10.0, 40.0), Growth(10_000, 30.0, 4000.0)])
    report(options, speeds, growths, tmp_path / "b.json")
    told = json.loads((tmp_path / "b.json").read_text(encoding="utf-8"))
    assert told["turns_per_s"] == {"rules": 40, "everything": 4}
    assert "费时 3.0 倍" in told["summary"]
