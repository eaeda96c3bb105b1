"""What settings.yaml of the signals may hold. Pure."""

from pydantic import Field

from tagging.lexicon_schema import LexiconModel


class SignalSettings(LexiconModel):
    """Thresholds and words of the signals; units are in the names, see settings.yaml."""

    pause_in_turn_s: float = Field(gt=0)
    interruption_left_s: float = Field(ge=0)
    interruption_characters: int = Field(ge=1)
    interruption_turn_s: float = Field(ge=0)
    rate_characters: int = Field(ge=1)
    repeated_characters: int = Field(ge=1)
    repeated_similarity: float = Field(ge=0, le=100)
    sentence_breaks: str = Field(min_length=1)
    courtesies: tuple[str, ...]
