"""Numbers as they are said -> as they are written. Edge in spirit: the only importer of wetext.

In: a short Chinese text that is nothing but one number, amount, date or time. Out: the same in digits.
"""

from functools import lru_cache
from typing import Any

_MAX_CACHED = 16_384


@lru_cache(maxsize=_MAX_CACHED)
def in_digits(text: str) -> str:
    """`text` with its numbers in digits (二百三十六块 -> 236块), as wetext's inverse normalisation writes it.

    What it leaves alone (三天, 九毛九) comes back as it is.
    """
    return str(_normalizer().normalize(text))


@lru_cache(maxsize=1)
def _normalizer() -> Any:
    from wetext import Normalizer  # noqa: PLC0415 - its grammars take a second to load

    return Normalizer(lang="zh", operator="itn")
