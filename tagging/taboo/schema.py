"""What an entry of the taboo lexicon says. Pure."""

from typing import Literal

from pydantic import Field

from tagging.lexicon_schema import RuleEntry, Speaker

Family = Literal[
    "cold_refusal",
    "passing_the_buck",
    "questioning_back",
    "impatience",
    "belittling",
    "sarcasm",
    "refusing_to_listen",
    "insult",
    "provoking",
    "threat",
    "putting_off",
    "blind_promise",
    "beyond_remit",
]


class TabooEntry(RuleEntry):
    """A phrase that agents must not say, its paraphrases as patterns, and what to say instead.

    Quoting, denying and supposing cancel every entry unless it names its own `cancelled_by`; so does
    repeating the customer's words.
    """

    phrase: str = Field(min_length=2)
    family: Family
    kind: Literal["forbidden", "sensitive"]
    severity: Literal["low", "medium", "high", "critical"]
    replacement: str = Field(min_length=2)
    said_by: Speaker = "agent"
    sound: float | None = Field(default=0.9, ge=0.5, le=1)
    undone_by_repeating: bool = True
    cancelled_by: tuple[str, ...] = ("引用", "否认", "假设", "转述规范")
