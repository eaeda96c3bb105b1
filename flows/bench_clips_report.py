"""What `huiting bench clips` says: tables, a JSON file, and a summary in the last line. Edge: prints."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from flows.bench_json import write_figures
from flows.console import console, table

# What is asked of two processor cores: so many Opus clips from as many recordings, in so many seconds.
ASKED_CLIPS, ASKED_S = 1_000, 120.0
_PASSES = {"one": "一个进程", "many": "多个进程", "opus": "Opus", "mp3": "MP3"}


@dataclass(frozen=True, slots=True)
class ClipBenchOptions:
    """How many clips from recordings of how many minutes, cut by how many processes."""

    clips: int
    minutes: float
    processes: int


@dataclass(frozen=True, slots=True)
class Cutting:
    """One pass: wall and CPU seconds (of all processes) for `count` clips."""

    wall_s: float
    cpu_s: float
    count: int

    @property
    def clips_per_s(self) -> float:
        return self.count / self.wall_s

    @property
    def cpu_ms(self) -> float:
        return 1000 * self.cpu_s / self.count


@dataclass(frozen=True, slots=True)
class Decoding:
    """CPU seconds to decode one span of a recording, and all of it."""

    format: str
    span_s: float
    whole_s: float

    @property
    def ratio(self) -> float:
        return self.whole_s / self.span_s


@dataclass(frozen=True, slots=True)
class Share:
    """CPU seconds that a step takes of one clip."""

    name: str
    cpu_s: float


@dataclass(frozen=True, slots=True)
class Figures:
    """`originals`: (format, seconds, channels); `cutting` by pass; the rest per format and step."""

    originals: Sequence[tuple[str, int, int]]
    cutting: Mapping[str, Cutting]
    decoding: Sequence[Decoding]
    shares: Sequence[Share]


def report(options: ClipBenchOptions, figures: Figures, json_file: Path | None) -> None:
    """Print the figures beside each other and write them."""
    title = f"{options.clips} 个片段，每个来自自己的录音（约 {options.minutes:g} 分钟），20 到 60 秒"
    rows = [
        (_PASSES[name], each.count, round(each.clips_per_s, 1), round(each.cpu_ms))
        for name, each in figures.cutting.items()
    ]
    console.print(table(title, ("内容", "片段", "片段/秒", "每片段 CPU 毫秒"), rows))
    steps = [(share.name, round(1000 * share.cpu_s, 1)) for share in figures.shares]
    console.print(table("一个片段的时间花在哪里", ("步骤", "CPU 毫秒"), steps))
    decoding = [
        (
            each.format,
            round(1000 * each.span_s),
            round(1000 * each.whole_s),
            round(each.whole_s / each.span_s, 1),
        )
        for each in figures.decoding
    ]
    console.print(
        table("只解码要剪的 20 秒，还是整个录音", ("格式", "只解码 毫秒", "整个 毫秒", "快几倍"), decoding)
    )
    summary = _summary(options, figures)
    content = {
        "clips": options.clips,
        "minutes": options.minutes,
        "processes": options.processes,
        "originals": [list(each) for each in figures.originals],
        "cutting": {name: asdict(each) for name, each in figures.cutting.items()},
        "decoding": [asdict(each) for each in figures.decoding],
        "shares": [asdict(each) for each in figures.shares],
        "load": os.getloadavg()[0],
        "summary": summary,
    }
    write_figures(json_file, content)
    console.print(summary, soft_wrap=True)


def _summary(options: ClipBenchOptions, figures: Figures) -> str:
    many, one = figures.cutting["many"], figures.cutting["one"]
    opus, mp3 = figures.cutting["opus"], figures.cutting["mp3"]
    wall_s = ASKED_CLIPS / many.clips_per_s
    cpu_s = ASKED_CLIPS * many.cpu_ms / 1000 / options.processes
    return (
        f"{ASKED_CLIPS} 个 Opus 片段 {wall_s:.0f} 秒（{options.processes} 个进程，{os.cpu_count()} 核，"
        f"负载 {os.getloadavg()[0]:.1f}；按 CPU 算 {cpu_s:.0f} 秒），要求 {ASKED_S:.0f} 秒；"
        f"{options.processes} 个进程是一个的 {many.clips_per_s / one.clips_per_s:.1f} 倍，"
        f"MP3 费时是 Opus 的 {mp3.cpu_ms / opus.cpu_ms:.1f} 倍"
    )
