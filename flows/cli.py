"""`huiting ...`: what the operator, analysts and managers type. Edge file; messages are Chinese.

Commands only parse, call and print. Prefect and torch take seconds to import, so the commands that need
them import their flow inside.
"""

import os
import sys
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from flows import cli_look, cli_transcribe
from flows.bench_night import bench_one_night
from flows.config import Config, ConfigInvalid, load_config
from flows.console import console, fail, warn
from flows.report import ExitCode, error_text, post_alert
from flows.server import ServerNotReached, prefect_server, prepare_environment
from tagging.errors import TaggingError
from transcribe.errors import TranscribeError
from warehouse.errors import WarehouseError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="回听：每夜听完服务中心的全部录音。",
)
cli_look.add_to(app)
cli_transcribe.add_to(app)

ConfigFile = Annotated[Path | None, typer.Option("--config", help="配置文件，默认当前目录的 huiting.toml")]
DataDir = Annotated[str | None, typer.Option("--data-dir", help="数据目录，覆盖配置里的 data_dir")]
Profile = Annotated[str | None, typer.Option("--profile", help="场景：demo 或 production")]

USER_ERRORS = (ConfigInvalid, ServerNotReached, TranscribeError, TaggingError, WarehouseError, OSError)


@app.command()
def nightly(  # noqa: PLR0913, PLR0917 - options of one command
    day: Annotated[str | None, typer.Option("--date", help="录音文件夹的日期，默认昨天")] = None,
    first: Annotated[str | None, typer.Option("--from", help="补跑：第一夜")] = None,
    last: Annotated[str | None, typer.Option("--to", help="补跑：最后一夜（含），默认昨天")] = None,
    inbox: Annotated[str | None, typer.Option("--inbox", help="录音投放目录，覆盖配置")] = None,
    config_file: ConfigFile = None,
    data_dir: DataDir = None,
    profile: Profile = None,
) -> None:
    """跑一夜（或补跑几夜）：识别、打标签、入库、检查、发布、案例库。

    退出码：0 全部正常；3 已发布，但有录音失败；1 什么也没有发布。
    """
    config = load_config(config_file, profile=profile, data_dir=data_dir, inbox=inbox)
    nights = _nights(config, day, first, last)
    code, message = int(ExitCode.NOTHING_PUBLISHED), "夜间任务意外中断，原因见它的错误输出。"
    try:
        config.data_path.mkdir(parents=True, exist_ok=True)  # a wrong place is told before anything starts
        prepare_environment(config)
        with prefect_server(config):
            # Prefect reads its server's address when it is imported, and takes 1.4 s.
            from flows.run_nights import run_nights  # noqa: PLC0415

            code, message = run_nights(config, nights)
    except USER_ERRORS as err:
        message = error_text(err)
        fail(message)
    finally:
        if problem := post_alert(config, [night.isoformat() for night in nights], code, message):
            warn(problem)
    raise typer.Exit(code)


@app.command()
def train(config_file: ConfigFile = None, data_dir: DataDir = None) -> None:
    """用自带语料训练投诉原因分类器，打印成绩，存入 models/。"""
    config = load_config(config_file, data_dir=data_dir)
    from flows.train import train_causes  # scikit-learn: 1 s  # noqa: PLC0415

    trained = train_causes(config)
    console.print(trained.report)
    console.print(f"模型：{trained.path}")


@app.command()
def schedule(config_file: ConfigFile = None, data_dir: DataDir = None) -> None:
    """在 Prefect 服务器上登记夜间任务（时间、工作池见配置 [schedule]）。"""
    config = load_config(config_file, data_dir=data_dir)
    if not config.schedule.api_url:
        raise ConfigInvalid(
            "schedule.api_url 是空的：请先运行 prefect server start，再把它的 API 地址写进配置。"
        )
    prepare_environment(config)
    with prefect_server(config):
        from flows.schedule import register  # prefect, see above  # noqa: PLC0415

        name = register(config, config_file)
    console.print(
        f"已登记 {name}，计划 {config.schedule.cron}（{config.timezone}）。"
        f"工作进程：prefect worker start --pool {config.schedule.work_pool}",
    )


bench = typer.Typer(no_args_is_help=True, help="测速：都是同一次运行里的对比，不是定时测试。")
app.add_typer(bench, name="bench")


@bench.command("night")
def bench_night(
    inbox: Annotated[str, typer.Option("--inbox", help="录音投放目录")],
    day: Annotated[str, typer.Option("--date", help="录音文件夹的日期")],
    json_file: Annotated[Path | None, typer.Option("--json", help="结果另存为 JSON")] = None,
    config_file: ConfigFile = None,
    data_dir: DataDir = None,
    profile: Profile = None,
) -> None:
    """在临时数据目录里从头跑一夜，打印每一步每小时处理多少小时录音、占多少时间。

    权重和分类器取自 --data-dir；它里面的仓库和数据湖不会被碰。
    """
    bench_one_night(
        load_config(config_file, profile=profile, data_dir=data_dir, inbox=inbox),
        _day(day, "--date"),
        json_file,
    )


@bench.command("recognise")
def bench_recognise_command(  # noqa: PLR0913, PLR0917 - options of one command
    inbox: Annotated[str, typer.Option("--inbox", help="录音投放目录")],
    first: Annotated[str, typer.Option("--from", help="第一夜")],
    last: Annotated[str | None, typer.Option("--to", help="最后一夜（含），默认只用第一夜")] = None,
    minutes: Annotated[float, typer.Option("--minutes", help="每轮听多少分钟声道音频，不够就重复")] = 30.0,
    rounds: Annotated[int, typer.Option("--rounds", help="交替几轮", min=1)] = 3,
    threads: Annotated[int, typer.Option("--threads", help="线程数，0 = 全部处理器核", min=0)] = 0,
    with_peers: Annotated[
        bool, typer.Option("--peers/--no-peers", help="和 whisper、faster-whisper 比")
    ] = True,
    reference: Annotated[
        Path | None, typer.Option("--reference", help="参考文本 CSV：call_id,channel,text")
    ] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="结果另存为 JSON")] = None,
    config_file: ConfigFile = None,
    data_dir: DataDir = None,
    profile: Profile = None,
) -> None:
    """识别有多快、多准：和 whisper.transcribe、faster-whisper 在同一次运行里轮流比。

    最后一行是总结。没有安装的对手不参加（make bench 会安装）。
    """
    # numpy and multiprocessing's children are wanted by this command only.
    from flows.bench_recognise import bench_recognise  # noqa: PLC0415
    from flows.bench_report import BenchOptions  # noqa: PLC0415

    options = BenchOptions(
        minutes=minutes,
        plain_minutes=minutes / 6,
        rounds=rounds,
        threads=threads or os.cpu_count() or 1,
        with_peers=with_peers,
        reference=reference,
    )
    config = load_config(config_file, profile=profile, data_dir=data_dir, inbox=inbox)
    bench_recognise(config, _nights(config, None, first, last or first), options, json_file)


def main() -> None:
    """Run the command line; an error a user can mend is one message and exit code 1."""
    run: Callable[[], object] = app
    code: object = ExitCode.OK
    try:
        run()
    except SystemExit as ending:
        code = ending.code
    except USER_ERRORS as err:
        fail(error_text(err))
        code = ExitCode.NOTHING_PUBLISHED
    sys.stdout.flush()
    sys.stderr.flush()
    # Prefect's threads outlive the interpreter and keep DuckDB's objects, whose binding then prints a page
    # of leak warnings. Everything is closed and on disk here, so leave without taking the house down.
    os._exit(code if isinstance(code, int) else ExitCode.OK if code is None else 1)


def _nights(config: Config, day: str | None, first: str | None, last: str | None) -> list[date]:
    yesterday = datetime.now(ZoneInfo(config.timezone)).date() - timedelta(days=1)
    if first is None:
        if last is not None:
            raise ConfigInvalid("--to 要和 --from 一起用。")
        return [_day(day, "--date") if day else yesterday]
    if day is not None:
        raise ConfigInvalid("--date 和 --from/--to 只能用一种。")
    start, end = _day(first, "--from"), _day(last, "--to") if last else yesterday
    if end < start:
        raise ConfigInvalid(f"--to {end} 早于 --from {start}，请调换。")
    return [start + timedelta(days=offset) for offset in range((end - start).days + 1)]


def _day(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as err:
        raise ConfigInvalid(f"{option} {text!r} 不是日期，请写成 2026-11-20 这样。") from err
