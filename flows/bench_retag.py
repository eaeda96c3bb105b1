"""How fast are stored turns tagged again? `huiting bench retag`. Edge: starts processes, prints, writes JSON.

Rules alone and everything, on turns that look like stored ones, in as many processes as a night would use;
then how the cost grows with turns, and with phrases beside trying every phrase on every turn. All ratios are
of one run. Reading rows and writing findings is not in it: `huiting retag` tells what that takes.
"""

import multiprocessing
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter

from flows.bench_retag_calls import CallMaker, Sayings, gather_sayings, made_entries
from flows.bench_retag_report import PHRASE_COUNTS, Growth, RetagBenchOptions, Speeds, report
from tagging.lexicon import load_vocabulary
from tagging.lexicons import load_lexicons
from tagging.matching import RuleSet
from tagging.options import TaggerOptions
from tagging.rules import Compiler
from tagging.taggers import build_taggers, tag_transcript
from transcribe.call import Transcript

WARM_TURNS = 2_000
# Trying every phrase on every turn is slow: so many turns tell enough.
PLAIN_TRIES = 200_000
_SEED = 4
_MEASURED_SEED = 400


def bench_retag(options: RetagBenchOptions, json_file: Path | None) -> None:
    """Measure, print, and write the figures to `json_file`."""
    jobs = [(options, number) for number in range(options.processes)]
    with multiprocessing.get_context("spawn").Pool(options.processes) as pool:
        speeds = pool.map(measure_process, jobs, chunksize=1)
    sayings = gather_sayings()
    by_turns = grow_with_turns(options, sayings)
    by_phrases = grow_with_phrases(sayings)
    report(options, speeds, (by_turns, by_phrases), json_file)


def measure_process(job: tuple[RetagBenchOptions, int]) -> Speeds:
    """Return the speeds of one process, which makes its own calls."""
    options, number = job
    sayings = gather_sayings()
    rules = _rule_sets(options.lexicons)
    taggers = build_taggers(TaggerOptions(override_dir=options.lexicons, models_dir=options.models))
    maker = CallMaker(sayings, _SEED + number)
    everything: list[float] = []
    alone: list[float] = []
    for transcript in maker.calls(WARM_TURNS):
        _fire_all(rules, transcript)
        tag_transcript(transcript, taggers)
    for _ in range(options.rounds):
        alone.append(_turns_per_s(maker.calls(options.turns), lambda each: _fire_all(rules, each)))
        everything.append(
            _turns_per_s(maker.calls(options.turns), lambda each: tag_transcript(each, taggers))
        )
    shares = {
        tagger.name: round(1e6 / _turns_per_s(maker.calls(options.turns // 2), tagger.tag), 1)
        for tagger in taggers
    }
    return Speeds(tuple(alone), tuple(everything), shares)


def _rule_sets(lexicons: Path | None) -> list[RuleSet]:
    return [each.rules for each in load_lexicons(lexicons).values()]


def _fire_all(rules: Sequence[RuleSet], transcript: Transcript) -> None:
    for each in rules:
        each.fire(transcript)


def _turns_per_s(calls: Sequence[Transcript], work: Callable[[Transcript], object]) -> float:
    started = perf_counter()
    for call in calls:
        work(call)
    return sum(len(call.turns) for call in calls) / (perf_counter() - started)


def grow_with_turns(options: RetagBenchOptions, sayings: Sayings) -> list[Growth]:
    """Return what a turn costs the rules of all lexicons, for one, two, four and eight times the turns."""
    rules = _rule_sets(options.lexicons)
    maker = CallMaker(sayings, _MEASURED_SEED)
    _turns_per_s(maker.calls(WARM_TURNS), lambda each: _fire_all(rules, each))
    counts = [options.turns // 4 * factor for factor in (1, 2, 4, 8)]
    return [
        Growth(count, round(1e6 / _turns_per_s(maker.calls(count), lambda each: _fire_all(rules, each)), 1))
        for count in counts
    ]


def grow_with_phrases(sayings: Sayings) -> list[Growth]:
    """Return what a turn costs with so many made-up phrases, beside trying each of them on each turn."""
    found: list[Growth] = []
    for count in PHRASE_COUNTS:
        rules = RuleSet(made_entries(count, sayings, count), Compiler(load_vocabulary(None)))
        maker = CallMaker(sayings, _MEASURED_SEED)
        for transcript in maker.calls(WARM_TURNS):
            rules.fire(transcript)
        ours = _turns_per_s(maker.calls(WARM_TURNS), rules.fire)
        few = maker.calls(max(20, PLAIN_TRIES // count))
        plain = _turns_per_s(few, lambda each, rules=rules: rules.fire_plainly(each))
        found.append(Growth(count, round(1e6 / ours, 1), round(1e6 / plain, 1)))
    return found
