"""What the taggers found, with a tier that does not contradict the causes. Pure.

The customer lexicon hears dissatisfaction in set words; the cause tagger also learns it from sentences. Who
states a cause for complaint is dissatisfied and says so, whatever the words: tier `none` becomes `explicit`.
"""

from collections.abc import Sequence
from dataclasses import replace

from tagging.finding import CauseSource, CauseTag, Finding, Tier, TierTag


def with_settled_tier(found: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return the findings; a tier of `none` beside causes that the customer states becomes `explicit`.

    Its confidence is that of the surest cause, and its evidence that cause's.
    """
    stated = [
        item for item in found if isinstance(item, CauseTag) and item.source is CauseSource.CUSTOMER_STATED
    ]
    if not stated:
        return tuple(found)
    surest = max(stated, key=lambda cause: cause.confidence)
    return tuple(
        replace(item, tier=Tier.EXPLICIT, confidence=surest.confidence, evidence=surest.evidence)
        if isinstance(item, TierTag) and item.tier is Tier.NONE
        else item
        for item in found
    )
