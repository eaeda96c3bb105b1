"""The shipped corpus's paraphrase model, made at first use. Edge: reads YAML, writes the model.

In: a models directory. Out: a `ParaphraseFinder` with its digest.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import sklearn

from tagging.lexicon import digest_of, load_settings
from tagging.model_store import ModelPlace, load_model, save_model
from tagging.taboo.paraphrase.corpus import Corpus, load_corpus
from tagging.taboo.paraphrase.finder import ParaphraseFinder
from tagging.taboo.paraphrase.model import ParaphraseModel
from tagging.taboo.paraphrase.schema import ParaphraseSettings
from tagging.taboo.paraphrase.train import Trainer
from tagging.words import Tokenizer, words_digest

PACKAGE_DIR = Path(__file__).parent
NAME = "taboo"
# Raised when the same corpus and settings make another model, or the pickled classes change.
MODEL_VERSION = 2


@dataclass(frozen=True, slots=True)
class LoadedFinder:
    """A finder and the digests (sha256, hex): of its model, and of all that decides what it finds."""

    finder: ParaphraseFinder
    model_digest: str
    digest: str


def model_digest(corpus: Corpus, settings: ParaphraseSettings) -> str:
    """Return the sha256 (hex) over corpus, model settings and the versions of what makes the model."""
    versions = f"model {MODEL_VERSION} sklearn {sklearn.__version__}"
    content = "\n".join((versions, corpus.digest, digest_of(settings.model), words_digest()))
    return hashlib.sha256(content.encode()).hexdigest()


def load_finder(models_dir: Path, lexicons_dir: Path | None) -> LoadedFinder:
    """Return the finder of the shipped corpus, trained (seconds) when the directory has no model of it.

    Safe when several processes do it at once: each writes beside and renames, and all write the same model.
    The centre's own `paraphrase/settings.yaml` wins key by key.

    Raises:
        LexiconInvalid: corpus or settings cannot be used.
        ClassifierInvalid: the model can be neither loaded nor made.
    """
    settings = load_settings(PACKAGE_DIR, lexicons_dir, ParaphraseSettings)
    corpus = load_corpus()
    digest = model_digest(corpus, settings)
    place = ModelPlace(models_dir, NAME, MODEL_VERSION, digest)
    if not place.path.exists():
        trained = Trainer(corpus, settings, Tokenizer().tokens).train()
        save_model(place, trained.model, trained.report)
    model = load_model(place, ParaphraseModel)
    whole = hashlib.sha256(f"{digest}\n{digest_of(settings)}".encode()).hexdigest()
    return LoadedFinder(ParaphraseFinder(settings, model), digest, whole)
