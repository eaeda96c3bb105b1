"""Lexicon folders to checked, compiled entries. Edge: reads the YAML beside a tagger and the centre's own.

In: a tagger's folder and the centre's `lexicons/` directory. Out: a frozen `LoadedLexicon`. Every *.yaml in
a tagger's folder (but `settings.yaml`) holds `entries: [...]`. Files in `<lexicons>/<tagger>/` add entries
or, by the same id, change keys of shipped ones; nothing there is ever written, so it survives upgrades.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel

from tagging.errors import LexiconInvalid
from tagging.examples import failing_examples
from tagging.lexicon_check import FILE_KEYS, check_keys, path_to, validate_at
from tagging.lexicon_schema import LexiconModel, RuleEntry, Vocabulary
from tagging.matching import Measure, RuleSet
from tagging.pattern import PatternInvalid
from tagging.rules import Compiler
from tagging.yaml_source import Value, YamlSource, read_yaml

SETTINGS_NAME = "settings.yaml"
VOCABULARY_NAME = "vocabulary.yaml"
# Raised when the same lexicon would find other things: stored findings of an older engine are made again.
ENGINE_VERSION = 2

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


@dataclass(frozen=True, slots=True)
class _Found:
    """The raw keys of one entry and where each was written (the centre's file wins over the shipped one)."""

    keys: dict[str, Value]
    places: dict[str, tuple[YamlSource, tuple[str | int, ...]]]
    source: YamlSource
    path: tuple[str | int, ...]


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
    found = _find_entries(package_dir, lexicons_dir)
    checked = [(each, _validate_entry(each, schema)) for each in found.values()]
    kept = sorted(((each, entry) for each, entry in checked if entry.enabled), key=lambda pair: pair[1].id)
    entries = tuple(entry for _, entry in kept)
    for each, entry in kept:
        _check_entry(each, entry, compiler)
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


def _find_entries(package_dir: Path, lexicons_dir: Path | None) -> dict[str, _Found]:
    found: dict[str, _Found] = {}
    for file in _lexicon_files(package_dir):
        for source, path, keys in _entries_of(file):
            entry_id = str(keys["id"])
            if entry_id in found:
                first = found[entry_id]
                raise LexiconInvalid(
                    f"{file}:{source.line_of(path)}：id {entry_id} 重复（已在 "
                    f"{first.source.file}:{first.source.line_of(first.path)}）；请换一个 id"
                )
            found[entry_id] = _Found(keys, {key: (source, (*path, key)) for key in keys}, source, path)
    own: dict[str, str] = {}
    for file in _lexicon_files(lexicons_dir / package_dir.name) if lexicons_dir is not None else ():
        for source, path, keys in _entries_of(file):
            entry_id = str(keys["id"])
            place = f"{file}:{source.line_of(path)}"
            if entry_id in own:
                raise LexiconInvalid(f"{place}：id {entry_id} 重复（已在 {own[entry_id]}）；请合并成一条")
            own[entry_id] = place
            shipped = found.get(entry_id)
            places = {key: (source, (*path, key)) for key in keys}
            found[entry_id] = _Found(
                {**(shipped.keys if shipped else {}), **keys},
                {**(shipped.places if shipped else {}), **places},
                source,
                path,
            )
    return found


def _lexicon_files(directory: Path) -> list[Path]:
    return sorted(file for file in directory.glob("*.yaml") if file.name != SETTINGS_NAME)


def _entries_of(file: Path) -> Sequence[tuple[YamlSource, tuple[str | int, ...], dict[str, Value]]]:
    source = read_yaml(file)
    if source.value is None:
        return ()
    if not isinstance(source.value, dict):
        raise LexiconInvalid(f"{file}:1：词库文件应以「entries:」开头，其下每条以「- id:」开始")
    check_keys(source, (), source.value, FILE_KEYS)
    entries = source.value.get("entries", ())
    if not isinstance(entries, tuple):
        raise LexiconInvalid(f"{file}:{source.line_of(('entries',))}：entries 应为列表，每条以「- id:」开始")
    found: list[tuple[YamlSource, tuple[str | int, ...], dict[str, Value]]] = []
    for index, entry in enumerate(entries):
        path = ("entries", index)
        if not isinstance(entry, dict) or not isinstance(entry.get("id"), str):
            raise LexiconInvalid(
                f"{file}:{source.line_of(path)}：这一条没有文字形式的 id；请加一行「id: 英文小写名」"
            )
        found.append((source, path, entry))
    return found


def _validate_entry(found: _Found, schema: type[EntryT]) -> EntryT:
    return validate_at(found.keys, schema, found.places, (found.source, found.path))


def _place_of(found: _Found, entry: RuleEntry, written: str | None) -> str:
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


def _check_entry(found: _Found, entry: RuleEntry, compiler: Compiler) -> None:
    """Compile the entry by itself and run its examples, so that an error names this entry's line."""
    try:
        rules = RuleSet((entry,), compiler)
    except PatternInvalid as err:
        raise LexiconInvalid(f"{_place_of(found, entry, err.written)}：{entry.id}：{err}") from err
    for failure in failing_examples(entry, rules):
        source, path = found.places[failure.key]
        line = source.line_of((*path, failure.index))
        raise LexiconInvalid(
            f"{source.file}:{line}：{entry.id} 的 {failure.key} 例句「{failure.shown}」{failure.reason}；"
            "请改句式（patterns、unless、cancelled_by）或改例句"
        )
