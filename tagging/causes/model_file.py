"""The cause classifier's models: what the shipped one is made from, and where it lies. Edge.

Files are kept and checked by `tagging.model_store`.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import sklearn

from tagging import model_store
from tagging.causes.classifier import CauseClassifier
from tagging.causes.corpus import Corpus, CorpusRow, load_corpus
from tagging.causes.reading import Reader
from tagging.causes.schema import CauseEntry, CauseSettings
from tagging.causes.train import Trained, train
from tagging.lexicon import digest_of, load_rules, load_settings
from tagging.model_store import ModelPlace
from tagging.words import words_digest

PACKAGE_DIR = Path(__file__).parent
NAME = "causes"
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
    return _place(models_dir, digest).path


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
    """Write the model and its report beside and rename them; return the model's path.

    Raises:
        ClassifierInvalid: the models directory cannot be written.
    """
    return model_store.save_model(_place(models_dir, digest), trained.model, trained.report)


def load_model(path: Path, digest: str) -> CauseClassifier:
    """Return the classifier of a model file of our own.

    Raises:
        ClassifierInvalid: no file, a damaged one, or one made by another version or from other data.
    """
    return model_store.load_model(_place(path.parent, digest), CauseClassifier, path)


def _place(models_dir: Path, digest: str) -> ModelPlace:
    return ModelPlace(models_dir, NAME, MODEL_VERSION, digest)
