"""Trained models on disk. Edge: reads and writes `<models_dir>/<name>-<digest>.joblib`.

A model file is a pickle: loading one runs what it says. Only files of the project's own models directory,
written by this module, are loaded; whoever may write there may run code here, so the directory belongs to the
service's account alone. A file from elsewhere is never copied in: it is made at first use (seconds).
"""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import TypeVar

import joblib

from tagging.errors import ClassifierInvalid

ModelT = TypeVar("ModelT")


@dataclass(frozen=True, slots=True)
class ModelPlace:
    """Where a model lies: name of its maker, version of its classes, sha256 (hex) of its making."""

    models_dir: Path
    name: str
    version: int
    digest: str

    @property
    def path(self) -> Path:
        return self.models_dir / f"{self.name}-{self.digest[:16]}.joblib"


def save_model(place: ModelPlace, model: object, report: str) -> Path:
    """Write the model and its report (Markdown) beside and rename them; return the model's path.

    Raises:
        ClassifierInvalid: the models directory cannot be written.
    """
    content = {"version": place.version, "digest": place.digest, "model": model}
    try:
        place.models_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=place.models_dir, suffix=".part", delete=False) as part:
            joblib.dump(content, part, compress=3)
        place.path.with_suffix(".md").write_text(report, encoding="utf-8")
        os.replace(part.name, place.path)
    except OSError as err:
        raise ClassifierInvalid(
            f"{place.models_dir}：分类器无法写入（{err}）；请检查目录权限与磁盘空间"
        ) from err
    return place.path


def load_model(place: ModelPlace, kind: type[ModelT], path: Path | None = None) -> ModelT:
    """Return the model of a file of our own.

    Args:
        place: who made it, of which version, from what.
        kind: the class that it has to be of.
        path: the file, where it lies elsewhere than `place` says.

    Raises:
        ClassifierInvalid: no file, a damaged one, or one made by another version or from other data.
    """
    path, advice = path or place.path, "请删除它，下次使用时会重新训练"
    try:
        content = joblib.load(path)
    except FileNotFoundError as err:
        raise ClassifierInvalid(f"{path}：没有这个分类器；请先训练") from err
    except (OSError, EOFError, UnpicklingError, LookupError, ValueError, AttributeError, ImportError) as err:
        raise ClassifierInvalid(f"{path}：分类器已损坏，无法读取（{err}）；{advice}") from err
    if not isinstance(content, dict) or not isinstance(content.get("model"), kind):
        raise ClassifierInvalid(f"{path}：这不是 {place.name} 分类器；{advice}")
    if content.get("version") != place.version or content.get("digest") != place.digest:
        raise ClassifierInvalid(f"{path}：分类器与现在的语料、设置或程序版本不符；{advice}")
    return content["model"]
