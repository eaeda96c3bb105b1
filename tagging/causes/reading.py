"""Texts and transcripts to sentences that the classifier reads, with the causes whose rules fired. Pure.

In: text or units of a call. Out: `Sentence`s. The one place where words, sounds and rules meet.
"""

from collections.abc import Sequence
from datetime import date

from tagging.causes.features import Sentence
from tagging.causes.schema import CauseEntry, CauseSettings
from tagging.causes.tones import ToneFinder
from tagging.causes.units import Unit, units_of
from tagging.lexicon import LoadedLexicon
from tagging.matching import Firing
from tagging.pinyin import to_pinyin
from tagging.words import Tokenizer
from transcribe.call import SpeakerRole, Transcript, Turn

# A single sentence has no call: any date serves, rules with dates are judged on real calls only.
_NO_DATE = date(2000, 1, 1)


class Reader:
    """Cuts and reads what customers say; jieba is loaded when the first untokenised text comes."""

    def __init__(self, lexicon: LoadedLexicon[CauseEntry], settings: CauseSettings):
        self.lexicon = lexicon
        self._settings = settings
        self._names = {entry.id: _name(entry) for entry in lexicon.entries if entry.said_by == "customer"}
        self._tones = ToneFinder(settings.tones, settings.denials)
        self._tokenizer: Tokenizer | None = None

    def tokenise(self, text: str) -> tuple[str, ...]:
        """Return the words of `text`."""
        if self._tokenizer is None:
            self._tokenizer = Tokenizer()
        return self._tokenizer.tokens(text)

    def read_text(self, text: str) -> tuple[Sentence, ...]:
        """Return the sentences of a text by itself, cut as a turn of a call is cut."""
        transcript = transcript_of(text)
        return self.read_units(
            units_of(transcript, self._settings.decision, self.tokenise), self.lexicon.rules.fire(transcript)
        )

    def read_whole(self, text: str) -> Sentence:
        """Return a text as one sentence, however long."""
        firings = self.lexicon.rules.fire(transcript_of(text))
        fired = {self._names[each.rule_id] for each in firings if each.rule_id in self._names}
        return Sentence(
            text, self.tokenise(text), to_pinyin(text), tuple(sorted(fired)), self._tones.find(text)
        )

    def read_units(self, units: Sequence[Unit], firings: Sequence[Firing]) -> tuple[Sentence, ...]:
        """Return one sentence per unit; a rule belongs to the units that its match touches."""
        by_position: dict[int, list[Firing]] = {}
        for firing in firings:
            if firing.rule_id in self._names:
                by_position.setdefault(firing.position, []).append(firing)
        return tuple(
            Sentence(
                unit.text,
                unit.tokens,
                unit.pinyin,
                tuple(
                    sorted(
                        {
                            self._names[each.rule_id]
                            for each in by_position.get(unit.position, ())
                            if each.char_start < unit.char_end and each.char_end > unit.char_start
                        }
                    )
                ),
                self._tones.find(unit.text),
            )
            for unit in units
        )


def transcript_of(*texts: str) -> Transcript:
    """Return a call in which the customer says each text in a turn of its own."""
    turns = tuple(
        Turn(
            turn_index=index,
            channel=0,
            role=SpeakerRole.CUSTOMER,
            role_confidence=1.0,
            start_s=float(index),
            end_s=float(index + 1),
            text=text,
            pinyin=to_pinyin(text),
        )
        for index, text in enumerate(texts)
    )
    return Transcript("sentence", _NO_DATE, float(len(texts)), turns)


def _name(entry: CauseEntry) -> str:
    return f"{entry.top_cause}/{entry.sub_cause}" if entry.sub_cause else entry.top_cause
