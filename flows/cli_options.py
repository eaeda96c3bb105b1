"""Options that many commands of `huiting` take. Pure."""

from pathlib import Path
from typing import Annotated

import typer

ConfigFile = Annotated[Path | None, typer.Option("--config", help="配置文件，默认当前目录的 huiting.toml")]
DataDir = Annotated[str | None, typer.Option("--data-dir", help="数据目录，覆盖配置里的 data_dir")]
Profile = Annotated[str | None, typer.Option("--profile", help="场景：demo 或 production")]
