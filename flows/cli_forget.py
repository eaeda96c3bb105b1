"""`huiting forget`: a customer's recording deleted everywhere, or what is too old. Edge file.

Prints counts per place, never what was in them.
"""

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli_options import ConfigFile, DataDir
from flows.config import Config, ConfigInvalid, load_config
from flows.console import console, table, warn

if TYPE_CHECKING:
    from flows.forget import ForgetReport
    from flows.forget_plan import Asked, ForgetPlan

_LEFT = (
    "没有动的：备份、已导出的表格（labels export、export）、已发出去的晨会包和页面副本、磁盘快照。"
    "它们在数据目录之外，请按 docs/operations.md「按客户要求删除」一节处理。"
)


def add_to(app: typer.Typer) -> None:
    """Register the command of this file."""
    app.command()(forget)


def forget(  # noqa: PLR0913, PLR0917 - options of one command
    call_ids: Annotated[list[str] | None, typer.Argument(help="要删除的通话编号，可以多个")] = None,
    customers: Annotated[
        list[str] | None, typer.Option("--customer", help="删除这个客户（清单里的 customer_id）的全部通话")
    ] = None,
    expired: Annotated[bool, typer.Option("--expired", help="删除超过保留期限（[retention]）的")] = False,
    reason: Annotated[str | None, typer.Option("--reason", help="记在删除记录里，不要写客户信息")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看会删除多少，什么也不动")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="不再确认")] = False,
    config_file: ConfigFile = None,
    data_dir: DataDir = None,
    inbox: Annotated[str | None, typer.Option("--inbox", help="录音投放目录，覆盖配置")] = None,
) -> None:
    """按客户要求把通话从投放目录、数据湖、仓库、页面和片段里全部删除，只留删除记录。

    不写编号：继续上次没做完的。
    """
    config = load_config(config_file, data_dir=data_dir, inbox=inbox)
    # With a night's own modules: 3 s.
    from flows.forget import forget as carry_out  # noqa: PLC0415
    from flows.forget_plan import Asked  # noqa: PLC0415
    from flows.night import only_one  # noqa: PLC0415

    asked = Asked(tuple(dict.fromkeys(call_ids or ())), tuple(dict.fromkeys(customers or ())), reason)
    with only_one(config):
        plan = _planned(config, asked, is_expired=expired)
        if dry_run:
            return
        if plan is not None and not yes:
            _confirm()
        report = carry_out(config, plan)
    _tell(report)


def _planned(config: Config, asked: "Asked", *, is_expired: bool) -> "ForgetPlan | None":
    """What there is to delete, printed; None when nothing is asked for or there is nothing."""
    from flows.forget_plan import plan_request  # see above  # noqa: PLC0415
    from flows.retention import plan_expired  # noqa: PLC0415

    is_asked = bool(asked.call_ids or asked.customer_ids)
    if is_asked and is_expired:
        raise ConfigInvalid("--expired 和通话编号、--customer 只能用一种。")
    if not is_asked and not is_expired:
        return None
    now = datetime.now(UTC)
    plan = plan_request(config, asked, now) if is_asked else plan_expired(config, now)
    _say_unknown(plan.unknown, plan.gone_before)
    console.print(table("要删除的", ("位置", "数量"), tuple(plan.counts.items())))
    return plan if any(plan.counts.values()) else None


def _tell(report: "ForgetReport") -> None:
    """Print what went, and what this installation cannot reach."""
    if not report.request_count:
        console.print("没有要删除的。")
        return
    for warning in report.warnings:
        warn(warning)
    console.print(table("已删除", ("位置", "数量"), tuple(report.counts.items())))
    if report.label_count:
        warn("其中有人工意见：分类器要等下次 huiting train 之后才不再含有它们的词语片段。")
    if report.has_outer_server:
        warn("schedule.api_url 指向的 Prefect 服务器不归回听管，它的运行历史请按它自己的办法清理。")
    console.print(_LEFT)


def _say_unknown(unknown: tuple[str, ...], gone_before: tuple[str, ...]) -> None:
    """Raise ConfigInvalid when an id is nowhere: a wrong letter must not pass for a deletion."""
    if unknown:
        raise ConfigInvalid(f"没有找到 {'、'.join(unknown)}，什么也没有删除。请核对编号。")
    if gone_before:
        console.print(f"{len(gone_before)} 个编号以前已经删除，没有再找到。")


def _confirm() -> None:
    """Raise ConfigInvalid unless a person says yes."""
    if not sys.stdin.isatty():
        raise ConfigInvalid("删除之后无法恢复：请先用 --dry-run 看一遍，再加 --yes。")
    if not typer.confirm("删除之后无法恢复，继续吗？"):
        raise ConfigInvalid("没有确认，什么也没有删除。")
