"""How often an agent says the same sentence again. Pure."""

import re
from collections.abc import Iterable

from rapidfuzz import fuzz

from tagging.signals.settings import SignalSettings

_NOT_SPOKEN = re.compile(r"[\W_*]+")


def repeated_sentence_count(texts: Iterable[str], settings: SignalSettings) -> int:
    """Return how many sentences (of at least `repeated_characters`) nearly equal an earlier one.

    A sentence said three times counts two. Courtesies of every call do not count.
    """
    breaks = re.compile(f"[{re.escape(settings.sentence_breaks)}]")
    courtesies = [_plain(courtesy) for courtesy in settings.courtesies]
    earlier: list[str] = []
    count = 0
    for text in texts:
        for part in breaks.split(text):
            sentence = _plain(part)
            if len(sentence) < settings.repeated_characters or _is_near(sentence, courtesies, settings):
                continue
            count += _is_near(sentence, earlier, settings)
            earlier.append(sentence)
    return count


def _plain(text: str) -> str:
    return _NOT_SPOKEN.sub("", text)


def _is_near(sentence: str, others: Iterable[str], settings: SignalSettings) -> bool:
    least = settings.repeated_similarity
    return any(fuzz.ratio(sentence, other, score_cutoff=least) >= least for other in others)
