"""Numbers that everybody may know: hotlines of firms and regulators, emergency calls. Pure."""

import re

from tagging.pii.rules import DigitRules


class Hotlines:
    """Knows public numbers by the pattern of digits.yaml."""

    def __init__(self, rules: DigitRules) -> None:
        # The code of the country or of a town may go before.
        self._one = re.compile(f"(?:86|0[1-9][0-9]{{1,2}})?(?:{rules.hotlines})")

    def is_hotline(self, digits: str) -> bool:
        """Say whether all the digits are one hotline."""
        return self._one.fullmatch(digits) is not None
