"""Near matches and what the recogniser says of them -> hits. Pure but for loading the settings.

Three steps, so that whoever holds the recordings stands between them: `hits_of` what the text itself says,
`near_matches` what to listen to, `confirmed` what is kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from tagging.finding import MatchKind, TabooHit
from tagging.lexicon import digest_of, load_settings
from tagging.scope import confidence_of
from tagging.taboo.near import NearFinder, NearMatch
from tagging.taboo.schema import TabooSettings
from tagging.taboo.tagger import TabooTagger, hit_of, without_overlap
from transcribe.call import Transcript


class SecondPass:
    """The taboo lexicon with the settings of its second pass."""

    def __init__(self, tagger: TabooTagger, settings: TabooSettings):
        self._tagger = tagger
        self._settings = settings
        self._finder = NearFinder(tagger.lexicon, settings)
        self._by_id = tagger.lexicon.by_id

    @property
    def digest(self) -> str:
        """sha256 (hex) over the lexicon and the settings: equal digests ask and decide the same."""
        return digest_of(self._tagger.lexicon.vocabulary, *self._tagger.lexicon.entries, self._settings)

    def hits_of(self, transcript: Transcript) -> tuple[TabooHit, ...]:
        """Return the hits by characters, by sound and by the classifier, as the tagger finds them."""
        return self._tagger.tag(transcript)

    def near_matches(self, transcript: Transcript, hits: Sequence[TabooHit]) -> tuple[NearMatch, ...]:
        """Return what to listen to again, in order of turns."""
        return self._finder.find(transcript, [hit for hit in hits if not _is_guess(hit)])

    def confirmed(
        self,
        transcript: Transcript,
        hits: Sequence[TabooHit],
        ratios: Mapping[NearMatch, Sequence[float]],
    ) -> tuple[TabooHit, ...]:
        """Return the hits with those that the recogniser confirms.

        Args:
            transcript: the call.
            hits: what `hits_of` found; they stay as they are.
            ratios: per near match the log likelihood ratio of each text of its `instead`, natural logarithm.

        Returns:
            All hits in order of turns and characters; overlapping ones count once: a phrase in the text
            before one by likelihood, that before a paraphrase.
        """
        found = [
            hit
            for near, values in ratios.items()
            if (hit := self._hit(transcript, near, values)) is not None
            and not any(_overlap(hit, other) for other in hits if not _is_guess(other))
        ]
        new = without_overlap(found)
        kept = [hit for hit in hits if not (_is_guess(hit) and any(_overlap(hit, each) for each in new))]
        return tuple(sorted((*kept, *new), key=lambda hit: (hit.turn_index, hit.char_start)))

    def _hit(self, transcript: Transcript, near: NearMatch, ratios: Sequence[float]) -> TabooHit | None:
        ratio, best = max(zip(ratios, near.instead, strict=True), key=lambda pair: pair[0])
        accept = self._settings.accept
        if ratio < accept.min_log_likelihood_ratio:
            return None
        turn = transcript.turns[near.position]
        span = (best.char_start, best.char_end)
        sure = confidence_of(
            turn, span, MatchKind.LIKELIHOOD, accept.confidence, self._tagger.lexicon.vocabulary.confidence
        )
        hit = hit_of(self._by_id[near.phrase_id], turn, span, MatchKind.LIKELIHOOD, sure)
        return replace(hit, log_likelihood_ratio=round(ratio, 3))


def _is_guess(hit: TabooHit) -> bool:
    return hit.match is MatchKind.CLASSIFIER


def _overlap(one: TabooHit, other: TabooHit) -> bool:
    is_same_turn = one.turn_index == other.turn_index
    return is_same_turn and one.char_start < other.char_end and other.char_start < one.char_end


def build_second_pass(tagger: TabooTagger, lexicons_dir: Path | None) -> SecondPass:
    """Return the second pass of a taboo tagger, the centre's `taboo/settings.yaml` winning key by key.

    Raises:
        LexiconInvalid: with file, key and what to do.
    """
    return SecondPass(tagger, load_settings(Path(__file__).parent, lexicons_dir, TabooSettings))
