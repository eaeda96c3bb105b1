"""The pages' dictionaries: every word of the interface and every label's name, in Chinese and English.

In: `words/zh.yaml`, `words/en.yaml`, `warehouse/labels.yaml`, `warehouse/labels_en.yaml`. Out: `Words`.
Edge: reads files of the package, through the one door to YAML.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from warehouse.case import Library
from warehouse.errors import LibraryInvalid
from warehouse.labels import LABELS_FILE, Labels
from warehouse.library_file import read_yaml_mapping
from warehouse.pages.said import slots_of

WORDS = Path(__file__).resolve().parent / "words"
LABELS_EN = LABELS_FILE.with_name("labels_en.yaml")


@dataclass(frozen=True, slots=True)
class Words:
    """Texts by key: interface words as in the files, labels as `group/id`, titles as `library/id`."""

    zh: Mapping[str, str]
    en: Mapping[str, str]


def load_words(
    labels: Labels, libraries: Sequence[Library] = (), directory: Path = WORDS, labels_en: Path = LABELS_EN
) -> Words:
    """Return both dictionaries; a label or library without an English name keeps its Chinese one.

    Raises:
        LibraryInvalid: a file is damaged, a key is in one language only, or its slots differ.
    """
    zh, en = _texts(directory / "zh.yaml"), _texts(directory / "en.yaml")
    for key in sorted(zh.keys() | en.keys()):
        if key not in zh or key not in en:
            missing = "zh" if key not in zh else "en"
            raise LibraryInvalid(f"{directory / (missing + '.yaml')}: 缺少 {key}, 两种语言都要写")
        if slots_of(zh[key]) != slots_of(en[key]):
            raise LibraryInvalid(f"{directory}: {key} 两种语言的 {{…}} 不一样, 请对齐")
    names = {f"{group}/{each}": name for group, ids in labels.names.items() for each, name in ids.items()}
    names |= {f"library/{library.library_id}": library.title for library in libraries}
    english = {
        f"{group}/{each}": str(name)
        for group, ids in read_yaml_mapping(labels_en).items()
        for each, name in dict(ids).items()
    }
    return Words(zh | names, en | names | {key: name for key, name in english.items() if key in names})


def _texts(path: Path) -> dict[str, str]:
    raw = read_yaml_mapping(path)
    wrong = [key for key, value in raw.items() if not isinstance(value, str)]
    if wrong:
        raise LibraryInvalid(f"{path}: {wrong[0]} 需要一段文字, 请加引号")
    return {key: str(value) for key, value in raw.items()}
