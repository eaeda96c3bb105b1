"""One entry compiled: its patterns, its cancels and conditions. Pure.

In: a `RuleEntry` and the vocabulary. Out: `CompiledRule`, whose patterns find matches in folded turns.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tagging.finding import MatchKind
from tagging.lexicon_schema import RuleEntry, Vocabulary
from tagging.pattern import STRONG_BREAK, PatternInvalid, compile_regex, parse_pattern, regex_of
from tagging.phrase import CompiledPattern, Folding, Match


class CompiledRule:
    """One entry with everything compiled."""

    def __init__(self, entry: RuleEntry, context: "Compiler"):
        self.entry = entry
        words = {**context.vocabulary.words, **entry.words}
        self.patterns = tuple(context.compile_pattern(each, words) for each in entry.patterns)
        self.regexes = tuple(compile_regex(each) for each in entry.regexes)
        self.unless = tuple(context.compile_pattern(each, words) for each in entry.unless)
        self.after = tuple(
            context.compile_pattern(each, words) for each in (entry.after.patterns if entry.after else ())
        )
        self._cancels = tuple(context.compile_cancel(name) for name in entry.cancelled_by)

    def find_regex(self, raw: str) -> list[Match]:
        """Return matches of the entry's regular expressions in the turn's text as it stands."""
        return [
            Match(found.start(), found.end(), MatchKind.PATTERN, 1.0)
            for regex in self.regexes
            for found in regex.finditer(raw)
            if found.end() > found.start()
        ]

    def is_cancelled(self, text: str, match: Match) -> bool:
        """Say whether words around the match undo it (quoting, denying, supposing)."""
        return any(cancel.undoes(text, match) for cancel in self._cancels)


@dataclass(frozen=True, slots=True)
class CompiledCancel:
    """Words close before or after a match that undo it."""

    reach_chars: int
    before: tuple[re.Pattern[str], ...]
    after: tuple[re.Pattern[str], ...]

    def undoes(self, text: str, match: Match) -> bool:
        return any(regex.search(text, 0, match.start) for regex in self.before) or any(
            regex.match(text, match.end) for regex in self.after
        )


class Compiler:
    """Patterns to compiled patterns, with the one vocabulary's folding, fillers and sounds."""

    def __init__(self, vocabulary: Vocabulary):
        self.vocabulary = vocabulary
        self.folding = Folding(vocabulary)
        self._count = 0
        self._rules: dict[str, CompiledRule] = {}
        self._cancels: dict[str, CompiledCancel] = {}

    def compile_rule(self, entry: RuleEntry) -> CompiledRule:
        """Return the entry compiled, once per id, or raise PatternInvalid with pattern and reason."""
        if entry.id not in self._rules:
            self._rules[entry.id] = CompiledRule(entry, self)
        return self._rules[entry.id]

    def compile_pattern(self, source: str, words: Mapping[str, tuple[str, ...]]) -> CompiledPattern:
        """Return one pattern compiled; its number orders it among all of this compiler."""
        self._count += 1
        return CompiledPattern(self._count, source, parse_pattern(source, words), self.folding)

    def compile_cancel(self, name: str) -> CompiledCancel:
        """Return a cancel of the vocabulary compiled (once per name)."""
        if name not in self._cancels:
            self._cancels[name] = self._cancel(name)
        return self._cancels[name]

    def _cancel(self, name: str) -> CompiledCancel:
        if name not in self.vocabulary.cancels:
            known = "、".join(self.vocabulary.cancels)
            raise PatternInvalid(f"词汇表的 cancels 里没有这一项；现有：{known}", name)
        cancel = self.vocabulary.cancels[name]
        near = f"[^{STRONG_BREAK}]{{0,{cancel.reach_chars}}}"
        return CompiledCancel(
            cancel.reach_chars,
            tuple(
                self._compile_part(each, lambda source: f"(?:{source}){near}\\Z") for each in cancel.before
            ),
            tuple(self._compile_part(each, lambda source: f"{near}(?:{source})") for each in cancel.after),
        )

    def _compile_part(self, source: str, around: Callable[[str], str]) -> re.Pattern[str]:
        nodes = parse_pattern(source, self.vocabulary.words)
        return re.compile(around(regex_of(nodes, self.folding.cancel_writing)))
