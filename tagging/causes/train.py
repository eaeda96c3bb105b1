"""Corpus and human labels to a classifier with its thresholds and an honest report. Pure.

In: a `Corpus`, rows that people labelled, a `Reader`. Out: `Trained`. Every figure comes from grouped
cross-validation: sentences written together are never both learnt from and judged.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tagging.causes.classifier import CauseClassifier
from tagging.causes.corpus import Corpus, CorpusRow
from tagging.causes.crossval import cross_validate, fit_rows
from tagging.causes.features import Sentence
from tagging.causes.made_calls import teach_calls
from tagging.causes.reading import Reader
from tagging.causes.schema import CauseSettings
from tagging.causes.score import Scores
from tagging.errors import ClassifierInvalid
from tagging.noise import homophones_of, mishear


@dataclass(frozen=True, slots=True)
class Trained:
    """A fitted classifier with thresholds, what cross-validation says of it, and that as text (Markdown)."""

    model: CauseClassifier
    sentences: Scores
    calls: Scores
    sub_accuracy: float
    report: str


def train(
    corpus: Corpus,
    settings: CauseSettings,
    reader: Reader,
    labels: Sequence[CorpusRow] = (),
    seed: int = 0,
) -> Trained:
    """Return a classifier learnt from the corpus and from labelled rows.

    Args:
        corpus: Our own sentences.
        settings: How features and decisions are made.
        reader: Text to sentences.
        labels: Rows that people labelled; each group stays together in cross-validation.
        seed: Of the recognition noise and the made-up calls.

    Raises:
        ClassifierInvalid: too few groups to cross-validate, or no cause with enough rows.
    """
    rows = (*corpus.rows, *labels)
    folds = settings.model.folds
    if len({row.group for row in rows}) < folds:
        raise ClassifierInvalid(
            f"语料只有不到 {folds} 组，无法交叉验证；请补充语料，或减小 settings.yaml 的 folds"
        )
    copies = with_noise(rows, settings, reader, seed)
    judged, sub_accuracy = cross_validate(rows, copies, settings, reader)
    model = fit_rows([each for row in copies for each in row], rows, settings.model.noise_copies, settings)
    if not model.top_causes:
        raise ClassifierInvalid(
            f"没有一个原因达到 {settings.model.min_rows_per_label} 句；请补充语料，或减小 min_rows_per_label"
        )
    on_singles, on_calls = teach_calls(model, judged, settings, seed)
    report = _report(rows, (on_singles, on_calls), sub_accuracy, model)
    return Trained(model, on_singles, on_calls, sub_accuracy, report)


def with_noise(
    rows: Sequence[CorpusRow], settings: CauseSettings, reader: Reader, seed: int
) -> list[tuple[Sentence, ...]]:
    """Return, per row, the sentence and its misheard copies.

    The copies are learnt without their rules: rules and corpus have one author, so that rules fit the corpus
    better than they fit calls; a model that leaned on them alone would learn few words.
    """
    homophones = homophones_of(row.text for row in rows)
    draw = random.Random(seed)  # noqa: S311
    rate = settings.model.noise_rate
    return [
        (
            reader.read_whole(row.text),
            *(
                replace(reader.read_whole(mishear(row.text, homophones, rate, draw)), fired=())
                for _ in range(settings.model.noise_copies)
            ),
        )
        for row in rows
    ]


def _report(
    rows: Sequence[CorpusRow], scored: tuple[Scores, Scores], sub_accuracy: float, model: CauseClassifier
) -> str:
    sentences, calls = scored
    lines = [
        "# 投诉原因分类器：训练报告",
        "",
        f"语料 {len(rows)} 句，{len({row.group for row in rows})} 组；按组交叉验证，"
        "同组的句子不会一边学一边考。",
        "",
    ]
    for title, scores in (("单句", sentences), ("拼成的通话（投诉句混在中性句里）", calls)):
        lines += [
            f"## {title}：{scores.rows} 条",
            "",
            "| 原因 | 精确率 | 召回率 | F1 | 命中 | 误报 | 漏报 | 阈值 |",
            "|---|---|---|---|---|---|---|---|",
            *(
                f"| {each.label} | {each.precision:.2f} | {each.recall:.2f} | {each.f1:.2f} | {each.hits} | "
                f"{each.false_alarms} | {each.misses} | {model.thresholds[each.label]:.2f} |"
                for each in scores.labels
            ),
            "",
            f"宏平均 F1 {scores.macro_f1:.3f}，是否投诉的准确率 {scores.complaint_accuracy:.3f}",
            "",
        ]
    lines.append(f"二级分类（已知一级时）的准确率 {sub_accuracy:.3f}")
    return "\n".join(lines)
