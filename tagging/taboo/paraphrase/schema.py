"""What the YAML of paraphrases says: how the classifier is made, names of its hits, the corpus. Pure."""

from typing import Literal, Self

from pydantic import Field, model_validator

from tagging.lexicon_schema import LexiconModel
from tagging.taboo.family import FAMILIES, Family

OK = "ok"
Kind = Literal["forbidden", "sensitive"]


class ParaphraseEntry(LexiconModel):
    """What a paraphrase of one family is called, how bad it is and what to say instead.

    Its hits have the phrase id `paraphrase_<family>`.
    """

    family: Family
    phrase: str = Field(min_length=2)
    kind: Kind
    severity: Literal["low", "medium", "high", "critical"]
    owner: str | None = None
    replacement: str = Field(min_length=2)
    enabled: bool = True

    @property
    def id(self) -> str:
        """The phrase id of its hits."""
        return f"paraphrase_{self.family}"


class ModelSettings(LexiconModel):
    """How the classifier is made. Every key is part of the model's digest.

    Lengths are counted in characters without punctuation and fillers. `min_precision` is what held-out groups
    must reach for the threshold of a kind; where they cannot, the kind is never reported.
    """

    char_ngrams: tuple[int, int]
    sound_ngrams: tuple[int, int]
    min_document_count: int = Field(ge=1)
    regularisation: float = Field(gt=0)
    noise_copies: int = Field(ge=0, le=5)
    noise_rate: float = Field(ge=0, le=0.5)
    folds: int = Field(ge=2, le=20)
    min_precision: float = Field(gt=0.5, lt=1)
    ok_weight: float = Field(gt=0)
    min_said: int = Field(ge=1)
    min_chars: int = Field(ge=1)
    unit_chars: int = Field(ge=8)
    whole_chars: int = Field(ge=8)
    dropped: str
    alike: tuple[str, ...]
    courtesies: tuple[str, ...]
    address_swaps: dict[str, str]
    swap_rate: float = Field(ge=0, le=1)
    confusions: dict[str, str]
    cues: dict[str, tuple[str, ...]]


class ParaphraseSettings(LexiconModel):
    """`settings.yaml` of the paraphrases."""

    entries: tuple[ParaphraseEntry, ...]
    model: ModelSettings

    @model_validator(mode="after")
    def _names_every_family_once(self) -> Self:
        named = sorted(entry.family for entry in self.entries)
        if named != sorted(FAMILIES):
            raise ValueError("entries 应恰好列出十三个家族，每个一次")
        return self


class CorpusGroup(LexiconModel):
    """Agents' sentences written together: never split over folds. `label` is a family or `ok`.

    `texts` holds one sentence a line. With `slots`, `{A}` in a line is replaced by each value of slot A, and
    `at_most` of all combinations are kept.
    """

    id: str = Field(min_length=1)
    label: Family | Literal["ok"]
    texts: str
    slots: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    at_most: int = Field(default=16, ge=1)
