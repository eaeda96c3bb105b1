"""Turns in, masks out: where personal data is, in characters and seconds. Pure after loading its rules.

All finders look at the dialogue as a whole; what they find is masked and they look again until nothing more
is found, so that masking masked turns changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tagging.finding import PiiMask
from tagging.lexicon import digest_of
from tagging.pii.addresses import AddressFinder
from tagging.pii.contacts import ContactFinder
from tagging.pii.digits import DigitFinder
from tagging.pii.joined_lines import join_lines
from tagging.pii.lines import Line, PiiSpan, masked, merge_spans
from tagging.pii.names import NameFinder
from tagging.pii.rules import PiiRules, load_pii_rules
from tagging.pii.sounds import SoundScript
from transcribe.call import Segment, SpeakerRole, TimeSpan, Turn, Word

# Raised when the same rules would mask other characters.
ENGINE_VERSION = 2
# Looking again ends by itself, since each round masks at least one more character; this is a safeguard.
_MAX_ROUNDS = 8


@dataclass(frozen=True, slots=True)
class Known:
    """Names and digit strings found in a call; never written anywhere."""

    names: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()


class Masker:
    """Finds personal data in turns. `digest` changes whenever the same turns could be masked otherwise."""

    def __init__(self, rules: PiiRules) -> None:
        fillers, punctuation = rules.digits.fillers, rules.digits.punctuation
        self._masks = rules.masks
        script = SoundScript()
        self._digits = DigitFinder(rules.digits, script)
        self._names = NameFinder(rules.names, script, rules.digits)
        self._addresses = AddressFinder(rules.addresses, script, fillers, punctuation)
        signs = "".join(rules.digits.digits.values())
        self._contacts = ContactFinder(rules.contacts, script, signs, (fillers, punctuation))
        self.digest = f"{ENGINE_VERSION}:{digest_of(rules)}"

    def find(self, turns: Sequence[Turn]) -> tuple[PiiMask, ...]:
        """Return the masks of a dialogue, in order; `turn_index` is the turn's own."""
        return self.find_with_known(turns)[0]

    def find_with_known(self, turns: Sequence[Turn]) -> tuple[tuple[PiiMask, ...], Known]:
        """Return the masks of a dialogue and what they hide, for `find_in_segments`."""
        lines = [
            Line(turn.text, f"{turn.role}/{turn.channel}", _is_agent(turn.role), turn.start_s, turn.end_s)
            for turn in turns
        ]
        joined = join_lines(lines, self._masks.max_joined_s)
        spans, known = self._spans(joined.lines, Known(), is_suspect=False)
        texts = [line.text for line in lines]
        masks = tuple(
            self._mask(part, turns[part.line]) for span in spans for part in joined.split(span, texts)
        )
        return masks, known

    def find_in_segments(self, segments: Sequence[Segment], known: Known) -> list[list[tuple[int, int]]]:
        """Return per segment the characters to mask. Segments kept out of the dialogue are masked harder."""
        found: list[list[tuple[int, int]]] = []
        for segment in segments:
            line = Line(segment.text, "", None, segment.start_s, segment.end_s)
            spans, _ = self._spans([line], known, is_suspect=True)
            found.append([(span.start, span.end) for span in spans])
        return found

    def mask_text(self, text: str) -> str:
        """Return free text (a log line, a manifest's remark) with personal data as '*', same length."""
        spans, _ = self._spans([Line(text, "", None)], Known(), is_suspect=False)
        return masked(text, [(span.start, span.end) for span in spans])

    def _spans(self, lines: Sequence[Line], known: Known, *, is_suspect: bool) -> tuple[list[PiiSpan], Known]:
        current = list(lines)
        found: list[PiiSpan] = []
        for _ in range(_MAX_ROUNDS):
            numbers = self._digits.find(current, known.numbers, is_suspect=is_suspect)
            names = self._names.find(current, known.names)
            spans = [*numbers.spans, *names.spans]
            spans.extend(self._addresses.find(current))
            spans.extend(self._contacts.find(current, numbers.texts))
            spans = [span for span in spans if current[span.line].text[span.start : span.end].strip("*")]
            if not spans:
                break
            known = Known(
                tuple(sorted({*known.names, *names.names})), tuple(sorted({*known.numbers, *numbers.numbers}))
            )
            found.extend(spans)
            current = [
                replace_text(line, masked(line.text, [(s.start, s.end) for s in spans if s.line == index]))
                for index, line in enumerate(current)
            ]
        return merge_spans(found), known

    def _mask(self, span: PiiSpan, turn: Turn) -> PiiMask:
        times, is_exact = self._times(span, turn)
        return PiiMask(turn.turn_index, span.kind, span.start, span.end, times.start_s, times.end_s, is_exact)

    def _times(self, span: PiiSpan, turn: Turn) -> tuple[TimeSpan, bool]:
        """Return from the first word's start to the last one's end, widened; the whole turn without words."""
        words = words_in(turn.words, span.start, span.end) if joins(turn.words, turn.text) else ()
        if not words:
            return TimeSpan(turn.start_s, turn.end_s), False
        margin = self._masks.margin_s
        start_s = max(0.0, min(word.start_s for word in words) - margin)
        end_s = max(word.end_s for word in words) + margin
        is_sure = min(word.probability for word in words) >= self._masks.min_word_probability
        return TimeSpan(start_s, max(start_s, end_s)), is_sure


def build_masker(override_dir: Path | None) -> Masker:
    """Return the masker with the shipped rules and the centre's own in `<override_dir>/pii/`.

    Raises:
        LexiconInvalid: a rule file cannot be used.
    """
    return Masker(load_pii_rules(override_dir))


def words_in(words: Sequence[Word], start: int, end: int) -> tuple[Word, ...]:
    """Return the words that hold characters of [start, end) of their joined text."""
    found: list[Word] = []
    at = 0
    for word in words:
        if at < end and at + len(word.text) > start:
            found.append(word)
        at += len(word.text)
    return tuple(found)


def joins(words: Sequence[Word], text: str) -> bool:
    """Say whether the words, joined, are the text."""
    return "".join(word.text for word in words) == text


def replace_text(line: Line, text: str) -> Line:
    """Return the line with another text."""
    return Line(text, line.speaker, line.is_agent, line.start_s, line.end_s)


def _is_agent(role: SpeakerRole) -> bool | None:
    if role is SpeakerRole.UNKNOWN:
        return None
    return role is not SpeakerRole.CUSTOMER
