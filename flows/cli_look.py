"""Commands that only look: sql, export, explain, status, doctor, dictionary. Edge file."""

from pathlib import Path
from typing import Annotated

import typer

from flows import status as past
from flows.cli_options import ConfigFile, DataDir
from flows.config import ConfigInvalid, load_config
from flows.console import console, fail, table
from flows.explain import print_call
from warehouse.connect import DatabaseError, open_reading
from warehouse.dictionary import dictionary_markdown
from warehouse.explain import rows_of_call, rule_versions
from warehouse.export import export as export_rows
from warehouse.export import table_counts


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    for command in (sql, export, explain, status, doctor, dictionary):
        app.command()(command)


def sql(
    query: Annotated[str | None, typer.Argument(help="一条 SQL 语句（只读）")] = None,
    file: Annotated[Path | None, typer.Option("--file", help="从文件读 SQL")] = None,
    config_file: ConfigFile = None,
    data_dir: DataDir = None,
) -> None:
    """在发布的仓库上跑一条只读 SQL，打印结果。"""
    config = load_config(config_file, data_dir=data_dir)
    if (query is None) == (file is None):
        raise ConfigInvalid("请给一条 SQL，或用 --file 给一个 .sql 文件（二选一）。")
    text = query if query is not None else file.read_text(encoding="utf-8") if file else ""
    with open_reading(config.warehouse_path) as con:
        try:
            con.execute(text)
            columns = [str(column[0]) for column in con.description or ()]
            rows = con.fetchall()
        except DatabaseError as err:
            raise ConfigInvalid(f"这条 SQL 跑不了：{err}") from err
    console.print(table("", columns, rows))


def export(
    name: Annotated[str, typer.Argument(help="表或集市的名字，例如 team_month")],
    to: Annotated[Path, typer.Option("--to", help="目标文件：.xlsx、.csv 或 .parquet")],
    config_file: ConfigFile = None,
    data_dir: DataDir = None,
) -> None:
    """把一张表或集市存成 Excel、CSV 或 Parquet。"""
    config = load_config(config_file, data_dir=data_dir)
    with open_reading(config.warehouse_path) as con:
        count = export_rows(con, name, to)
    console.print(f"{to}：{count} 行")


def explain(
    call_id: Annotated[str, typer.Argument(help="通话编号")],
    config_file: ConfigFile = None,
    data_dir: DataDir = None,
) -> None:
    """一通电话的全部：逐句文字、每个结论和它的依据、被遮盖的位置、来历。"""
    config = load_config(config_file, data_dir=data_dir)
    with open_reading(config.warehouse_path) as con:
        print_call(call_id, rows_of_call(con, call_id), rule_versions(con, call_id))


def status(
    nights: Annotated[int, typer.Option("--nights", help="看最近几夜", min=1)] = 7,
    config_file: ConfigFile = None,
    data_dir: DataDir = None,
    inbox: Annotated[str | None, typer.Option("--inbox", help="录音投放目录，覆盖配置")] = None,
) -> None:
    """最近几夜的情况、仓库各表的行数、还没有处理的夜。"""
    config = load_config(config_file, data_dir=data_dir, inbox=inbox)
    console.print(table("最近几夜", past.COLUMNS, past.recent_nights(config, nights)))
    backlog = past.backlog(config)
    if config.warehouse_path.is_file():
        with open_reading(config.warehouse_path) as con:
            console.print(table("仓库各表", ("表", "行数"), tuple(table_counts(con).items())))
    console.print("待处理：" + ("、".join(day.isoformat() for day in backlog) if backlog else "没有"))


def doctor(config_file: ConfigFile = None, data_dir: DataDir = None) -> None:
    """体检：权重、磁盘、配置、词库、分类器、服务器。有一项不行就以 1 退出。"""
    config = load_config(config_file, data_dir=data_dir)
    from flows.doctor import examine  # torch and scikit-learn: 3 s  # noqa: PLC0415

    findings = examine(config)
    for finding in findings:
        line = f"{finding.name}：{finding.message}"
        if finding.is_ok:
            console.print(f"正常  {line}")
        else:
            fail(line)
    raise typer.Exit(0 if all(finding.is_ok for finding in findings) else 1)


def dictionary(
    to: Annotated[Path | None, typer.Option("--to", help="写到文件，默认打印")] = None,
    config_file: ConfigFile = None,
    data_dir: DataDir = None,
) -> None:
    """数据字典（Markdown），由各表的定义生成。"""
    load_config(config_file, data_dir=data_dir)  # nothing of it is needed, but a wrong one is told everywhere
    text = dictionary_markdown()
    if to is None:
        typer.echo(text)
    else:
        to.write_text(text, encoding="utf-8")
