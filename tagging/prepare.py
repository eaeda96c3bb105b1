"""A call as it was heard -> the call as it may be kept: masked, with pinyin and words. Pure.

Nothing of a call may be written before `prepare_call`: it replaces every character of personal data by '*'
in turns, their words and the segments that recognition put aside, and tells where it did so.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from tagging.finding import PiiMask
from tagging.pii.lines import masked
from tagging.pii.masker import Known, Masker, build_masker, joins
from tagging.pinyin import to_pinyin
from tagging.words import Tokenizer
from transcribe.call import Call, ChannelAudit, Segment, Turn, Word

__all__ = ["Masker", "build_masker", "prepare_call", "prepare_turns"]

_Spans = Sequence[tuple[int, int]]


def prepare_call(call: Call, masker: Masker, tokenizer: Tokenizer) -> tuple[Call, tuple[PiiMask, ...]]:
    """Return the call with personal data masked, pinyin and tokens filled, and the masks.

    Texts keep their lengths, so offsets and word times stay valid. Preparing a prepared call changes nothing.
    """
    masks, known = masker.find_with_known(call.transcript.turns)
    turns = prepare_turns(call.transcript.turns, masks, tokenizer)
    audits = tuple(_masked_audit(audit, masker, known) for audit in call.audits)
    return replace(call, transcript=replace(call.transcript, turns=turns), audits=audits), masks


def prepare_turns(turns: Iterable[Turn], masks: Iterable[PiiMask], tokenizer: Tokenizer) -> tuple[Turn, ...]:
    """Return the turns with the masks applied, pinyin and tokens filled."""
    spans: dict[int, list[tuple[int, int]]] = {}
    for mask in masks:
        spans.setdefault(mask.turn_index, []).append((mask.char_start, mask.char_end))
    return tuple(_prepared_turn(turn, spans.get(turn.turn_index, []), tokenizer) for turn in turns)


def _prepared_turn(turn: Turn, spans: _Spans, tokenizer: Tokenizer) -> Turn:
    text = masked(turn.text, spans)
    return replace(
        turn,
        text=text,
        words=_masked_words(turn.words, turn.text, text),
        pinyin=to_pinyin(text),
        tokens=tokenizer.tokens(text),
    )


def _masked_words(words: Sequence[Word], text: str, masked_text: str) -> tuple[Word, ...]:
    """Cut the masked text into the words' lengths. Words that do not join to the text could leak: none."""
    if not joins(words, text):
        return ()
    found: list[Word] = []
    at = 0
    for word in words:
        found.append(replace(word, text=masked_text[at : at + len(word.text)]))
        at += len(word.text)
    return tuple(found)


def _masked_audit(audit: ChannelAudit, masker: Masker, known: Known) -> ChannelAudit:
    segments = [suspect.segment for suspect in audit.suspects]
    spans = masker.find_in_segments(segments, known)
    suspects = tuple(
        replace(suspect, segment=_masked_segment(suspect.segment, found))
        for suspect, found in zip(audit.suspects, spans, strict=True)
    )
    return replace(audit, suspects=suspects)


def _masked_segment(segment: Segment, spans: _Spans) -> Segment:
    text = masked(segment.text, spans)
    return replace(segment, text=text, words=_masked_words(segment.words, segment.text, text))
