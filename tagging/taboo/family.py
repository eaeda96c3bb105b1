"""The thirteen families of what agents must not say. Pure, standard library only."""

from typing import Literal, get_args

Family = Literal[
    "cold_refusal",
    "passing_the_buck",
    "questioning_back",
    "impatience",
    "belittling",
    "sarcasm",
    "refusing_to_listen",
    "insult",
    "provoking",
    "threat",
    "putting_off",
    "blind_promise",
    "beyond_remit",
]
FAMILIES: tuple[str, ...] = get_args(Family)
