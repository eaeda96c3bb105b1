"""Chinese names of the taxonomies' ids, for reasons and pages.

In: `labels.yaml` and labels the caller knows better. Out: `Labels`. Edge: reads one file of the package.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from warehouse.library_file import read_yaml_mapping

LABELS_FILE = Path(__file__).resolve().parent / "labels.yaml"
_SLOT = re.compile(r"\{(?P<group>[a-z_]{1,20}):(?P<id>[A-Za-z0-9_.-]{1,60})\}")


@dataclass(frozen=True, slots=True)
class Labels:
    """Names by group (`cause`, `behaviour`, `step` …) and id."""

    names: Mapping[str, Mapping[str, str]]

    def of(self, group: str, label_id: str | None) -> str:
        """Return the name of an id, the id itself when it has none, and "" for None."""
        if label_id is None:
            return ""
        return self.names.get(group, {}).get(label_id, label_id)

    def fill(self, text: str) -> str:
        """Return `text` with every slot such as {cause:annual_fee} replaced by its name."""
        return _SLOT.sub(lambda slot: self.of(slot["group"], slot["id"]), text)


def load_labels(more: Mapping[str, Mapping[str, str]] | None = None, path: Path = LABELS_FILE) -> Labels:
    """Return the shipped names with `more` laid over them, group by group.

    Raises:
        LibraryInvalid: the file is missing or not a mapping of groups to names.
    """
    names = read_yaml_mapping(path)
    for group, entries in (more or {}).items():
        names[group] = names.get(group, {}) | dict(entries)
    return Labels(names)
