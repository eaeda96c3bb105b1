"""Which recogniser a name means: options and weights in, a loaded recogniser out. Edge: loads models."""

from importlib.util import find_spec
from pathlib import Path

from transcribe.errors import TranscribeError
from transcribe.recognise.openai_whisper import OpenAIWhisper
from transcribe.recognise.protocol import RecogniseOptions, Recogniser
from transcribe.recognise.whisper_parts import resolved_precision
from transcribe.weights import Weights

ENGINES = ("openai-whisper", "ctranslate2")
FAST_HINT = "python -m pip install -c constraints.txt -e '.[fast]'"


def installed_engines() -> tuple[str, ...]:
    """Names of the recognisers that can be used here."""
    return ENGINES if find_spec("ctranslate2") else ENGINES[:1]


def require_engine(name: str) -> None:
    """Does nothing where the recogniser can be used.

    Raises:
        TranscribeError: the engine is unknown or not installed; the message tells what to do.
    """
    if name not in ENGINES:
        raise TranscribeError(f"不认识的识别引擎 {name}，可用：{'、'.join(ENGINES)}")
    if name not in installed_engines():
        raise TranscribeError(f"识别引擎 {name} 没有安装。请安装：{FAST_HINT}；或用 openai-whisper")


def make_recogniser(weights: Weights, models_dir: Path, options: RecogniseOptions) -> Recogniser:
    """Loads the recogniser that `options.engine` names.

    Raises:
        WeightsMissing: the weights cannot be read or converted.
        TranscribeError: the engine is unknown or not installed.
    """
    require_engine(options.engine)
    if options.engine == "openai-whisper":
        return OpenAIWhisper(weights, options)
    # An extra: importing it where it is not wanted would fail.
    from transcribe.recognise.ctranslate2 import CTranslate2Whisper  # noqa: PLC0415
    from transcribe.recognise.ctranslate2_weights import ctranslate2_folder  # noqa: PLC0415

    folder = ctranslate2_folder(weights, models_dir)
    precision = resolved_precision(options.precision, options.device)
    return CTranslate2Whisper(weights, folder, precision, options)
