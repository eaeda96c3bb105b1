"""`huiting tag`: transcripts from elsewhere, tagged. Edge file."""

import os
from pathlib import Path
from typing import Annotated

import typer

from flows.cli_nights import today
from flows.cli_options import ConfigFile, DataDir
from flows.config import ConfigInvalid, load_config
from flows.console import console, fail
from flows.report import ExitCode
from transcribe.call import SpeakerRole

# More of the same would push the summary off the screen.
MAX_FAULTS_SHOWN = 20


def add_to(app: typer.Typer) -> None:
    """Register the command of this file."""
    app.command()(tag)


def tag(  # noqa: PLR0913, PLR0917 - options of one command
    source: Annotated[Path, typer.Option("--in", help="文字记录，JSON Lines，UTF-8")],
    target: Annotated[Path, typer.Option("--out", help="结果写到哪里，JSON Lines；已有的会被替换")],
    role: Annotated[
        str, typer.Option("--role", help="没写角色的话是谁说的：agent、customer、unknown")
    ] = SpeakerRole.UNKNOWN.value,
    with_details: Annotated[
        bool, typer.Option("--details/--no-details", help="每个结论的依据也写出来（details）")
    ] = False,
    processes: Annotated[int, typer.Option("--processes", help="进程数，0 = 全部处理器核", min=0)] = 0,
    config_file: ConfigFile = None,
    data_dir: DataDir = None,
) -> None:
    """给别处来的文字记录打标签：原因、层级、升级、禁语、行为、客户类型、得分。

    每行一条：{"id", "text"} 或 {"id", "turns": [{"role", "text", "start_s", "end_s"}]}，role 与时间可以不写。
    没写角色的话只用来找原因，不查禁语。个人信息先遮盖再打标签。
    退出码：0 全部成功；3 有几行读不懂；1 一行也没有。
    """
    config = load_config(config_file, data_dir=data_dir)
    # scikit-learn takes a second to import
    from flows.tag_texts import TagOptions, tag_file  # noqa: PLC0415

    options = TagOptions(
        default_role=_role(role),
        day=today(config),
        with_details=with_details,
        processes=processes or os.cpu_count() or 1,
    )
    if target.is_dir():
        raise ConfigInvalid(f"--out {target} 是文件夹，请写文件名")
    try:
        done = tag_file(source, target, config, options)
    except UnicodeDecodeError as err:
        raise ConfigInvalid(f"--in {source} 不是 UTF-8 文字，请另存为 UTF-8") from err
    for fault in done.faults[:MAX_FAULTS_SHOWN]:
        fail(f"{source}:{fault.line}：{fault.message}；这一行没有结果")
    console.print(
        f"{done.rows + len(done.faults)} 行：成功 {done.rows}，失败 {len(done.faults)}。结果在 {target}"
    )
    if done.faults:
        raise typer.Exit(ExitCode.WITH_FAILURES if done.rows else ExitCode.NOTHING_PUBLISHED)


def _role(name: str) -> SpeakerRole:
    roles = (SpeakerRole.AGENT, SpeakerRole.CUSTOMER, SpeakerRole.UNKNOWN)
    for role in roles:
        if name.strip().lower() == role.value:
            return role
    raise ConfigInvalid(f"--role {name!r} 不认识，只能是 {'、'.join(role.value for role in roles)}。")
