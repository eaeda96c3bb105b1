"""Corpus folders to groups of sentences. Edge: reads YAML written by us; no customer's sentence is in it.

In: a folder whose files are lists of groups. Out: every group, checked, with its sentences.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Generic, Protocol, TypeVar
from unicodedata import normalize

from tagging.errors import LexiconInvalid
from tagging.lexicon_check import validate_at
from tagging.lexicon_schema import LexiconModel
from tagging.yaml_source import read_yaml


class SlottedGroup(Protocol):
    """What every corpus group says: `texts` holds a sentence a line, `{A}` stands for a value of slot A."""

    @property
    def id(self) -> str: ...
    @property
    def texts(self) -> str: ...
    @property
    def slots(self) -> Mapping[str, tuple[str, ...]]: ...
    @property
    def at_most(self) -> int: ...


GroupT = TypeVar("GroupT", bound=LexiconModel)


@dataclass(frozen=True, slots=True)
class PlacedGroup(Generic[GroupT]):
    """A group and where it was written (`file:line`)."""

    group: GroupT
    place: str


def read_groups(directory: Path, schema: type[GroupT]) -> Iterator[PlacedGroup[GroupT]]:
    """Yield the groups of every *.yaml in the folder, in order of file and line.

    Raises:
        LexiconInvalid: with file, line and what to do: broken YAML, a key that the schema refuses.
    """
    for file in sorted(directory.glob("*.yaml")):
        source = read_yaml(file)
        if not isinstance(source.value, tuple):
            raise LexiconInvalid(f"{file}:1：语料文件应为列表，每组以「- id:」开始")
        for index, keys in enumerate(source.value):
            place = f"{file}:{source.line_of((index,))}"
            if not isinstance(keys, dict):
                raise LexiconInvalid(f"{place}：每组应为「键: 值」的形式，以「- id:」开始")
            where = {key: (source, (index, key)) for key in keys}
            yield PlacedGroup(validate_at(keys, schema, where, (source, (index,))), place)


def sentences_of(group: SlottedGroup, place: str) -> tuple[str, ...]:
    """Return the group's sentences in NFKC, each once; of slots at most `at_most` combinations.

    Which combinations is drawn by the group's own id: the same on every machine.

    Raises:
        LexiconInvalid: a slot without values.
    """
    lines = [line.strip() for line in group.texts.splitlines() if line.strip()]
    if group.slots:
        for name, values in group.slots.items():
            if not values:
                raise LexiconInvalid(f"{place}：空位 {name} 没有取值；请至少写一个")
        lines = _filled(lines, group)
    return tuple(dict.fromkeys(normalize("NFKC", line) for line in lines))


def _filled(lines: list[str], group: SlottedGroup) -> list[str]:
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
