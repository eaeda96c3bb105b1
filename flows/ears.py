"""What hears a recording: weights, recogniser, speech detector and options, made from config. Edge file.

Loaded once per process and kept: loading takes seconds, and workers live for a whole night.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from flows.config import Config
from tagging.prompts import load_prompts, prompt_pairs
from transcribe.attribution import MonoOptions
from transcribe.diarise.choose import best_diariser
from transcribe.pipeline import TranscribeOptions, recognition_key
from transcribe.recognise.engines import make_recogniser
from transcribe.recognise.protocol import RecogniseOptions, Recogniser
from transcribe.recognise.replay import ReplayRecogniser
from transcribe.recognise.whisper_parts import best_device, resolved_precision
from transcribe.speakers import SpeakerOptions
from transcribe.vad import SpeechDetector
from transcribe.weights import Weights, find_weights


@dataclass(frozen=True, slots=True)
class Ears:
    """A resident recogniser with its detector and options."""

    recogniser: Recogniser
    detector: SpeechDetector
    options: TranscribeOptions


@lru_cache(maxsize=1)
def load_ears(config: Config) -> Ears:
    """Return this process's recogniser for these settings.

    Raises:
        WeightsMissing: no usable weights; the message says how to get them.
    """
    options = transcribe_options(config)
    if config.recognition.replay_file:
        recogniser: Recogniser = ReplayRecogniser(Path(config.recognition.replay_file))
    else:
        weights = find_weights(config.recognition.weights, config.models_path)
        recogniser = make_recogniser(weights, config.models_path, options.recognise)
    return Ears(recogniser=recogniser, detector=SpeechDetector(options.vad), options=options)


def transcribe_options(config: Config) -> TranscribeOptions:
    """Return the transcribe package's options for these settings."""
    device = best_device() if config.recognition.device == "auto" else config.recognition.device
    wanted = config.speakers.diariser
    return TranscribeOptions(
        speakers=SpeakerOptions(min_call_certainty=config.speakers.min_call_certainty),
        prompts=domain_prompts(config),
        mono=MonoOptions(diariser=best_diariser() if wanted == "auto" else wanted),
        recognise=RecogniseOptions(
            language=config.recognition.language,
            prompt=config.recognition.prompt,
            beam_size=config.recognition.beam_size,
            batch_size=config.recognition.batch_size,
            device=device,
            threads=config.workers.threads,
            engine=config.recognition.engine,
            precision=resolved_precision(config.recognition.precision, device),
        ),
    )


def domain_prompts(config: Config) -> tuple[tuple[str, str], ...]:
    """Return (line of business, prompt) pairs from the lexicons, none where the config asks for none.

    Raises:
        LexiconInvalid: prompts.yaml cannot be used.
    """
    if not config.recognition.domain_prompt:
        return ()
    return prompt_pairs(load_prompts(config.own_lexicons))


def hearing_key(config: Config, weights: Weights) -> str:
    """Return the digest of everything that decides what is heard: weights and settings."""
    return recognition_key(weights, transcribe_options(config))
