"""What `huiting bench sizes` says: a table, a JSON file, and a summary in the last line. Edge: prints."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from flows.bench_figures import median_ratio
from flows.bench_json import write_figures
from flows.bench_size_jobs import OURS, OURS_FAST, PEER, WHISPER, Timed
from flows.console import console, table
from transcribe.recognise.protocol import WINDOW_S

HEADS = ("尺寸", "识别", "窗/秒", "声音秒/秒", "对 whisper", "对 fw 批", "内存 MB")


@dataclass(frozen=True, slots=True)
class SizeOptions:
    """What is measured: `tokens` are written for each of `windows` windows of 30 s, `batch` at once."""

    device: str
    sizes: tuple[str, ...]
    tokens: int
    windows: int
    batch: int
    rounds: int
    threads: int


@dataclass(frozen=True, slots=True)
class SizeFigures:
    """One contender at one size, a result per round."""

    size: str
    contender: str
    rounds: tuple[Timed, ...]

    @property
    def speeds(self) -> list[float]:
        """Windows per second, a round each."""
        return [timed.windows / timed.seconds for timed in self.rounds]


def report_sizes(
    figures: Sequence[SizeFigures],
    absent: Mapping[str, Mapping[str, str]],
    options: SizeOptions,
    json_file: Path | None,
) -> None:
    """Print the figures beside each other and write them; `absent` tells per size who did not run."""
    by_name = {(item.size, item.contender): item for item in figures}
    rows: list[tuple[object, ...]] = []
    entries: list[dict[str, object]] = []
    for item in figures:
        speed = median(item.speeds)
        ratios = {
            peer: round(median_ratio(item.speeds, by_name[item.size, peer].speeds), 2)
            for peer in (WHISPER, PEER)
            if (item.size, peer) in by_name
        }
        memory_mb = round(max(timed.peak_mb for timed in item.rounds))
        shown = (f"{speed:.2f}", f"{speed * WINDOW_S:.1f}", ratios.get(WHISPER), ratios.get(PEER), memory_mb)
        rows.append((item.size, item.contender, *shown))
        entries.append(
            {
                "size": item.size,
                "contender": item.contender,
                "windows_per_s": [round(each, 4) for each in item.speeds],
                "median_windows_per_s": round(speed, 4),
                "median_audio_s_per_s": round(speed * WINDOW_S, 2),
                "ratio_to": ratios,
                "peak_mb": memory_mb,
                "is_complete": all(timed.is_complete for timed in item.rounds),
            }
        )
    title = (
        f"{options.device}，随机权重（不测准确率），每窗 {WINDOW_S} 秒、{options.tokens} 个词元，"
        f"{options.windows} 窗，批 {options.batch}，{options.rounds} 轮，{options.threads} 线程"
    )
    console.print(table(title, HEADS, rows))
    summary = _summary(by_name, options)
    content = {
        "device": options.device,
        "weights": "random at the models' dimensions: accuracy is not measured",
        "tokens_per_window": options.tokens,
        "windows": options.windows,
        "batch": options.batch,
        "rounds": options.rounds,
        "threads": options.threads,
        "figures": entries,
        "absent": absent,
        "summary": summary,
    }
    write_figures(json_file, content)
    console.print(summary, soft_wrap=True)  # one line: the last one


def _summary(by_name: Mapping[tuple[str, str], SizeFigures], options: SizeOptions) -> str:
    """One line: per size the speed of ours and its ratio to each peer."""
    said: list[str] = []
    for size in options.sizes:
        parts: list[str] = []
        for name in (OURS, OURS_FAST):
            if ours := by_name.get((size, name)):
                speeds = ours.speeds
                ratios = [
                    f"{label}的 {median_ratio(speeds, peer.speeds):.1f} 倍"
                    for label, key in (("whisper ", WHISPER), ("fw 批", PEER))
                    if (peer := by_name.get((size, key)))
                ]
                parts.append(f"{name} {median(speeds) * WINDOW_S:.0f}x（{'，'.join(ratios)}）")
        said.append(f"{size}：{'，'.join(parts) if parts else '没有测成'}")
    return f"{options.device}，随机权重；{'；'.join(said)}"
