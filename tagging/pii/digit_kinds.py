"""What a string of digits is by its own shape. Pure."""

import re
from datetime import date

# GB 11643-1999: weights of the first 17 digits of an identity number, and its check characters mod 11.
ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECKS = "10X98765432"
ID_DIGITS = 18
# Bank cards of ISO/IEC 7812 as issued in China have 16 to 19 digits.
CARD_DIGITS = range(16, 20)
MOBILE = re.compile(r"1[3-9][0-9]{9}")
LANDLINE = re.compile(r"0(?:10|2[0-9]|[3-9][0-9]{2})[2-9][0-9]{6,7}")


def is_id_number(digits: str) -> bool:
    """Say whether 18 signs (the last may be X) are an identity number: a real date, a right check sign."""
    if len(digits) != ID_DIGITS or not digits[:-1].isdigit() or not _is_date(digits[6:14]):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(digits[:-1], ID_WEIGHTS, strict=True))
    return ID_CHECKS[total % 11] == digits[-1].upper()


def is_luhn(digits: str) -> bool:
    """Say whether digits pass the Luhn check of bank cards (ISO/IEC 7812-1 annex B)."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + position % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def shape_kind(digits: str) -> str | None:
    """Return phone, id_number or bank_card when the digits alone say so, else None.

    A number said twice in a row counts as the number.
    """
    if MOBILE.fullmatch(digits) or LANDLINE.fullmatch(digits):
        return "phone"
    if _is_like_id_number(digits):
        return "id_number"
    if len(digits) in CARD_DIGITS:
        return "bank_card"
    return "phone" if len(digits) > 11 and MOBILE.search(digits) else None


def _is_like_id_number(digits: str) -> bool:
    """18 signs with the right check or (unless a card's) a real date; or 15 digits of the old kind."""
    if len(digits) == ID_DIGITS and digits[:-1].isdigit():
        return is_id_number(digits) or (_is_date(digits[6:14]) and not (digits.isdigit() and is_luhn(digits)))
    return len(digits) == 15 and digits.isdigit() and _is_date("19" + digits[6:12])


def _is_date(digits: str) -> bool:
    """Say whether yyyymmdd is a day of 1900 to 2099."""
    try:
        return 1900 <= date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).year < 2100
    except ValueError:
        return False
