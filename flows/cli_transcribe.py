"""`huiting transcribe FILE...`: files alone to transcripts, without a night or a warehouse. Edge file."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli_options import ConfigFile
from flows.config import Config, ConfigInvalid, load_config
from flows.console import console, fail, warn
from flows.report import ExitCode
from transcribe.call import Fault, SpeakerRole

if TYPE_CHECKING:
    from flows.lone_files import Written

DataDir = Annotated[str | None, typer.Option("--data-dir", help="数据目录（权重在它的 models/ 里）")]
FORMATS = ("json", "srt", "vtt", "textgrid")


def add_to(app: typer.Typer) -> None:
    """Register the command of this file."""
    app.command()(transcribe)


def transcribe(  # noqa: PLR0913, PLR0917 - options of one command
    files: Annotated[list[Path], typer.Argument(metavar="FILES", help="录音文件，每个是一通电话")],
    formats: Annotated[
        list[str] | None, typer.Option("--format", help="json、srt、vtt 或 textgrid，可以重复，默认 json")
    ] = None,
    output_dir: Annotated[Path, typer.Option("--output-dir", help="结果放在哪里，默认当前目录")] = Path(),
    roles: Annotated[
        str | None, typer.Option("--roles", help="各声道依次是谁：agent、customer、ivr、unknown，用逗号隔开")
    ] = None,
    beam: Annotated[int | None, typer.Option("--beam", help="束宽，覆盖配置", min=1, max=20)] = None,
    is_masked: Annotated[bool, typer.Option("--mask/--no-mask", help="是否遮盖个人信息，默认遮盖")] = True,
    config_file: ConfigFile = None,
    data_dir: DataDir = None,
) -> None:
    """转写单个录音文件，不经过夜间任务和仓库：逐句文字、角色、词的时间和把握。

    结果与录音同名，已有的会被覆盖。退出码：0 全部成功；3 有文件失败；1 全部失败或没有开始。
    """
    config = _with_beam(load_config(config_file, data_dir=data_dir), beam)
    wanted, channel_roles = _formats(formats or ["json"]), _roles(roles)
    # torch takes seconds to import
    from flows.lone_files import LoneFileOptions, OutputFormat, transcribe_files  # noqa: PLC0415

    options = LoneFileOptions(
        output_dir, tuple(OutputFormat(name) for name in wanted), channel_roles, is_masked
    )
    if not is_masked:
        warn("没有遮盖个人信息（--no-mask）：结果里有客户原话，请按客户资料保管。")
    failed = 0
    for item in transcribe_files(files, config, options):
        if isinstance(item, Fault):
            failed += 1
            fail(item.message)
        else:
            _tell(item, wanted)
    console.print(f"{len(files)} 个文件：成功 {len(files) - failed}，失败 {failed}。结果在 {output_dir}")
    if failed:
        raise typer.Exit(ExitCode.NOTHING_PUBLISHED if failed == len(files) else ExitCode.WITH_FAILURES)


def _tell(item: "Written", formats: tuple[str, ...]) -> None:
    transcript = item.call.transcript
    console.print(
        f"{item.shown}：{transcript.duration_s:.1f} 秒，{len(transcript.turns)} 句 → {'、'.join(formats)}"
    )
    for fault in item.call.faults:
        warn(fault.message)


def _formats(names: list[str]) -> tuple[str, ...]:
    for name in names:
        if name.lower() not in FORMATS:
            raise ConfigInvalid(f"--format {name!r} 不支持，可用的是 {'、'.join(FORMATS)}。")
    return tuple(dict.fromkeys(name.lower() for name in names))


def _roles(text: str | None) -> tuple[SpeakerRole, ...] | None:
    if text is None:
        return None
    known = [role.value for role in SpeakerRole]
    names = [name.strip().lower() for name in text.split(",")]
    for name in names:
        if name not in known:
            raise ConfigInvalid(f"--roles 里的 {name!r} 不认识，只能是 {'、'.join(known)}。")
    return tuple(SpeakerRole(name) for name in names)


def _with_beam(config: Config, beam: int | None) -> Config:
    if beam is None:
        return config
    return config.model_copy(
        update={"recognition": config.recognition.model_copy(update={"beam_size": beam})}
    )
