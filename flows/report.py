"""What a night tells its operator: exit code, counts, faults, stage times. Pure but for `post_alert`."""

import json
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from flows.config import Config


class ExitCode(IntEnum):
    """What `huiting nightly` ends with."""

    OK = 0
    NOTHING_PUBLISHED = 1
    WITH_FAILURES = 3


@dataclass(frozen=True, slots=True)
class FaultLine:
    """A fault as the operator sees it."""

    severity: str
    reason: str
    call_id: str | None
    file: str | None
    message: str


@dataclass(frozen=True, slots=True)
class NightReport:
    """How a night went. `stages` are wall seconds per step, `counts` rows per table of this run."""

    night: date
    run_id: str
    counts: dict[str, int]
    faults: tuple[FaultLine, ...]
    warnings: tuple[str, ...]
    stages: tuple[tuple[str, float], ...]
    audio_s: float
    reused_count: int
    morning_file: str

    @property
    def exit_code(self) -> ExitCode:
        failed = any(fault.severity == "failed" for fault in self.faults)
        return ExitCode.WITH_FAILURES if failed else ExitCode.OK


def fault_text(fault: FaultLine) -> str:
    """Return one line per fault: what, where, what to do."""
    sign = "失败" if fault.severity == "failed" else "警告"
    where = " ".join(part for part in (fault.call_id, fault.file) if part)
    return f"{sign} {fault.reason} {where}：{fault.message}"


def error_text(err: Exception) -> str:
    """Return what to tell the operator: the system's own errors get their place and what to do."""
    if isinstance(err, OSError) and err.strerror:
        place = f"{err.filename}：" if err.filename else ""
        return f"{place}系统报告 {err.strerror}。请检查这个路径、它的权限和磁盘空间后重试。"
    return str(err)


def summary_markdown(report: NightReport) -> str:
    """Return the night's summary as markdown (the Prefect artifact): counts alone, because a server keeps it.

    A call that must be forgotten later is named nowhere outside the data directory; the console names it.
    """
    by_reason = Counter((fault.severity, fault.reason) for fault in report.faults)
    lines = [
        f"# 回听 {report.night.isoformat()}",
        "",
        f"运行 `{report.run_id}`，录音 {report.audio_s / 3600:.2f} 小时，"
        f"沿用上次识别 {report.reused_count} 通。",
        "",
        "| 表 | 行数 |",
        "|---|---:|",
        *(f"| {table} | {count} |" for table, count in report.counts.items()),
        "",
        "| 级别 | 原因 | 数量 |",
        "|---|---|---:|",
        *(f"| {severity} | {reason} | {count} |" for (severity, reason), count in sorted(by_reason.items())),
        "",
        "| 步骤 | 秒 |",
        "|---|---:|",
        *(f"| {stage} | {seconds:.1f} |" for stage, seconds in report.stages),
    ]
    told = [f"\n> 提醒 {len(report.warnings)} 条，见这一夜的输出。"] if report.warnings else []
    return "\n".join([*lines, *told])


def post_alert(config: Config, nights: Sequence[str], exit_code: int, message: str) -> str | None:
    """Tell the configured webhook that a night did not end with 0; returns what went wrong, else None."""
    if not config.alert.webhook_url or exit_code == ExitCode.OK:
        return None
    body = json.dumps(
        {"nights": list(nights), "exit_code": exit_code, "message": message}, ensure_ascii=False
    )
    request = urllib.request.Request(  # noqa: S310 - the operator's own address
        config.alert.webhook_url, data=body.encode(), headers={"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=config.alert.timeout_s):  # noqa: S310
            return None
    except (urllib.error.URLError, OSError, ValueError) as err:
        return f"通知 alert.webhook_url 失败：{err}"
