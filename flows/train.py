"""Our corpus -> cause classifier -> report -> model file. Edge file."""

from dataclasses import dataclass
from pathlib import Path

from flows.config import Config
from tagging.causes.model_file import load_shipped, save_model
from tagging.causes.train import train


@dataclass(frozen=True, slots=True)
class TrainedFile:
    """Where the model lies, and its report as Markdown."""

    path: Path
    report: str


def train_causes(config: Config) -> TrainedFile:
    """Train the cause classifier anew and keep it in `models/`.

    Raises:
        ClassifierInvalid: the corpus cannot be learnt from, or the models directory cannot be written.
    """
    shipped = load_shipped()
    trained = train(shipped.corpus, shipped.settings, shipped.reader)
    return TrainedFile(save_model(trained, config.models_path, shipped.digest), trained.report)
