"""Personal data in golden dialogues, scored by character: clean, misheard, as a telephone line leaves it."""

import random
import re
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tagging.pii.masker import Masker, build_masker
from tagging.pinyin import to_pinyin
from transcribe.call import SpeakerRole, Turn

GOLDEN = Path(__file__).parents[1] / "golden" / "pii"
Heard = list[tuple[str, str]]
ROLES = {"A": SpeakerRole.AGENT, "C": SpeakerRole.CUSTOMER, "U": SpeakerRole.UNKNOWN}
MARKED = re.compile(r"<([a-z_]+):([^>]+)>")


@dataclass(frozen=True)
class Noise:
    """Shares of characters spelled with a homophone, dropped, followed by a filler, of punctuation lost, of
    turns cut in two, and of data whose digits are written 0-9."""

    swap: float = 0.0
    drop: float = 0.0
    insert: float = 0.0
    unpointed: float = 0.0
    cut: float = 0.0
    arabic: float = 0.0


NOISE = {
    "clean": Noise(),
    "noisy": Noise(swap=0.08, drop=0.01, insert=0.01),
    "telephone": Noise(swap=0.08, drop=0.01, insert=0.01, unpointed=1.0, cut=0.15, arabic=0.3),
}
POINTS = ",。?!;、"
NUMBERS = ("id_number", "bank_card", "phone", "code", "digits")
ARABIC = str.maketrans("零幺一二三四五六七八九", "01123456789")
# An inserted filler is no personal data, and masking it does no harm: it is not scored.
FILLER = "filler"
BARS = {"clean": (0.98, 0.97), "noisy": (0.95, 0.85), "telephone": (0.95, 0.85)}


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


def build_dialogue(name: str, said: list[tuple[str, str]], noise: Noise, seed: int) -> Dialogue:
    chance = random.Random(f"{name}/{seed}")  # noqa: S311 - reproducible noise
    turns: list[Turn] = []
    kinds: list[tuple[str, ...]] = []
    for who, marked in said:
        characters = [
            (char, kind)
            for kind, text in split_marked(marked)
            for char in written(unicodedata.normalize("NFKC", text), kind, noise, chance)
        ]
        heard = [pair for char, kind in characters for pair in mishear(char, kind, noise, chance)]
        for part in cut_turn(heard, noise, chance):
            turns.append(turn(len(turns), ROLES[who], "".join(char for char, _ in part)))
            kinds.append(tuple(kind for _, kind in part))
    return Dialogue(name, tuple(turns), tuple(kinds))


def written(text: str, kind: str, noise: Noise, chance: random.Random) -> str:
    """Digits of data as 0-9, as recognition often writes them."""
    return text.translate(ARABIC) if kind in NUMBERS and chance.random() < noise.arabic else text


def cut_turn(heard: Heard, noise: Noise, chance: random.Random) -> list[Heard]:
    if len(heard) < 4 or chance.random() >= noise.cut:
        return [heard]
    at = chance.randrange(2, len(heard) - 1)
    return [heard[:at], heard[at:]]


def split_marked(text: str) -> list[tuple[str, str]]:
    parts: list[tuple[str, str]] = []
    at = 0
    for match in MARKED.finditer(text):
        parts += [("", text[at : match.start()]), (match[1], match[2])]
        at = match.end()
    return [*parts, ("", text[at:])]


def mishear(char: str, kind: str, noise: Noise, chance: random.Random) -> Heard:
    is_point = char in POINTS
    if chance.random() < (noise.unpointed if is_point else noise.drop):
        return []
    if "\u4e00" <= char <= "\u9fff" and chance.random() < noise.swap:
        char = chance.choice(SOUNDS[to_pinyin(char)[0]] or [char])
    return [(char, kind), ("嗯", FILLER)] if chance.random() < noise.insert else [(char, kind)]


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
            dialogue = build_dialogue(name, said, NOISE[noise], seed)
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


@pytest.mark.parametrize("noise", list(NOISE))
def test_golden_dialogues_by_character(masker: Masker, noise: str):
    recall, precision, notes = score(masker, noise, range(1 if noise == "clean" else 4))
    print(f"\n{noise}: recall {recall:.3f} precision {precision:.3f}", *notes, sep="\n")
    assert (recall >= BARS[noise][0], precision >= BARS[noise][1]) == (True, True), (recall, precision, notes)


def test_there_are_enough_spans_of_every_kind():
    kinds = Counter(
        kind for _, said in read_dialogues() for _, text in said for kind, _ in split_marked(text) if kind
    )
    assert sum(kinds.values()) >= 150
    assert min(kinds.values()) >= 10, kinds


def test_what_is_no_personal_data_survives(masker: Masker):
    masked = [
        (name, index, mask.kind)
        for name, said in read_dialogues()
        if name.startswith("survivors")
        for index, mask in enumerate(masker.find(build_dialogue(name, said, NOISE["clean"], 0).turns))
    ]
    assert masked == []
