"""What the pages say in their own words, as keys that two dictionaries translate.

In: keys of `words/*.yaml`, label ids, values. Out: `Said`, its text in one language, its form as JSON. Pure.
Text from calls and manifests is only ever a value, never a key: nothing outside decides what is looked up.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from warehouse.labels import Labels
from warehouse.pages.names import day_name

LITERAL = "literal"  # the key whose words are nothing but their slot
_SLOT = re.compile(r"\{([a-z_]{1,20})\}")
_JOIN = "、"


@dataclass(frozen=True, slots=True)
class Said:
    """A key of the dictionaries and what fills the slots of its words.

    A value is text from outside, a number, a day, or several `Said` that are named one after another.
    """

    key: str
    values: "tuple[tuple[str, Value], ...]" = ()


Value = str | int | float | date | tuple[Said, ...]


def said(key: str, **values: Value) -> Said:
    """Return words with their values: said("library.count", count=3)."""
    return Said(key, tuple(values.items()))


def literal(text: str) -> Said:
    """Return text that is the same in every language."""
    return Said(LITERAL, (("text", text),))


def label(labels: Labels, group: str, label_id: str | None) -> Said:
    """Return the name of a label; an id that nobody named is shown as it is, None as nothing."""
    if label_id is not None and label_id in labels.names.get(group, {}):
        return Said(f"{group}/{label_id}")
    return literal(label_id or "")


def text_of(words: Mapping[str, str], what: Said) -> str:
    """Return the text in the language of `words`, which are Chinese: days are written as in China.

    Raises:
        KeyError: the key, or the value of a slot, is missing.
    """
    values = dict(what.values)
    return _SLOT.sub(lambda slot: _value_text(words, values[slot[1]]), words[what.key])


def _value_text(words: Mapping[str, str], value: Value) -> str:
    if isinstance(value, tuple):
        return _JOIN.join(text_of(words, each) for each in value)
    return day_name(value) if isinstance(value, date) else str(value)


def json_of(what: Said) -> object:
    """Return what the scripts read: the key alone, or [key, {slot: value}].

    A day is {"day": "2026-11-20"}, several names are {"names": [...]}.
    """
    return [what.key, {slot: _value_json(value) for slot, value in what.values}] if what.values else what.key


def _value_json(value: Value) -> object:
    if isinstance(value, tuple):
        return {"names": [json_of(each) for each in value]}
    return {"day": value.isoformat()} if isinstance(value, date) else value


def said_of(data: Any) -> Said:
    """Return what `json_of` made JSON of."""
    if isinstance(data, str):
        return Said(data)
    key, values = data
    return Said(key, tuple((slot, _value_of(value)) for slot, value in values.items()))


def _value_of(value: Any) -> Value:
    if isinstance(value, dict):
        return date.fromisoformat(value["day"]) if "day" in value else tuple(map(said_of, value["names"]))
    return value


def slots_of(text: str) -> Sequence[str]:
    """Return the slots of some words, sorted."""
    return sorted(_SLOT.findall(text))
