"""Lexicon files to raw entries that know where each key was written. Edge: reads the YAML.

Every *.yaml in a tagger's folder (but `settings.yaml`) holds `entries: [...]`. The centre's files in
`<lexicons>/<tagger>/` add entries or, by the same id, change keys of shipped ones; nothing there is ever
written, so it survives upgrades.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tagging.errors import LexiconInvalid
from tagging.lexicon_check import FILE_KEYS, check_keys
from tagging.yaml_source import Value, YamlSource, read_yaml

SETTINGS_NAME = "settings.yaml"

Tell = Callable[[LexiconInvalid], None]


@dataclass(frozen=True, slots=True)
class RawEntry:
    """The raw keys of one entry and where each was written (the centre's file wins over the shipped one).

    `is_own`: the centre's files say something of it; `is_shipped`: ours do.
    """

    keys: dict[str, Value]
    places: dict[str, tuple[YamlSource, tuple[str | int, ...]]]
    source: YamlSource
    path: tuple[str | int, ...]
    is_own: bool = False
    is_shipped: bool = True

    @property
    def place(self) -> str:
        """File and line where the entry begins."""
        return f"{self.source.file}:{self.source.line_of(self.path)}"


def refuse(problem: LexiconInvalid) -> None:
    """Raise the first problem."""
    raise problem


def find_entries(package_dir: Path, lexicons_dir: Path | None, tell: Tell = refuse) -> dict[str, RawEntry]:
    """Return all entries of a tagger by id, the shipped ones changed and added to by the centre's.

    Args:
        package_dir: The tagger's folder; its name is the folder's name below `lexicons_dir`.
        lexicons_dir: The centre's directory, or None.
        tell: Takes what is wrong; unless it raises, the entry or file is left out.
    """
    found = _by_id(package_dir, tell, "请换一个 id")
    if lexicons_dir is None:
        return found
    for entry_id, own in _by_id(lexicons_dir / package_dir.name, tell, "请合并成一条").items():
        shipped = found.get(entry_id)
        found[entry_id] = RawEntry(
            {**(shipped.keys if shipped else {}), **own.keys},
            {**(shipped.places if shipped else {}), **own.places},
            own.source,
            own.path,
            is_own=True,
            is_shipped=shipped is not None,
        )
    return found


def _by_id(directory: Path, tell: Tell, advice: str) -> dict[str, RawEntry]:
    found: dict[str, RawEntry] = {}
    for file in sorted(file for file in directory.glob("*.yaml") if file.name != SETTINGS_NAME):
        for entry in _entries_of(file, tell):
            entry_id = str(entry.keys["id"])
            if entry_id in found:
                first = found[entry_id].place
                tell(LexiconInvalid(f"{entry.place}：id {entry_id} 重复（已在 {first}）；{advice}"))
                continue
            found[entry_id] = entry
    return found


def _entries_of(file: Path, tell: Tell) -> Iterator[RawEntry]:
    try:
        source = read_yaml(file)
        entries = _listed(source)
    except LexiconInvalid as err:
        tell(err)
        return
    for index, keys in enumerate(entries):
        path = ("entries", index)
        if not isinstance(keys, dict) or not isinstance(keys.get("id"), str):
            place = f"{file}:{source.line_of(path)}"
            tell(LexiconInvalid(f"{place}：这一条没有文字形式的 id；请加一行「id: 英文小写名」"))
            continue
        yield RawEntry(keys, {key: (source, (*path, key)) for key in keys}, source, path)


def _listed(source: YamlSource) -> tuple[Value, ...]:
    if source.value is None:
        return ()
    if not isinstance(source.value, dict):
        raise LexiconInvalid(f"{source.file}:1：词库文件应以「entries:」开头，其下每条以「- id:」开始")
    check_keys(source, (), source.value, FILE_KEYS)
    entries = source.value.get("entries", ())
    if not isinstance(entries, tuple):
        line = source.line_of(("entries",))
        raise LexiconInvalid(f"{source.file}:{line}：entries 应为列表，每条以「- id:」开始")
    return entries
