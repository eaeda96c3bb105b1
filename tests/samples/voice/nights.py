"""The nights around the calls: manifests, and the faults of real drop folders. Edge: writes files."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from script import Script, read_script

COLUMNS = (
    "call_id",
    "file",
    "started_at",
    "direction",
    "line_of_business",
    "queue",
    "agent_id",
    "team",
    "agent_on_line_since",
    "customer_id",
    "hold_s",
    "acw_s",
    "satisfaction",
    "transferred_to_supervisor",
    "channel_roles",
)


def _plain(value: object) -> object:
    """Dates as ISO text; everything else as it is."""
    return value.isoformat() if hasattr(value, "isoformat") else value


def manifest_row(script: Script) -> dict[str, Any] | None:
    """The script's row with every column, None where the row says nothing; None without a row."""
    if script.row is None:
        return None
    row = {
        "call_id": script.call_id,
        "file": ";".join(script.files),
        "line_of_business": script.line_of_business,
        "channel_roles": ",".join(script.channels),
        **script.row,
    }
    return {column: _plain(row.get(column)) for column in COLUMNS}


def write_csv(path: Path, rows: list[dict[str, Any]]) -> None:
    """The manifest as a spreadsheet program saves it: UTF-8 with a byte order mark, empty for unknown."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\r\n")
        writer.writeheader()
        for row in rows:
            cells = {key: str(v).lower() if isinstance(v, bool) else v for key, v in row.items()}
            writer.writerow(cells)


def write_jsonl(path: Path, rows: list[dict[str, Any]]) -> None:
    """One JSON object a line, unknown values left out."""
    lines = [
        json.dumps({key: value for key, value in row.items() if value is not None}, ensure_ascii=False)
        for row in rows
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _write_odd_files(night: dict[str, Any], folder: Path, inbox: Path) -> None:
    """Files that are no recordings, broken ones, and copies from other nights."""
    for entry in night.get("odd_files", []):
        target = folder / entry["file"]
        if "copy_of" in entry:
            source = inbox / entry["copy_of"]
            content = source.read_bytes()
            keep = float(entry.get("keep", 1.0))
            target.write_bytes(content[: int(len(content) * keep)])
        else:
            target.write_text(entry.get("text", ""), encoding="utf-8")


def write_nights(
    description: Path, scripts: Path, samples: Path, dump: Callable[[Path, object], None]
) -> None:
    """Writes each night's manifest and odd files, and `truth/faults.yaml`.

    Args:
        description: nights.yaml: per night the manifest's format, odd files, further rows, expected faults.
        scripts: folder of the calls' scripts.
        samples: `tests/samples`.
        dump: writes YAML.
    """
    inbox = samples / "inbox"
    calls = [read_script(path) for path in sorted(scripts.glob("*.yaml"))]
    nights = yaml.safe_load(description.read_text(encoding="utf-8"))
    for name, night in nights.items():
        folder = inbox / name
        folder.mkdir(parents=True, exist_ok=True)
        _write_odd_files(night, folder, inbox)
        rows = [row for call in calls if call.night == name and (row := manifest_row(call))]
        for entry in night.get("rows", []):
            rows.append({column: _plain(entry.get(column)) for column in COLUMNS})
        for repeated in night.get("rows_repeated", []):
            rows += [row for call in calls if call.call_id == repeated and (row := manifest_row(call))]
        rows.sort(key=lambda row: (row["started_at"] or "", row["call_id"]))
        write = {"csv": write_csv, "jsonl": write_jsonl}[night["manifest"]]
        write(folder / f"manifest.{night['manifest']}", rows)
    dump(
        samples / "truth" / "faults.yaml", {name: night["expected_faults"] for name, night in nights.items()}
    )
