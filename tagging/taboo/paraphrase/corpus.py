"""The corpus folder to rows. Edge: reads the YAML of `corpus/`, written by us.

In: files of groups (`schema.CorpusGroup`). Out: a frozen `Corpus` of agents' sentences, in order of file and
line.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from tagging.corpus_file import read_groups, sentences_of
from tagging.errors import LexiconInvalid
from tagging.taboo.paraphrase.schema import CorpusGroup

CORPUS_DIR = Path(__file__).with_name("corpus")


@dataclass(frozen=True, slots=True)
class CorpusRow:
    """One sentence or turn of an agent; `label` is a family or `ok`. Rows of one group belong together."""

    group: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Corpus:
    """All rows; `digest` is the sha256 (hex) over them."""

    rows: tuple[CorpusRow, ...]

    @property
    def digest(self) -> str:
        content = "\n".join("\t".join((row.group, row.label, row.text)) for row in self.rows)
        return hashlib.sha256(content.encode()).hexdigest()


def load_corpus(directory: Path = CORPUS_DIR) -> Corpus:
    """Return the rows of every *.yaml in the folder; a sentence counts once.

    Raises:
        LexiconInvalid: with file, line and what to do: broken YAML, a group id twice, the same sentence with
            two different labels.
    """
    rows: dict[str, CorpusRow] = {}
    places: dict[str, str] = {}
    for placed in read_groups(directory, CorpusGroup):
        group, place = placed.group, placed.place
        if group.id in places:
            raise LexiconInvalid(f"{place}：组 {group.id} 重复（已在 {places[group.id]}）；请换一个 id")
        places[group.id] = place
        for text in sentences_of(group, place):
            row = rows.setdefault(text, CorpusRow(group.id, group.label, text))
            if row.label != group.label:
                raise LexiconInvalid(
                    f"{place}：句子「{text}」与组 {row.group} 的标签不同（{places[row.group]}）；"
                    "请统一标签或删去一处"
                )
    return Corpus(tuple(rows.values()))
