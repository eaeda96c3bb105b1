"""Finding weights: by path, by name, from the packaged halves; and reading CTranslate2's format."""

import hashlib
import struct
from pathlib import Path

import numpy as np
import pytest
import torch
from whisper.model import ModelDimensions, Whisper

from transcribe import weights
from transcribe.errors import WeightsMissing
from transcribe.recognise.convert import write_whisper_checkpoint
from transcribe.weights import embedded_checkpoint, find_weights, looks_like_path

DIMENSIONS = ModelDimensions(80, 30, 128, 2, 1, 50, 20, 128, 2, 2)
PROJECTIONS = {"query": 0, "key": 1, "value": 2}


def text(value: str) -> bytes:
    raw = value.encode() + b"\0"
    return struct.pack("<H", len(raw)) + raw


def ctranslate2_file(model: Whisper, version: int = 6) -> bytes:
    """`model` as CTranslate2 stores it: written from its own state, not from our reader."""
    variables: dict[str, np.ndarray] = {}
    state = {name: value.detach().numpy() for name, value in model.state_dict().items()}

    def put(source: str, target: str, parts: tuple[str, str]) -> None:
        for ours, theirs in zip(("weight", "bias"), parts, strict=True):
            variables[f"{target}/{theirs}"] = state[f"{source}.{ours}"]

    for side in ("encoder", "decoder"):
        variables[f"{side}/position_encodings/encodings"] = state[f"{side}.positional_embedding"]
        for layer in range(DIMENSIONS.n_audio_layer if side == "encoder" else DIMENSIONS.n_text_layer):
            block, place = f"{side}.blocks.{layer}", f"{side}/layer_{layer}"
            put(f"{block}.attn_ln", f"{place}/self_attention/layer_norm", ("gamma", "beta"))
            put(f"{block}.mlp_ln", f"{place}/ffn/layer_norm", ("gamma", "beta"))
            put(f"{block}.mlp.0", f"{place}/ffn/linear_0", ("weight", "bias"))
            put(f"{block}.mlp.2", f"{place}/ffn/linear_1", ("weight", "bias"))
            put(f"{block}.attn.out", f"{place}/self_attention/linear_1", ("weight", "bias"))
            stacks = {"self_attention/linear_0": ("attn", ("query", "key", "value"))}
            if side == "decoder":
                put(f"{block}.cross_attn_ln", f"{place}/attention/layer_norm", ("gamma", "beta"))
                put(f"{block}.cross_attn.query", f"{place}/attention/linear_0", ("weight", "bias"))
                put(f"{block}.cross_attn.out", f"{place}/attention/linear_2", ("weight", "bias"))
                stacks["attention/linear_1"] = ("cross_attn", ("key", "value"))
            for target, (attention, names) in stacks.items():
                zeros = np.zeros(128, np.float32)
                for part in ("weight", "bias"):
                    rows = [state.get(f"{block}.{attention}.{name}.{part}", zeros) for name in names]
                    variables[f"{place}/{target}/{part}"] = np.concatenate(rows)
    for number in (1, 2):
        put(f"encoder.conv{number}", f"encoder/conv{number}", ("weight", "bias"))
    put("encoder.ln_post", "encoder/layer_norm", ("gamma", "beta"))
    put("decoder.ln", "decoder/layer_norm", ("gamma", "beta"))
    variables["decoder/embeddings/weight"] = state["decoder.token_embedding.weight"]

    out = [struct.pack("<I", version), text("WhisperSpec"), struct.pack("<II", 3, len(variables) + 1)]
    for name, value in variables.items():
        data = value.astype("<f2").tobytes()
        shape = struct.pack(f"<B{value.ndim}I", value.ndim, *value.shape)
        out += [text(name), shape, struct.pack("<BI", 4, len(data)), data]
    out += [text("decoder/scale"), struct.pack("<BBI", 0, 0, 4), struct.pack("<f", 1.0)]
    out += [struct.pack("<I", 1), text("decoder/projection/weight"), text("decoder/embeddings/weight")]
    return b"".join(out)


@pytest.fixture(scope="module")
def model() -> Whisper:
    torch.manual_seed(1)
    model = Whisper(DIMENSIONS)
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter)
    return model.half().float()


def test_every_tensor_survives_the_conversion(model: Whisper, tmp_path: Path) -> None:
    write_whisper_checkpoint(ctranslate2_file(model), tmp_path / "model.pt")
    checkpoint = torch.load(tmp_path / "model.pt", weights_only=True)
    assert checkpoint["dims"] == vars(DIMENSIONS)
    assert set(checkpoint["model_state_dict"]) == set(model.state_dict())
    for name, value in model.state_dict().items():
        assert torch.equal(checkpoint["model_state_dict"][name].float(), value), name


def test_an_unknown_version_is_refused(model: Whisper, tmp_path: Path) -> None:
    with pytest.raises(WeightsMissing, match="版本为 7"):
        write_whisper_checkpoint(ctranslate2_file(model, version=7), tmp_path / "model.pt")
    assert not (tmp_path / "model.pt").exists()


@pytest.fixture
def parts(model: Whisper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, ...]:
    """The small model in the place of the packaged halves."""
    data = ctranslate2_file(model)
    paths = (tmp_path / "part1", tmp_path / "part2")
    paths[0].write_bytes(data[:1000])
    paths[1].write_bytes(data[1000:])
    monkeypatch.setattr(weights, "embedded_parts", lambda: paths)
    monkeypatch.setattr(weights, "EMBEDDED_DIGEST", hashlib.sha256(data).hexdigest())
    return paths


def test_the_halves_are_joined_checked_and_converted_once(parts: tuple[Path, ...], tmp_path: Path) -> None:
    models = tmp_path / "models"
    first = find_weights("base", models)
    assert (first.name, first.digest) == ("base", weights.EMBEDDED_DIGEST)
    assert [path.name for path in models.iterdir()] == [first.path.name]
    written_ns = first.path.stat().st_mtime_ns
    parts[0].write_bytes(b"gone bad")
    assert find_weights("base", models) == first
    assert first.path.stat().st_mtime_ns == written_ns


def test_damaged_halves_are_refused_and_leave_nothing(parts: tuple[Path, ...], tmp_path: Path) -> None:
    parts[1].write_bytes(b"damaged")
    with pytest.raises(WeightsMissing, match="损坏"):
        find_weights("base", tmp_path / "models")
    assert not embedded_checkpoint(tmp_path / "models").exists()


def test_an_unwritable_folder_is_named(parts: tuple[Path, ...], tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file where the folder should be")
    with pytest.raises(WeightsMissing, match="models"):
        find_weights("base", tmp_path / "models")


def test_a_path_is_taken_with_its_own_digest(tmp_path: Path) -> None:
    path = tmp_path / "own.pt"
    path.write_bytes(b"weights")
    found = find_weights(str(path), tmp_path / "models")
    assert (found.name, found.path) == ("own", path)
    assert found.digest == hashlib.sha256(b"weights").hexdigest()


@pytest.mark.parametrize(
    ("name", "message"), [("nowhere/own.pt", "nowhere/own.pt"), ("enormous", "enormous.*turbo")]
)
def test_what_cannot_be_had_is_explained(name: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(WeightsMissing, match=message):
        find_weights(name, tmp_path)


def test_a_failed_download_tells_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_: object, **__: object) -> None:
        raise OSError("network is unreachable")

    monkeypatch.setattr("urllib.request.urlopen", unreachable)
    with pytest.raises(WeightsMissing, match=r"turbo 下载失败.*unreachable.*改用 base"):
        find_weights("turbo", tmp_path / "models")
    monkeypatch.setattr(weights, "embedded_parts", tuple)
    with pytest.raises(WeightsMissing, match="base-weights"):
        find_weights("base", tmp_path / "models")


@pytest.mark.parametrize(
    ("name", "expected"),
    [("turbo", False), ("large-v3", False), ("models/x", True), ("x.pt", True), (r"C:\x", True)],
)
def test_names_and_paths(name: str, expected: bool) -> None:
    assert looks_like_path(name) == expected
