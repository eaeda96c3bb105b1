"""`huiting review`: the reviewers' web application, its users, its audit log. Edge file."""

import sys
from datetime import UTC, date, datetime
from typing import Annotated

import typer

from flows.cli_options import ConfigFile, DataDir
from flows.config import Config, ConfigInvalid, load_config
from flows.console import console, fail, table
from warehouse.review.accounts import (
    ROLES,
    Account,
    accounts,
    add_account,
    remove_account,
    set_password,
)
from warehouse.review.audit import DEEDS, entries, first_break, last_entry
from warehouse.review.store import ReviewStore

_ROLES_HELP = "、".join(f"{role}（{name}）" for role, name in ROLES.items())
_NEWEST = 10**9

Name = Annotated[str, typer.Argument(help="用户名（工号）")]


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    review = typer.Typer(help="复核：在网页上听、评、申诉、终审。不带子命令时启动网页。")
    user = typer.Typer(no_args_is_help=True, help="复核网页的用户。")
    user.command("add")(add_user)
    user.command("list")(list_users)
    user.command("remove")(remove_user)
    user.command("passwd")(change_password)
    review.add_typer(user, name="user")
    review.command("audit")(audit)
    review.callback(invoke_without_command=True)(start)
    app.add_typer(review, name="review")


def start(  # noqa: PLR0913, PLR0917 - options of one command
    context: typer.Context,
    local_name: Annotated[str | None, typer.Option("--as", help="本机一个人用，不登录：您的工号")] = None,
    host: Annotated[str, typer.Option("--host", help="监听的地址；本机以外要先加用户")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="端口，0 = 任选", min=0, max=65535)] = 8765,
    public_url: Annotated[str, typer.Option("--public-url", help="前面有代理时浏览器用的网址")] = "",
    first: Annotated[str | None, typer.Option("--from", help="第一夜，默认最近几夜")] = None,
    last: Annotated[str | None, typer.Option("--to", help="最后一夜（含）")] = None,
    config_file: ConfigFile = None,
    data_dir: DataDir = None,
) -> None:
    """复核：在网页上听、评、申诉、终审。不带子命令时启动网页，按 Ctrl-C 停止。"""
    if context.invoked_subcommand is not None:
        return
    config = load_config(config_file, data_dir=data_dir)
    if local_name is not None and not local_name.strip():
        raise ConfigInvalid("--as 是空的：请写您的工号。")
    from flows.review import ServeOptions, serve  # fastapi and scikit-learn: 2 s  # noqa: PLC0415

    name = None if local_name is None else local_name.strip()
    options = ServeOptions(host, port, name, public_url, _night("--from", first), _night("--to", last))
    serve(config, options, typer.echo)


def add_user(
    name: Name,
    role: Annotated[list[str], typer.Option("--role", help=f"角色，可重复：{_ROLES_HELP}")],
    team: Annotated[str, typer.Option("--team", help="只能看这个班组，默认不限")] = "",
    config_file: ConfigFile = None,
    data_dir: DataDir = None,
) -> None:
    """加一个用户；密码从键盘读两遍，或从标准输入读一行。"""
    config = load_config(config_file, data_dir=data_dir)
    account = Account(name, frozenset(role), team)
    add_account(_store(config), account, _password(), config.review.min_password_chars, _now())
    console.print(f"已加用户 {name}：{'、'.join(ROLES[each] for each in sorted(role))}")


def list_users(config_file: ConfigFile = None, data_dir: DataDir = None) -> None:
    """列出用户、角色和班组。"""
    config = load_config(config_file, data_dir=data_dir)
    rows = [
        (each.name, "、".join(ROLES[role] for role in sorted(each.roles)), each.team or "不限")
        for each in accounts(_store(config))
    ]
    console.print(table("用户", ("用户名", "角色", "班组"), rows))


def remove_user(name: Name, config_file: ConfigFile = None, data_dir: DataDir = None) -> None:
    """删一个用户并让他退出；他说过的意见和审计记录都留着。"""
    config = load_config(config_file, data_dir=data_dir)
    remove_account(_store(config), name, _now())
    console.print(f"已删用户 {name}")


def change_password(name: Name, config_file: ConfigFile = None, data_dir: DataDir = None) -> None:
    """改一个用户的密码并让他退出；密码从键盘读两遍，或从标准输入读一行。"""
    config = load_config(config_file, data_dir=data_dir)
    set_password(_store(config), name, _password(), config.review.min_password_chars, _now())
    console.print(f"已改 {name} 的密码")


def audit(
    rows: Annotated[int, typer.Option("--rows", help="打印最近多少条", min=0)] = 20,
    config_file: ConfigFile = None,
    data_dir: DataDir = None,
) -> None:
    """核对审计记录是否被改动过，打印最近的；改动过就以 1 退出。"""
    config = load_config(config_file, data_dir=data_dir)
    store = _store(config)
    shown = [
        (
            row["entry_number"],
            row["at"],
            row["name"],
            DEEDS.get(row["deed"], row["deed"]),
            "（已删除）" if row["call_id"] is None else row["call_id"],
            row["detail"] or "",
        )
        for row in entries(store, _NEWEST, rows)
    ]
    console.print(table("审计", ("号", "时间", "谁", "做了什么", "通话", "详情"), shown))
    broken = first_break(store)
    if broken is not None:
        fail(f"第 {broken} 条起与前面接不上：记录被改动过，请与备份核对。")
        raise typer.Exit(1)
    number, chain = last_entry(store)
    console.print(f"记录完整，共 {number} 条，末条 {chain}")


def _store(config: Config) -> ReviewStore:
    store = ReviewStore(config.review_path)
    store.prepare()
    return store


def _password() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("密码", hide_input=True, confirmation_prompt="再输一遍"))
    return sys.stdin.readline().rstrip("\r\n")


def _night(option: str, text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError as err:
        raise ConfigInvalid(f"{option} {text!r} 不是日期，请写成 2026-11-20。") from err


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
