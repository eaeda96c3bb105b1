"""What a firing tells: its evidence with times, its whole words, how sure it is. Pure.

In: a firing and the transcript. Out: `Evidence`, one per turn that holds some of its words.
"""

from tagging.finding import Evidence
from tagging.hits import Place
from tagging.lexicon_schema import ConfidenceSettings
from tagging.matching import Firing
from tagging.scope import confidence_of, evidence_of
from transcribe.call import TimeSpan, Transcript


def places_of(firing: Firing) -> tuple[Place, ...]:
    """Return the words that a firing stands on, in order: several where a back-channel cuts them."""
    return (Place(firing.position, firing.char_start, firing.char_end), *firing.parts)


def words_of(firing: Firing, transcript: Transcript) -> str:
    """Return the whole words that a firing stands on, '' for what was not said."""
    return "".join(
        transcript.turns[place.position].text[place.char_start : place.char_end]
        for place in places_of(firing)
    )


def evidence_of_firing(firing: Firing, transcript: Transcript) -> Evidence:
    """Return the evidence of a firing's first words; what was not said has a text of no characters."""
    return _evidence(firing, Place(firing.position, firing.char_start, firing.char_end), transcript)


def further_evidence(firing: Firing, transcript: Transcript) -> tuple[Evidence, ...]:
    """Return the rest of a firing's words, then the other words that its rule needed."""
    return tuple(_evidence(firing, place, transcript) for place in (*firing.parts, *firing.also))


def times_of(firing: Firing, transcript: Transcript) -> TimeSpan:
    """Return the seconds from the beginning of a firing's words to their end."""
    spans = [_evidence(firing, place, transcript) for place in places_of(firing)]
    return TimeSpan(spans[0].start_s, max(spans[0].start_s, spans[-1].end_s))


def confidence_of_firing(firing: Firing, transcript: Transcript, settings: ConfidenceSettings) -> float:
    """Return 0..1: how surely a firing's words were matched and heard; the least of its parts."""
    return min(
        confidence_of(
            transcript.turns[place.position],
            (place.char_start, place.char_end),
            firing.match,
            firing.score,
            settings,
        )
        for place in places_of(firing)
    )


def _evidence(firing: Firing, place: Place, transcript: Transcript) -> Evidence:
    span = (place.char_start, place.char_end)
    return evidence_of(transcript.turns[place.position], span, firing.rule_id, firing.match)
