"""Texts that people labelled, and what today's taggers say of them. Edge: reads a directory of JSON Lines.

In: `causes*.jsonl` (rows of `huiting tag` with `labels`, `optional`, `escalation`, `escalation_optional`,
`domain`) and `taboo*.jsonl` (agents' sentences with `label`, `kind`). Out: figures per domain and kind.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from flows.config import ConfigInvalid
from flows.tag_texts import TextTagger, as_call
from tagging.causes.figures import (
    CauseFigures,
    FoundRow,
    KnownRow,
    cause_figures,
    known_labels,
)
from tagging.errors import GivenRowInvalid
from tagging.finding import CauseSource, CauseTag, Findings, TabooHit
from tagging.given_rows import read_row
from tagging.tagged_rows import FORBIDDEN, escalation_of
from transcribe.call import SpeakerRole

# Of a label that a second reader might not share: such rows are not scored.
BORDERLINE = "borderline"
TABOO = "taboo"
ALL_KINDS = "all"


class _Label(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class CauseLabel(_Label):
    """What is true of a text: see `tagging.causes.figures.KnownRow`."""

    id: str | int
    labels: list[str]
    optional: list[str] = []
    escalation: str = "none"
    escalation_optional: list[str] = []
    domain: str = "text"


class TabooLabel(_Label):
    """Whether a quality manager would mark an agent's sentence: taboo, ok or borderline."""

    id: str | int | None = None
    label: str
    kind: str = "text"


LabelT = TypeVar("LabelT", bound=_Label)


@dataclass(frozen=True, slots=True)
class TabooCounts:
    """Rows of one kind: forbidden wordings found, missed, and sentences that were wrongly marked."""

    kind: str
    hits: int
    false_alarms: int
    misses: int
    clean: int

    @property
    def precision(self) -> float | None:
        """Of the marked rows those that are taboo, 0..1; None when nothing was marked."""
        marked = self.hits + self.false_alarms
        return self.hits / marked if marked else None

    @property
    def recall(self) -> float | None:
        """Of the taboo rows those that were marked, 0..1; None when there are none."""
        true = self.hits + self.misses
        return self.hits / true if true else None


def measure_causes(
    folder: Path, tagger: TextTagger, day: date, top_causes: Sequence[str]
) -> CauseFigures | None:
    """Return the figures of all `causes*.jsonl`, None when there is no such file."""
    known: list[KnownRow] = []
    found: list[FoundRow] = []
    for label, findings in _judged(folder, "causes*.jsonl", CauseLabel, (tagger, SpeakerRole.UNKNOWN, day)):
        known.append(
            KnownRow(
                str(label.id),
                label.domain,
                known_labels(label.labels),
                frozenset(label.optional),
                label.escalation,
                frozenset(label.escalation_optional),
            )
        )
        stated = {
            item.top_cause
            for item in findings.items
            if isinstance(item, CauseTag) and item.source is CauseSource.CUSTOMER_STATED
        }
        found.append(FoundRow(frozenset(stated), escalation_of(findings.items)))
    return cause_figures(known, found, top_causes) if known else None


def measure_taboo(folder: Path, tagger: TextTagger, day: date) -> tuple[TabooCounts, ...]:
    """Return counts over all rows of all `taboo*.jsonl` (ALL_KINDS), then per kind; empty without a file."""
    judged = [
        (label.kind, label.label == TABOO, _is_marked(findings))
        for label, findings in _judged(folder, "taboo*.jsonl", TabooLabel, (tagger, SpeakerRole.AGENT, day))
        if label.label != BORDERLINE
    ]
    kinds = sorted({kind for kind, _, _ in judged})
    return tuple(_counts(kind, judged) for kind in (ALL_KINDS, *kinds)) if judged else ()


def _counts(kind: str, judged: Sequence[tuple[str, bool, bool]]) -> TabooCounts:
    own = [(true, marked) for each, true, marked in judged if kind in (ALL_KINDS, each)]
    return TabooCounts(
        kind,
        hits=own.count((True, True)),
        false_alarms=own.count((False, True)),
        misses=own.count((True, False)),
        clean=own.count((False, False)),
    )


def _is_marked(findings: Findings) -> bool:
    return any(isinstance(item, TabooHit) and item.kind == FORBIDDEN for item in findings.items)


def _judged(
    folder: Path, pattern: str, schema: type[LabelT], how: tuple[TextTagger, SpeakerRole, date]
) -> Iterator[tuple[LabelT, Findings]]:
    """Yield every labelled row of the files with its findings.

    Raises:
        ConfigInvalid: a row cannot be read; with file, line and key.
    """
    tagger, role, day = how
    for file in sorted(folder.glob(pattern)):
        for number, line in enumerate(file.read_text("utf-8-sig").splitlines(), start=1):
            if not line.strip():
                continue
            try:
                row, label = read_row(line), schema.model_validate_json(line)
            except (GivenRowInvalid, ValidationError) as err:
                reason = err if isinstance(err, GivenRowInvalid) else _keys_of(err)
                raise ConfigInvalid(f"{file}:{number}：{reason}") from err
            yield label, tagger.tag(as_call(row, role, day))


def _keys_of(err: ValidationError) -> str:
    keys = "、".join(".".join(map(str, each["loc"])) for each in err.errors(include_url=False))
    return f"标注缺少或写错了：{keys}"
