"""Corpus and human labels to a classifier with its thresholds and an honest report. Pure.

In: a `Corpus`, rows that people labelled, a `Reader`. Out: `Trained`. Every figure comes from grouped
cross-validation: sentences written together are never both learnt from and judged.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold

from tagging.causes.classifier import COMPLAINT, Calibration, CauseClassifier, fit_calibration
from tagging.causes.corpus import Corpus, CorpusRow
from tagging.causes.features import Sentence
from tagging.causes.merge import call_probability, decide
from tagging.causes.noise import homophones_of, mishear
from tagging.causes.reading import Reader
from tagging.causes.schema import CauseSettings
from tagging.causes.score import ScoredRow, Scores, score
from tagging.errors import ClassifierInvalid

Floats = NDArray[np.float64]
# A made-up call: a complaint, up to so many more sentences of the same causes, and neutral ones around it.
MAX_MORE = 3
MIN_NEUTRAL, MAX_NEUTRAL = 6, 24
THRESHOLDS = tuple(round(0.1 + 0.02 * step, 2) for step in range(41))


@dataclass(frozen=True, slots=True)
class Trained:
    """A fitted classifier with thresholds, what cross-validation says of it, and that as text (Markdown)."""

    model: CauseClassifier
    sentences: Scores
    calls: Scores
    sub_accuracy: float
    report: str


@dataclass(frozen=True, slots=True)
class _Judged:
    """A held-out text: its units' probabilities, shape (n_units, n_causes), and what is true."""

    true: frozenset[str]
    probabilities: Floats
    is_phone: bool


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
    copies = _with_noise(rows, settings, reader, seed)
    judged, sub_accuracy = _cross_validate(rows, copies, settings, reader)
    model = _fit([each for row in copies for each in row], rows, settings.model.noise_copies, settings)
    if not model.top_causes:
        raise ClassifierInvalid(
            f"没有一个原因达到 {settings.model.min_rows_per_label} 句；请补充语料，或减小 min_rows_per_label"
        )
    model.calibrations, judged = _calibrate(judged, settings, model.top_causes)
    calls = _assemble(judged, settings, random.Random(seed))  # noqa: S311
    singles = [_call_row(each.true, (each,), settings) for each in judged]
    model.thresholds = _choose_thresholds([*singles, *calls], model.columns)
    on_singles, on_calls = _score_rows(singles, model), _score_rows(calls, model)
    report = _report(rows, (on_singles, on_calls), sub_accuracy, model)
    return Trained(model, on_singles, on_calls, sub_accuracy, report)


def _with_noise(
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


def _fit(
    sentences: Sequence[Sentence], rows: Sequence[CorpusRow], copies: int, settings: CauseSettings
) -> CauseClassifier:
    labels = [row.labels for row in rows for _ in range(1 + copies)]
    return CauseClassifier(settings.model).fit(sentences, labels)


def _cross_validate(
    rows: Sequence[CorpusRow],
    copies: Sequence[tuple[Sentence, ...]],
    settings: CauseSettings,
    reader: Reader,
) -> tuple[list[_Judged], float]:
    """Return every row judged by a model that has not seen its group, and the sub-causes' accuracy."""
    judged: dict[int, _Judged] = {}
    right = asked = 0
    columns = _columns(settings)
    groups = np.array([row.group for row in rows])
    split = GroupKFold(n_splits=settings.model.folds, shuffle=True, random_state=0)
    for learnt, held in split.split(groups, groups=groups):
        model = _fit(
            [each for at in learnt for each in copies[at]],
            [rows[at] for at in learnt],
            settings.model.noise_copies,
            settings,
        )
        units = [reader.read_text(rows[at].text, settings.decision) for at in held]
        flat, matrix = model.predict([each for unit in units for each in unit])
        firsts = np.cumsum([0, *map(len, units)])
        for at, first, last in zip(held, firsts, firsts[1:], strict=False):
            row = rows[at]
            wide = np.zeros((last - first, len(columns)))
            for column, top in enumerate(columns):
                if top in model.columns:
                    wide[:, column] = flat[first:last, model.columns.index(top)]
            judged[int(at)] = _Judged(row.top_causes, wide, row.domain != "review")
            for label in row.labels:
                top, _, sub = label.partition("/")
                guess = model.predict_sub(top, matrix[int(first)])[0] if sub and last > first else None
                if guess is not None:
                    asked += 1
                    right += guess.sub_cause == sub
    return [judged[at] for at in range(len(rows))], right / asked if asked else 0.0


def _calibrate(
    judged: Sequence[_Judged], settings: CauseSettings, tops: Sequence[str]
) -> tuple[dict[str, Calibration], list[_Judged]]:
    """Return a calibration per cause, and the held-out texts with calibrated probabilities."""
    found: dict[str, Calibration] = {}
    after = [each.probabilities.copy() for each in judged]
    for column, top in enumerate(_columns(settings)):
        if top not in (*tops, COMPLAINT):
            continue
        surest = np.array([each.probabilities[:, column].max(initial=0.0) for each in judged])
        found[top] = fit_calibration(surest, np.array([_is_true(top, each.true) for each in judged]))
        for each in after:
            each[:, column] = found[top].apply(each[:, column])
    return found, [
        replace(each, probabilities=probabilities) for each, probabilities in zip(judged, after, strict=True)
    ]


def _columns(settings: CauseSettings) -> tuple[str, ...]:
    return (*(cause.id for cause in settings.top_causes), COMPLAINT)


def _is_true(column: str, true: frozenset[str]) -> bool:
    return bool(true) if column == COMPLAINT else column in true


CallRow = tuple[frozenset[str], dict[str, float]]


def _call_row(true: frozenset[str], parts: Sequence[_Judged], settings: CauseSettings) -> CallRow:
    probabilities = np.concatenate([part.probabilities for part in parts])
    weights = np.ones(len(probabilities))
    return true, {
        top: call_probability(probabilities[:, column], weights, settings.decision)
        for column, top in enumerate(_columns(settings))
    }


def _assemble(judged: Sequence[_Judged], settings: CauseSettings, draw: random.Random) -> list[CallRow]:
    """Return made-up calls: complaints among neutral sentences, and neutral sentences alone.

    A call has many chances for a false alarm that a sentence has not; thresholds must know them.
    """
    phone = [each for each in judged if each.is_phone]
    neutral = [each for each in phone if not each.true]
    calls: list[CallRow] = []
    for complaint in [each for each in phone if each.true]:
        same = [each for each in phone if each.true == complaint.true]
        more = draw.choices(same, k=draw.randint(0, MAX_MORE))
        around = draw.choices(neutral, k=draw.randint(MIN_NEUTRAL, MAX_NEUTRAL))
        calls.append(_call_row(complaint.true, (complaint, *more, *around), settings))
        alone = draw.choices(neutral, k=draw.randint(MIN_NEUTRAL, MAX_NEUTRAL))
        calls.append(_call_row(frozenset(), alone, settings))
    return calls


def _choose_thresholds(rows: Sequence[CallRow], tops: Sequence[str]) -> dict[str, float]:
    """Return, per cause, the threshold with the best F1 on held-out rows (the lowest of equals)."""
    chosen: dict[str, float] = {}
    for top in tops:
        is_true = np.array([_is_true(top, true) for true, _ in rows])
        found = np.array([probabilities[top] for _, probabilities in rows])
        f1 = [
            2.0
            * np.count_nonzero((found >= least) & is_true)
            / (np.count_nonzero(found >= least) + is_true.sum())
            for least in THRESHOLDS
        ]
        chosen[top] = THRESHOLDS[int(np.argmax(f1))]
    return chosen


def _score_rows(rows: Sequence[CallRow], model: CauseClassifier) -> Scores:
    return score(
        [ScoredRow(true, decide(found, model.thresholds)) for true, found in rows],
        model.top_causes,
    )


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
