"""Turns to paraphrases: the worst stretch of a turn, how surely it is bad, and in which way. Pure."""

from dataclasses import dataclass
from functools import lru_cache

from tagging.taboo.paraphrase.features import FeatureReader, Features
from tagging.taboo.paraphrase.model import Linear, ParaphraseModel
from tagging.taboo.paraphrase.schema import ModelSettings, ParaphraseEntry, ParaphraseSettings
from tagging.taboo.paraphrase.units import units_of

_MAX_CACHED_TURNS = 8_192


@dataclass(frozen=True, slots=True)
class Best:
    """The unit of a turn that scores highest in one column: its logit, its span, of how many units."""

    score: float
    span: tuple[int, int]
    units: int
    features: Features


@dataclass(frozen=True, slots=True)
class Said:
    """A turn's text with its syllables (one a character) and words (joined, they are the text)."""

    text: str
    pinyin: tuple[str, ...]
    tokens: tuple[str, ...]

    def read(self, span: tuple[int, int], reader: FeatureReader) -> Features:
        """Return the features of the characters [start, end); a word cut in two is in neither part."""
        start, end = span
        if end - start == len(self.text):
            return reader.read(self.text, self.pinyin, self.tokens)
        inside: list[str] = []
        at = 0
        for token in self.tokens:
            if at >= start and at + len(token) <= end:
                inside.append(token)
            at += len(token)
        return reader.read(self.text[start:end], self.pinyin[start:end], inside)


def best_units(said: Said, reader: FeatureReader, settings: ModelSettings, model: Linear) -> dict[str, Best]:
    """Return per column the unit of the turn that scores highest; empty for a turn without words."""
    spans = units_of(said.text, settings.unit_chars, settings.whole_chars, settings.min_chars)
    best: dict[str, Best] = {}
    for span in spans:
        features = said.read(span, reader)
        if not features[0]:
            continue
        for column, score in zip(model.columns, model.scores(features), strict=True):
            if column not in best or score > best[column].score:
                best[column] = Best(score, span, len(spans), features)
    return best


@dataclass(frozen=True, slots=True)
class Paraphrase:
    """A stretch of a turn that says what no agent may say, with the probability (0..1) that it does."""

    entry: ParaphraseEntry
    char_start: int
    char_end: int
    probability: float


class ParaphraseFinder:
    """The trained classifier; `entries` name its hits."""

    def __init__(self, settings: ParaphraseSettings, model: ParaphraseModel):
        self._settings = settings.model
        self.entries = settings.entries
        self._entries = {entry.family: entry for entry in settings.entries}
        self._model = model
        self._reader = FeatureReader(settings.model)
        self.find = lru_cache(_MAX_CACHED_TURNS)(self._find)

    def _find(self, said: Said) -> tuple[Paraphrase, ...]:
        """Return at most one paraphrase of each kind in a turn, the forbidden first."""
        found: list[Paraphrase] = []
        best = best_units(said, self._reader, self._settings, self._model.kinds)
        for kind in sorted(best):
            least = self._model.thresholds.get(kind)
            each = best[kind]
            probability = self._model.calibrations[kind].apply(each.score, each.units)
            if least is not None and probability >= least:
                entry = self._entry(kind, each.features)
                if entry.enabled:
                    found.append(Paraphrase(entry, *each.span, probability))
        return tuple(found)

    def _entry(self, kind: str, features: Features) -> ParaphraseEntry:
        families = self._model.families
        own = [
            (score, family)
            for family, score in zip(families.columns, families.scores(features), strict=True)
            if self._entries[family].kind == kind
        ]
        return self._entries[max(own)[1]]
