"""Personal data: golden dialogues scored by character, clean and misheard; properties; kinds of digits."""

import random
import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tagging.pii.masker import Masker, build_masker
from tagging.pinyin import to_pinyin
from transcribe.call import SpeakerRole, Turn

GOLDEN = Path(__file__).parents[1] / "golden" / "pii"
ROLES = {"A": SpeakerRole.AGENT, "C": SpeakerRole.CUSTOMER}
MARKED = re.compile(r"<([a-z_]+):([^>]+)>")
# Share of characters that recognition spells with a homophone, drops, or follows with a filler.
NOISE = {"clean": (0.0, 0.0, 0.0), "noisy": (0.08, 0.01, 0.01)}
# An inserted filler is no personal data, and masking it does no harm: it is not scored.
FILLER = "filler"
BARS = {"clean": (0.97, 0.92), "noisy": (0.95, 0.85)}


@dataclass(frozen=True)
class Dialogue:
    """Turns, and for every turn the kind of each character ('' where it is no personal data)."""

    name: str
    turns: tuple[Turn, ...]
    kinds: tuple[tuple[str, ...], ...]


def read_dialogues() -> list[tuple[str, list[tuple[str, str]]]]:
    found: list[tuple[str, list[tuple[str, str]]]] = []
    for file in sorted(GOLDEN.glob("*.yaml")):
        for each in yaml.safe_load(file.read_text(encoding="utf-8")):
            said = [next(iter(turn.items())) for turn in each["turns"]]
            found.append((f"{file.stem}/{each['id']}", said))
    return found


def homophones() -> dict[str, list[str]]:
    """Common characters (GB 2312, first level) by their toneless syllable."""
    pool = b"".join(bytes((high, low)) for high in range(0xB0, 0xD8) for low in range(0xA1, 0xFA)).decode(
        "gb2312", "ignore"
    )
    by_sound: dict[str, list[str]] = defaultdict(list)
    for char in pool:
        by_sound[to_pinyin(char)[0]].append(char)
    return by_sound


SOUNDS = homophones()


def build_dialogue(name: str, said: list[tuple[str, str]], noise: str, seed: int) -> Dialogue:
    chance = random.Random(f"{name}/{seed}")  # noqa: S311 - reproducible noise
    turns: list[Turn] = []
    kinds: list[tuple[str, ...]] = []
    for index, (who, marked) in enumerate(said):
        characters = [
            (char, kind)
            for kind, text in split_marked(marked)
            for char in unicodedata.normalize("NFKC", text)
        ]
        heard = [pair for char, kind in characters for pair in mishear(char, kind, NOISE[noise], chance)]
        turns.append(turn(index, ROLES[who], "".join(char for char, _ in heard)))
        kinds.append(tuple(kind for _, kind in heard))
    return Dialogue(name, tuple(turns), tuple(kinds))


def split_marked(text: str) -> list[tuple[str, str]]:
    parts: list[tuple[str, str]] = []
    at = 0
    for match in MARKED.finditer(text):
        parts += [("", text[at : match.start()]), (match[1], match[2])]
        at = match.end()
    return [*parts, ("", text[at:])]


def mishear(
    char: str, kind: str, noise: tuple[float, float, float], chance: random.Random
) -> list[tuple[str, str]]:
    swap, drop, insert = noise
    if chance.random() < drop:
        return []
    if "\u4e00" <= char <= "\u9fff" and chance.random() < swap:
        char = chance.choice(SOUNDS[to_pinyin(char)[0]] or [char])
    return [(char, kind), ("嗯", FILLER)] if chance.random() < insert else [(char, kind)]


def turn(index: int, role: SpeakerRole, text: str) -> Turn:
    channel = 0 if role is SpeakerRole.AGENT else 1
    return Turn(index, channel, role, 1.0, index * 4.0, index * 4.0 + 3.5, text)


@pytest.fixture(scope="module")
def masker() -> Masker:
    return build_masker(None)


def masked_characters(dialogue: Dialogue, masker: Masker) -> set[tuple[int, int]]:
    return {
        (mask.turn_index, at)
        for mask in masker.find(dialogue.turns)
        for at in range(mask.char_start, mask.char_end)
    }


def score(masker: Masker, noise: str, seeds: range) -> tuple[float, float, list[str]]:
    hit = missed = wrong = 0
    notes: list[str] = []
    for seed in seeds:
        for name, said in read_dialogues():
            dialogue = build_dialogue(name, said, noise, seed)
            found = masked_characters(dialogue, masker)
            for each, kinds in zip(dialogue.turns, dialogue.kinds, strict=True):
                at = each.turn_index
                truth = {i for i, kind in enumerate(kinds) if kind and kind != FILLER}
                mine = {i for turn_index, i in found if turn_index == at}
                said_characters = {
                    i for i in range(len(kinds)) if each.text[i].isalnum() and kinds[i] != FILLER
                }
                hit += len(truth & mine & said_characters)
                missed += len((truth - mine) & said_characters)
                wrong += len((mine - truth) & said_characters)
                if (truth ^ mine) & said_characters:
                    lost = "".join(each.text[i] for i in sorted(truth - mine))
                    extra = "".join(each.text[i] for i in sorted(mine - truth))
                    notes.append(f"{name}#{at} missed {lost!r} wrong {extra!r} in {each.text}")
    return hit / (hit + missed), hit / (hit + wrong), notes


@pytest.mark.parametrize("noise", ["clean", "noisy"])
def test_golden_dialogues_by_character(masker: Masker, noise: str):
    recall, precision, notes = score(masker, noise, range(1 if noise == "clean" else 4))
    print(f"\n{noise}: recall {recall:.3f} precision {precision:.3f}", *notes, sep="\n")
    assert (recall >= BARS[noise][0], precision >= BARS[noise][1]) == (True, True), (recall, precision, notes)
