"""The sample nights, run once with real weights while two analysts read."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
INBOX = ROOT / "tests" / "samples" / "inbox"


@dataclass(frozen=True)
class SampleNights:
    """Both sample nights, run once with real weights while analysts read."""

    data: Path
    finished: Any
    analysts: list[dict[str, Any]]
    server_home: Path
    query: Callable[..., list[dict[str, Any]]]

    def rows(self, sql: str, parameters: Any = None) -> list[dict[str, Any]]:
        return self.query(self.data, sql, parameters)


@pytest.fixture(scope="session")
def sample_nights(
    huiting: Any, rows: Any, new_data_dir: Callable[[], Path], analysts: Any, prefect_api: tuple[str, Path]
) -> SampleNights:
    data = new_data_dir()
    with analysts(data / "warehouse.duckdb") as desk:
        finished = huiting.run(
            *("nightly", "--config", ROOT / "huiting.toml", "--profile", "demo", "--data-dir", data),
            *("--inbox", INBOX, "--from", "2026-11-20", "--to", "2026-11-21"),
        )
        reports = desk.stop()
    return SampleNights(data, finished, reports, prefect_api[1], rows)
