"""The pattern language of the lexicons, parsed into nodes and written as regular expressions. Pure.

In: a pattern such as `公司[的]规定(就是|就)这样{3}^`. Out: nodes, the regex over folded text, and the sets of
characters that any match must contain (the prefilter). Between any two characters the vocabulary's fillers
and punctuation may stand. The language:

    字          that character            (a|b)   one of them
    [a|b]       one of them or nothing    <名字>  one of a word set
    {n} {m,n}   a gap of 0..n (m..n) characters that crosses no end of a sentence
    ^ $         a sentence or a turn begins / ends here
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import chain, pairwise

# Folded punctuation: a pause inside a sentence, and the end of one.
WEAK_BREAK = " "
STRONG_BREAK = "\n"
# Stands between texts that are looked through together; nothing ever reaches over it.
UNIT_BREAK = "\x00"
# Prefilter sets kept per pattern; beyond it the less telling alternatives are left out of the prefilter.
MAX_NEEDS = 64

_SPECIAL = "()[]{}<>|^$"
# Marks of regular expressions and punctuation that matching ignores: written by habit, they never match.
_FOREIGN = "?*+.\\,;:!，。？！；：、（）"
_START = f"(?<![^{WEAK_BREAK}{STRONG_BREAK}{UNIT_BREAK}])"
_END = f"(?![^{WEAK_BREAK}{STRONG_BREAK}{UNIT_BREAK}])"


class PatternInvalid(ValueError):
    """A pattern cannot be read; the message says why (Chinese, for the lexicon's owner).

    `written` is what was written in the YAML, as far as it is known, to find its line.
    """

    def __init__(self, reason: str, written: str | None = None):
        super().__init__(reason if written is None else f"「{written}」：{reason}")
        self.written = written


@dataclass(frozen=True, slots=True)
class Literal:
    """One character that must be there."""

    char: str


@dataclass(frozen=True, slots=True)
class Gap:
    """Between `low` and `high` characters of anything but the end of a sentence."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Edge:
    """Where a sentence begins (`is_start`) or ends."""

    is_start: bool


@dataclass(frozen=True, slots=True)
class Options:
    """One of `branches`, or nothing when optional."""

    branches: tuple["Nodes", ...]
    is_optional: bool


Node = Literal | Gap | Edge | Options
Nodes = tuple[Node, ...]


def parse_pattern(pattern: str, words: Mapping[str, tuple[str, ...]]) -> Nodes:
    """Return the nodes of a pattern.

    Raises:
        PatternInvalid: unbalanced brackets, an unknown word set, a gap that is no number, nothing to find.
    """
    try:
        return _parse(pattern, words)
    except PatternInvalid as err:
        raise PatternInvalid(str(err), pattern) from err


def _parse(pattern: str, words: Mapping[str, tuple[str, ...]]) -> Nodes:
    nodes, end = _parse_sequence(pattern, 0, words, "")
    if end != len(pattern):
        raise PatternInvalid(f"第 {end + 1} 个字符 {pattern[end]!r} 多余：括号不成对")
    if not any(needs_of(nodes)):
        raise PatternInvalid("没有必须出现的字：至少写一个不在方括号里的字")
    return nodes


def _parse_sequence(
    pattern: str, at: int, words: Mapping[str, tuple[str, ...]], closing: str
) -> tuple[Nodes, int]:
    nodes: list[Node] = []
    while at < len(pattern):
        char = pattern[at]
        if closing and char in ("|", closing):
            return tuple(nodes), at
        if char in "([":
            node, at = _parse_options(pattern, at, words)
            nodes.append(node)
        elif char in "{<":
            node, at = _parse_named(pattern, at, words)
            nodes.append(node)
        elif char in "^$":
            nodes.append(Edge(is_start=char == "^"))
            at += 1
        elif char in _SPECIAL:
            return tuple(nodes), at
        else:
            if char in _FOREIGN:
                raise PatternInvalid(
                    f"第 {at + 1} 个字符 {char!r} 不属于句式：可有可无请用 [ ]，空位请用 {{n}}"
                )
            if not char.isspace():
                nodes.append(Literal(char))
            at += 1
    return tuple(nodes), at


def _parse_options(pattern: str, at: int, words: Mapping[str, tuple[str, ...]]) -> tuple[Node, int]:
    closing = ")" if pattern[at] == "(" else "]"
    branches: list[Nodes] = []
    start = at
    while True:
        branch, at = _parse_sequence(pattern, at + 1, words, closing)
        branches.append(branch)
        if at >= len(pattern) or pattern[at] not in ("|", closing):
            raise PatternInvalid(f"第 {start + 1} 个字符的 {pattern[start]!r} 没有配对的 {closing!r}")
        if pattern[at] == closing:
            break
    if not all(branches):
        raise PatternInvalid(f"第 {start + 1} 个字符的括号里有空的选项：可有可无请用方括号")
    return Options(tuple(branches), is_optional=closing == "]"), at + 1


def _parse_named(pattern: str, at: int, words: Mapping[str, tuple[str, ...]]) -> tuple[Node, int]:
    closing = "}" if pattern[at] == "{" else ">"
    end = pattern.find(closing, at)
    if end < 0:
        raise PatternInvalid(f"第 {at + 1} 个字符的 {pattern[at]!r} 没有配对的 {closing!r}")
    name = pattern[at + 1 : end]
    if closing == "}":
        return _gap(name), end + 1
    if name not in words:
        raise PatternInvalid(f"没有名为 <{name}> 的词组；现有：{'、'.join(sorted(words))}")
    branches = tuple(tuple(Literal(char) for char in word) for word in words[name])
    return Options(branches, is_optional=False), end + 1


def _gap(text: str) -> Gap:
    low, _, high = text.rpartition(",")
    if not (high.isascii() and high.isdigit() and (not low or (low.isascii() and low.isdigit()))):
        raise PatternInvalid(f"空位 {{{text}}} 应写成 {{n}} 或 {{m,n}}，n 为字数")
    gap = Gap(int(low or "0"), int(high))
    if gap.low > gap.high:
        raise PatternInvalid(f"空位 {{{text}}}：前一个数不能大于后一个")
    return gap


@dataclass(frozen=True, slots=True)
class Writing:
    """How nodes are written as a regex.

    `encode` gives the regex of a character (text: the folded one; sound: its syllables' codes), `filler` a
    class of characters for fillers and punctuation, `gap_stops` the inside of one that no gap crosses.
    """

    encode: Callable[[str], str]
    filler: str
    gap_stops: str


def regex_of(nodes: Nodes, writing: Writing) -> str:
    """Return the regular expression source of parsed nodes."""
    fillers = f"{writing.filler}*"
    parts: list[str] = []
    for node in nodes:
        match node:
            case Literal(char):
                parts.append(writing.encode(char) + fillers)
            case Gap(low, high):
                parts.append(
                    f"(?<!{STRONG_BREAK})[^{STRONG_BREAK}{UNIT_BREAK}{writing.gap_stops}]{{{low},{high}}}?"
                )
            case Edge(is_start):
                parts.append(_START + fillers if is_start else _END)
            case Options(branches, is_optional):
                inner = "|".join(regex_of(branch, writing) for branch in branches)
                parts.append(f"(?:{inner}){'?' if is_optional else ''}")
    return "".join(parts)


def literals_of(nodes: Nodes) -> tuple[str, ...]:
    """Return every character that a pattern names, in order of writing, with repetitions."""
    found: list[str] = []
    for node in nodes:
        if isinstance(node, Literal):
            found.append(node.char)
        elif isinstance(node, Options):
            found.extend(chain.from_iterable(literals_of(branch) for branch in node.branches))
    return tuple(found)


def runs_of(nodes: Nodes) -> tuple[str, ...]:
    """Return the unbroken literal strings of a pattern: what gives a character its neighbours' reading."""
    runs: list[str] = []
    current = ""
    for node in nodes:
        if isinstance(node, Literal):
            current += node.char
            continue
        runs.append(current)
        current = ""
        if isinstance(node, Options):
            runs.extend(chain.from_iterable(runs_of(branch) for branch in node.branches))
    runs.append(current)
    return tuple(run for run in runs if run)


def least_chars(nodes: Nodes) -> int:
    """Return how many characters the shortest match names."""
    count = 0
    for node in nodes:
        if isinstance(node, Literal):
            count += 1
        elif isinstance(node, Options) and not node.is_optional:
            count += min(map(least_chars, node.branches))
    return count


def needs_of(nodes: Nodes, *, with_pairs: bool = False) -> tuple[frozenset[str], ...]:
    """Return sets of characters such that every match contains all characters of at least one set.

    With pairs, the sets also hold each two characters that a match has side by side, but for what is skipped.
    """
    return _least(
        frozenset(char for char in ways if char)
        | (
            {one + other for one, other in pairwise(ways) if one and other}
            if with_pairs
            else frozenset[str]()
        )
        for ways in _ways(nodes, MAX_NEEDS, with_optional=with_pairs)
    )


def _ways(nodes: Nodes, limit: int, *, with_optional: bool) -> list[tuple[str, ...]]:
    """Return at most `limit` ways to say a pattern, as characters with '' for what is left open.

    Every match is said in one of them. Options are written out while they are few, required ones first.
    """
    written: dict[int, list[tuple[str, ...]]] = {}
    options = [(index, node) for index, node in enumerate(nodes) if isinstance(node, Options)]
    for index, node in sorted(options, key=lambda each: (each[1].is_optional, len(each[1].branches))):
        if node.is_optional and not with_optional:
            continue
        own = [
            way
            for branch in node.branches
            for way in _ways(branch, max(1, limit // len(node.branches)), with_optional=with_optional)
        ]
        if node.is_optional:
            own.append(())
        if len(own) <= limit:
            written[index] = own
            limit //= len(own)
    ways: list[tuple[str, ...]] = [()]
    for index, node in enumerate(nodes):
        added = [(node.char,)] if isinstance(node, Literal) else written.get(index, [("",)])
        ways = [(*way, *each) for way in ways for each in added]
    return ways


def _least(needs: Iterable[frozenset[str]]) -> tuple[frozenset[str], ...]:
    """Return the sets that contain no other: a larger one lets nothing through that a smaller one stops."""
    kept: list[frozenset[str]] = []
    for need in sorted(set(needs), key=lambda each: (len(each), sorted(each))):
        if not any(smaller <= need for smaller in kept):
            kept.append(need)
    return tuple(kept)


def compile_regex(source: str) -> re.Pattern[str]:
    """Return a lexicon's own regular expression compiled, or raise PatternInvalid with the reason."""
    try:
        return re.compile(source)
    except re.error as err:
        raise PatternInvalid(f"正则表达式无法编译（{err}）", source) from err
