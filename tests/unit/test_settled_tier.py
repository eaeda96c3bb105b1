"""Causes that the customer states and a tier of none do not stand beside each other."""

import pytest

from tagging.finding import CauseSource, CauseTag, Evidence, Tier, TierTag
from tagging.settled_tier import with_settled_tier

EVIDENCE = Evidence(3, 0, 2, 1.0, 2.0, "rule", "多扣")
STATED, OBSERVED = CauseSource.CUSTOMER_STATED, CauseSource.OBSERVED_ON_CALL


def cause(source: CauseSource, confidence: float) -> CauseTag:
    return CauseTag("fees", None, source, confidence, (EVIDENCE,))


@pytest.mark.parametrize(
    ("tier", "sources", "expected"),
    [
        (Tier.NONE, [STATED], Tier.EXPLICIT),
        (Tier.NONE, [OBSERVED], Tier.NONE),
        (Tier.NONE, [], Tier.NONE),
        (Tier.LATENT, [STATED], Tier.LATENT),
        (Tier.FORMAL, [STATED, OBSERVED], Tier.FORMAL),
    ],
)
def test_only_none_gives_way_and_only_to_what_the_customer_states(tier, sources, expected):
    given = TierTag(tier, 0.8, ())
    found = with_settled_tier([*(cause(source, 0.6) for source in sources), given])
    assert [item.tier for item in found if isinstance(item, TierTag)] == [expected]
    if expected is tier:
        assert found[-1] == given


def test_it_rests_on_the_surest_cause():
    found = with_settled_tier([TierTag(Tier.NONE, 0.8, ()), cause(STATED, 0.4), cause(STATED, 0.7)])
    assert found[0] == TierTag(Tier.EXPLICIT, 0.7, (EVIDENCE,))
    assert len(found) == 3
