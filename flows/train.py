"""Our corpus and people's labels -> cause classifier -> report -> model file. Edge file.

Labels of about a quarter of the calls are held back, always the same ones: no model ever learns from them.
The new model is put in force when it is no worse on them than the model in force.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.config import Config
from tagging.causes.compare import Change, Comparison, compare_models, hold_back
from tagging.causes.corpus import CorpusRow
from tagging.causes.label_rows import label_rows, verdict_from
from tagging.causes.labelled_model import choose_model, save_labelled
from tagging.causes.model_file import Shipped, load_model, load_shipped, save_model
from tagging.causes.train import train
from warehouse.label_store import LabelStore, counted

HELD_SHARE = 0.25
# With fewer texts held back one of them decides, and nothing is known.
MIN_HELD_ROWS = 8
_SHOWN_CHANGES = 12
_SHOWN_CHARS = 40
OBSERVED = "observed_on_call"


@dataclass(frozen=True, slots=True)
class TrainedFile:
    """Where the model in force lies, the report as Markdown, and whether a new one was refused as worse."""

    path: Path
    report: str
    is_refused: bool = False


def train_causes(config: Config) -> TrainedFile:
    """Train the cause classifier anew and keep it in `models/`, unless it is worse than the one in force.

    Raises:
        ClassifierInvalid: the corpus cannot be learnt from, or the models directory cannot be written.
        WarehouseError: the labels cannot be read.
    """
    return train_with(load_shipped(), stored_labels(config), config.models_path)


def train_with(shipped: Shipped, labels: Sequence[CorpusRow], models_dir: Path) -> TrainedFile:
    """Train on what is shipped and on labels, compare on labels held back, keep what is no worse.

    Raises:
        ClassifierInvalid: the corpus cannot be learnt from, or the models directory cannot be written.
    """
    learnt, held = hold_back(labels, HELD_SHARE)
    if len(held) < MIN_HELD_ROWS or not learnt:
        trained = train(shipped.corpus, shipped.settings, shipped.reader)
        save_model(trained, models_dir, shipped.digest)
        path = choose_model(models_dir, shipped).path
        return TrainedFile(path, "\n".join([trained.report, *_too_few(labels, held)]))
    chosen = choose_model(models_dir, shipped)
    old = load_model(chosen.path, chosen.digest)
    trained = train(shipped.corpus, shipped.settings, shipped.reader, learnt)
    compared = compare_models(old, trained.model, held, shipped.reader, shipped.settings)
    report = "\n".join([trained.report, *_comparison(compared, learnt, held)])
    if compared.is_worse():
        return TrainedFile(chosen.path, report, is_refused=True)
    return TrainedFile(save_labelled(trained, models_dir, shipped, learnt), report)


def stored_labels(config: Config) -> tuple[CorpusRow, ...]:
    """Return the rows that stored labels teach; what agents did is told by rules, not by this classifier."""
    rows = counted(LabelStore(config.lake_path).rows("cause_label"))
    return label_rows(verdict_from(row) for row in rows if row["source"] != OBSERVED)


def _too_few(labels: Sequence[CorpusRow], held: Sequence[CorpusRow]) -> list[str]:
    if not labels:
        return []
    return [
        "",
        f"人工意见 {len(labels)} 条，留出考核的只有 {len(held)} 条（至少要 {MIN_HELD_ROWS} 条），"
        "还看不出好坏：这次没有用它们。请再评一些通话后重新训练。",
    ]


def _comparison(compared: Comparison, learnt: Sequence[CorpusRow], held: Sequence[CorpusRow]) -> list[str]:
    old = {each.label: each for each in compared.old.labels}
    new = {each.label: each for each in compared.new.labels}
    lines = [
        "",
        f"## 人工意见：学了 {len(learnt)} 条，留出 {len(held)} 条考核（同一通电话不会一边学一边考）",
        "",
        "| 原因 | 现用 F1 | 新 F1 | 条数 |",
        "|---|---|---|---|",
    ]
    for label in dict.fromkeys([*old, *new]):
        before, after = old.get(label), new.get(label)
        counted = after or before
        count = counted.hits + counted.misses if counted else 0
        shown = [f"{each.f1:.2f}" if each else "-" for each in (before, after)]
        lines.append(f"| {label} | {' | '.join(shown)} | {count} |")
    lines += [
        "",
        f"宏平均 F1 {compared.old.macro_f1:.3f} -> {compared.new.macro_f1:.3f}，"
        f"是否投诉的准确率 {compared.old.complaint_accuracy:.3f} -> {compared.new.complaint_accuracy:.3f}",
        "",
        f"结论变了的 {len(compared.changes)} 条" + ("：" if compared.changes else "。"),
        *map(_change, compared.changes[:_SHOWN_CHANGES]),
    ]
    return lines


def _change(change: Change) -> str:
    text = change.row.text.replace("\n", " ")[:_SHOWN_CHARS]
    names = (_named(change.before), _named(change.after), _named(change.row.top_causes))
    return f"- 「{text}」 {names[0]} -> {names[1]}（人说 {names[2]}）"


def _named(causes: frozenset[str]) -> str:
    return "、".join(sorted(causes)) or "没有不满"
