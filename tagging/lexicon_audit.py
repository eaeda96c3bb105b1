"""All lexicons looked at from end to end: everything that is wrong, and what their owners should know. Edge.

In: the centre's lexicons directory. Out: problems (a night would stop), warnings (it would not), counts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from tagging.errors import LexiconInvalid
from tagging.lexicon import VOCABULARY_NAME, entry_problems, load_settings, load_vocabulary
from tagging.lexicon_check import complaints_at, nearest, validate_at
from tagging.lexicon_files import SETTINGS_NAME, RawEntry, find_entries
from tagging.lexicon_schema import RuleEntry
from tagging.lexicons import LEXICONS, LexiconSpec
from tagging.pii.rules import load_pii_rules
from tagging.prompts import PROMPTS_NAME, load_prompts
from tagging.rules import Compiler

PII_DIR = "pii"


@dataclass(frozen=True, slots=True)
class LexiconCount:
    """How many entries a tagger has; `own` were added by the centre, `overridden` are ours, changed."""

    name: str
    in_force: int = 0
    own: int = 0
    overridden: int = 0
    disabled: int = 0
    expired: int = 0
    upcoming: int = 0
    examples: int = 0


@dataclass(slots=True)
class Audit:
    """What was found, filled as it comes. A problem and a warning are texts that begin with file and line."""

    problems: list[str] = field(default_factory=list[str])
    warnings: list[str] = field(default_factory=list[str])
    counts: list[LexiconCount] = field(default_factory=list[LexiconCount])

    def tell(self, problem: LexiconInvalid) -> None:
        """Keep a problem, once."""
        if str(problem) not in self.problems:
            self.problems.append(str(problem))


def audit_lexicons(lexicons_dir: Path | None, today: date) -> Audit:
    """Look at all shipped entries and the centre's own, run all examples, and go on after errors.

    Args:
        lexicons_dir: The centre's directory, None without one.
        today: Entries that end on or before this day are expired.
    """
    audit = Audit()
    _try(audit, lambda: load_pii_rules(lexicons_dir))
    _try(audit, lambda: load_prompts(lexicons_dir))
    for spec in LEXICONS:
        settings = spec.settings
        if settings is not None and (spec.package_dir / SETTINGS_NAME).is_file():
            _try(audit, lambda spec=spec, of=settings: load_settings(spec.package_dir, lexicons_dir, of))
    if lexicons_dir is not None:
        _warn_of_strangers(audit, lexicons_dir)
    for spec in LEXICONS:
        # Taggers may use the same id for different rules, so each has a compiler of its own.
        compiler = _compiler(audit, lexicons_dir)
        if compiler is not None and spec.entry is not None:
            _audit_entries(audit, spec, spec.entry, (lexicons_dir, compiler, today))
    return audit


def _compiler(audit: Audit, lexicons_dir: Path | None) -> Compiler | None:
    try:
        return Compiler(load_vocabulary(lexicons_dir))
    except LexiconInvalid as err:
        audit.tell(err)
    except ValueError as err:
        audit.tell(LexiconInvalid(f"{VOCABULARY_NAME}：{err}"))
    return None


def _audit_entries(
    audit: Audit, spec: LexiconSpec, schema: type[RuleEntry], given: tuple[Path | None, Compiler, date]
) -> None:
    lexicons_dir, compiler, today = given
    raw = find_entries(spec.package_dir, lexicons_dir, audit.tell)
    entries: dict[str, RuleEntry] = {}
    for entry_id, each in raw.items():
        whole = (each.source, each.path)
        complaints = complaints_at(each.keys, schema, each.places, whole)
        for complaint in complaints:
            audit.tell(complaint)
        if not complaints:
            entries[entry_id] = validate_at(each.keys, schema, each.places, whole)
    for entry_id, entry in entries.items():
        for problem in entry_problems(raw[entry_id], entry, compiler) if entry.enabled else ():
            audit.tell(problem)
        audit.warnings.extend(_warnings(raw[entry_id], entry, today))
    audit.counts.append(_count(spec.name, entries, raw, today))


def _warnings(raw: RawEntry, entry: RuleEntry, today: date) -> list[str]:
    found: list[str] = []
    if raw.is_own and raw.is_shipped:
        changed = "、".join(key for key in raw.keys if raw.places[key][0] is raw.source and key != "id")
        found.append(f"{raw.place}：{entry.id} 改写了自带的条目（{changed or '没有改任何键'}）")
    if entry.enabled and _is_expired(entry, today):
        found.append(f"{raw.place}：{entry.id} 已于 {entry.effective_to} 失效；不再需要就删去，需要就改日期")
    if raw.is_own and entry.enabled and not entry.owner:
        found.append(f"{raw.place}：{entry.id} 没有写 owner；请写上由谁负责")
    for key, examples in (("must_match", entry.must_match), ("must_not_match", entry.must_not_match)):
        wanted = entry.advised_examples
        if entry.enabled and len(examples) < wanted:
            found.append(f"{raw.place}：{entry.id} 的 {key} 只有 {len(examples)} 句；请写到 {wanted} 句")
    return found


def _count(
    name: str, entries: Mapping[str, RuleEntry], raw: Mapping[str, RawEntry], today: date
) -> LexiconCount:
    enabled = [entry for entry in entries.values() if entry.enabled]
    expired = sum(1 for entry in enabled if _is_expired(entry, today))
    upcoming = sum(1 for entry in enabled if entry.effective_from and entry.effective_from > today)
    return LexiconCount(
        name=name,
        in_force=len(enabled) - expired - upcoming,
        own=sum(1 for entry_id in entries if not raw[entry_id].is_shipped),
        overridden=sum(1 for entry_id in entries if raw[entry_id].is_own and raw[entry_id].is_shipped),
        disabled=len(entries) - len(enabled),
        expired=expired,
        upcoming=upcoming,
        examples=sum(len(entry.must_match) + len(entry.must_not_match) for entry in enabled),
    )


def _is_expired(entry: RuleEntry, today: date) -> bool:
    return entry.effective_to is not None and entry.effective_to <= today


def _warn_of_strangers(audit: Audit, lexicons_dir: Path) -> None:
    """Tell of folders and files that nothing reads: most often a misspelt name."""
    folders = (*(spec.name for spec in LEXICONS), PII_DIR)
    files = (VOCABULARY_NAME, PROMPTS_NAME)
    for path in sorted(lexicons_dir.iterdir()):
        known = folders if path.is_dir() else files
        if path.name not in known and not path.name.startswith("."):
            audit.warnings.append(f"{path}：没有程序读它；{nearest(path.name, known)}")


def _try(audit: Audit, load: Callable[[], object]) -> None:
    try:
        load()
    except LexiconInvalid as err:
        audit.tell(err)
