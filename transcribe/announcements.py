"""What a machine says before a person speaks: menus, notices, announced job numbers. Pure.

In: the segments of one channel. Out: those of the machine at its start, and the rest. The machine is told by
its wording and by where it stands: nothing counts from the first words on that only a person says, and what
shares a breath with such words is the person's. So an agent's own greeting stays the agent's.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from transcribe.call import Segment, Word
from transcribe.normalize import bare
from transcribe.speakers import RoleCues, cue_nats

SENTENCE_ENDS = "。?!"


@dataclass(frozen=True, slots=True)
class AnnouncementOptions:
    """Where announcements may be, and how sure their wording must be.

    A breath ends at a pause of `breath_pause_s`. A breath without a person's words is the machine's from
    `min_llr` nats of cues on; in one breath with a person's words, the sentences before them need
    `min_mixed_llr`. What says nothing either way goes along with the announcement after it. Nothing that
    begins after `max_start_s` is looked at.
    """

    breath_pause_s: float = 0.5
    min_llr: float = 1.5
    min_mixed_llr: float = 4.0
    max_start_s: float = 300.0


@dataclass(frozen=True, slots=True)
class _Sentence:
    """Words of one segment, and what they say of who speaks (nats, both >= 0)."""

    segment: int
    words: tuple[Word, ...]
    machine: float
    person: float


def split_announcements(
    segments: Sequence[Segment], cues: RoleCues, options: AnnouncementOptions
) -> tuple[tuple[Segment, ...], tuple[Segment, ...]]:
    """The machine's segments at the start of one channel, and all others; every word is in one of the two.

    Args:
        segments: of one channel, in order of time.
        cues: what tells machine and person, of which `ivr` and `person` are used.
        options: where announcements may be, and how sure they must be.
    """
    early = [n for n, segment in enumerate(segments) if segment.start_s <= options.max_start_s]
    if not cues.ivr or not early:
        return (), tuple(segments)
    sentences = [sentence for n in early for sentence in _sentences(n, segments[n], cues)]
    count = _machine_count(sentences, options)
    announced = _rebuilt(segments, sentences[:count])
    rest = _rebuilt(segments, sentences[count:])
    return announced, (*rest, *segments[len(early) :])


def _machine_count(sentences: Sequence[_Sentence], options: AnnouncementOptions) -> int:
    """How many of the sentences, from the first on, are the machine's."""
    count = position = 0
    for breath in _breaths(sentences, options):
        people = [n for n, sentence in enumerate(breath) if sentence.person > 0]
        before = breath[: people[0]] if people else breath
        told = [n for n, sentence in enumerate(before) if sentence.machine > 0]
        needed = options.min_mixed_llr if people else options.min_llr
        if sum(sentence.machine for sentence in before) >= needed:
            count = position + (told[-1] + 1 if people else len(breath))
        if people:
            break
        position += len(breath)
    return count


def _breaths(sentences: Sequence[_Sentence], options: AnnouncementOptions) -> Iterator[list[_Sentence]]:
    breath: list[_Sentence] = []
    for sentence in sentences:
        if breath and sentence.words[0].start_s - breath[-1].words[-1].end_s >= options.breath_pause_s:
            yield breath
            breath = []
        breath.append(sentence)
    if breath:
        yield breath


def _sentences(index: int, segment: Segment, cues: RoleCues) -> Iterator[_Sentence]:
    words: list[Word] = []
    for word in segment.words:
        words.append(word)
        if word.text[-1] in SENTENCE_ENDS:
            yield _sentence(index, words, cues)
            words = []
    if words:
        yield _sentence(index, words, cues)


def _sentence(index: int, words: Sequence[Word], cues: RoleCues) -> _Sentence:
    said = bare("".join(word.text for word in words))
    return _Sentence(index, tuple(words), cue_nats(said, cues.ivr), cue_nats(said, cues.person))


def _rebuilt(segments: Sequence[Segment], sentences: Sequence[_Sentence]) -> tuple[Segment, ...]:
    """Segments of the sentences' words; whole segments as they were."""
    rebuilt: list[Segment] = []
    for index, own in groupby(sentences, key=lambda sentence: sentence.segment):
        segment = segments[index]
        words = tuple(word for sentence in own for word in sentence.words)
        if words == segment.words:
            rebuilt.append(segment)
            continue
        text = "".join(word.text for word in words)
        start_s = segment.start_s if words[0] == segment.words[0] else words[0].start_s
        end_s = segment.end_s if words[-1] == segment.words[-1] else max(start_s, words[-1].end_s)
        rebuilt.append(replace(segment, start_s=start_s, end_s=end_s, text=text, words=words))
    return tuple(rebuilt)
