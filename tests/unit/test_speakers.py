"""Which channel is the agent: claims, content, and how sure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcribe.call import SpeakerRole
from transcribe.speakers import SpeakerOptions, agent_llr, decide_roles
from transcribe.wordlists import load_role_cues

AGENT, CUSTOMER, UNKNOWN = SpeakerRole.AGENT, SpeakerRole.CUSTOMER, SpeakerRole.UNKNOWN
IVR = SpeakerRole.IVR
CUES = load_role_cues()
OPTIONS = SpeakerOptions()
GREETING = "您好,工号8026为您服务,请问有什么可以帮您?"
QUESTION = "你好,我想问一下我的信用卡账单。"


@pytest.mark.parametrize(
    ("text", "is_agent"),
    [
        (GREETING, True),
        ("请问您贵姓?", True),
        ("感谢您的来电,祝您生活愉快,再见。", True),
        ("我帮您查一下,请您稍等。", True),
        (QUESTION, False),
        ("我要投诉你们,叫你们领导来。", False),
        ("你工号多少?", False),
        ("你们凭什么扣我的钱?", False),
    ],
)
def test_cues(text: str, is_agent: bool) -> None:
    assert (agent_llr(text, CUES, 8.0) > 1.0) == is_agent
    assert (agent_llr(text, CUES, 8.0) < -1.0) != is_agent


@pytest.mark.parametrize("text", ["", "嗯。", "好的。", "对,是的。", "四七一九。"])
def test_no_cue_says_nothing(text: str) -> None:
    assert agent_llr(text, CUES, 8.0) == 0


def test_a_cue_is_found_by_sound() -> None:
    assert agent_llr("感谢您的莱店", CUES, 8.0) > 2


@pytest.mark.parametrize(
    ("texts", "claimed", "roles", "is_swapped"),
    [
        ((GREETING, QUESTION), (AGENT, CUSTOMER), (AGENT, CUSTOMER), False),
        ((QUESTION, GREETING), (AGENT, CUSTOMER), (CUSTOMER, AGENT), True),
        ((QUESTION, GREETING), (CUSTOMER, AGENT), (CUSTOMER, AGENT), False),
        ((GREETING, QUESTION), (CUSTOMER, AGENT), (AGENT, CUSTOMER), True),
        (("嗯。", "好。"), (CUSTOMER, AGENT), (CUSTOMER, AGENT), False),
        (("嗯。", "请问您贵姓?"), (AGENT, CUSTOMER), (AGENT, CUSTOMER), False),
        ((GREETING, QUESTION), None, (AGENT, CUSTOMER), False),
        ((QUESTION, GREETING), None, (CUSTOMER, AGENT), True),
    ],
)
def test_roles(texts, claimed, roles, is_swapped) -> None:
    decision = decide_roles(texts, claimed, (AGENT, CUSTOMER), CUES, OPTIONS)
    assert (decision.roles, decision.is_swapped) == (roles, is_swapped)


def test_content_that_agrees_is_surer_than_a_claim_alone_and_that_surer_than_a_contradiction() -> None:
    def confidence(*texts: str) -> float:
        return decide_roles(texts, (AGENT, CUSTOMER), (AGENT, CUSTOMER), CUES, OPTIONS).confidence

    assert confidence(GREETING, QUESTION) > 0.99 > confidence("嗯。", "好。") > 0.9
    assert 0.5 <= confidence("嗯。", "请问您贵姓?") < confidence("嗯。", "好。")


@pytest.mark.parametrize(("count", "roles"), [(1, (AGENT,)), (3, (AGENT, CUSTOMER, UNKNOWN))])
def test_other_counts_of_channels_keep_the_claim(count: int, roles: tuple[SpeakerRole, ...]) -> None:
    decision = decide_roles(["嗯"] * count, None, (AGENT, CUSTOMER), CUES, OPTIONS)
    assert decision.roles == roles
    assert not decision.is_swapped


@pytest.mark.parametrize(
    ("texts", "claimed", "roles"),
    [
        (("", GREETING, "", QUESTION), None, (UNKNOWN, AGENT, UNKNOWN, CUSTOMER)),
        (("", QUESTION, "", GREETING), (AGENT, CUSTOMER), (UNKNOWN, CUSTOMER, UNKNOWN, AGENT)),
        ((QUESTION, "", GREETING), (AGENT, IVR, CUSTOMER), (CUSTOMER, IVR, AGENT)),
        (("嗯。", "欢迎致电。", "好。"), (CUSTOMER, IVR, AGENT), (CUSTOMER, IVR, AGENT)),
        ((GREETING, "", ""), None, (UNKNOWN, UNKNOWN, UNKNOWN)),
        (("", "", ""), None, (AGENT, CUSTOMER, UNKNOWN)),
        (("", GREETING, ""), (UNKNOWN, AGENT, CUSTOMER), (UNKNOWN, AGENT, CUSTOMER)),
    ],
)
def test_of_many_channels_those_that_speak_are_decided(texts, claimed, roles) -> None:
    assert decide_roles(texts, claimed, (AGENT, CUSTOMER), CUES, OPTIONS).roles == roles


@given(st.lists(st.sampled_from([GREETING, QUESTION, "嗯", "请问", "投诉你们"]), min_size=2, max_size=2))
def test_turning_the_channels_turns_the_roles(texts: list[str]) -> None:
    one = decide_roles(texts, (AGENT, CUSTOMER), (AGENT, CUSTOMER), CUES, OPTIONS)
    other = decide_roles(texts[::-1], (CUSTOMER, AGENT), (AGENT, CUSTOMER), CUES, OPTIONS)
    assert one.roles == other.roles[::-1]
    assert one.confidence == pytest.approx(other.confidence)
    assert 0.5 <= one.confidence <= 1
