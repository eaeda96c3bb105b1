"""Facts of a call to the score of seven abilities, with every reason for it. Pure.

Each ability starts at the common base; parts add and take away; the sum is clipped to 0..100; the total is
the weighted mean. Nothing else moves the score, so the parts explain it in full.
"""

from collections.abc import Iterator

from tagging.finding import Evidence, HandlingScore, ScorePart
from tagging.handling.facts import Facts
from tagging.handling.schema import AbilitySettings, HandlingSettings, PartSettings, SignalGround

BASE = "base"
_LOWEST, _HIGHEST = 0.0, 100.0


def score_call(facts: Facts, settings: HandlingSettings) -> tuple[HandlingScore, tuple[ScorePart, ...]]:
    """Return the score (0..100, one decimal) and its parts, ability by ability in the settings' order."""
    parts: list[ScorePart] = []
    values: dict[str, float] = {}
    for name, ability in settings.abilities.items():
        own = [
            ScorePart(name, BASE, settings.base_title, settings.base, 0, None, ()),
            *_parts(name, ability, facts, settings),
        ]
        values[name] = round(min(_HIGHEST, max(_LOWEST, sum(part.points for part in own))), 1)
        parts.extend(own)
    weights = {name: ability.weight for name, ability in settings.abilities.items()}
    total = sum(values[name] * weight for name, weight in weights.items()) / sum(weights.values())
    score = HandlingScore(
        total=round(total, 1),
        listening=values["listening"],
        understanding=values["understanding"],
        resolving=values["resolving"],
        expression=values["expression"],
        control=values["control"],
        learning=values["learning"],
        detail=values["detail"],
    )
    return score, tuple(parts)


def _parts(
    name: str, ability: AbilitySettings, facts: Facts, settings: HandlingSettings
) -> Iterator[ScorePart]:
    """Yield the parts that apply to the call."""
    for part in ability.parts:
        if part.when == "dissatisfied" and not facts.is_dissatisfied:
            continue
        evidence = _evidence(part, facts)
        value = None if part.signal is None else facts.signals.get(part.signal.name)
        count = _count(part, evidence, value)
        if count:
            level = part.plus or part.minus
            points = settings.levels[level] if level else 0.0
            points = round(count * (points if part.plus else -points), 1)
            yield ScorePart(name, part.id, part.title, points, count, value, evidence)


def _evidence(part: PartSettings, facts: Facts) -> tuple[Evidence, ...]:
    """Return the evidence of all grounds in order of the call, each span once."""
    if part.lacking and not any(facts.evidence.get(ground) for ground in part.of):
        return ()
    found = {
        (each.turn_index, each.char_start, each.char_end): each
        for ground in part.of
        for each in facts.evidence.get(ground, ())
    }
    return tuple(found[place] for place in sorted(found))


def _count(part: PartSettings, evidence: tuple[Evidence, ...], value: float | None) -> int:
    if part.signal is not None:
        return int(value is not None and _is_beyond(part.signal, value))
    if part.lacking:
        return int(not evidence)
    return min(part.times, len({each.turn_index for each in evidence}))


def _is_beyond(signal: SignalGround, value: float) -> bool:
    if signal.above is not None:
        return value > signal.above
    return signal.below is not None and value < signal.below
