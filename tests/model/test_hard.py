"""Forbidden phrases in hard telephone speech: what text alone, matching by sound and the second pass find.

The sentences were heard once (samples/hard/heard.yaml); the second pass asks the real weights. The bars are
below what was measured, see docs/numbers.md.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from tagging.finding import MatchKind, TabooHit
from tagging.options import TaggerOptions
from tagging.pinyin import to_pinyin
from tagging.taboo.confirm import build_second_pass
from tagging.taboo.near import NearMatch
from tagging.taboo.tagger import build_phrases
from transcribe.audio import read_span
from transcribe.call import SpeakerRole, Transcript, Turn, Word
from transcribe.recognise.openai_whisper import OpenAIWhisper
from transcribe.recognise.protocol import Window

pytestmark = pytest.mark.model
HARD = Path(__file__).parents[1] / "samples" / "hard"


@dataclass(frozen=True)
class Found:
    """Phrases of the 14 sentences found, and hits that are none, by (sentence, phrase)."""

    right: frozenset[str]
    wrong: frozenset[tuple[str, str]]


def read(name: str) -> Any:
    return yaml.safe_load((HARD / name).read_text(encoding="utf-8"))


def transcript(call_id: str, turns: list[dict[str, Any]]) -> Transcript:
    made: list[Turn] = []
    for index, turn in enumerate(turns):
        words = tuple(Word(*word) for word in turn["words"])
        text = "".join(word.text for word in words)
        made.append(
            Turn(
                index, 0, SpeakerRole.AGENT, 1.0, turn["start_s"], turn["end_s"], text, words, to_pinyin(text)
            )
        )
    return Transcript(call_id, date(2026, 11, 20), 10.0, tuple(made))


def judged(hits: dict[str, list[TabooHit]]) -> Found:
    said = {row["id"]: row.get("phrase_id") for row in read("truth.yaml")}
    pairs = {(call_id, hit.phrase_id) for call_id, found in hits.items() for hit in found}
    return Found(
        frozenset(call_id for call_id, phrase in pairs if said[call_id] == phrase),
        frozenset(pair for pair in pairs if said[pair[0]] != pair[1]),
    )


@pytest.fixture(scope="module")
def found(recogniser: OpenAIWhisper) -> dict[str, dict[str, list[TabooHit]]]:
    second = build_second_pass(build_phrases(TaggerOptions(override_dir=None, models_dir=Path("none"))), None)
    ways: dict[str, dict[str, list[TabooHit]]] = {"text": {}, "sound": {}, "second": {}}
    for call_id, turns in read("heard.yaml").items():
        call = transcript(call_id, turns)
        hits = second.hits_of(call)
        ratios = {near: ratios_of(recogniser, call_id, near) for near in second.near_matches(call, hits)}
        ways["text"][call_id] = [hit for hit in hits if hit.match is not MatchKind.PINYIN]
        ways["sound"][call_id] = list(hits)
        ways["second"][call_id] = list(second.confirmed(call, hits, ratios))
    return ways


def ratios_of(recogniser: OpenAIWhisper, call_id: str, near: NearMatch) -> list[float]:
    samples = read_span(HARD / f"{call_id}.opus", near.span.start_s, near.span.end_s)[near.channel]
    texts = [near.written, *(each.text for each in near.instead)]
    written, *instead = recogniser.score([Window(call_id, samples)] * len(texts), texts)
    return [score - written for score in instead]


def test_each_way_finds_more_and_none_invents(found: dict[str, dict[str, list[TabooHit]]]) -> None:
    text, sound, second = (judged(found[way]) for way in ("text", "sound", "second"))
    assert text.right < sound.right < second.right
    assert len(text.right) <= 5, "the sentences are no longer hard"
    assert len(second.right) >= 9
    assert second.wrong == text.wrong, "what sound and likelihood add is right"
    assert len(second.wrong) <= 1


def test_hits_of_the_second_pass_carry_their_ratio(found: dict[str, dict[str, list[TabooHit]]]) -> None:
    for hits in found["second"].values():
        for hit in hits:
            assert (hit.log_likelihood_ratio is not None) is (hit.match is MatchKind.LIKELIHOOD)


def test_truth_names_every_file() -> None:
    rows = read("truth.yaml")
    assert (
        {row["id"] for row in rows} == {path.stem for path in HARD.glob("*.opus")} == set(read("heard.yaml"))
    )
    assert sum("phrase_id" in row for row in rows) == 14
    assert all(("phrase_id" in row) is not ("why" in row) for row in rows)
    assert sum(path.stat().st_size for path in HARD.iterdir()) < 400_000
