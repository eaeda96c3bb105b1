"""A bench's figures as a JSON file, for those who keep them. Edge: writes a file."""

import json
from pathlib import Path


def write_figures(json_file: Path | None, content: object) -> None:
    """Write figures to `json_file`, readable by people too; without a file nothing is written."""
    if json_file is not None:
        json_file.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
