"""A turn's text cut into sentences, as half-open character spans. Pure."""

import re

# What ends a sentence in recognised text, after NFKC.
_SENTENCE = re.compile(r"[^。！？；!?;\n]+")


def sentences_of(text: str) -> tuple[tuple[int, int], ...]:
    """Return the (start, end) of each sentence, without its closing mark and outer spaces and commas."""
    spans: list[tuple[int, int]] = []
    for found in _SENTENCE.finditer(text):
        piece = found.group()
        start = found.start() + len(piece) - len(piece.lstrip(" ,，、"))
        end = found.end() - (len(piece) - len(piece.rstrip(" ,，、")))
        if end > start:
            spans.append((start, end))
    return tuple(spans)
