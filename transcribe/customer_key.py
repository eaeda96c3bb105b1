"""Customer ids to keys that name nobody. Pure."""

import hashlib
import hmac
import re

_HEX_DIGITS = 32  # 128 bits of HMAC-SHA256
_MOBILE = re.compile(r"(?<!\d)(?:\+?86)?1[3-9]\d{9}(?!\d)")
_IDENTITY = re.compile(r"\d{17}[\dXx]")
# Weights and check characters of the resident identity number: GB 11643-1999.
_IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_IDENTITY_CHECKS = "10X98765432"


def pseudonym(customer_id: str, key: str) -> str:
    """Returns 32 hex digits: the same for the same customer and key, useless without the key."""
    return hmac.new(key.encode(), customer_id.encode(), hashlib.sha256).hexdigest()[:_HEX_DIGITS]


def is_identifying(customer_id: str) -> bool:
    """Returns whether an id that should be pseudonymous is a mobile or a valid resident identity number."""
    if _MOBILE.fullmatch(customer_id):
        return True
    if not _IDENTITY.fullmatch(customer_id):
        return False
    total = sum(int(customer_id[i]) * weight for i, weight in enumerate(_IDENTITY_WEIGHTS))
    return _IDENTITY_CHECKS[total % len(_IDENTITY_CHECKS)] == customer_id[17].upper()


def has_mobile_number(text: str) -> bool:
    """Returns whether a mainland mobile number stands in `text`."""
    return _MOBILE.search(text) is not None
