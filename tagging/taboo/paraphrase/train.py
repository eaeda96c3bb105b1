"""Corpus to a paraphrase model with thresholds and an honest report. Pure.

Every figure comes from grouped cross-validation: sentences written together are never both learnt from and
judged. Held-out rows are judged as they are, misheard, and hidden among acceptable sentences of a long turn.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from tagging.errors import ClassifierInvalid
from tagging.noise import homophones_of, mishear
from tagging.pinyin import to_pinyin
from tagging.taboo.paraphrase.corpus import Corpus, CorpusRow
from tagging.taboo.paraphrase.features import FeatureReader, Features
from tagging.taboo.paraphrase.finder import Said, best_units
from tagging.taboo.paraphrase.model import Calibration, Linear, ParaphraseModel, fit_linear, kinds_of
from tagging.taboo.paraphrase.schema import OK, ParaphraseSettings
from tagging.taboo.paraphrase.units import units_of

# A made-up long turn: so many acceptable sentences around the one that is judged.
MIN_AROUND, MAX_AROUND = 1, 3
THRESHOLDS = tuple(round(0.2 + 0.01 * step, 2) for step in range(80))
AS_WRITTEN, MISHEARD, HIDDEN = "as_written", "misheard", "hidden"
WAYS = (AS_WRITTEN, MISHEARD, HIDDEN)


@dataclass(frozen=True, slots=True)
class Judged:
    """A held-out turn: per kind the best unit's logit, the count of units, what is true, how it was said."""

    row: CorpusRow
    way: str
    scores: dict[str, float]
    units: int


@dataclass(frozen=True, slots=True)
class Trained:
    """A model, the held-out judgements that its thresholds come from, and a report (Markdown, Chinese)."""

    model: ParaphraseModel
    judged: tuple[Judged, ...]
    report: str


class Trainer:
    """One corpus with its settings; features of a text are read once."""

    def __init__(
        self,
        corpus: Corpus,
        settings: ParaphraseSettings,
        tokenise: Callable[[str], tuple[str, ...]],
        seed: int = 0,
    ):
        self._tokenise = tokenise
        self._rows = corpus.rows
        self._settings = settings
        self._reader = FeatureReader(settings.model)
        self._homophones = homophones_of(row.text for row in corpus.rows)
        self._draw = random.Random(seed)  # noqa: S311  no secret: repeatable noise
        self._kind_of = {entry.family: entry.kind for entry in settings.entries}
        self._lessons = [self._lessons_of(row) for row in corpus.rows]

    def train(self) -> Trained:
        """Return the model of all rows, its thresholds from rows held out group by group.

        Raises:
            ClassifierInvalid: fewer groups than folds.
        """
        judged = self._cross_validate()
        kinds = self._fit(range(len(self._rows)))
        calibrations = {kind: calibrate(judged, kind, self._kind_of) for kind in kinds.columns}
        thresholds = {
            kind: least
            for kind in kinds.columns
            if (least := self._threshold(judged, kind, calibrations[kind])) is not None
        }
        model = ParaphraseModel(kinds, self._fit_families(), calibrations, thresholds)
        return Trained(model, tuple(judged), report_of(judged, model, self._kind_of))

    def _said(self, text: str) -> Said:
        return Said(text, to_pinyin(text), self._tokenise(text))

    def _misheard(self, text: str) -> str:
        """Return the text as a recogniser might have written it, forms of address mixed up too."""
        model = self._settings.model
        if self._draw.random() < model.swap_rate:
            text = text.translate(str.maketrans(model.address_swaps))
        return mishear(text, self._homophones, model.noise_rate, self._draw)

    def _lessons_of(self, row: CorpusRow) -> list[Features]:
        """Return what is learnt from a row: it, its misheard copies; of an acceptable one also every part."""
        model = self._settings.model
        texts = [row.text, *(self._misheard(row.text) for _ in range(model.noise_copies))]
        if row.label == OK:
            spans = units_of(row.text, model.unit_chars, model.whole_chars, model.min_chars)
            texts += [row.text[start:end] for start, end in spans if end - start < len(row.text) - 1]
        return [self._said(text).read((0, len(text)), self._reader) for text in dict.fromkeys(texts)]

    def _fit(self, places: Sequence[int]) -> Linear:
        features = [lesson for at in places for lesson in self._lessons[at]]
        labels = [kinds_of(self._rows[at].label, self._kind_of) for at in places for _ in self._lessons[at]]
        return fit_linear(features, labels, self._settings.model, self._settings.model.ok_weight)

    def _fit_families(self) -> Linear:
        bad = [at for at, row in enumerate(self._rows) if row.label != OK]
        features = [lesson for at in bad for lesson in self._lessons[at]]
        labels = [frozenset({self._rows[at].label}) for at in bad for _ in self._lessons[at]]
        return fit_linear(features, labels, self._settings.model)

    def _cross_validate(self) -> list[Judged]:
        groups = np.array([row.group for row in self._rows])
        folds = self._settings.model.folds
        if len(set(groups)) < folds:
            raise ClassifierInvalid(
                f"禁语语料只有不到 {folds} 组，无法交叉验证；请补充语料，或减小 settings.yaml 的 folds"
            )
        split = GroupKFold(n_splits=folds, shuffle=True, random_state=0)
        judged: list[Judged] = []
        for learnt, held in split.split(groups, groups=groups):
            model = self._fit([int(at) for at in learnt])
            judged += self._judge([self._rows[int(at)] for at in held], model)
        return judged

    def _judge(self, rows: Sequence[CorpusRow], model: Linear) -> list[Judged]:
        fine = [row.text for row in rows if row.label == OK]
        judged: list[Judged] = []
        for row in rows:
            around = self._draw.sample(fine, min(len(fine), self._draw.randint(MIN_AROUND, MAX_AROUND)))
            at = self._draw.randint(0, len(around))
            hidden = "，".join([*around[:at], row.text, *around[at:]])
            texts = {AS_WRITTEN: row.text, MISHEARD: self._misheard(row.text), HIDDEN: hidden}
            for way, text in texts.items():
                best = best_units(self._said(text), self._reader, self._settings.model, model)
                if best:
                    units = next(iter(best.values())).units
                    judged.append(Judged(row, way, {kind: each.score for kind, each in best.items()}, units))
        return judged

    def _threshold(self, judged: Sequence[Judged], kind: str, calibration: Calibration) -> float | None:
        """Return the least threshold whose hits on held-out rows are right often enough, None without one."""
        least = self._settings.model.min_precision
        for threshold in THRESHOLDS:
            right, wrong, _ = counts(judged, kind, self._kind_of, hits_from(calibration, kind, threshold))
            if right and right >= least * (right + wrong):
                return threshold
        return None


def calibrate(judged: Sequence[Judged], kind: str, kind_of: dict[str, str]) -> Calibration:
    """Return the calibration of a kind that fits held-out turns."""
    inputs = np.array([[each.scores[kind], np.log(each.units)] for each in judged])
    truth = np.array([kind in kinds_of(each.row.label, kind_of) for each in judged])
    model = LogisticRegression(C=100.0).fit(inputs, truth)
    slope, per_log_unit = (float(each) for each in model.coef_[0])
    return Calibration(slope, min(0.0, per_log_unit), float(model.intercept_[0]))


def hits_from(calibration: Calibration, kind: str, threshold: float) -> Callable[[Judged], bool]:
    """Return the decision on a held-out turn that a threshold makes."""
    return lambda each: calibration.apply(each.scores[kind], each.units) >= threshold


def counts(
    judged: Sequence[Judged], kind: str, kind_of: dict[str, str], is_hit: Callable[[Judged], bool]
) -> tuple[int, int, int]:
    """Return how many hits are right, how many wrong, and how many were missed."""
    right = wrong = missed = 0
    for each in judged:
        is_true, hit = kind in kinds_of(each.row.label, kind_of), is_hit(each)
        right += is_true and hit
        wrong += hit and not is_true
        missed += is_true and not hit
    return right, wrong, missed


def report_of(judged: Sequence[Judged], model: ParaphraseModel, kind_of: dict[str, str]) -> str:
    """Return what held-out groups say of the model, as Markdown."""
    rows = {each.row for each in judged}
    lines = [
        "# 禁语改写分类器：训练报告",
        "",
        f"语料 {len(rows)} 句，{len({row.group for row in rows})} 组；按组交叉验证，"
        "同组的句子不会一边学一边考。",
        "",
        "| 类别 | 说法 | 精确率 | 召回率 | 命中 | 误报 | 漏报 | 阈值 |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for kind, threshold in sorted(model.thresholds.items()):
        is_hit = hits_from(model.calibrations[kind], kind, threshold)
        for way in WAYS:
            own = [each for each in judged if each.way == way]
            right, wrong, missed = counts(own, kind, kind_of, is_hit)
            precision, recall = right / max(1, right + wrong), right / max(1, right + missed)
            lines.append(
                f"| {kind} | {way} | {precision:.2f} | {recall:.2f} | {right} | {wrong} | {missed} | "
                f"{threshold:.2f} |"
            )
    lines += ["", "| 家族 | 句数 | 召回率（原样） |", "|---|---|---|"]
    for family, kind in sorted(kind_of.items()):
        own = [each for each in judged if each.row.label == family and each.way == AS_WRITTEN]
        if kind in model.thresholds and own:
            is_hit = hits_from(model.calibrations[kind], kind, model.thresholds[kind])
            lines.append(f"| {family} | {len(own)} | {sum(map(is_hit, own)) / len(own):.2f} |")
    return "\n".join(lines)
