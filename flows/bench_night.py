"""How fast is a whole night? Runs one from nothing in a temporary data directory. Edge file."""

import tempfile
from datetime import date
from pathlib import Path

from flows.bench_json import write_figures
from flows.config import Config
from flows.console import console, table
from flows.report import NightReport
from flows.server import prefect_server, prepare_environment


def bench_one_night(config: Config, night: date, json_file: Path | None) -> None:
    """Run `night` from nothing and print audio hours per hour and share of every stage.

    Weights and classifier are taken from the configured data directory when they are there, so that the
    figure is a night's and not an installation's.
    """
    with tempfile.TemporaryDirectory(prefix="huiting-bench-") as folder:
        inside = config.model_copy(
            update={
                "data_dir": folder,
                "inbox": config.inbox.model_copy(update={"folder": str(config.inbox_path.resolve())}),
            }
        )
        if config.models_path.is_dir():
            (Path(folder) / "models").symlink_to(config.models_path.resolve())
        prepare_environment(inside)
        with prefect_server(inside):
            # Prefect reads its server's address when it is imported, and takes 1.4 s.
            from flows.nightly import one_night_alone  # noqa: PLC0415

            report = one_night_alone(inside, night)
    rows = stage_rows(report)
    console.print(
        table(f"{night}：{report.audio_s / 3600:.3f} 小时录音", ("步骤", "秒", "占比", "小时录音/小时"), rows)
    )
    figures = [
        {"stage": stage, "seconds": seconds, "share": share, "audio_hours_per_hour": speed}
        for stage, seconds, share, speed in rows
    ]
    content = {"night": night.isoformat(), "audio_s": report.audio_s, "stages": figures}
    write_figures(json_file, content)


def stage_rows(report: NightReport) -> list[tuple[str, float, float, float]]:
    """Return (stage, seconds, share, audio hours per hour) per stage, the whole night last."""
    total_s = sum(seconds for _, seconds in report.stages)
    stages = (*report.stages, ("合计", total_s))
    return [
        (stage, round(seconds, 2), round(seconds / total_s, 4), round(report.audio_s / max(seconds, 1e-9), 1))
        for stage, seconds in stages
    ]
