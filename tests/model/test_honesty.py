"""Ten minutes in which nobody speaks, through the detector and every recogniser: (nearly) nothing is written.

All sound is made here, from fixed seeds: what a telephone line carries before, between and after words.
"""

import wave
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tagging.prompts import load_prompts, prompt_pairs
from transcribe.call import Call, Recording, Segment, Word
from transcribe.hallucination import split_suspects
from transcribe.normalize import bare
from transcribe.pipeline import TranscribeOptions, transcribe_calls
from transcribe.recognise.engines import ENGINES, installed_engines, make_recogniser
from transcribe.recognise.protocol import RecognisedWindow, Recogniser, Window
from transcribe.vad import SpeechDetector
from transcribe.weights import Weights
from transcribe.wordlists import load_known_inventions

pytestmark = pytest.mark.model
RATE_HZ = 8000
KIND_S = 60
MAX_INVENTED_CHARS = 5
DTMF_HZ = [(row, column) for row in (697, 770, 852, 941) for column in (1209, 1336, 1477)]
CHORDS_HZ = [(262, 330, 392, 523), (220, 262, 330, 440), (175, 220, 262, 349), (196, 247, 294, 392)]

Sound = NDArray[np.float64]
COUNT = KIND_S * RATE_HZ
AT_S = np.arange(COUNT) / RATE_HZ


def tones(*hz: float) -> Sound:
    return sum((np.sin(2 * np.pi * each * AT_S) for each in hz), np.zeros(COUNT)) / len(hz)


def noise(seed: int, exponent: float, low_hz: float = 100, high_hz: float = 3600) -> Sound:
    """Noise whose power falls as 1 / f ** exponent between two frequencies, RMS 1."""
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(COUNT))
    hz = np.maximum(np.fft.rfftfreq(COUNT, 1 / RATE_HZ), 1.0)
    shaped = np.fft.irfft(spectrum * hz ** (-exponent / 2) * ((hz >= low_hz) & (hz <= high_hz)), COUNT)
    return shaped / np.sqrt(np.mean(shaped**2))


def babble() -> Sound:
    """A hall of voices without a word: speech-shaped noise, each band swelling at the pace of syllables."""
    rng = np.random.default_rng(5)
    bands = [(200, 500), (500, 1000), (1000, 1700), (1700, 2600), (2600, 3400)]
    mixed = np.zeros(COUNT)
    for number, (low_hz, high_hz) in enumerate(bands):
        syllable_s = np.arange(0, KIND_S + 1, 0.12)
        swell = np.interp(AT_S, syllable_s, rng.uniform(0.1, 1, syllable_s.size))
        mixed += noise(50 + number, 1.0, low_hz, high_hz) * swell / (number + 1)
    return 0.05 * mixed


def breathing() -> Sound:
    """In for 1.2 s and out for 1.6 s, four seconds a breath, close to the microphone."""
    phase = AT_S % 4
    breath_in = np.sin(np.pi * np.clip(phase / 1.2, 0, 1)) ** 2
    breath_out = np.sin(np.pi * np.clip((phase - 1.7) / 1.6, 0, 1)) ** 2
    return 0.08 * (breath_in * noise(6, 0.5, 600, 3000) + breath_out * noise(7, 1.5, 300, 2000))


def clicks() -> Sound:
    """Crackles of the line: some sharp decaying pulses a second over faint noise."""
    rng = np.random.default_rng(8)
    sound = 0.002 * noise(9, 0)
    shape = np.exp(-np.arange(80) / 12) * rng.standard_normal(80)
    for at in rng.integers(0, COUNT - 80, 3 * KIND_S):
        sound[at : at + 80] += rng.uniform(0.1, 0.6) * shape
    return sound


def dtmf() -> Sound:
    presses = np.random.default_rng(10).integers(0, len(DTMF_HZ), int(KIND_S / 0.4))
    which = np.minimum((AT_S / 0.4).astype(int), len(presses) - 1)
    played = sum(
        (tones(*pair) * (presses[which] == key) for key, pair in enumerate(DTMF_HZ)), np.zeros(COUNT)
    )
    return 0.3 * played * (AT_S % 0.4 < 0.15)


def hold_music() -> Sound:
    """Broken chords with overtones and a beat, as waiting queues play."""
    decay = np.exp(-3 * (AT_S % 0.3))
    sound = np.zeros(COUNT)
    for bar, chord in enumerate(CHORDS_HZ):
        for step, hz in enumerate(chord):
            is_on = ((AT_S / 2.4).astype(int) % 4 == bar) & ((AT_S / 0.3).astype(int) % 4 == step)
            sound += is_on * decay * sum(np.sin(2 * np.pi * hz * k * AT_S) / k for k in (1, 2, 3, 4))
    beat = np.exp(-20 * (AT_S % 0.6)) * noise(11, 0) * 0.3
    return 0.15 * (sound + beat)


KINDS: dict[str, Callable[[], Sound]] = {
    "silence": lambda: np.zeros(COUNT),
    "ring_back": lambda: 0.3 * tones(450) * (AT_S % 5 < 1),  # one second on and four off, as in China
    "busy": lambda: 0.3 * tones(450) * (AT_S % 0.7 < 0.35),
    "dtmf": dtmf,
    "hold_music": hold_music,
    "white_noise": lambda: 0.05 * noise(1, 0),
    "pink_noise": lambda: 0.1 * noise(2, 1),
    "babble": babble,
    "breathing": breathing,
    "clicks": clicks,
}


def write_wav(path: Path, sound: Sound) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(np.round(np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())


@pytest.fixture(scope="module", params=ENGINES)
def any_recogniser(
    request: pytest.FixtureRequest, weights: Weights, options: TranscribeOptions
) -> Recogniser:
    """Each recogniser that is installed, with the test session's weights."""
    if request.param not in installed_engines():
        pytest.skip(f"{request.param} is not installed")
    if request.param == options.recognise.engine:
        return request.getfixturevalue("recogniser")
    return make_recogniser(weights, weights.path.parent, replace(options.recognise, engine=request.param))


@pytest.fixture(scope="module")
def ten_minutes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Recording, ...]:
    folder = tmp_path_factory.mktemp("no_speech")
    day = date(2026, 11, 20)
    for kind, make in KINDS.items():
        write_wav(folder / f"{kind}.wav", make())
    return tuple(Recording(kind, (folder / f"{kind}.wav",), kind, day, day) for kind in KINDS)


def written(calls: Sequence[object]) -> dict[str, str]:
    """What stayed in the turns after suspects were put aside, by kind of sound."""
    assert all(isinstance(call, Call) for call in calls)
    return {call.recording.call_id: bare("".join(t.text for t in call.transcript.turns)) for call in calls}


def test_ten_minutes_without_speech_through_detector_and_recogniser(
    ten_minutes: tuple[Recording, ...],
    any_recogniser: Recogniser,
    detector: SpeechDetector,
    options: TranscribeOptions,
) -> None:
    calls = list(transcribe_calls(ten_minutes, any_recogniser, detector, options))
    assert sum(call.transcript.duration_s for call in calls if isinstance(call, Call)) >= 600
    invented = written(calls)
    assert sum(map(len, invented.values())) <= MAX_INVENTED_CHARS, invented


def test_what_the_detector_lets_through_is_put_aside(
    any_recogniser: Recogniser, options: TranscribeOptions
) -> None:
    """The same sounds with no detector before, a prompt of terms instead: it does write, none is believed."""
    prompts = [prompt for _, prompt in prompt_pairs(load_prompts(None))]
    windows = [
        Window(kind, at_16_khz(make())[: 30 * 2 * RATE_HZ], prompts[number % len(prompts)])
        for number, (kind, make) in enumerate(KINDS.items())
    ]
    segments = [as_segment(window) for window in any_recogniser.recognise(windows)]
    assert sum(len(bare(segment.text)) for segment in segments) > MAX_INVENTED_CHARS, "nothing tempted it"
    kept = [
        segment.text
        for each, window in zip(segments, windows, strict=True)
        for segment in split_suspects(
            [each], options.hallucination, load_known_inventions(), window.prompt or ""
        )[0]
    ]
    assert sum(map(len, map(bare, kept))) <= MAX_INVENTED_CHARS, kept


def at_16_khz(sound: Sound) -> NDArray[np.float32]:
    """By linear interpolation: what it adds above the line's band is 20 dB down and no voice."""
    return np.interp(np.arange(2 * COUNT) / 2, np.arange(COUNT), sound).astype(np.float32)


def as_segment(window: RecognisedWindow) -> Segment:
    words = tuple(Word(w.text, w.start_s, w.end_s, w.probability) for w in window.words)
    return Segment(
        0, 0.0, 30.0, window.text, words, window.no_speech_probability, window.mean_log_probability
    )
