"""Hits that only the recording could tell, when a night is tagged again."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from flows.carry import TABLE, carry_heard_hits, has_heard_hits
from flows.config import Config
from flows.work import TagJob
from tagging.finding import MatchKind
from tagging.options import TaggerOptions
from tagging.taboo.tagger import load_phrases
from warehouse.lake import Lake, RunRef
from warehouse.row_files import read_rows

NIGHT = date(2026, 11, 20)
RUN = RunRef(NIGHT, "r1")


def hit(phrase_id: str, start: int, match: MatchKind) -> dict[str, Any]:
    return {
        "call_id": "a", "turn_index": 0, "night": NIGHT, "call_date": NIGHT, "run_id": "r1",
        "phrase_id": phrase_id, "phrase": "旧", "kind": "forbidden", "severity": "low", "matched_text": "旧",
        "char_start": start, "char_end": start + 4, "start_s": 0.0, "end_s": 1.0, "match": str(match),
        "confidence": 0.8, "replacement": "旧", "owner": None, "log_likelihood_ratio": -3.0, "family": None,
    }  # fmt: skip


@pytest.fixture
def stored(tmp_path: Path) -> Callable[..., list[dict[str, Any]]]:
    """Writes hits of the run before and of today's tagging; returns what a retag run then has."""
    config = Config(data_dir=str(tmp_path))
    lake = Lake(config.lake_path)
    entries = load_phrases(TaggerOptions(None, config.models_path)).by_id

    def carry(before: list[dict[str, Any]], today: list[dict[str, Any]]) -> list[dict[str, Any]]:
        job = TagJob(config, RUN, ("a",), lake.retag_dir(NIGHT) / "tagged" / "x")
        lake.write_rows("call", [], lake.path_of("call", RUN))
        lake.write_rows(TABLE, before, lake.path_of(TABLE, RUN))
        lake.write_rows(TABLE, today, job.target / f"{TABLE}.parquet")
        assert has_heard_hits(lake, RUN) == any(row["match"] == "likelihood" for row in before)
        return read_rows(carry_heard_hits(job, RUN, entries) / f"{TABLE}.parquet")

    return carry


def test_heard_hits_stay_while_their_phrase_is_in_force(stored):
    heard = [hit("seen_plenty", 0, MatchKind.LIKELIHOOD), hit("no_longer_there", 9, MatchKind.LIKELIHOOD)]
    rows = stored([*heard, hit("seen_plenty", 20, MatchKind.EXACT)], [])
    assert [row["phrase_id"] for row in rows] == ["seen_plenty"], "a hit by text is found anew or not at all"
    assert rows[0]["phrase"] != "旧", "today's lexicon says what the phrase is"
    assert rows[0]["log_likelihood_ratio"] == -3.0


def test_a_hit_by_text_comes_before_one_that_was_heard(stored):
    today = [hit("company_rule", 2, MatchKind.EXACT)]
    rows = stored([hit("seen_plenty", 0, MatchKind.LIKELIHOOD)], today)
    assert [row["phrase_id"] for row in rows] == ["company_rule"]
