"""`huiting labels export|import`: what managers say of causes, phrases and cases. Edge file."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from flows.cli_nights import asked_nights
from flows.cli_options import ConfigFile, DataDir
from flows.config import ConfigInvalid, load_config
from flows.console import console, warn

_KINDS = ("causes", "taboo", "cases")
_NAMES = {"cause_label": "投诉原因", "taboo_verdict": "禁语", "case_verdict": "案例"}


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    labels = typer.Typer(no_args_is_help=True, help="管理者的意见：导出待评的结论，导入填好的表。")
    labels.command("export")(export_filled)
    labels.command("import")(import_filled)
    app.add_typer(labels, name="labels")


def export_filled(  # noqa: PLR0913, PLR0917 - options of one command
    file: Annotated[Path, typer.Argument(help="目标文件：.xlsx（带下拉列表）或 .csv")],
    first: Annotated[str, typer.Option("--from", help="第一夜")],
    last: Annotated[str | None, typer.Option("--to", help="最后一夜（含），默认昨天")] = None,
    what: Annotated[list[str] | None, typer.Option("--what", help="causes、taboo 或 cases，可重复")] = None,
    limit: Annotated[int, typer.Option("--limit", help="每类最多多少条", min=1)] = 200,
    again: Annotated[bool, typer.Option("--again", help="已经评过的也导出")] = False,
    config_file: ConfigFile = None,
    data_dir: DataDir = None,
) -> None:
    """导出待评的投诉原因、禁语和案例：每条带原话，「对不对」「正确结论」留空给人填。"""
    config = load_config(config_file, data_dir=data_dir)
    kinds = tuple(what or _KINDS)
    odd = [kind for kind in kinds if kind not in _KINDS]
    if odd:
        raise ConfigInvalid(f"--what {odd[0]!r} 不认识，请用 {'、'.join(_KINDS)}。")
    from flows.labels import ExportOptions, export_labels  # scikit-learn: 1 s  # noqa: PLC0415

    nights = asked_nights(config, None, first, last)
    counts = export_labels(config, nights, file, ExportOptions(kinds, limit, again))
    told = "，".join(f"{_NAMES[table]} {count} 条" for table, count in counts.items())
    console.print(f"{file}：{told}")


def import_filled(
    file: Annotated[Path, typer.Argument(help="填好的 .xlsx 或 .csv")],
    by: Annotated[str, typer.Option("--by", help="谁填的（贵中心的叫法，例如工号）")],
    config_file: ConfigFile = None,
    data_dir: DataDir = None,
) -> None:
    """导入填好的表；有一格不对就一条也不导入，并逐格说明。同一个文件导入两次不会重复。"""
    config = load_config(config_file, data_dir=data_dir)
    if not by.strip():
        raise ConfigInvalid("--by 是空的：请写明谁填的。")
    from flows.labels import import_labels, show_labels  # scikit-learn: 1 s  # noqa: PLC0415

    stored = import_labels(config, file, by.strip(), datetime.now(UTC))
    console.print(f"导入 {stored.added_count} 条，已有 {stored.known_count} 条。")
    if stored.added_count and not show_labels(config):
        warn("夜间任务正在运行：意见已存好，等它发布后就能在仓库里看到。")
