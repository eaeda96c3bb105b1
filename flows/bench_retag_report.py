"""What `huiting bench retag` says: tables, a JSON file, and a summary in the last line. Edge: prints."""

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from flows.bench_json import write_figures
from flows.console import console, table

PHRASE_COUNTS = (100, 1_000, 10_000)
# What is asked of two processor cores, in turns per second.
ASKED = {"rules": 20_000, "everything": 5_000}
_NAMES = {"rules": "规则", "everything": "全部"}


@dataclass(frozen=True, slots=True)
class RetagBenchOptions:
    """`turns` are those of one process and round; `lexicons` and `models` as taggers want them."""

    turns: int
    rounds: int
    processes: int
    lexicons: Path | None
    models: Path


@dataclass(frozen=True, slots=True)
class Speeds:
    """Turns per second of one process, per round: of the rules alone and of everything."""

    rules: tuple[float, ...]
    everything: tuple[float, ...]
    tagger_us: dict[str, float]


@dataclass(frozen=True, slots=True)
class Growth:
    """What a turn costs in microseconds with `count` turns or phrases; `plain_us`: every phrase is tried."""

    count: int
    turn_us: float
    plain_us: float | None = None


def report(
    options: RetagBenchOptions,
    speeds: Sequence[Speeds],
    growths: tuple[Sequence[Growth], Sequence[Growth]],
    json_file: Path | None,
) -> None:
    """Print the figures beside each other and write them."""
    by_turns, by_phrases = growths
    totals = {
        "rules": [sum(each) for each in zip(*(speed.rules for speed in speeds), strict=True)],
        "everything": [sum(each) for each in zip(*(speed.everything for speed in speeds), strict=True)],
    }
    middle = {name: round(sorted(rounds)[len(rounds) // 2]) for name, rounds in totals.items()}
    title = f"{options.processes} 个进程，每轮每进程 {options.turns} 个话轮，{options.rounds} 轮"
    rows = [(_NAMES[name], middle[name], ASKED[name], f"{middle[name] / ASKED[name]:.2f}") for name in totals]
    console.print(table(title, ("内容", "话轮/秒", "要求", "倍数"), rows))
    names = list(speeds[0].tagger_us)
    console.print(
        table("每个话轮多少微秒（一个进程）", names, [[speeds[0].tagger_us[name] for name in names]])
    )
    console.print(
        table("话轮增多（规则）", ("话轮", "每话轮微秒"), [(each.count, each.turn_us) for each in by_turns])
    )
    heads = ("短语", "每话轮微秒", "逐条去试", "快几倍")
    shown = [(each.count, each.turn_us, each.plain_us, _ratio(each)) for each in by_phrases]
    console.print(table("短语增多（含读音）", heads, shown))
    growth = by_phrases[-1].turn_us / by_phrases[0].turn_us
    summary = (
        f"规则 {middle['rules']} 话轮/秒，全部 {middle['everything']} 话轮/秒（{options.processes} 个进程，"
        f"{os.cpu_count()} 核，负载 {os.getloadavg()[0]:.1f}）；"
        f"短语 {PHRASE_COUNTS[-1] // PHRASE_COUNTS[0]} 倍，费时 {growth:.1f} 倍"
    )
    content = {
        "processes": options.processes,
        "turns": options.turns,
        "turns_per_s": middle,
        "rounds": {name: [round(each) for each in rounds] for name, rounds in totals.items()},
        "tagger_us": [speed.tagger_us for speed in speeds],
        "by_turns": [asdict(each) for each in by_turns],
        "by_phrases": [asdict(each) for each in by_phrases],
        "summary": summary,
    }
    write_figures(json_file, content)
    console.print(summary, soft_wrap=True)


def _ratio(growth: Growth) -> float | None:
    return None if growth.plain_us is None else round(growth.plain_us / growth.turn_us, 1)
