"""An entry's conditions to compiled nodes. Pure.

In: a `RuleEntry` and what compiles its patterns. Out: the root node. An entry without `when` is one leaf;
`said_by`, `scope` and `sound` go down to every condition that says nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from tagging.condition_schema import Condition, Scope, Sequence, WordSet
from tagging.conditions import AllOf, AnyOf, Measured, Missing, Node, Said, Unless, Where
from tagging.leaf import Exceptions, Leaf
from tagging.lexicon_schema import RuleEntry, Vocabulary
from tagging.likeness import Likeness
from tagging.pattern import compile_regex
from tagging.phrase import CompiledPattern, Folding
from tagging.relations import Counted, Followed, NearTo, Repeated, SaidAgain
from tagging.syllables import DEFAULT_SOUND, SyllablePattern

Words = Mapping[str, tuple[str, ...]]


class PatternCompiler(Protocol):
    """What patterns and exceptions are compiled by."""

    @property
    def vocabulary(self) -> Vocabulary: ...

    @property
    def folding(self) -> Folding: ...

    def next_number(self) -> int: ...

    def compile_pattern(self, source: str, words: Words) -> CompiledPattern: ...

    def exceptions(
        self, unless: tuple[str, ...], cancelled_by: tuple[str, ...], words: Words
    ) -> Exceptions: ...


@dataclass(frozen=True, slots=True)
class _Context:
    """What a condition has from those above it."""

    said_by: str
    scope: Scope
    sound: float | None

    def below(self, condition: Condition) -> "_Context":
        return _Context(
            condition.said_by or self.said_by,
            self.scope if condition.scope is None else condition.scope,
            self.sound if condition.sound is None else condition.sound,
        )

    @property
    def where(self) -> Where:
        return Where(self.said_by, self.scope)


class ConditionCompiler:
    """Compiles one entry."""

    def __init__(self, compiler: PatternCompiler, entry: RuleEntry, words: Words):
        self._compiler = compiler
        self._entry = entry
        self._words = words

    def compile(self) -> Node:
        """Return the entry's root condition.

        Raises:
            PatternInvalid: a pattern, regular expression or pinyin cannot be read.
        """
        entry = self._entry
        context = _Context(entry.said_by, entry.scope, entry.sound)
        if entry.when is not None:
            return self._node(entry.when, context)
        leaf = self._leaf(context)
        leaf.patterns = self._patterns(entry.patterns)
        leaf.regexes = tuple(map(compile_regex, entry.regexes))
        return Said(leaf, context.where)

    def _node(self, condition: Condition, above: _Context) -> Node:
        context = above.below(condition)
        node = self._of_call(condition, context) or self._said(condition, context)
        if condition.none_of:
            return Unless(node, self._nodes(condition.none_of, context), condition.within)
        return node

    def _nodes(self, conditions: tuple[Condition, ...], context: _Context) -> list[Node]:
        return [self._node(each, context) for each in conditions]

    def _of_call(self, condition: Condition, context: _Context) -> Node | None:
        """Return the node of a condition over others or over the call, None when it is about words."""
        match condition:
            case Condition(all_of=children) if children:
                return AllOf(self._nodes(children, context), condition.within)
            case Condition(any_of=children) if children:
                return AnyOf(self._nodes(children, context))
            case Condition(missing=Condition() as child):
                return Missing(self._node(child, context))
            case Condition(signal=limit) if limit is not None:
                return Measured(limit, context.where)
            case Condition(sequence=Sequence() as asked):
                children = (self._node(asked.first, context), self._node(asked.then, context))
                return Followed(children, (asked.within_s, asked.within_turns), asked.missing)
            case _:
                return self._counting(condition, context)

    def _counting(self, condition: Condition, context: _Context) -> Node | None:
        if (near := condition.near) is not None:
            return NearTo(self._nodes(near.of, context), near.within_chars, is_ordered=near.in_order)
        if (count := condition.count) is not None:
            return Counted(self._node(count.of, context), count.at_least, count.at_most)
        if (repeated := condition.repeated) is None:
            return None
        if repeated.of is not None:
            return Repeated(self._node(repeated.of, context), repeated.in_turns)
        return SaidAgain(context.where, repeated.in_turns, repeated.similarity, repeated.min_chars)

    def _said(self, condition: Condition, context: _Context) -> Node:
        if condition.words is not None:
            return self._word_set(condition, condition.words, context)
        leaf = self._leaf(context, condition)
        leaf.patterns = self._patterns(condition.phrase)
        leaf.regexes = tuple(map(compile_regex, condition.regex))
        number, folding = self._compiler.next_number, self._compiler.folding
        leaf.syllables = tuple(SyllablePattern(number(), each, folding) for each in condition.pinyin)
        if leaf.syllables and leaf.sound is None:
            leaf.sound = DEFAULT_SOUND
        if condition.similar is not None:
            settings = self._compiler.vocabulary.likeness
            leaf.likeness = Likeness(condition.similar.to, condition.similar.at_least, settings)
        return Said(leaf, context.where)

    def _word_set(self, condition: Condition, words: WordSet, context: _Context) -> Node:
        def one_of(*sources: str) -> Node:
            leaf = self._leaf(context, condition)
            leaf.patterns = self._patterns(sources)
            return Said(leaf, context.where)

        asked = [one_of(*words.any_of)] if words.any_of else []
        asked.extend(map(one_of, words.all_of))
        node = asked[0] if len(asked) == 1 else AllOf(asked, "turn")
        return Unless(node, [one_of(*words.none_of)], "turn") if words.none_of else node

    def _leaf(self, context: _Context, condition: Condition | None = None) -> Leaf:
        unless = condition.unless if condition is not None else ()
        cancelled_by = condition.cancelled_by if condition is not None else ()
        exceptions = self._compiler.exceptions(unless, cancelled_by, self._words)
        return Leaf(self._compiler.next_number(), context.said_by, context.sound, exceptions)

    def _patterns(self, sources: tuple[str, ...]) -> tuple[CompiledPattern, ...]:
        return tuple(self._compiler.compile_pattern(each, self._words) for each in sources)
