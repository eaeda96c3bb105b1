"""Corpus folder to rows. Edge: reads the YAML of `corpus/`, written by us; no customer's sentence is in it.

In: files of groups (`tagging.causes.schema.CorpusGroup`). Out: a frozen `Corpus`, in order of file and line.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tagging.causes.schema import CorpusGroup
from tagging.corpus_file import read_groups, sentences_of
from tagging.errors import LexiconInvalid

CORPUS_DIR = Path(__file__).with_name("corpus")
NONE = "none"


@dataclass(frozen=True, slots=True)
class CorpusRow:
    """One sentence or turn and why its speaker is dissatisfied.

    `labels` are top causes (`fees`) or both levels (`fees/annual_fee`), empty for no complaint. Rows of one
    `group` were written together or from one template. A row of `weight` 2 is learnt as if it were there
    twice; our own all weigh 1.
    """

    group: str
    domain: str
    labels: tuple[str, ...]
    text: str
    weight: float = 1.0

    @property
    def top_causes(self) -> frozenset[str]:
        return frozenset(label.partition("/")[0] for label in self.labels)


@dataclass(frozen=True, slots=True)
class Corpus:
    """All rows; `digest` is the sha256 (hex) over them."""

    rows: tuple[CorpusRow, ...]

    @property
    def digest(self) -> str:
        content = "\n".join(
            "\t".join((row.group, row.domain, ",".join(row.labels), row.text, str(row.weight)))
            for row in self.rows
        )
        return hashlib.sha256(content.encode()).hexdigest()


def load_corpus(directory: Path = CORPUS_DIR) -> Corpus:
    """Return the rows of every *.yaml in the folder.

    Raises:
        LexiconInvalid: with file, line and what to do: broken YAML, a group id twice, an empty slot, the same
            sentence with two different labels.
    """
    rows: list[CorpusRow] = []
    places: dict[str, str] = {}
    for placed in read_groups(directory, CorpusGroup):
        group, place = placed.group, placed.place
        if group.id in places:
            raise LexiconInvalid(f"{place}：组 {group.id} 重复（已在 {places[group.id]}）；请换一个 id")
        places[group.id] = place
        labels = () if group.labels == (NONE,) else group.labels
        texts = sentences_of(group, place)
        rows.extend(CorpusRow(group.id, group.domain, labels, text) for text in texts)
    _check_contradictions(rows, places)
    return Corpus(tuple(rows))


def _check_contradictions(rows: Sequence[CorpusRow], places: dict[str, str]) -> None:
    seen: dict[str, CorpusRow] = {}
    for row in rows:
        first = seen.setdefault(row.text, row)
        if first.top_causes != row.top_causes:
            raise LexiconInvalid(
                f"{places[row.group]}：句子「{row.text}」与组 {first.group} 的标签不同"
                f"（{places[first.group]}）；请统一标签或删去一处"
            )
