"""Text to the tones of its words: praise, anger, trouble, waiting, asking, serving. Pure.

In: text and the words of each tone, from settings. Out: names of tones, a denied word as `not <tone>`.
"""

from collections.abc import Mapping, Sequence

# A denial stands among so many characters before the word.
_DENIAL_REACH = 2


class ToneFinder:
    """Finds words by their first character: a text is looked through once, however many words there are."""

    def __init__(self, tones: Mapping[str, Sequence[str]], denials: str):
        """Take the words of each tone, and characters that deny a word shortly before it."""
        self._denials = frozenset(denials)
        self._by_first: dict[str, list[tuple[str, str]]] = {}
        for name, words in tones.items():
            for word in words:
                self._by_first.setdefault(word[0], []).append((word, name))

    def find(self, text: str) -> tuple[str, ...]:
        """Return the tones of a text in order of name; a word denied just before it is `not <tone>`."""
        found: set[str] = set()
        for at, char in enumerate(text):
            for word, name in self._by_first.get(char, ()):
                if text.startswith(word, at):
                    before = text[max(0, at - _DENIAL_REACH) : at]
                    found.add(f"tone {name}" if self._denials.isdisjoint(before) else f"not {name}")
        return tuple(sorted(found))
