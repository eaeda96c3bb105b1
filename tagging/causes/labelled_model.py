"""Which classifier is in force: the one that learnt from people's labels, else the shipped corpus's. Edge.

In: the models directory. Out: a `Chosen` model. `<models_dir>/causes-labelled.json` names the model trained
with labels and what it was made from beside them; once corpus, settings or program have changed it is
outdated, and the shipped corpus's model is taken until somebody trains again.
"""

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tagging.causes.corpus import Corpus, CorpusRow
from tagging.causes.model_file import Shipped, ensure_model, model_path, save_model
from tagging.causes.train import Trained
from tagging.errors import ClassifierInvalid

NOTE_NAME = "causes-labelled.json"


@dataclass(frozen=True, slots=True)
class Chosen:
    """A model file and its digest; `label_count` labels taught it, `warning` (Chinese) says what is wrong."""

    path: Path
    digest: str
    label_count: int = 0
    warning: str | None = None


def choose_model(models_dir: Path, shipped: Shipped) -> Chosen:
    """Return the model in force, training the shipped corpus's when it is needed and not there.

    Raises:
        ClassifierInvalid: the models directory cannot be written.
    """
    note = models_dir / NOTE_NAME
    if not note.is_file():
        return Chosen(ensure_model(models_dir, shipped), shipped.digest)
    told = _read(note)
    path = model_path(models_dir, str(told.get("digest", "")))
    if told.get("base_digest") == shipped.digest and path.is_file():
        return Chosen(path, str(told["digest"]), int(told.get("label_count", 0)))
    warning = (
        f"{note}：按人工意见训练的投诉原因分类器与现在的语料、设置或程序版本不符，先用自带语料的；"
        "请运行 huiting train 重新训练"
    )
    return Chosen(ensure_model(models_dir, shipped), shipped.digest, warning=warning)


def save_labelled(trained: Trained, models_dir: Path, shipped: Shipped, labels: Sequence[CorpusRow]) -> Path:
    """Write a model that learnt from labels and put it in force; returns its path.

    Args:
        trained: the model.
        models_dir: where models lie.
        shipped: what it was made from beside the labels.
        labels: what people said, as it was learnt.

    Raises:
        ClassifierInvalid: the models directory cannot be written.
    """
    content = f"{shipped.digest}\n{Corpus(tuple(labels)).digest}"
    digest = hashlib.sha256(content.encode()).hexdigest()
    path = save_model(trained, models_dir, digest)
    note = models_dir / NOTE_NAME
    told = {"digest": digest, "base_digest": shipped.digest, "label_count": len(labels)}
    beside = note.with_name(f".{note.name}.{os.getpid()}.part")
    try:
        beside.write_text(json.dumps(told), encoding="utf-8")
        os.replace(beside, note)
    except OSError as err:
        raise ClassifierInvalid(f"{note}：写不进去（{err}）；请检查目录权限与磁盘空间") from err
    return path


def _read(note: Path) -> dict[str, Any]:
    try:
        told: object = json.loads(note.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(key): value for key, value in told.items()} if isinstance(told, dict) else {}
