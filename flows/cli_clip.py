"""`huiting clip`: clips of chosen cases as files to take along. Edge file."""

from pathlib import Path
from typing import Annotated

import typer

from flows.cli_options import ConfigFile, DataDir
from flows.config import ConfigInvalid, load_config
from flows.console import console, fail


def add_to(app: typer.Typer) -> None:
    """Register the command of this file."""
    app.command()(clip)


def clip(
    case_ids: Annotated[list[str], typer.Argument(help="案例编号，可以给几个")],
    to: Annotated[Path, typer.Option("--to", help="写到哪个文件夹")],
    codec: Annotated[str, typer.Option("--format", help="opus 或 mp3")] = "mp3",
    config_file: ConfigFile = None,
    data_dir: DataDir = None,
) -> None:
    """把案例的片段存成文件：已经剪好的直接拷出或转成 MP3，没有剪好的照夜间的办法重新剪。

    个人信息在片段里已经静音；转格式用的是静音后的片段，不是原始录音。有案例没有写成就以 1 退出。
    """
    config = load_config(config_file, data_dir=data_dir)
    if codec not in {"opus", "mp3"}:
        raise ConfigInvalid(f"--format {codec!r} 不认识，请写 opus 或 mp3")
    # Decoders and the flow's task library are wanted by this command only.
    from flows.clip_files import write_clips  # noqa: PLC0415

    done = write_clips(config, case_ids, "mp3" if codec == "mp3" else "opus", to)
    for path in done.written:
        console.print(str(path), soft_wrap=True)
    for problem in done.problems:
        fail(problem)
    raise typer.Exit(1 if done.problems else 0)
