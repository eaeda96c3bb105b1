"""Two voices on one channel: grouped by sound, named by content, unknown when not clear."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from transcribe.attribution import MonoOptions, RoleJudge, attribute_mono
from transcribe.call import Segment, SpeakerRole, Word
from transcribe.diarise.light import LightDiariser
from transcribe.speakers import SpeakerOptions
from transcribe.turns import AttributedSegment
from transcribe.wordlists import load_role_cues

RATE_HZ = 16_000
AGENT, CUSTOMER, UNKNOWN = SpeakerRole.AGENT, SpeakerRole.CUSTOMER, SpeakerRole.UNKNOWN
Floats = npt.NDArray[np.float32]
HIGH, LOW = 210.0, 110.0
GREETING = "您好,工号八零二六为您服务,请问有什么可以帮您?"
QUESTION = "我想问一下我的信用卡账单。"


def voice(pitch_hz: float, seconds: float, seed: int) -> Floats:
    """Pulses of a throat through a resonance, both a little unsteady: no words, but clearly somebody."""
    rng = np.random.default_rng(seed)
    at_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    phase = 2 * np.pi * np.cumsum(pitch_hz * (1 + 0.08 * np.sin(2 * np.pi * 3 * at_s + seed))) / RATE_HZ
    formant_hz = 500 + 3 * pitch_hz + 60 * rng.normal()
    sound = np.zeros_like(at_s)
    for harmonic in range(1, 20):
        sound += np.exp(-(((harmonic * pitch_hz - formant_hz) / 600) ** 2)) * np.sin(harmonic * phase)
    return (0.1 * sound / np.abs(sound).max() + rng.normal(0, 0.001, at_s.size)).astype(np.float32)


def conversation(*pitches: float) -> Floats:
    """Two seconds each, half a second apart."""
    silence = np.zeros(RATE_HZ // 2, np.float32)
    parts = [np.concatenate([voice(pitch, 2.0, n), silence]) for n, pitch in enumerate(pitches)]
    return np.concatenate(parts)


def said(texts: Sequence[str]) -> list[Segment]:
    segments: list[Segment] = []
    for n, text in enumerate(texts):
        step_s = 2.0 / len(text)
        words = tuple(
            Word(c, 2.5 * n + i * step_s, 2.5 * n + (i + 1) * step_s, 0.9) for i, c in enumerate(text)
        )
        segments.append(Segment(0, 2.5 * n, 2.5 * n + 2, text, words))
    return segments


def attributed(samples: Floats, texts: Sequence[str]) -> list[AttributedSegment]:
    judge = RoleJudge(load_role_cues(), SpeakerOptions())
    return attribute_mono(said(texts), samples, LightDiariser(), judge, MonoOptions())


def roles_by_segment(items: Sequence[AttributedSegment]) -> list[set[SpeakerRole]]:
    """The roles of the stretches of each two-and-a-half seconds."""
    found: dict[int, set[SpeakerRole]] = {}
    for item in items:
        found.setdefault(int(item.segment.start_s / 2.5), set()).add(item.role)
    return [found[n] for n in sorted(found)]


def test_groups_are_named_by_what_they_say() -> None:
    samples = conversation(HIGH, LOW, HIGH, LOW)
    roles = roles_by_segment(attributed(samples, [GREETING, QUESTION, "好的。", "嗯。"]))
    assert roles == [{AGENT}, {CUSTOMER}, {AGENT}, {CUSTOMER}]


def test_content_outweighs_who_speaks_first() -> None:
    samples = conversation(LOW, HIGH, LOW, HIGH)
    roles = roles_by_segment(attributed(samples, [QUESTION, GREETING, "嗯。", "好的。"]))
    assert roles == [{CUSTOMER}, {AGENT}, {CUSTOMER}, {AGENT}]


def test_nothing_telling_stays_unknown_or_unsure() -> None:
    samples = conversation(HIGH, HIGH, HIGH)
    for item in attributed(samples, ["嗯。", "好。", "对。"]):
        assert item.role is UNKNOWN or item.role_confidence < 0.9


def test_every_word_is_kept_in_order() -> None:
    samples = conversation(HIGH, LOW, HIGH)
    texts = [GREETING + "请讲。", QUESTION, "好的,您稍等。"]
    kept = [word for item in attributed(samples, texts) for word in item.segment.words]
    assert kept == [word for segment in said(texts) for word in segment.words]


def test_a_change_of_voice_within_a_segment_is_found_at_the_sentence() -> None:
    samples = conversation(HIGH, LOW)
    samples = np.concatenate([samples[: 2 * RATE_HZ], samples[round(2.5 * RATE_HZ) :], samples])
    first, second = said([GREETING, QUESTION])
    shifted = tuple(Word(w.text, w.start_s - 0.5, w.end_s - 0.5, w.probability) for w in second.words)
    one = Segment(0, 0.0, 4.0, GREETING + QUESTION, (*first.words, *shifted))
    judge = RoleJudge(load_role_cues(), SpeakerOptions())
    items = attribute_mono([one], samples, LightDiariser(), judge, MonoOptions())
    texts = {role: "".join(i.segment.text for i in items if i.role is role) for role in (AGENT, CUSTOMER)}
    assert texts == {AGENT: GREETING, CUSTOMER: QUESTION}


def test_nothing_said() -> None:
    assert attributed(np.zeros(10, np.float32), []) == []
