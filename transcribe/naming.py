"""File names as they may be shown: customers' digits become stars. Pure."""

import os
import re
from datetime import datetime

# A long run of digits, or a phone number or bank card written in groups. The groups come first, so that
# 138-1234-5678 is seen as one number; 17 digits and an X is an identity number.
_NUMBER = re.compile(
    r"(?<!\d)1[3-9]\d[-_ .]\d{4}[-_ .]\d{4}(?!\d)"
    r"|(?<!\d)\d{4}(?:[-_ .]\d{4}){3}(?:[-_ .]\d{1,3})?(?!\d)"
    r"|(?<!\d)\d{7,}[xX]?"
)
# What recorders stamp into names: a day, a day and a time, with or without milliseconds.
_STAMPS = {8: "%Y%m%d", 10: "%Y%m%d%H", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S", 17: "%Y%m%d%H%M%S%f"}
_STAMP_YEARS = range(2000, 2100)


def readable_name(name: str) -> str:
    """Returns a file name as valid text: names written in GB18030 are decoded, other bytes become U+FFFD."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return os.fsencode(name).decode("gb18030", "replace")
    return name


def shown_name(name: str) -> str:
    """Returns `name` with every digit of what may be a phone, identity or card number as '*'.

    Runs of seven and more digits are masked unless they read as a time stamp of this century
    (20261120, 20261120093015). Length and everything else stay, so that people find the file.
    """
    return _NUMBER.sub(_masked, readable_name(name))


def has_personal_number(name: str) -> bool:
    """Returns whether `shown_name` would hide anything of `name`."""
    return shown_name(name) != readable_name(name)


def _masked(match: re.Match[str]) -> str:
    text = match.group()
    if _is_stamp(text):
        return text
    return "".join("*" if c.isdecimal() or c in "xX" else c for c in text)


def _is_stamp(text: str) -> bool:
    layout = _STAMPS.get(len(text))
    if layout is None or not text.isdecimal():
        return False
    try:
        # %f takes up to six digits: three are milliseconds.
        return datetime.strptime(text, layout).year in _STAMP_YEARS
    except ValueError:
        return False
