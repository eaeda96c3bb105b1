"""Repeating the customer's words 复述: an agent's sentence made of what the customer just said. Pure.

In: a transcript and thresholds. Out: `Behaviour`s named repeat_words, rule `echo:repeat_words`.
"""

import re
from collections.abc import Iterator, Sequence

from tagging.behaviour.schema import EchoSettings
from tagging.behaviour.syllables import content_of, pairs_of, shared_count
from tagging.behaviour.timing import is_agent
from tagging.finding import Behaviour, MatchKind
from tagging.pieces import sentences_of
from tagging.scope import evidence_of
from transcribe.call import SpeakerRole, Transcript, Turn

NAME = "repeat_words"
STEP = "emotion"


class EchoFinder:
    """Heads and tails compiled, ready to compare."""

    def __init__(self, limits: EchoSettings):
        self._limits = limits
        self._head = re.compile("|".join(map(re.escape, limits.heads)))
        self._tail = re.compile(rf"(?:{'|'.join(map(re.escape, limits.tails))})\W*\Z")

    def find(self, transcript: Transcript, floor: float) -> Iterator[Behaviour]:
        """Yield at most one behaviour per agent's turn, at its first sentence that echoes.

        Args:
            transcript: One call.
            floor: Least `role_confidence` (0..1) for a turn to count as the agent's.
        """
        heard: list[Turn] = []
        for turn in transcript.turns:
            if turn.role is SpeakerRole.CUSTOMER:
                heard.append(turn)
            elif heard and is_agent(turn, floor):
                span = self._echo(turn, heard[-self._limits.within_turns :])
                if span is not None:
                    evidence = evidence_of(turn, span, f"echo:{NAME}", MatchKind.PATTERN)
                    yield Behaviour(turn.turn_index, NAME, STEP, True, self._limits.confidence, evidence)

    def _echo(self, turn: Turn, heard: Sequence[Turn]) -> tuple[int, int] | None:
        pairs: frozenset[str] | None = None
        for start, end in sentences_of(turn.text):
            head = self._head.search(turn.text, start, end)
            is_framed = head is not None or self._tail.search(turn.text, start, end) is not None
            least = self._limits.min_shared if is_framed else self._limits.min_shared_alone
            if end - start < least:
                continue
            if pairs is None:
                pairs = self._pairs(heard)
            ratio = self._limits.min_ratio if is_framed else self._limits.min_ratio_alone
            first = head.start() if head is not None else start
            content = content_of(turn, first, end, self._limits.stop_chars)
            if shared_count(content, pairs) >= max(least, ratio * len(content)):
                return first, end
        return None

    def _pairs(self, heard: Sequence[Turn]) -> frozenset[str]:
        stops = self._limits.stop_chars
        return frozenset().union(*(pairs_of(content_of(turn, 0, len(turn.text), stops)) for turn in heard))
