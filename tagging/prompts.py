"""The words that a recogniser is shown before it hears a call, per line of business. Edge: reads YAML.

In: prompts.yaml beside this file and the centre's own. Out: (line of business, prompt) pairs.
"""

from pathlib import Path

from pydantic import Field

from tagging.lexicon import load_model
from tagging.lexicon_schema import LexiconModel

PROMPTS_NAME = "prompts.yaml"
LINE_MARK = "{line}"


class LineTerms(LexiconModel):
    """One line of business: what people call it and its words, the most often misheard first."""

    name: str = Field(min_length=1)
    terms: tuple[str, ...] = Field(min_length=1)


class Prompts(LexiconModel):
    """prompts.yaml. `max_chars` bounds a prompt: Whisper reads it before every window."""

    lead: str
    max_chars: int = Field(ge=10, le=200)
    lines: dict[str, LineTerms]

    def text_of(self, line_of_business: str) -> str:
        """The prompt of one line of business, its last terms left out where it would be too long.

        Raises:
            KeyError: a line of business without an entry.
        """
        line = self.lines[line_of_business]
        prompt = self.lead.replace(LINE_MARK, line.name)
        for number, term in enumerate(line.terms):
            longer = prompt + ("、" if number else "") + term
            if len(longer) + 1 > self.max_chars:
                break
            prompt = longer
        return prompt + "。"


def load_prompts(lexicons_dir: Path | None) -> Prompts:
    """Return the shipped prompts, the centre's own `prompts.yaml` winning key by key.

    Raises:
        LexiconInvalid: with file, line, key and what to do.
    """
    return load_model(Path(__file__).with_name(PROMPTS_NAME), lexicons_dir, PROMPTS_NAME, Prompts)


def prompt_pairs(prompts: Prompts) -> tuple[tuple[str, str], ...]:
    """Return (line of business, prompt), sorted."""
    return tuple((line, prompts.text_of(line)) for line in sorted(prompts.lines))
