"""Channels and their speech spans -> what was heard in each span. Pure but for the recogniser it is given.

Spans of all channels are packed into windows, recognised together and mapped back: one segment per span,
in call time, normalised. A span that gave no text is recognised once more, alone; what stays empty is
returned as unheard, so that every second of detected speech is accounted for.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from transcribe.call import Segment, TimeSpan, Word
from transcribe.channels import Sound
from transcribe.normalize import bare, normalise_words
from transcribe.packing import ChannelSpan, PackedWindow, PackingOptions, Piece, pack_spans, window_samples
from transcribe.recognise.protocol import RecognisedWindow, Recogniser, Window

SENTENCE_ENDS = "。?!"
SHORTEST_WORD_S = 0.08  # nobody says a syllable faster
WINDOWS_AT_ONCE = 128  # 245 MB of samples


@dataclass(frozen=True, slots=True, eq=False)
class SourceAudio:
    """One channel of one call: (n_samples,) at 16 kHz, and where somebody speaks in it."""

    channel: int
    samples: Sound
    spans: tuple[TimeSpan, ...]
    prompt: str | None = None


@dataclass(frozen=True, slots=True)
class HearingOptions:
    """When a span is heard again, alone: it has no text, or clearly too little for its length.

    A span from `min_thin_s` on with fewer than `min_chars_per_s` is too thin: ordinary speech has 3 to 6.
    """

    packing: PackingOptions = field(default_factory=PackingOptions)
    min_thin_s: float = 2.0
    min_chars_per_s: float = 1.0


@dataclass(frozen=True, slots=True)
class HeardChannel:
    """Segments in order of time, one for each span that gave text, and the spans that gave none."""

    segments: tuple[Segment, ...]
    unheard: tuple[TimeSpan, ...]


def hear(
    sources: Mapping[str, SourceAudio], recogniser: Recogniser, options: HearingOptions
) -> dict[str, HeardChannel]:
    """What was said on every channel; `sources` is keyed by any name that is unique for a channel."""
    spans = [ChannelSpan(name, span) for name, source in sources.items() for span in source.spans]
    heard = _recognise(pack_spans(spans, options.packing), sources, recogniser)
    again = [item.piece for item in heard if _is_thin(item, options)]
    alone = _recognise(
        [PackedWindow(piece.channel_span.source, (replace(piece, start_s=0.0),)) for piece in again],
        sources,
        recogniser,
    )
    best = {item.piece.channel_span: item for item in heard}
    for item in alone:
        if len(bare(item.text)) > len(bare(best[item.piece.channel_span].text)):
            best[item.piece.channel_span] = item
    return {name: _heard_channel(source, name, best.values()) for name, source in sources.items()}


@dataclass(frozen=True, slots=True)
class _HeardPiece:
    piece: Piece
    words: tuple[Word, ...]
    window: RecognisedWindow

    @property
    def text(self) -> str:
        return "".join(word.text for word in self.words)


def _recognise(
    windows: Sequence[PackedWindow], sources: Mapping[str, SourceAudio], recogniser: Recogniser
) -> list[_HeardPiece]:
    """Portion by portion: the windows of a call of hours together would need as much memory as the call."""
    portions = (windows[at : at + WINDOWS_AT_ONCE] for at in range(0, len(windows), WINDOWS_AT_ONCE))
    return [piece for portion in portions for piece in _recognise_portion(portion, sources, recogniser)]


def _recognise_portion(
    windows: Sequence[PackedWindow], sources: Mapping[str, SourceAudio], recogniser: Recogniser
) -> list[_HeardPiece]:
    asked = [
        Window(
            f"{packed.source}@{_call_start_s(packed):.2f}",
            window_samples(packed, sources[packed.source].samples),
            sources[packed.source].prompt,
        )
        for packed in windows
    ]
    answers = recogniser.recognise(asked)
    return [
        piece for packed, answer in zip(windows, answers, strict=True) for piece in _pieces_of(packed, answer)
    ]


def _call_start_s(packed: PackedWindow) -> float:
    return packed.pieces[0].channel_span.span.start_s


def _pieces_of(packed: PackedWindow, answer: RecognisedWindow) -> list[_HeardPiece]:
    """The window's words given to its pieces, in call time; order is kept whatever the times say."""
    words = normalise_words([Word(w.text, w.start_s, w.end_s, w.probability) for w in answer.words])
    by_piece: list[list[Word]] = [[] for _ in packed.pieces]
    for index, word in zip(_piece_indices(packed, words), words, strict=True):
        piece, own = packed.pieces[index], by_piece[index]
        start_s, end_s = piece.call_time_s(word.start_s), piece.call_time_s(word.end_s)
        # A word aligned into the gap behind its piece would have no length: it was the piece's last sound.
        earliest_s = own[-1].end_s if own else piece.channel_span.span.start_s
        start_s = min(start_s, max(earliest_s, end_s - SHORTEST_WORD_S))
        own.append(replace(word, start_s=start_s, end_s=max(start_s, end_s)))
    return [
        _HeardPiece(piece, tuple(own), answer) for piece, own in zip(packed.pieces, by_piece, strict=True)
    ]


def _piece_indices(packed: PackedWindow, words: Sequence[Word]) -> list[int]:
    """For each word its piece, never falling.

    A word that reaches over a gap and ends a sentence which began before the gap stays there, unless it is
    all that the later piece has.
    """
    indices: list[int] = []
    for n, word in enumerate(words):
        latest = indices[-1] if indices else 0
        index = max(latest, packed.piece_at(word.end_s))
        is_end = word.text[-1] in SENTENCE_ENDS and n > 0 and words[n - 1].text[-1] not in SENTENCE_ENDS
        has_more = n + 1 < len(words) and packed.piece_at(words[n + 1].end_s) == index
        if index > latest and is_end and has_more and word.start_s < packed.pieces[latest].end_s:
            index = latest
        indices.append(index)
    return indices


def _is_thin(item: _HeardPiece, options: HearingOptions) -> bool:
    count = len(bare(item.text))
    duration_s = item.piece.channel_span.span.duration_s
    return count == 0 or (duration_s >= options.min_thin_s and count < options.min_chars_per_s * duration_s)


def _heard_channel(source: SourceAudio, name: str, items: Iterable[_HeardPiece]) -> HeardChannel:
    own = sorted(
        (item for item in items if item.piece.channel_span.source == name),
        key=lambda item: item.piece.channel_span.span,
    )
    segments: list[Segment] = []
    unheard: list[TimeSpan] = []
    for item in own:
        span = item.piece.channel_span.span
        if not bare(item.text):
            unheard.append(span)
            continue
        segments.append(
            Segment(
                channel=source.channel,
                start_s=span.start_s,
                end_s=span.end_s,
                text=item.text,
                words=item.words,
                no_speech_probability=item.window.no_speech_probability,
                mean_log_probability=item.window.mean_log_probability,
            )
        )
    return HeardChannel(tuple(segments), tuple(unheard))
