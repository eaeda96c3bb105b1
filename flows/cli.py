"""`huiting ...`: what the operator, analysts and managers type. Edge file; messages are Chinese.

Commands only parse, call and print. Prefect and torch take seconds to import, so the commands that need
them import their flow inside.
"""

import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

import typer

from flows import (
    cli_bench,
    cli_clip,
    cli_forget,
    cli_labels,
    cli_lexicon,
    cli_look,
    cli_pack,
    cli_retag,
    cli_review,
    cli_tag,
    cli_transcribe,
)
from flows.cli_nights import asked_nights
from flows.cli_options import ConfigFile, DataDir, Profile
from flows.config import ConfigInvalid, load_config
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
cli_bench.add_to(app)
cli_clip.add_to(app)
cli_transcribe.add_to(app)
cli_retag.add_to(app)
cli_labels.add_to(app)
cli_forget.add_to(app)
cli_tag.add_to(app)
cli_lexicon.add_to(app)
cli_review.add_to(app)
cli_pack.add_to(app)


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
    nights = asked_nights(config, day, first, last)
    code, message = int(ExitCode.NOTHING_PUBLISHED), "夜间任务意外中断，原因见它的错误输出。"
    try:
        config.data_path.mkdir(parents=True, exist_ok=True)  # a wrong place is told before anything starts
        from flows.forget_due import delete_first  # a night's modules: 3 s  # noqa: PLC0415

        delete_first(config, datetime.now(UTC), warn)
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
    """用自带语料和导入的人工意见训练投诉原因分类器，打印成绩和变化；比现用的差就不换，以 1 退出。"""
    config = load_config(config_file, data_dir=data_dir)
    from flows.train import train_causes  # scikit-learn: 1 s  # noqa: PLC0415

    trained = train_causes(config)
    console.print(trained.report)
    if trained.is_refused:
        fail("新的分类器在留出的人工意见上不如现用的，没有换。请核对意见，或再评一些通话后重新训练。")
    console.print(f"现用的模型：{trained.path}")
    raise typer.Exit(1 if trained.is_refused else 0)


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
