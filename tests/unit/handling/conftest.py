"""Dialogues as transcripts, the samples' truth, and the taggers that a score needs, built once."""

import unicodedata
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from tagging.behaviour.tagger import build as build_behaviour
from tagging.customer.tagger import build as build_customer
from tagging.handling.tagger import build as build_handling
from tagging.options import TaggerOptions
from tagging.pinyin import to_pinyin
from tagging.signals.tagger import build as build_signals
from tagging.taboo.tagger import build_phrases as build_taboo
from tagging.taggers import Tagger
from tagging.words import Tokenizer
from transcribe.call import SpeakerRole, Transcript, Turn

TRUTH = Path(__file__).parents[2] / "samples" / "truth"
ROLES = {
    "A": SpeakerRole.AGENT,
    "C": SpeakerRole.CUSTOMER,
    "U": SpeakerRole.UNKNOWN,
    "agent": SpeakerRole.AGENT,
    "customer": SpeakerRole.CUSTOMER,
}
CHARS_PER_S = 4.5
PAUSE_S = 0.5
# (role, text) or (role, text, start_s, end_s)
Line = tuple[Any, ...]
Dialogue = Callable[[Sequence[Line]], Transcript]


@pytest.fixture(scope="session")
def dialogue() -> Dialogue:
    """Lines to a transcript as the night prepares it: text folded, pinyin and words filled in."""
    tokenizer = Tokenizer()

    def make(lines: Sequence[Line]) -> Transcript:
        turns: list[Turn] = []
        latest_s = 0.0
        for index, (role, said, *times) in enumerate(lines):
            text = unicodedata.normalize("NFKC", said)
            start_s, end_s = times or (
                latest_s + PAUSE_S,
                latest_s + PAUSE_S + len(text) / CHARS_PER_S,
            )
            turns.append(
                Turn(
                    turn_index=index,
                    channel=int(ROLES[role] is SpeakerRole.CUSTOMER),
                    role=ROLES[role],
                    role_confidence=1.0,
                    start_s=start_s,
                    end_s=end_s,
                    text=text,
                    pinyin=to_pinyin(text),
                    tokens=tokenizer.tokens(text),
                    gap_before_s=max(0.0, start_s - latest_s),
                )
            )
            latest_s = max(latest_s, end_s)
        return Transcript("call", date(2026, 11, 20), latest_s, tuple(turns))

    return make


@pytest.fixture(scope="session")
def taggers() -> tuple[Tagger, ...]:
    """All that needs no classifier, which takes long to train: a score must stand without them too."""
    options = TaggerOptions(override_dir=None, models_dir=Path("none"))
    return tuple(
        build(options)
        for build in (build_taboo, build_behaviour, build_signals, build_customer, build_handling)
    )


@pytest.fixture(scope="session")
def sample_calls(dialogue: Dialogue) -> dict[str, tuple[dict[str, Any], Transcript]]:
    """{call_id: (truth, transcript of what was really said)} of the samples."""
    truths = [yaml.safe_load(path.read_text("utf-8")) for path in sorted(TRUTH.glob("c0*.yaml"))]
    return {
        truth["call_id"]: (
            truth,
            dialogue([(t["role"], t["text"], t["start_s"], t["end_s"]) for t in truth["turns"]]),
        )
        for truth in truths
    }
