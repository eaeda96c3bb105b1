"""The causes' two levels with the titles and definitions that people read. Pure.

In: settings (top causes) and rule entries (a sub-cause's first entry names it). Out: a frozen `Taxonomy`. A
centre's own sub-cause is one entry in `<lexicons>/causes/`, with its title, definition and rules together.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from tagging.causes.schema import CauseEntry, TopCause
from tagging.errors import LexiconInvalid


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause: `sub_cause` None for the top level."""

    top_cause: str
    sub_cause: str | None
    title: str
    definition: str


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """All causes, top causes in their order of writing, each followed by its sub-causes."""

    causes: tuple[Cause, ...]

    @property
    def top_causes(self) -> tuple[str, ...]:
        return tuple(cause.top_cause for cause in self.causes if cause.sub_cause is None)

    def sub_causes(self, top_cause: str) -> tuple[str, ...]:
        """Return the ids of a top cause's sub-causes."""
        return tuple(each.sub_cause for each in self.causes if each.top_cause == top_cause and each.sub_cause)

    def title(self, top_cause: str, sub_cause: str | None = None) -> str:
        """Return what people read: the sub-cause's title, or the top cause's; the id when unknown."""
        for cause in self.causes:
            if (cause.top_cause, cause.sub_cause) == (top_cause, sub_cause):
                return cause.title
        return sub_cause or top_cause


def build_taxonomy(top_causes: Iterable[TopCause], entries: Iterable[CauseEntry]) -> Taxonomy:
    """Return the taxonomy that settings and entries make together.

    Raises:
        LexiconInvalid: an entry of an unknown top cause, or a sub-cause that no entry gives a title.
    """
    tops = {each.id: each for each in top_causes}
    subs: dict[str, dict[str, Cause]] = {top: {} for top in tops}
    wanted: dict[tuple[str, str], str] = {}
    for entry in entries:
        if entry.top_cause not in tops:
            raise LexiconInvalid(
                f"causes 词库：{entry.id} 的 top_cause {entry.top_cause} 不存在；"
                f"可用：{'、'.join(tops)}（在 settings.yaml 的 top_causes 里添加）"
            )
        if entry.sub_cause is None:
            continue
        if entry.title is None:
            wanted.setdefault((entry.top_cause, entry.sub_cause), entry.id)
        else:
            subs[entry.top_cause][entry.sub_cause] = Cause(
                entry.top_cause, entry.sub_cause, entry.title, entry.definition or entry.title
            )
    for (top, sub), entry_id in wanted.items():
        if sub not in subs[top]:
            raise LexiconInvalid(
                f"causes 词库：{entry_id} 的二级分类 {top}/{sub} 没有名称；"
                "请在它的一条规则里写 title 与 definition"
            )
    causes: list[Cause] = []
    for top in tops.values():
        causes.append(Cause(top.id, None, top.title, top.definition))
        causes.extend(subs[top.id].values())
    return Taxonomy(tuple(causes))
