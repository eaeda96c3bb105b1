"""Trained classifiers on disk. Edge: reads and writes `<models_dir>/causes-<digest>.joblib`.

A model file is a pickle: loading one runs what it says. Only files of the project's own models directory,
written by this module, are loaded; whoever may write there may run code here, so the directory belongs to the
service's account alone. A file from elsewhere is never copied in: train instead (seconds).
"""

import hashlib
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError

import joblib
import sklearn

from tagging.causes.classifier import CauseClassifier
from tagging.causes.corpus import Corpus, CorpusRow, load_corpus
from tagging.causes.reading import Reader
from tagging.causes.schema import CauseEntry, CauseSettings
from tagging.causes.train import Trained, train
from tagging.errors import ClassifierInvalid
from tagging.lexicon import digest_of, load_rules, load_settings
from tagging.words import words_digest

PACKAGE_DIR = Path(__file__).parent
# Raised when the same corpus and settings make another model, or the pickled classes change.
MODEL_VERSION = 5


@dataclass(frozen=True, slots=True)
class Shipped:
    """What the shipped classifier is made from: corpus, settings and rules as delivered."""

    corpus: Corpus
    settings: CauseSettings
    reader: Reader
    digest: str


def load_shipped(labels: Sequence[CorpusRow] = ()) -> Shipped:
    """Return the parts and the digest of the model that they and the labels make.

    The digest is the sha256 (hex) over corpus, labels, settings, shipped rules, user dictionary,
    scikit-learn's version and our own; a centre's own rules change what is found, never the model.
    """
    corpus = load_corpus()
    settings = load_settings(PACKAGE_DIR, None, CauseSettings)
    lexicon = load_rules(PACKAGE_DIR, None, CauseEntry)
    content = "\n".join(
        [
            f"model {MODEL_VERSION} sklearn {sklearn.__version__}",
            corpus.digest,
            Corpus(tuple(labels)).digest,
            digest_of(settings),
            lexicon.digest,
            words_digest(),
        ]
    )
    return Shipped(corpus, settings, Reader(lexicon, settings), hashlib.sha256(content.encode()).hexdigest())


def model_path(models_dir: Path, digest: str) -> Path:
    """Return where the model of this digest lies."""
    return models_dir / f"causes-{digest[:16]}.joblib"


def ensure_model(models_dir: Path, shipped: Shipped | None = None) -> Path:
    """Return the path of the shipped corpus's model, training it (seconds) when it is not there.

    Safe when several processes do it at once: each writes beside and renames, and all write the same model.

    Raises:
        ClassifierInvalid: the models directory cannot be written.
    """
    shipped = shipped or load_shipped()
    path = model_path(models_dir, shipped.digest)
    if not path.exists():
        trained = train(shipped.corpus, shipped.settings, shipped.reader)
        save_model(trained, models_dir, shipped.digest)
    return path


def save_model(trained: Trained, models_dir: Path, digest: str) -> Path:
    """Write the model and its report beside and rename them; return the model's path."""
    path = model_path(models_dir, digest)
    try:
        models_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=models_dir, suffix=".part", delete=False) as part:
            joblib.dump(
                {"version": MODEL_VERSION, "digest": digest, "model": trained.model}, part, compress=3
            )
        path.with_suffix(".md").write_text(trained.report, encoding="utf-8")
        os.replace(part.name, path)
    except OSError as err:
        raise ClassifierInvalid(f"{models_dir}：分类器无法写入（{err}）；请检查目录权限与磁盘空间") from err
    return path


def load_model(path: Path, digest: str) -> CauseClassifier:
    """Return the classifier of a model file of our own.

    Raises:
        ClassifierInvalid: no file, a damaged one, or one made by another version or from other data.
    """
    advice = "请运行 huiting train 重新训练"
    try:
        content = joblib.load(path)
    except FileNotFoundError as err:
        raise ClassifierInvalid(f"{path}：没有这个分类器；{advice}") from err
    except (OSError, EOFError, UnpicklingError, ValueError, KeyError, AttributeError, ImportError) as err:
        raise ClassifierInvalid(f"{path}：分类器已损坏，无法读取（{err}）；请删除它，{advice}") from err
    if not isinstance(content, dict) or not isinstance(content.get("model"), CauseClassifier):
        raise ClassifierInvalid(f"{path}：这不是投诉原因分类器；请删除它，{advice}")
    if content.get("version") != MODEL_VERSION or content.get("digest") != digest:
        raise ClassifierInvalid(f"{path}：分类器与现在的语料、设置或程序版本不符；{advice}")
    return content["model"]
