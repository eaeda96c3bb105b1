"""Lexicon folders to checked, compiled entries. Edge: reads the YAML beside a tagger and the centre's own.

In: a tagger's folder and the centre's `lexicons/` directory. Out: a frozen `LoadedLexicon`. How files become
entries is in `tagging.lexicon_files`; `tagging.lexicon_audit` tells all that is wrong, not only the first.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel

from tagging.errors import LexiconInvalid
from tagging.examples import failing_examples
from tagging.lexicon_check import path_to, validate_at
from tagging.lexicon_files import SETTINGS_NAME, RawEntry, find_entries
from tagging.lexicon_schema import LexiconModel, RuleEntry, Vocabulary
from tagging.matching import Measure, RuleSet
from tagging.pattern import PatternInvalid
from tagging.rules import Compiler
from tagging.yaml_source import Value, YamlSource, read_yaml

VOCABULARY_NAME = "vocabulary.yaml"
# Raised when the same lexicon would find other things: stored findings of an older engine are made again.
ENGINE_VERSION = 3

# Keys of an entry that change nothing that it finds.
_NOT_FOUND = frozenset({"must_match", "must_not_match", "note", "owner", "enabled"})

EntryT = TypeVar("EntryT", bound=RuleEntry)
ModelT = TypeVar("ModelT", bound=LexiconModel)


@dataclass(frozen=True)
class LoadedLexicon(Generic[EntryT]):
    """The enabled entries of one tagger, compiled, in order of id.

    `digest` is the sha256 (hex) over everything that decides what is found: entries without their examples,
    the vocabulary and the engine's version. Equal digests find the same.
    """

    name: str
    entries: tuple[EntryT, ...]
    rules: RuleSet
    vocabulary: Vocabulary
    digest: str

    @property
    def by_id(self) -> dict[str, EntryT]:
        return {entry.id: entry for entry in self.entries}

    @property
    def versions(self) -> dict[str, str]:
        """The version of every entry by its id, in order of id."""
        return {entry.id: rule_version(entry) for entry in self.entries}


def load_rules(
    package_dir: Path,
    lexicons_dir: Path | None,
    schema: type[EntryT],
    on_date: date | None = None,
    measure: Measure | None = None,
) -> LoadedLexicon[EntryT]:
    """Return the tagger's lexicon: shipped entries, changed and added to by the centre's.

    Args:
        package_dir: The tagger's folder with its *.yaml; its name is the tagger's name.
        lexicons_dir: The centre's directory with a folder per tagger, or None.
        schema: What an entry of this tagger says.
        on_date: The day whose entries are in force; None takes each call's own date.
        measure: A call's numbers, for entries that ask for a signal; None: such entries never fire.

    Raises:
        LexiconInvalid: with file, line, key, value and what to do; also when an example fails.
    """
    vocabulary = load_vocabulary(lexicons_dir)
    try:
        compiler = Compiler(vocabulary)
    except ValueError as err:
        raise LexiconInvalid(f"{VOCABULARY_NAME}：{err}") from err
    found = find_entries(package_dir, lexicons_dir)
    checked = [(each, _validate_entry(each, schema)) for each in found.values()]
    kept = sorted(((each, entry) for each, entry in checked if entry.enabled), key=lambda pair: pair[1].id)
    entries = tuple(entry for _, entry in kept)
    for each, entry in kept:
        for problem in entry_problems(each, entry, compiler):
            raise problem
    return LoadedLexicon(
        name=package_dir.name,
        entries=entries,
        rules=RuleSet(entries, compiler, on_date, measure),
        vocabulary=vocabulary,
        digest=digest_of(vocabulary, *entries),
    )


def load_vocabulary(lexicons_dir: Path | None) -> Vocabulary:
    """Return the words, fillers, sounds and cancels that all lexicons share."""
    return load_model(Path(__file__).with_name(VOCABULARY_NAME), lexicons_dir, VOCABULARY_NAME, Vocabulary)


def load_settings(package_dir: Path, lexicons_dir: Path | None, schema: type[ModelT]) -> ModelT:
    """Return a tagger's `settings.yaml`, keys of the centre's own `<tagger>/settings.yaml` winning."""
    return load_model(
        package_dir / SETTINGS_NAME, lexicons_dir, f"{package_dir.name}/{SETTINGS_NAME}", schema
    )


def digest_of(*models: BaseModel) -> str:
    """Return the sha256 (hex) over the canonical content of models without examples and notes."""
    content = [
        model.model_dump(mode="json", exclude={"must_match", "must_not_match", "note"}) for model in models
    ]
    canonical = json.dumps([ENGINE_VERSION, *content], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


def rule_version(entry: RuleEntry) -> str:
    """Return 8 hex digits of a sha256 over all that decides what an entry finds and says of it.

    Examples, notes, owners and the order of keys do not count: a rule keeps its version when they change.
    """
    # What is empty says nothing: a key that the language gains later leaves old rules' versions alone.
    dumped = entry.model_dump(mode="json", exclude_none=True)
    content = {key: value for key, value in dumped.items() if value and key not in _NOT_FOUND}
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()[:8]


def load_model(shipped: Path, lexicons_dir: Path | None, own_name: str, schema: type[ModelT]) -> ModelT:
    """Return one file of keys, those of the centre's own `<lexicons_dir>/<own_name>` winning.

    Raises:
        LexiconInvalid: with file, line, key and what to do.
    """
    sources = [read_yaml(shipped)]
    if lexicons_dir is not None and (lexicons_dir / own_name).is_file():
        sources.append(read_yaml(lexicons_dir / own_name))
    keys: dict[str, Value] = {}
    places: dict[str, tuple[YamlSource, tuple[str | int, ...]]] = {}
    for source in sources:
        value = source.value if source.value is not None else {}
        if not isinstance(value, dict):
            raise LexiconInvalid(f"{source.file}:1：应为「键: 值」的形式")
        keys.update(value)
        places.update({key: (source, (key,)) for key in value})
    return validate_at(keys, schema, places, (sources[0], ()))


def _validate_entry(found: RawEntry, schema: type[EntryT]) -> EntryT:
    return validate_at(found.keys, schema, found.places, (found.source, found.path))


def _place_of(found: RawEntry, entry: RuleEntry, written: str | None) -> str:
    """Return file:line of what was written somewhere in an entry's lists, else of the entry."""
    after = entry.after.patterns if entry.after else ()
    for key, below, items in (
        ("patterns", (), entry.patterns),
        ("regexes", (), entry.regexes),
        ("unless", (), entry.unless),
        ("cancelled_by", (), entry.cancelled_by),
        ("after", ("patterns",), after),
    ):
        if written in items and key in found.places:
            source, path = found.places[key]
            return f"{source.file}:{source.line_of((*path, *below, items.index(written)))}"
    if written is not None and (inside := path_to(written, found.keys.get("when"))) is not None:
        source, path = found.places["when"]
        return f"{source.file}:{source.line_of((*path, *inside))}"
    return f"{found.source.file}:{found.source.line_of(found.path)}"


def entry_problems(found: RawEntry, entry: RuleEntry, compiler: Compiler) -> Iterator[LexiconInvalid]:
    """Compile the entry by itself and run its examples; yield what is wrong, each with this entry's lines."""
    try:
        rules = RuleSet((entry,), compiler)
    except PatternInvalid as err:
        yield LexiconInvalid(f"{_place_of(found, entry, err.written)}：{entry.id}：{err}")
        return
    for failure in failing_examples(entry, rules):
        source, path = found.places[failure.key]
        line = source.line_of((*path, failure.index))
        yield LexiconInvalid(
            f"{source.file}:{line}：{entry.id} 的 {failure.key} 例句「{failure.shown}」{failure.reason}；"
            "请改句式（patterns、unless、cancelled_by）或改例句"
        )
