"""One voice's neighbouring turns, read as one where the other side only murmurs in between. Pure.

In: a call's turns in order of start. Out: passages of two turns or more. Turns are interleaved by time, so a
嗯 of the listener cuts a sentence in two; a passage puts it together again, on stored turns too.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tagging.lexicon_schema import Backchannels
from transcribe.call import SpeakerRole, Turn

_VOICES = (SpeakerRole.AGENT, SpeakerRole.CUSTOMER)
_NOT_SAID = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Passage:
    """Turns of one voice: their places in the transcript, and where each begins in the joined text.

    `offsets` has one item more than `positions`: the joined text's length.
    """

    positions: tuple[int, ...]
    offsets: tuple[int, ...]

    def offset_of(self, position: int) -> int:
        """Return where the turn at `position` begins in the joined text."""
        return self.offsets[self.positions.index(position)]

    def crosses(self, start: int, end: int) -> bool:
        """Say whether characters [start, end) of the joined text lie in more than one turn."""
        return any(start < offset < end for offset in self.offsets[1:-1])

    def parts(self, start: int, end: int) -> list[tuple[int, int, int]]:
        """Return [start, end) of the joined text as (position, char_start, char_end) of its turns."""
        found: list[tuple[int, int, int]] = []
        for index, position in enumerate(self.positions):
            low, high = self.offsets[index], self.offsets[index + 1]
            if start < high and end > low:
                found.append((position, max(start, low) - low, min(end, high) - low))
        return found


class PassageFinder:
    """Tells back-channels from speech and joins what they part."""

    def __init__(self, settings: Backchannels):
        self._settings = settings
        words = sorted(map(re.escape, settings.words), key=lambda word: (-len(word), word))
        self._murmur = re.compile(f"(?:{'|'.join(words)})+") if words else re.compile(r"(?!)")

    def is_backchannel(self, text: str) -> bool:
        """Say whether `text` is nothing but a listener's short words."""
        if len(text) > 3 * self._settings.max_chars:
            return False
        said = _NOT_SAID.sub("", text)
        return len(said) <= self._settings.max_chars and self._murmur.fullmatch(said) is not None

    def find(self, turns: Sequence[Turn]) -> tuple[Passage, ...]:
        """Return the passages of at least two turns, in order of their first turn.

        Turns of unknown role are never joined: two people may share that role.
        """
        open_: dict[tuple[int, SpeakerRole], list[int]] = {}
        found: list[list[int]] = []
        for position, turn in enumerate(turns):
            voice = (turn.channel, turn.role)
            own = open_.get(voice)
            is_near = own is not None and turn.start_s - turns[own[-1]].end_s <= self._settings.max_gap_s
            if len(open_) > (own is not None) and not self.is_backchannel(turn.text):
                open_ = {voice: own} if own is not None else {}
            if turn.role not in _VOICES:
                continue
            if own is not None and is_near:
                own.append(position)
                if len(own) == 2:
                    found.append(own)
            else:
                open_[voice] = [position]
        return tuple(_passage(positions, turns) for positions in sorted(found))


def _passage(positions: Sequence[int], turns: Sequence[Turn]) -> Passage:
    offsets = [0]
    for position in positions:
        offsets.append(offsets[-1] + len(turns[position].text))
    return Passage(tuple(positions), tuple(offsets))
