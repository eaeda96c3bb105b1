"""What `huiting bench recognise` says: a table, a JSON file, and a summary in the last line. Edge: prints."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from flows.bench_contenders import OURS, PEERS, Contender
from flows.bench_figures import median_ratio
from flows.bench_json import write_figures
from flows.console import console, table

HEADS = ("识别", "声道秒/秒", "对 whisper", "对 fw", "对 fw 批", "字错率", "拼音错率", "无声多字", "内存 MB")


@dataclass(frozen=True, slots=True)
class BenchOptions:
    """What is heard, how often, and by whom. `plain_minutes` is what whisper.transcribe hears per round."""

    minutes: float
    plain_minutes: float
    rounds: int
    threads: int
    with_peers: bool
    reference: Path | None


@dataclass(frozen=True, slots=True)
class Figures:
    """One contender's figures: a speed per round (channel seconds per second), the rest of the last round."""

    contender: Contender
    speeds: tuple[float, ...]
    character_errors: float
    sound_errors: float
    invented_chars: int
    peak_mb: float

    @property
    def speed(self) -> float:
        return median(self.speeds)


def report(figures: Sequence[Figures], limit: float, options: BenchOptions, json_file: Path | None) -> None:
    """Print the figures beside each other and write them; `limit` is the encoder's, in channel s per s."""
    by_contender = {item.contender: item for item in figures}
    rows: list[tuple[object, ...]] = []
    entries: list[dict[str, object]] = []
    for item in figures:
        ratios = {
            peer.name: round(median_ratio(item.speeds, by_contender[peer].speeds), 2)
            for peer in PEERS
            if peer in by_contender and peer.beam_size in {item.contender.beam_size, 1}
        }
        shown = {kind: ratios.get(Contender(kind, beam).name) for kind, beam in _shown_peers(item.contender)}
        rows.append((item.contender.name, round(item.speed, 1), *shown.values(), *_quality(item)))
        entries.append(
            {
                "contender": item.contender.name,
                "channel_s_per_s": [round(speed, 2) for speed in item.speeds],
                "median_channel_s_per_s": round(item.speed, 2),
                "ratio_to": ratios,
                "character_error_rate": round(item.character_errors, 4),
                "pinyin_error_rate": round(item.sound_errors, 4),
                "invented_chars": item.invented_chars,
                "peak_mb": round(item.peak_mb),
            }
        )
    title = (
        f"{options.minutes:g} 分钟声道音频，{options.rounds} 轮，{options.threads} 线程；"
        "fw = faster-whisper int8，同束宽"
    )
    console.print(table(title, HEADS, rows))
    summary = _summary(figures, limit)
    content = {
        "minutes": options.minutes,
        "rounds": options.rounds,
        "threads": options.threads,
        "contenders": entries,
        "encoder_limit_channel_s_per_s": round(limit, 1),
        "summary": summary,
    }
    write_figures(json_file, content)
    console.print(summary, soft_wrap=True)  # one line: the last one


def _shown_peers(contender: Contender) -> tuple[tuple[str, int], ...]:
    return (
        ("whisper", 1),
        ("faster-whisper", contender.beam_size),
        ("faster-whisper-batched", contender.beam_size),
    )


def _quality(item: Figures) -> tuple[object, ...]:
    return (
        f"{item.character_errors:.1%}",
        f"{item.sound_errors:.1%}",
        item.invented_chars,
        round(item.peak_mb),
    )


def _summary(figures: Sequence[Figures], limit: float) -> str:
    """One line: each of ours with its speed, its ratio to the peer, and its share of the physical limit."""
    by_contender = {item.contender: item for item in figures}
    said: list[str] = []
    for ours in (item for item in figures if item.contender in OURS):
        line = f"{ours.contender.name} {ours.speed:.0f}x"
        peer = by_contender.get(Contender("faster-whisper-batched", ours.contender.beam_size))
        if peer:
            line += f"（fw 批的 {median_ratio(ours.speeds, peer.speeds):.1f} 倍）"
        said.append(f"{line} 字错率 {ours.character_errors:.1%}，极限的 {ours.speed / limit:.0%}")
    return "；".join(said)
