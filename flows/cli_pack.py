"""`huiting pack`: the trainer's morning pack. Edge file."""

from pathlib import Path
from typing import Annotated

import typer

from flows.cli_nights import parsed_day
from flows.cli_options import ConfigFile, DataDir
from flows.config import ConfigInvalid, load_config
from flows.console import console, warn

_FORMATS = ("opus", "mp3")


def add_to(app: typer.Typer) -> None:
    """Register the command of this file."""
    app.command()(pack)


def pack(  # noqa: PLR0913, PLR0917 - options of one command
    day: Annotated[str | None, typer.Option("--date", help="哪一夜，默认仓库里最近的一夜")] = None,
    team: Annotated[str | None, typer.Option("--team", help="班组，默认全中心")] = None,
    minutes: Annotated[float, typer.Option("--minutes", help="晨训多少分钟", min=3, max=120)] = 10,
    as_zip: Annotated[bool, typer.Option("--zip", help="做成一个 zip 文件")] = False,
    to: Annotated[Path | None, typer.Option("--to", help="放到哪里，默认数据目录的 packs/ 下")] = None,
    sound: Annotated[str, typer.Option("--format", help="声音格式：opus 或 mp3")] = "opus",
    config_file: ConfigFile = None,
    data_dir: DataDir = None,
) -> None:
    """做一个班组的晨训包：按本组近来的问题挑几段录音和对比，配好讨论题、换个说法和时间安排。

    成品是一个文件夹（或 zip）：打开 index.html 就能听、能打印，拷到 U 盘也能用。
    """
    config = load_config(config_file, data_dir=data_dir)
    if sound not in _FORMATS:
        raise ConfigInvalid(f"--format {sound!r} 不认识，请用 {'、'.join(_FORMATS)}。")
    from flows.pack import PackOptions, make_pack  # numpy, PyAV and DuckDB: a second  # noqa: PLC0415

    night = None if day is None else parsed_day(day, "--date")
    codec = "mp3" if sound == "mp3" else None
    made = make_pack(config, PackOptions(night, team, minutes, as_zip, to, codec))
    content = made.content
    for problem in content.problems:
        console.print(f"问题：{problem.name}，{problem.base_count} 通里有 {problem.call_count} 通")
    topics = len({case.item for case in content.cases})
    console.print(f"{topics} 个话题，{len(content.cases)} 段录音，共 {content.seconds / 60:.1f} 分钟")
    if not made.is_kept:
        warn("这份晨训包不在数据目录的 packs/ 下：以后选案例不会避开它，huiting forget 也清不到它。")
    console.print(f"晨训包：{made.path if as_zip else made.path / 'index.html'}", soft_wrap=True)
