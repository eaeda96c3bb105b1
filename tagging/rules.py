"""One entry compiled: its conditions, its exceptions and what must have been said before. Pure.

In: a `RuleEntry` and the vocabulary. Out: `CompiledRule`, whose root condition finds hits in a call.
"""

import re
from collections.abc import Callable, Mapping

from tagging.call_view import viewer_of
from tagging.condition_compile import ConditionCompiler
from tagging.conditions import Node
from tagging.leaf import CompiledCancel, Exceptions
from tagging.lexicon_schema import RuleEntry, Vocabulary
from tagging.pattern import STRONG_BREAK, Nodes, PatternInvalid, parse_pattern, regex_of
from tagging.phrase import CompiledPattern

__all__ = ["CompiledCancel", "CompiledRule", "Compiler"]


class CompiledRule:
    """One entry with everything compiled."""

    def __init__(self, entry: RuleEntry, context: "Compiler"):
        self.entry = entry
        words = {**context.vocabulary.words, **entry.words}
        self.root: Node = ConditionCompiler(context, entry, words).compile()
        self.leaves = self.root.leaves()
        self.patterns: tuple[CompiledPattern, ...] = tuple(
            pattern for leaf in self.leaves for pattern in leaf.patterns
        )
        self.exceptions = context.exceptions(entry.unless, entry.cancelled_by, words)
        self.after = tuple(
            context.compile_pattern(each, words) for each in (entry.after.patterns if entry.after else ())
        )


class Compiler:
    """Patterns to compiled patterns, with the one vocabulary's folding, fillers and sounds."""

    def __init__(self, vocabulary: Vocabulary):
        self.vocabulary = vocabulary
        self.viewer = viewer_of(vocabulary)
        self.folding = self.viewer.folding
        self._count = 0
        self._rules: dict[str, CompiledRule] = {}
        self._cancels: dict[str, CompiledCancel] = {}

    def compile_rule(self, entry: RuleEntry) -> CompiledRule:
        """Return the entry compiled, once per id, or raise PatternInvalid with pattern and reason."""
        if entry.id not in self._rules:
            self._rules[entry.id] = CompiledRule(entry, self)
        return self._rules[entry.id]

    def next_number(self) -> int:
        """Return a number that orders what is compiled among all of this compiler."""
        self._count += 1
        return self._count

    def compile_pattern(self, source: str, words: Mapping[str, tuple[str, ...]]) -> CompiledPattern:
        """Return one pattern compiled."""
        return CompiledPattern(self.next_number(), source, parse_pattern(source, words), self.folding)

    def exceptions(
        self, unless: tuple[str, ...], cancelled_by: tuple[str, ...], words: Mapping[str, tuple[str, ...]]
    ) -> Exceptions:
        """Return the exceptions of an entry or a condition compiled."""
        return Exceptions(
            tuple(self.compile_pattern(each, words) for each in unless),
            tuple(self.compile_cancel(name) for name in cancelled_by),
            self.viewer.exact_sound,
        )

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

        def before(source: str) -> str:
            return f"(?:{source}){near}\\Z"

        def after(source: str) -> str:
            return f"{near}(?:{source})"

        firsts = [parse_pattern(each, self.vocabulary.words) for each in cancel.before]
        lasts = [parse_pattern(each, self.vocabulary.words) for each in cancel.after]
        writing = self.folding.cancel_writing
        return CompiledCancel(
            tuple(re.compile(before(regex_of(nodes, writing))) for nodes in firsts),
            tuple(re.compile(after(regex_of(nodes, writing))) for nodes in lasts),
            self._by_sound(firsts, before),
            self._by_sound(lasts, after),
        )

    def _by_sound(self, patterns: list[Nodes], around: Callable[[str], str]) -> tuple[re.Pattern[str], ...]:
        """Return the patterns that are long enough to be told by their sound alone."""
        sources = (self.viewer.exact_sounds.regex_of(nodes) for nodes in patterns)
        return tuple(re.compile(around(source)) for source in sources if source is not None)
