"""A call as rules see it: folded text and sound of its turns and passages, whose turn is whose. Pure.

In: a transcript. Out: `CallView`, made once per call for all taggers that share a vocabulary.
"""

from collections.abc import Sequence
from functools import cached_property, lru_cache

from tagging.exact_sound import ExactSounds
from tagging.haystack import Haystack, TurnView, Unit, fold_units, haystack_of, units_of
from tagging.hits import Place
from tagging.lexicon_schema import Vocabulary
from tagging.passages import Passage, PassageFinder
from tagging.phrase import Folding
from tagging.prefilter import MAX_UNITS, Features
from tagging.scope import side_of
from transcribe.call import SpeakerRole, Transcript, Turn

# Turns whose exact syllables are kept: cancels of several taggers look at the same hits.
_MAX_HEARD = 512
_MAX_VOCABULARIES = 8


class CallView:
    """One call's turns with their sides, views and passages."""

    def __init__(self, transcript: Transcript, viewer: "Viewer"):
        self.transcript = transcript
        self.turns: tuple[Turn, ...] = transcript.turns
        self._viewer = viewer
        floor = viewer.vocabulary.role_confidence_floor
        self.repeated_within_turns = viewer.vocabulary.repeated_within_turns
        self.sides = tuple(side_of(turn, floor) for turn in self.turns)
        self.passages = viewer.passages.find(self.turns)
        self._passage_of = {at: passage for passage in self.passages for at in passage.positions}
        self._views: dict[tuple[int, Passage | None], TurnView] = {}
        self._haystacks: dict[str, tuple[Haystack, ...]] = {}

    def haystacks(self, side: str) -> tuple[Haystack, ...]:
        """Return all that a side says, in texts to be looked through at once."""
        if side not in self._haystacks:
            own = [position for position, each in enumerate(self.sides) if each == side]
            passages = [each for each in self.passages if self.sides[each.positions[0]] == side]
            units = units_of(own, passages, self.turns)
            self._haystacks[side] = tuple(
                self._folded(units[at : at + MAX_UNITS]) for at in range(0, len(units), MAX_UNITS)
            )
        return self._haystacks[side]

    def _folded(self, units: Sequence[Unit]) -> Haystack:
        haystack = haystack_of(units, self._viewer.folding)
        for unit, view in zip(units, haystack.views, strict=True):
            self._views[unit.position, unit.passage] = view
        return haystack

    def view(self, position: int, passage: Passage | None = None) -> TurnView:
        """Return the view of one turn, or of a passage that begins with it."""
        known = self._views.get((position, passage))
        if known is None and (side := self.sides[position]) is not None:
            self.haystacks(side)
            known = self._views.get((position, passage))
        if known is not None:
            return known
        # A turn that no rule hears, or a passage that begins with one.
        own = units_of([], [passage], self.turns) if passage else units_of([position], [], self.turns)
        return self._folded(own).views[0]

    def around(self, place: Place) -> tuple[TurnView, int]:
        """Return what is read as one with a place, and where the place's turn begins in it."""
        passage = self._passage_of.get(place.position)
        if passage is None:
            return self.view(place.position), 0
        return self.view(passage.positions[0], passage), passage.offset_of(place.position)

    def unit_of(self, position: int) -> int:
        """Return the first turn's place of what is read as one with the turn at `position`."""
        passage = self._passage_of.get(position)
        return position if passage is None else passage.positions[0]

    @cached_property
    def _ranks(self) -> tuple[tuple[int, ...], dict[SpeakerRole, int]]:
        counts: dict[SpeakerRole, int] = {}
        ranks: list[int] = []
        for turn in self.turns:
            ranks.append(counts.get(turn.role, 0))
            counts[turn.role] = ranks[-1] + 1
        return tuple(ranks), counts

    def rank(self, position: int) -> tuple[int, int]:
        """Return the how-manieth turn of its role this is, counted from the first (0) and to the last (0)."""
        ranks, counts = self._ranks
        return ranks[position], counts[self.turns[position].role] - 1 - ranks[position]

    @cached_property
    def customer_positions(self) -> tuple[int, ...]:
        return tuple(position for position, side in enumerate(self.sides) if side == "customer")

    def positions_of(self, said_by: str) -> list[int]:
        """Return the turns of a side (`agent`, `customer`, `anyone`)."""
        return [
            position
            for position, side in enumerate(self.sides)
            if side is not None and said_by in (side, "anyone")
        ]


class Viewer:
    """Turns to views; equal turns (嗯, 好的) are folded once, whichever tagger asks."""

    def __init__(self, vocabulary: Vocabulary):
        self.vocabulary = vocabulary
        self.folding = Folding(vocabulary)
        self.exact_sounds = ExactSounds(self.folding)
        self.passages = PassageFinder(vocabulary.backchannels)
        self.exact_sound = lru_cache(_MAX_HEARD)(self._exact_sound)
        self._last: CallView | None = None

    def call(self, transcript: Transcript) -> CallView:
        """Return the call's view; taggers that follow each other on one call share it."""
        last = self._last
        if last is None or last.transcript is not transcript:
            last = self._last = CallView(transcript, self)
        return last

    def features(self, text: str, pinyin: tuple[str, ...]) -> tuple[Features, Features]:
        """Return the prefilter's features of a text and of its sound."""
        return fold_units([Unit(text, pinyin, 0)], self.folding).features()

    def _exact_sound(self, view: TurnView) -> str:
        """Return a view's exact syllables, '' without a sound."""
        return self.exact_sounds.encode(view.text, view.pinyin) if view.sound else ""


@lru_cache(_MAX_VOCABULARIES)
def _viewer_of(canonical: str) -> Viewer:
    return Viewer(Vocabulary.model_validate_json(canonical, strict=False))


def viewer_of(vocabulary: Vocabulary) -> Viewer:
    """Return the viewer of a vocabulary, one per process for equal vocabularies.

    Raises:
        ValueError: the vocabulary's fillers use too many characters.
    """
    return _viewer_of(vocabulary.model_dump_json())
