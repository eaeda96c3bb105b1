"""Sentences with the family of forbidden phrase that they say, for `huiting bench tagging`. Edge: reads YAML.

In: today's taboo lexicon (its own examples) or a folder of sentences (`{role, text, family}`, no family for
what is acceptable). Out: examples, and their counts per family, clean and misheard.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from flows.config import ConfigInvalid
from flows.tag_texts import TextTagger
from tagging.lexicon_schema import Example
from tagging.taboo.figures import TabooExample, TabooFigure, taboo_figures
from tagging.taboo.schema import TabooEntry
from tagging.taboo.tagger import TabooTagger
from tagging.yaml_source import read_yaml

# Of characters: as good recognition, as ours on the samples, and as bad lines leave them.
RATES = (0.0, 0.05, 0.10, 0.20)
_SPEAKERS = {"agent", "customer"}


class GoldenSentence(BaseModel):
    """One sentence and what it is: the family that it says, None for none."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    text: str
    role: Literal["agent", "customer", "ivr", "unknown"] = "agent"
    family: str | None = None


def figures_of(examples: tuple[TabooExample, ...], tagger: TextTagger) -> tuple[TabooFigure, ...]:
    """Return the counts of today's taboo tagger at every rate of RATES."""
    own = next(each for each in tagger.taggers if isinstance(each, TabooTagger))
    return taboo_figures(examples, own, RATES)


def lexicon_examples(entries: Mapping[str, TabooEntry]) -> tuple[TabooExample, ...]:
    """Return the examples of the lexicon's entries; the classifier has not learnt from them, phrases have."""
    found: list[TabooExample] = []
    for entry in entries.values():
        for examples, family in ((entry.must_match, entry.family), (entry.must_not_match, None)):
            found += [made for each in examples for made in _example(each, family)]
    return tuple(found)


def golden_examples(folder: Path) -> tuple[TabooExample, ...]:
    """Return the sentences of all YAML files of a folder.

    Raises:
        ConfigInvalid: no file, or one that cannot be read; with file and keys.
        LexiconInvalid: a file is no YAML.
    """
    rows = TypeAdapter(tuple[GoldenSentence, ...])
    found: list[TabooExample] = []
    for file in sorted(folder.glob("*.yaml")):
        try:
            sentences = rows.validate_python(read_yaml(file).value)
        except ValidationError as err:
            keys = "、".join(".".join(map(str, each["loc"])) for each in err.errors()[:5])
            raise ConfigInvalid(f"{file}：缺少或写错了 {keys}") from err
        found += [TabooExample(each.text, each.family, each.role) for each in sentences]
    if not found:
        raise ConfigInvalid(f"--golden {folder}：没有写着例句的 *.yaml")
    return tuple(found)


def _example(example: Example, family: str | None) -> Iterator[TabooExample]:
    """Yield an example as one turn with what was said before it; dialogues that another ends are left out."""
    if isinstance(example, str):
        yield TabooExample(example, family)
        return
    said = [(role, text) for line in example for role, text in line.items() if role in _SPEAKERS]
    if said and len(said) == len(example) and said[-1][0] == "agent":
        yield TabooExample(said[-1][1], family, "agent", tuple(said[:-1]))
