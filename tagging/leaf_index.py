"""The leaves that one side's turns are tried on, filed by what they need. Pure.

In: leaves, and what people say. Out: `LeafIndex.search(haystack)`, which adds every leaf's matches.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from tagging.call_view import Viewer
from tagging.haystack import Haystack, TurnView, Unit
from tagging.leaf import Leaf
from tagging.lexicon_schema import RuleEntry, texts_of
from tagging.passages import Passage
from tagging.phrase import CompiledPattern, Match
from tagging.pinyin import to_pinyin
from tagging.prefilter import Filed, PatternIndex
from tagging.syllables import SyllablePattern

# Matches by the turn's place, the passage (None: the turn by itself) and the leaf's number.
Found = dict[tuple[int, Passage | None, int], list[Match]]
# Fillers and light characters count as if they stood in so many examples: anybody says them.
_LIGHT_COUNT = 1_000


class Common:
    """How often features are met in the entries' own examples, which are what people say."""

    def __init__(self, entries: Sequence[RuleEntry], viewer: Viewer):
        self.text: Counter[str] = Counter()
        self.sound: Counter[str] = Counter()
        self.settings = viewer.folding.sounds.settings
        light = "".join((*viewer.vocabulary.fillers, viewer.vocabulary.likeness.light))
        self.text.update(dict.fromkeys(viewer.folding.text.fold(light), _LIGHT_COUNT))
        self.sound.update(dict.fromkeys(viewer.folding.sounds.encode(to_pinyin(light)), _LIGHT_COUNT))
        # A lexicon of one entry, as it is checked by itself, needs no telling features.
        for entry in entries if len(entries) > 1 else ():
            for text in texts_of((*entry.must_match, *entry.must_not_match)):
                features, sounds = viewer.features(text, to_pinyin(text))
                self.text.update(features)
                self.sound.update(sounds)


class LeafIndex:
    """The leaves that one side's turns are tried on."""

    def __init__(self, leaves: Iterable[Leaf], common: Common):
        self._leaves = {leaf.number: leaf for leaf in leaves}
        self._settings = common.settings
        own = self._leaves.values()
        texts = (
            Filed(need, leaf.number, pattern)
            for leaf in own
            for pattern in leaf.patterns
            for need in pattern.text_needs
        )
        self._text = PatternIndex(texts, common.text)
        patterns: list[tuple[Leaf, CompiledPattern | SyllablePattern]] = [
            (leaf, pattern)
            for leaf in own
            if leaf.sound is not None
            for pattern in (*leaf.patterns, *leaf.syllables)
        ]
        sounds = (
            Filed(need, leaf.number, pattern) for leaf, pattern in patterns for need in pattern.sound_needs
        )
        self._sound = PatternIndex(sounds, common.sound)
        self._plain = [leaf for leaf in own if leaf.regexes or leaf.likeness is not None]

    def search(self, haystack: Haystack, found: Found) -> None:
        """Add every leaf's matches; by sound only in turns where its characters match nowhere."""
        units, views = haystack.units, haystack.views
        by_text: set[tuple[int, int]] = set()
        for leaf, pattern, places in self._text.candidates(haystack.text_presence):
            for at in places:
                if matches := pattern.find_text(views[at].text):
                    _add(found, (units[at], leaf), matches)
                    by_text.add((at, leaf))
        for leaf in self._plain:
            for at, unit in enumerate(units):
                if matches := leaf.find_plain(unit.text, unit.pinyin):
                    _add(found, (unit, leaf.number), matches)
                    by_text.add((at, leaf.number))
        for leaf, pattern, places in self._sound.candidates(haystack.sound_presence):
            for at in places:
                if (at, leaf) not in by_text and (
                    matches := self._by_sound(leaf, pattern, views[at], units[at])
                ):
                    _add(found, (units[at], leaf), matches)

    def _by_sound(
        self, leaf: int, pattern: CompiledPattern | SyllablePattern, view: TurnView, unit: Unit
    ) -> list[Match]:
        if not view.sound:
            return []
        least = self._leaves[leaf].sound or 1.0
        found = pattern.find_sound(view.text, view.sound, view.pinyin)
        return [match for match in found if match.score >= self._least(least, unit, match)]

    def _least(self, asked: float, unit: Unit, match: Match) -> float:
        """Return the score that a match needs: more where the recogniser was surer than usual, else less.

        Never more than a phrase of nothing but homophones has, unless its rule asks for more.
        """
        settings = self._settings
        heard = unit.heard(match.start, match.end) if settings.probability_tilt else None
        if heard is None:
            return asked
        needed = asked + settings.probability_tilt * (heard - settings.usual_probability)
        return max(asked, min(needed, 1.0 - settings.homophone_cost)) if needed > asked else needed


def _add(found: Found, where: tuple[Unit, int], matches: Sequence[Match]) -> None:
    unit, leaf = where
    found.setdefault((unit.position, unit.passage, leaf), []).extend(matches)
