"""What a rule's `when:` may say: conditions that managers put together in YAML. Pure.

In: mappings read by `tagging.lexicon`. Out: frozen pydantic models. A `Condition` says one thing (words, a
sentence's likeness, a signal's threshold, or other conditions put together), where it looks, and what undoes
it; `docs/rules.md` shows every one of them.
"""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Speaker = Literal["agent", "customer", "anyone"]
# A turn with its neighbours of the same voice that only a back-channel parts it from, or the whole call.
Within = Literal["turn", "call"]


class LexiconModel(BaseModel):
    """Strict, closed and frozen: a number is no string, an unknown key is an error."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Scope(LexiconModel):
    """Where in the call a rule looks; None means everywhere.

    Seconds are measured at the matched words, not at their turn's start; turns are counted per role.
    """

    first_turns: int | None = Field(default=None, ge=1)
    last_turns: int | None = Field(default=None, ge=1)
    first_s: float | None = Field(default=None, gt=0)
    last_s: float | None = Field(default=None, gt=0)
    lines_of_business: tuple[str, ...] = ()


class WordSet(LexiconModel):
    """Words of one turn: one of `any_of`, each of `all_of`, none of `none_of`; <名字> names a word set."""

    any_of: tuple[str, ...] = ()
    all_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _asks_for_something(self) -> Self:
        if not self.any_of and not self.all_of:
            raise ValueError("words 里至少写 any_of 或 all_of；只想要「没有这些词」请用 missing")
        return self


class Similar(LexiconModel):
    """A sentence much like one of `to`: cosine of characters and syllables, 0..1, at least `at_least`."""

    to: tuple[str, ...] = Field(min_length=1)
    at_least: float = Field(default=0.6, ge=0.3, le=1)


class SignalLimit(LexiconModel):
    """A number measured on the call, in the unit of its name; `role` as the signal has it."""

    name: str = Field(min_length=1)
    role: Literal["agent", "customer"] | None = None
    at_least: float | None = None
    at_most: float | None = None

    @model_validator(mode="after")
    def _has_a_limit(self) -> Self:
        if self.at_least is None and self.at_most is None:
            raise ValueError("signal 要写 at_least 或 at_most")
        return self


class Sequence(LexiconModel):
    """`then` after `first`, within seconds or turns; found where `then` is said.

    `missing: then` finds a `first` that no `then` follows, `missing: first` a `then` with no `first` before.
    """

    first: "Condition"
    then: "Condition"
    within_s: float | None = Field(default=None, gt=0)
    within_turns: int | None = Field(default=None, ge=0)
    missing: Literal["first", "then"] | None = None


class Near(LexiconModel):
    """All of `of` in one turn, each no more than `within_chars` characters from the one before it."""

    of: tuple["Condition", ...] = Field(min_length=2)
    within_chars: int = Field(ge=0)
    in_order: bool = False


class Count(LexiconModel):
    """How often `of` is found in a call."""

    of: "Condition"
    at_least: int = Field(default=1, ge=1)
    at_most: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        if self.at_most is not None and self.at_most < self.at_least:
            raise ValueError("count 的 at_most 不能小于 at_least")
        return self


class Repeated(LexiconModel):
    """`of` in at least `in_turns` turns; without `of`, nearly the same sentence in as many turns.

    `similarity` is 0..100 (rapidfuzz's ratio), for sentences of at least `min_chars` characters.
    """

    of: "Condition | None" = None
    in_turns: int = Field(ge=2)
    similarity: float = Field(default=85, ge=50, le=100)
    min_chars: int = Field(default=6, ge=4)


# Exactly one of these is what a condition says; `none_of` may stand beside any of them.
KINDS = (
    *("phrase", "regex", "pinyin", "words", "similar", "signal"),
    *("all_of", "any_of", "missing", "sequence", "near", "count", "repeated"),
)


class Condition(LexiconModel):
    """One condition: one of KINDS, and around it who says it, where, and what undoes it.

    `said_by`, `scope` and `sound` hold for everything below, as the entry's do where nothing is said.
    `none_of` undoes it in the same turn, or anywhere in the call (`within: call`); `all_of` must hold there.
    """

    phrase: tuple[str, ...] = ()
    regex: tuple[str, ...] = ()
    pinyin: tuple[str, ...] = ()
    words: WordSet | None = None
    similar: Similar | None = None
    signal: SignalLimit | None = None
    all_of: tuple["Condition", ...] = ()
    any_of: tuple["Condition", ...] = ()
    missing: "Condition | None" = None
    sequence: Sequence | None = None
    near: Near | None = None
    count: Count | None = None
    repeated: Repeated | None = None
    none_of: tuple["Condition", ...] = ()
    within: Within = "turn"
    said_by: Speaker | None = None
    scope: Scope | None = None
    sound: float | None = Field(default=None, ge=0.5, le=1)
    unless: tuple[str, ...] = ()
    cancelled_by: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        said = [kind for kind in KINDS if getattr(self, kind)]
        if not said and self.none_of:
            raise ValueError("只有 none_of 没有要找的内容；「整通电话都没说」请用 missing")
        if len(said) != 1:
            found = "、".join(said) or "一种也没有"
            raise ValueError(
                f"一个条件只写一种内容，这里是：{found}；要同时满足请用 all_of，任一满足请用 any_of"
            )
        return self
