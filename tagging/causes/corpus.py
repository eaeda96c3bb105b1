"""Corpus folder to rows. Edge: reads the YAML of `corpus/`, written by us; no customer's sentence is in it.

In: files of groups (`tagging.causes.schema.CorpusGroup`). Out: a frozen `Corpus`, in order of file and line.
"""

import hashlib
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from unicodedata import normalize

from tagging.causes.schema import CorpusGroup
from tagging.errors import LexiconInvalid
from tagging.lexicon_check import validate_at
from tagging.yaml_source import YamlSource, read_yaml

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
    for file in sorted(directory.glob("*.yaml")):
        source = read_yaml(file)
        if not isinstance(source.value, tuple):
            raise LexiconInvalid(f"{file}:1：语料文件应为列表，每组以「- id:」开始")
        for index, keys in enumerate(source.value):
            place = f"{file}:{source.line_of((index,))}"
            if not isinstance(keys, dict):
                raise LexiconInvalid(f"{place}：每组应为「键: 值」的形式，以「- id:」开始")
            where = {key: (source, (index, key)) for key in keys}
            group = validate_at(keys, CorpusGroup, where, (source, (index,)))
            if group.id in places:
                raise LexiconInvalid(f"{place}：组 {group.id} 重复（已在 {places[group.id]}）；请换一个 id")
            places[group.id] = place
            rows.extend(_rows_of(group, source, index))
    _check_contradictions(rows, places)
    return Corpus(tuple(rows))


def _rows_of(group: CorpusGroup, source: YamlSource, index: int) -> list[CorpusRow]:
    labels = () if group.labels == (NONE,) else group.labels
    lines = [line.strip() for line in group.texts.splitlines() if line.strip()]
    if group.slots:
        for name, values in group.slots.items():
            if not values:
                line = source.line_of((index, "slots", name))
                raise LexiconInvalid(f"{source.file}:{line}：空位 {name} 没有取值；请至少写一个")
        lines = _fill(lines, group)
    return [
        CorpusRow(group.id, group.domain, labels, normalize("NFKC", line)) for line in dict.fromkeys(lines)
    ]


def _fill(lines: Iterable[str], group: CorpusGroup) -> list[str]:
    """Return at most `at_most` combinations, drawn by the group's own id: the same on every machine."""
    filled: list[str] = []
    for line in lines:
        names = [name for name in group.slots if f"{{{name}}}" in line]
        for values in product(*(group.slots[name] for name in names)):
            text = line
            for name, value in zip(names, values, strict=True):
                text = text.replace(f"{{{name}}}", value)
            filled.append(text)
    draw = random.Random(group.id)  # noqa: S311  no secret: a repeatable choice
    return filled if len(filled) <= group.at_most else draw.sample(filled, group.at_most)


def _check_contradictions(rows: Sequence[CorpusRow], places: dict[str, str]) -> None:
    seen: dict[str, CorpusRow] = {}
    for row in rows:
        first = seen.setdefault(row.text, row)
        if first.top_causes != row.top_causes:
            raise LexiconInvalid(
                f"{places[row.group]}：句子「{row.text}」与组 {first.group} 的标签不同"
                f"（{places[first.group]}）；请统一标签或删去一处"
            )
