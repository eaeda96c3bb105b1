"""The words and thresholds of personal data: YAML -> frozen rules. Edge: reads the files beside it.

The centre's own `<lexicons>/pii/<same name>.yaml` replaces top-level keys of a shipped file.
"""

from pathlib import Path
from typing import TypeVar

from pydantic import Field

from tagging.lexicon import load_model
from tagging.lexicon_schema import LexiconModel

ModelT = TypeVar("ModelT", bound=LexiconModel)


class CueWords(LexiconModel):
    """Words that say what digits are, by the kind they make of them."""

    ticket: tuple[str, ...]
    code: tuple[str, ...]
    id_number: tuple[str, ...]
    bank_card: tuple[str, ...]
    phone: tuple[str, ...]
    digits: tuple[str, ...]


class DigitRules(LexiconModel):
    """digits.yaml: how digits are said, what they mean, when they are masked."""

    digits: dict[str, str]
    sounds: dict[str, tuple[str, ...]]
    everyday_sounds: str
    id_ends: tuple[str, ...]
    fillers: tuple[str, ...]
    punctuation: str
    never_bridged: str
    after_one: str
    amount_units: tuple[str, ...]
    measure_units: tuple[str, ...]
    measured_digits: int = Field(ge=1)
    amount_digits: int = Field(ge=1)
    hotlines: str
    min_bare_digits: int = Field(ge=3)
    min_cued_digits: int = Field(ge=1)
    min_echo_digits: int = Field(ge=2)
    min_suspect_digits: int = Field(ge=2)
    max_interleaved_turns: int = Field(ge=0)
    max_interleaved_s: float = Field(gt=0)
    max_odd_characters: int = Field(ge=0)
    cues: CueWords
    exact_cues: tuple[str, ...]
    cue_links: tuple[str, ...]
    answer_ends: tuple[str, ...]
    cue_characters: int = Field(ge=0)
    cue_after_links: tuple[str, ...]
    cue_after_words: dict[str, tuple[str, ...]]
    ask_words: tuple[str, ...]
    open_asks: tuple[str, ...]
    min_answer_share: float = Field(gt=0, le=1)
    ask_turns: int = Field(ge=1)
    ask_turns_without_digits: int = Field(ge=1)
    subject_change_characters: int = Field(ge=1)


class NameRules(LexiconModel):
    """names.yaml: surnames, what announces a name, what never is one."""

    surnames: str
    compound_surnames: tuple[str, ...]
    weak_surnames: str
    strong_cues: tuple[str, ...]
    lenient_ends: str
    weak_cues: tuple[str, ...]
    kin_cues: tuple[str, ...]
    middle_cues: tuple[str, ...]
    pauses_before: str
    name_links: tuple[str, ...]
    weak_ends: tuple[str, ...]
    answer_starts: tuple[str, ...]
    ask_words: tuple[str, ...]
    ask_turns: int = Field(ge=1)
    titles: tuple[str, ...]
    exact_titles: tuple[str, ...]
    after_names: tuple[str, ...]
    never_given: str
    never_names: tuple[str, ...]
    spelled: tuple[str, ...]
    spelling_turns: int = Field(ge=1)


class AddressRules(LexiconModel):
    """addresses.yaml: the parts of an address and what only looks like one."""

    provinces: tuple[str, ...]
    wide_units: tuple[str, ...]
    middle_units: tuple[str, ...]
    near_units: tuple[str, ...]
    never_after: tuple[str, ...]
    numbered_units: tuple[str, ...]
    door_units: tuple[str, ...]
    sure_door_units: tuple[str, ...]
    never_heard_units: str
    max_plain_characters: int = Field(ge=0)
    name_characters: int = Field(ge=1)
    heard_cues: tuple[str, ...]
    cues: tuple[str, ...]
    ask_turns: int = Field(ge=1)
    name_starts: tuple[str, ...]
    before_days: tuple[str, ...]
    after_words: tuple[str, ...]
    not_doors: tuple[str, ...]
    never_names: tuple[str, ...]
    never_whole: tuple[str, ...]
    never_parts: tuple[str, ...]


class ContactRules(LexiconModel):
    """contacts.yaml: e-mail addresses and licence plates, written or spoken."""

    email_at: tuple[str, ...]
    email_dots: tuple[str, ...]
    email_ends: tuple[str, ...]
    email_hosts: tuple[str, ...]
    email_words: tuple[str, ...]
    email_fillers: tuple[str, ...]
    email_cues: tuple[str, ...]
    secret_cues: tuple[str, ...]
    handle_cues: tuple[str, ...]
    plate_provinces: str
    plate_cues: tuple[str, ...]


class MaskRules(LexiconModel):
    """masks.yaml: how masks are cut in time."""

    margin_s: float = Field(ge=0)
    max_joined_s: float = Field(ge=0)
    min_word_probability: float = Field(ge=0, le=1)


class PiiRules(LexiconModel):
    """All of them."""

    digits: DigitRules
    names: NameRules
    addresses: AddressRules
    contacts: ContactRules
    masks: MaskRules


def load_pii_rules(override_dir: Path | None) -> PiiRules:
    """Return the shipped rules, keys of the centre's own files winning.

    Raises:
        LexiconInvalid: with file, line, key and what to do.
    """
    return PiiRules(
        digits=_load("digits.yaml", override_dir, DigitRules),
        names=_load("names.yaml", override_dir, NameRules),
        addresses=_load("addresses.yaml", override_dir, AddressRules),
        contacts=_load("contacts.yaml", override_dir, ContactRules),
        masks=_load("masks.yaml", override_dir, MaskRules),
    )


def _load(name: str, override_dir: Path | None, schema: type[ModelT]) -> ModelT:
    return load_model(Path(__file__).with_name(name), override_dir, f"pii/{name}", schema)
