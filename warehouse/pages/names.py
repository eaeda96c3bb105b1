"""Names and numbers as pages show them, and the file names that pages may have. Pure."""

import hashlib
import re
from datetime import date

_PAGE_ID = re.compile(r"[0-9a-f]{16}")
_CLIP_FILE = re.compile(r"clips/[0-9a-f]{2}/[0-9a-f]{16}\.(ogg|mp3)")
# A call id is the centre's own; a mobile, landline or identity number inside one is not for pages.
_NUMBER_OF_A_PERSON = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|0\d{9,11}|\d{17}[\dXx])(?!\d)")
# Stored text is NFKC, so Chinese sentences carry half-width marks; pages set them as print does.
_WIDE_MARKS = str.maketrans(",?!:;()", "，？！：；（）")
_AFTER_CHINESE = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef*])[,?!:;)]|[(](?=[\u3400-\u9fff])")
_WEEKDAYS = "一二三四五六日"


def page_id(raw: str) -> str:
    """Return `raw` when it is an id of ours (16 hex digits), else one made from it: never a path."""
    return raw if _PAGE_ID.fullmatch(raw) else hashlib.sha256(raw.encode()).hexdigest()[:16]


def clip_file(raw: str | None) -> str:
    """Return a clip's path when it is one that we write, else ""."""
    return raw if raw is not None and _CLIP_FILE.fullmatch(raw) else ""


def shown_id(call_id: str) -> str:
    """Return a call id with numbers that could be a person's replaced by *."""
    return _NUMBER_OF_A_PERSON.sub(lambda found: "*" * len(found[0]), call_id)


def day_name(day: date) -> str:
    """Return for example 11月20日 周五."""
    return f"{day.month}月{day.day}日 周{_WEEKDAYS[day.weekday()]}"


def clock(seconds: float) -> str:
    """Return minutes and seconds, for example 1:05."""
    whole = max(0, int(seconds))
    return f"{whole // 60}:{whole % 60:02d}"


def shortened(text: str, length: int) -> str:
    """Return at most `length` characters, an ellipsis in place of the rest."""
    return text if len(text) <= length else text[: length - 1] + "…"


def typeset(text: str) -> str:
    """Return `text` with the width of punctuation that Chinese print has; the length stays the same."""
    return _AFTER_CHINESE.sub(lambda mark: mark[0].translate(_WIDE_MARKS), text)
