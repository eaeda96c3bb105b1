"""What the YAML of causes says: rules with their place in the taxonomy, settings, corpus groups. Pure."""

from typing import Literal, Self

from pydantic import Field, model_validator

from tagging.lexicon_schema import ID_PATTERN, LexiconModel, RuleEntry

# Longer n-grams have no room in the integer that stands for one.
MAX_NGRAM = 3


class CauseEntry(RuleEntry):
    """A rule that finds one cause; the first entry of a sub-cause carries its title and definition.

    `sub_cause` None: only the top level is sure. `weight` (0..1) scales the confidence of a match. A rule
    that `is_catch_all` has general words: it gives way to other rules of its top cause that fire in the call,
    and to the classifier's surer sub-cause.
    """

    top_cause: str = Field(pattern=ID_PATTERN)
    sub_cause: str | None = Field(default=None, pattern=ID_PATTERN)
    title: str | None = None
    definition: str | None = None
    weight: float = Field(default=1.0, gt=0, le=1)
    is_catch_all: bool = False

    @model_validator(mode="after")
    def _says_who(self) -> Self:
        if self.said_by == "anyone":
            raise ValueError("said_by 应为 customer（客户所说）或 agent（坐席所为）")
        return self


class TopCause(LexiconModel):
    """A top cause with the title and definition that people read."""

    id: str = Field(pattern=ID_PATTERN)
    title: str
    definition: str


class ModelSettings(LexiconModel):
    """How the classifier is made. Every key is part of the model's digest."""

    char_ngrams: tuple[int, int]
    word_ngrams: tuple[int, int]
    pinyin_ngrams: tuple[int, int]
    min_document_count: int = Field(ge=1)
    regularisation: float = Field(gt=0)
    noise_copies: int = Field(ge=0, le=5)
    noise_rate: float = Field(ge=0, le=0.5)
    folds: int = Field(ge=2, le=20)
    min_rows_per_label: int = Field(ge=1)

    @model_validator(mode="after")
    def _sizes_are_in_order(self) -> Self:
        for smallest, largest in (self.char_ngrams, self.word_ngrams, self.pinyin_ngrams):
            if not 1 <= smallest <= largest <= MAX_NGRAM:
                raise ValueError(f"n 元组的长短应为 1 至 {MAX_NGRAM}，小的在前：[{smallest}, {largest}]")
        return self


class DecisionSettings(LexiconModel):
    """How turns' probabilities and rules become a call's causes. Shares and confidences are 0..1."""

    unit_chars: int = Field(ge=10)
    min_unit_chars: int = Field(ge=1)
    max_joined_units: int = Field(ge=0)
    complaint_gate: float = Field(ge=0, le=1)
    nearest_within: float = Field(ge=0)
    edge_weight: float = Field(ge=0, le=1)
    max_evidence: int = Field(ge=1)
    min_sub_confidence: float = Field(ge=0, le=1)
    min_rule_confidence: float = Field(ge=0, le=1)
    agreement: float = Field(ge=0, le=1)


class CauseSettings(LexiconModel):
    """`settings.yaml` of the causes."""

    top_causes: tuple[TopCause, ...] = Field(min_length=1)
    model: ModelSettings
    denials: str
    tones: dict[str, tuple[str, ...]]
    praise_cues: tuple[str, ...] = Field(min_length=1)
    decision: DecisionSettings


class CorpusGroup(LexiconModel):
    """Sentences written together: never split over folds. `labels` are `none`, a top cause or `top/sub`.

    `texts` holds one sentence a line. With `slots`, `{A}` in a line is replaced by each value of slot A, and
    `at_most` of all combinations are kept.
    """

    id: str
    domain: Literal["telecom", "bank", "review", "mixed"]
    labels: tuple[str, ...] = Field(min_length=1)
    texts: str
    slots: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    at_most: int = Field(default=24, ge=1)

    @model_validator(mode="after")
    def _none_is_alone(self) -> Self:
        if "none" in self.labels and len(self.labels) > 1:
            raise ValueError("labels 里的 none 只能单独出现")
        return self
