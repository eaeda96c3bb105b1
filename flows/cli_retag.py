"""`huiting retag`: today's lexicons and models over stored nights. Edge file."""

from typing import Annotated

import typer

from flows.cli_nights import asked_nights
from flows.cli_options import ConfigFile, DataDir
from flows.config import Config, ConfigInvalid, load_config
from flows.console import console, table, warn
from flows.server import prefect_server, prepare_environment
from warehouse.lake import Lake


def add_to(app: typer.Typer) -> None:
    """Register the command of this file."""
    app.command()(retag)


def retag(
    first: Annotated[str, typer.Option("--from", help="第一夜（日期文件夹的日期）")],
    last: Annotated[str | None, typer.Option("--to", help="最后一夜（含），默认昨天")] = None,
    force: Annotated[bool, typer.Option("--force", help="词库和模型没有变化也重做")] = False,
    config_file: ConfigFile = None,
    data_dir: DataDir = None,
) -> None:
    """用现在的词库和模型给存好的通话重新打标签，不重新识别；旧的结论连同版本保留，报表用新的。"""
    config = load_config(config_file, data_dir=data_dir)
    nights = asked_nights(config, None, first, last)
    known = set(Lake(config.lake_path).nights())
    if not known.intersection(nights):
        raise ConfigInvalid(f"{nights[0]} 到 {nights[-1]} 没有存好的夜，请检查日期或 data_dir。")
    prepare_environment(config)
    with prefect_server(config):
        # Prefect reads its server's address when it is imported, and takes 1.4 s.
        from flows.retag import RetagReport, retag_nights  # noqa: PLC0415

        report: RetagReport = retag_nights(config, nights, is_forced=force)
    for warning in report.warnings:
        warn(warning)
    if report.same:
        console.print(f"没有变化、不用重做的夜：{'、'.join(map(str, report.same))}（要重做请加 --force）")
    if not report.nights:
        done = "上次没有发布完的已经发布。" if report.is_published else "什么也没有做。"
        console.print(f"词库和模型与上次打标签时相同，{done}")
        return
    _print_done(config, report.stages)
    console.print(
        f"重新打标签：{len(report.nights)} 夜，{report.call_count} 通电话，{report.clip_count} 个片段。"
        "前后对比见集市 finding_history。"
    )


def _print_done(config: Config, stages: tuple[tuple[str, float], ...]) -> None:
    shown = tuple((name, round(seconds, 1)) for name, seconds in stages)
    console.print(table("用时", ("步骤", "秒"), shown))
    console.print(f"仓库：{config.warehouse_path}")
