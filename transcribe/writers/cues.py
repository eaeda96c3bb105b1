"""Turns -> what fits on a screen: short stretches of one voice with their times. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from transcribe.call import SpeakerRole, Turn, Word

SENTENCE_ENDS = "。?!;"
CLAUSE_ENDS = ","
# A cue without length is not shown at all.
MIN_CUE_S = 0.2


@dataclass(frozen=True, slots=True)
class CueOptions:
    """How much is shown at once: `max_chars` are two lines of Chinese, `max_s` how long they may stand."""

    max_chars: int = 32
    max_s: float = 7.0


@dataclass(frozen=True, slots=True)
class Cue:
    """Some words of one turn, shown during [start_s, end_s)."""

    role: SpeakerRole
    start_s: float
    end_s: float
    text: str


def cues_of(turns: Sequence[Turn], options: CueOptions | None = None) -> tuple[Cue, ...]:
    """Returns all words of all turns, in order of start; a turn is cut after sentences and where it is full.

    Cues of different roles may overlap, as the turns do. A turn without word times is spread evenly.
    """
    options = options or CueOptions()
    cues = [cue for turn in turns for cue in _turn_cues(turn, options)]
    return tuple(sorted(cues, key=lambda cue: cue.start_s))


def timed_words(turn: Turn) -> tuple[Word, ...]:
    """Returns the turn's words; without any, its characters spread evenly over its time."""
    if turn.words or not turn.text:
        return turn.words
    step_s = (turn.end_s - turn.start_s) / len(turn.text)
    return tuple(
        Word(character, turn.start_s + n * step_s, turn.start_s + (n + 1) * step_s, 0.0)
        for n, character in enumerate(turn.text)
    )


def _turn_cues(turn: Turn, options: CueOptions) -> Iterator[Cue]:
    words: list[Word] = []
    for word in timed_words(turn):
        chars = sum(len(each.text) for each in words)
        is_full = chars + len(word.text) > options.max_chars
        if words and (is_full or word.end_s - words[0].start_s > options.max_s or _is_end(words, options)):
            yield _cue(turn, words)
            words = []
        words.append(word)
    if words:
        yield _cue(turn, words)


def _is_end(words: Sequence[Word], options: CueOptions) -> bool:
    """After a sentence, or after a clause that fills half of the room."""
    last = words[-1].text[-1:]
    chars = sum(len(word.text) for word in words)
    return last in SENTENCE_ENDS or (last in CLAUSE_ENDS and 2 * chars >= options.max_chars)


def _cue(turn: Turn, words: Sequence[Word]) -> Cue:
    start_s = words[0].start_s
    end_s = max(start_s + MIN_CUE_S, words[-1].end_s)
    return Cue(turn.role, start_s, end_s, "".join(word.text for word in words))
