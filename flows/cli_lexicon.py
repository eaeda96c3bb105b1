"""`huiting lexicon check | report | diff`: lexicons looked at before a night works with them. Edge file."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from flows.cli_nights import parsed_day, today
from flows.cli_options import ConfigFile, DataDir
from flows.config import ConfigInvalid, load_config
from flows.console import console, fail, table, warn
from flows.report import ExitCode
from warehouse.lake import Lake, RunRef

_SHIPPED = ("-", "shipped")
_KIND_NAMES = {
    "added": "新增",
    "removed": "删去或停用",
    "changed": "改动",
    "vocabulary": "公用词汇改动",
}
_DIFF_COLUMNS = (
    "词库",
    "规则",
    "改动",
    "原来命中通话",
    "以后命中通话",
    "新命中通话",
    "不再命中通话",
    "新命中句",
    "不再命中句",
)


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    lexicon = typer.Typer(no_args_is_help=True, help="词库：检查、使用情况、改动前的预演。")
    for command in (check, report, diff):
        lexicon.command()(command)
    app.add_typer(lexicon, name="lexicon")


def check(config_file: ConfigFile = None, data_dir: DataDir = None) -> None:
    """检查自带词库和本中心的词库：每一处错误的文件、行、键和改法，例句全部跑一遍。

    退出码：0 可以用；1 有错误，夜间任务会停。
    """
    config = load_config(config_file, data_dir=data_dir)
    from tagging.lexicon_audit import audit_lexicons  # all taggers: half a second  # noqa: PLC0415

    audit = audit_lexicons(config.own_lexicons, today(config))
    for warning in audit.warnings:
        warn(warning)
    for problem in audit.problems:
        fail(problem)
    columns = ("词库", "生效", "本中心新增", "改写自带", "停用", "已失效", "未到日期", "例句")
    rows = [
        (
            count.name,
            count.in_force,
            count.own,
            count.overridden,
            count.disabled,
            count.expired,
            count.upcoming,
            count.examples,
        )
        for count in audit.counts
    ]
    console.print(table("词库", columns, rows))
    console.print(f"错误 {len(audit.problems)} 处，提醒 {len(audit.warnings)} 处")
    raise typer.Exit(ExitCode.NOTHING_PUBLISHED if audit.problems else 0)


def report(
    first: Annotated[str | None, typer.Option("--from", help="第一夜，默认从最早的一夜起")] = None,
    last: Annotated[str | None, typer.Option("--to", help="最后一夜（含），默认到最近的一夜")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="另存成 .xlsx 或 .csv")] = None,
    config_file: ConfigFile = None,
    data_dir: DataDir = None,
) -> None:
    """每条规则在存好的夜里用得怎样：命中多少、与谁重叠、与谁冲突、哪些从未命中。

    「独自命中」：同一句里同一词库没有别的规则命中。冲突：同样的字归了不同的一级原因，或同一句既是禁语又算好的服务行为。
    """
    config = load_config(config_file, data_dir=data_dir)
    from flows.lexicon_report import COLUMNS, report_rules, write_report  # noqa: PLC0415 - all taggers: a second
    from tagging.lexicons import load_lexicons  # noqa: PLC0415

    lexicons = load_lexicons(config.own_lexicons)
    found = report_rules(config.warehouse_path, lexicons, *_nights(first, last))
    console.print(table("规则使用情况", COLUMNS, found.rows))
    console.print(f"{found.night_count} 夜，{found.call_count} 通电话；从未命中的规则 {found.never_count} 条")
    if out is not None:
        write_report(found, out)
        console.print(f"{out}：{len(found.rows)} 行")


def diff(  # noqa: PLR0913, PLR0917 - options of one command
    old: Annotated[str, typer.Argument(help="改动前的词库目录；- 或 shipped = 只有自带词库")],
    new: Annotated[str | None, typer.Argument(help="改动后的词库目录，默认数据目录里的 lexicons")] = None,
    first: Annotated[str | None, typer.Option("--from", help="第一夜，默认从最早的一夜起")] = None,
    last: Annotated[str | None, typer.Option("--to", help="最后一夜（含），默认到最近的一夜")] = None,
    samples: Annotated[int, typer.Option("--examples", help="每条规则、每个方向列几个例子", min=0)] = 3,
    config_file: ConfigFile = None,
    data_dir: DataDir = None,
) -> None:
    """词库改动的预演：存好的通话里，哪些会新命中，哪些不再命中。什么也不写。

    只看规则本身；分类器和各规则之间的取舍不在其中。没有改的规则不跑。
    """
    config = load_config(config_file, data_dir=data_dir)
    from flows.lexicon_diff import diff_stored, load_changes  # all taggers: a second  # noqa: PLC0415

    before = _lexicon_dir(old)
    after = _lexicon_dir(new) if new is not None else config.own_lexicons
    changed = load_changes(before, after)
    if not changed:
        console.print("两边的词库查到的一样：没有规则改动。")
        return
    lake = Lake(config.lake_path)
    found = diff_stored(lake, _runs(lake, first, last), changed, samples)
    console.print(
        f"改动的规则 {len(found.rules)} 条；看了 {found.night_count} 夜、{found.call_count} 通电话、"
        f"{found.turn_count} 句，什么也没有写。"
    )
    rows = [
        (
            rule.lexicon,
            rule.rule_id,
            _KIND_NAMES[rule.kind],
            rule.calls_before,
            rule.calls_after,
            rule.gained_calls,
            rule.lost_calls,
            rule.gained_turns,
            rule.lost_turns,
        )
        for rule in found.rules
    ]
    console.print(table("改动的规则", _DIFF_COLUMNS, rows))
    for rule in found.rules:
        for sample in rule.samples:
            sign = "新命中" if sample.is_new else "不再命中"
            said = f"{sample.text[: sample.start]}【{sample.text[sample.start : sample.end]}】"
            text = f"{said}{sample.text[sample.end :]}"
            console.print(f"{rule.lexicon}/{rule.rule_id} {sign} {sample.night} {sample.call_id}：{text}")


def _lexicon_dir(name: str) -> Path | None:
    if name in _SHIPPED:
        return None
    path = Path(name)
    if not path.is_dir():
        raise ConfigInvalid(f"{name}：没有这个词库目录；写目录名，或写 - 表示只有自带词库。")
    return path


def _nights(first: str | None, last: str | None) -> tuple[date, date]:
    start = parsed_day(first, "--from") if first else date.min
    end = parsed_day(last, "--to") if last else date.max
    if end < start:
        raise ConfigInvalid(f"--to {end} 早于 --from {start}，请调换。")
    return start, end


def _runs(lake: Lake, first: str | None, last: str | None) -> tuple[RunRef, ...]:
    start, end = _nights(first, last)
    runs = tuple(run for run in lake.newest_runs() if start <= run.night <= end)
    if not runs:
        raise ConfigInvalid(f"{lake.root} 里没有这些夜的通话；请看 --data-dir、--from 和 --to。")
    return runs
