"""Numbers that everybody may know: hotlines of firms and regulators, emergency calls. Pure."""

import re

from tagging.pii.digit_kinds import shape_kind
from tagging.pii.rules import DigitRules


class Hotlines:
    """Knows public numbers by the pattern of digits.yaml."""

    def __init__(self, rules: DigitRules) -> None:
        # The code of the country or of a town may go before.
        self._one = re.compile(f"(?:86|0[1-9][0-9]{{1,2}})?(?:{rules.hotlines})")
        self._several = re.compile(f"(?:{rules.hotlines})+")

    def is_hotline(self, digits: str) -> bool:
        """Say whether all the digits are one hotline."""
        return self._one.fullmatch(digits) is not None

    def are_hotlines(self, digits: str) -> bool:
        """Say whether the digits are hotlines one after another (12300, 12378), and nothing else by shape."""
        return shape_kind(digits) is None and self._several.fullmatch(digits) is not None
