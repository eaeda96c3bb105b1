"""Several nights in turn, each told about as it ends. Edge file."""

from collections.abc import Sequence
from datetime import date

from flows.config import Config, ConfigInvalid
from flows.console import console, fail, table, warn
from flows.nightly import one_night_alone
from flows.report import ExitCode, NightReport, error_text, fault_text
from tagging.errors import TaggingError
from transcribe.errors import TranscribeError
from warehouse.errors import WarehouseError

# RuntimeError is what Dask raises when its workers die while they start.
_STOPPED = (ConfigInvalid, TranscribeError, TaggingError, WarehouseError, OSError, RuntimeError)


def run_nights(config: Config, nights: Sequence[date]) -> tuple[int, str]:
    """Run the nights in order; returns the worst exit code and a message for the alert.

    A night that cannot be published does not keep the later ones from being tried.
    """
    codes: list[ExitCode] = []
    messages: list[str] = []
    for night in nights:
        try:
            report = one_night_alone(config, night)
        except _STOPPED as err:
            fail(f"{night}：{error_text(err)}")
            messages.append(f"{night}：没有发布。{error_text(err)}")
            codes.append(ExitCode.NOTHING_PUBLISHED)
            continue
        print_report(config, report)
        codes.append(report.exit_code)
        failed = sum(fault.severity == "failed" for fault in report.faults)
        messages.append(f"{night}：已发布，{failed} 个录音失败。")
    worst = ExitCode.NOTHING_PUBLISHED if ExitCode.NOTHING_PUBLISHED in codes else max(codes)
    return int(worst), "\n".join(messages)


def print_report(config: Config, report: NightReport) -> None:
    """Print one line per fault, the night's counts and stage times, and where everything is."""
    for fault in report.faults:
        (fail if fault.severity == "failed" else warn)(fault_text(fault))
    for warning in report.warnings:
        warn(warning)
    console.print(table(f"{report.night} 各表行数", ("表", "行数"), tuple(report.counts.items())))
    total_s = sum(seconds for _, seconds in report.stages) or 1.0
    stages = tuple((name, round(seconds, 1), f"{seconds / total_s:.0%}") for name, seconds in report.stages)
    console.print(table(f"{report.night} 用时", ("步骤", "秒", "占比"), stages))
    console.print(f"录音 {report.audio_s / 3600:.2f} 小时，沿用上次识别 {report.reused_count} 通。")
    console.print(f"仓库：{config.warehouse_path}")
    console.print(f"案例库页面：{config.pages_path / 'index.html'}")
    console.print(f"晨会表：{report.morning_file}")
