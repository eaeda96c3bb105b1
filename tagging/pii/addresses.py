"""Addresses in a dialogue: chains of parts from province to door. One part alone stays. Pure.

Where an address was asked for or announced, units and numbers also count as recognition spells them by sound
(三董二单怨), as long as the chain holds one part that is spelled right or two that carry numbers.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tagging.pii.digit_tokens import any_character, any_word
from tagging.pii.lines import Line, PiiSpan
from tagging.pii.rules import AddressRules
from tagging.pii.sounds import SoundScript

_NUMERALS = "零〇一二三四五六七八九十百千幺两洞甲乙丙丁"
# A rest of a clause that holds so many numerals belongs to the address before it.
_MIN_REST_NUMERALS = 2
_DAY = "号"
# Misheard units are looked for after names of so many characters only.
_SOUND_NAME_CHARACTERS = 4


@dataclass(frozen=True, slots=True)
class _Part:
    """One part at [start, end): `unit` closes it, `is_heard` when only its sound is right."""

    kind: str
    unit: str
    start: int
    end: int
    is_heard: bool = False


class AddressFinder:
    """Finds addresses by the words of addresses.yaml."""

    def __init__(
        self, rules: AddressRules, script: SoundScript, fillers: Iterable[str], punctuation: str
    ) -> None:
        self._rules = rules
        self._script = script
        self._parts_exact = re.compile(_part_pattern(rules, None))
        self._parts_heard = re.compile(_part_pattern(rules, script))
        self._door = re.compile(
            f"{any_character(_NUMERALS + '0123456789')}(?:{any_word(rules.sure_door_units)})"
        )
        self._pause = re.compile(f"(?:{any_word(fillers)}|{any_character(punctuation)}|的){{0,4}}")
        self._plain = re.compile(
            rf"[\s,、。]{{0,2}}[\u4e00-\u9fff]{{2,{rules.max_plain_characters}}}[\s,、。]{{0,2}}"
        )
        self._over = re.compile(any_word(word for word in rules.after_words if len(word) > 1))
        self._after_words = re.compile(f"(?:{any_word(rules.after_words)})$")
        numbers = any_character(_NUMERALS + script.spell(_NUMERALS))
        edge = any_character(punctuation)
        self._edge_before = re.compile(rf"(?:^|{edge}|{any_word([*rules.name_starts, *rules.cues])})$")
        self._edge_after = re.compile(rf"$|{edge}|的$|的{edge}|{any_word(fillers)}")
        self._tail = re.compile(rf"[\s,、]{{0,2}}(?:[0-9A-Z]|{numbers}){{2,5}}")
        self._rest = re.compile(rf"[\u4e00-\u9fff0-9A-Za-z]{{1,{rules.name_characters + 2}}}(?={edge}|$)")
        self._numeral = re.compile(any_character(_NUMERALS + "0123456789"))
        self._not_tail = re.compile(any_word(rules.not_doors))
        self._cue = re.compile(any_word(rules.cues))
        self._heard_cue = script.pattern(rules.heard_cues)
        self._starts = re.compile(rf".*(?:{any_word(rules.name_starts)})")
        self._province = re.compile(any_word(rules.provinces))
        self._before_day = re.compile(f"(?:{any_word(rules.before_days)})$")
        self._never = re.compile(f".*(?:{any_word(rules.never_parts)})$")
        self._never_name = re.compile(f"(?:{any_word(rules.never_names)})$")

    def find(self, lines: Sequence[Line]) -> list[PiiSpan]:
        """Return what to mask."""
        spans: list[PiiSpan] = []
        asked_until = -1
        for index, line in enumerate(lines):
            cue = self._cue.search(line.text) or self._heard_cue.search(self._script.spell(line.text))
            asked_from = 0 if index <= asked_until else cue.start() if cue else len(line.text)
            found = list(self._chains(line.text, asked_from))
            spans.extend(PiiSpan(index, start, end, "address") for start, end in found)
            if found or cue:
                asked_until = index + self._rules.ask_turns
        return spans

    def _chains(self, text: str, asked_from: int) -> Iterable[tuple[int, int]]:
        """Yield the addresses of a line; from `asked_from` on, one is expected."""
        chain: list[_Part] = []
        for part in [*self._parts(text, is_asked=asked_from < len(text)), None]:
            if part is not None and chain and self._is_joined(text, chain, part, asked_from):
                chain.append(part)
                continue
            if chain and self._is_address(text, chain, is_asked=chain[0].start >= asked_from):
                is_asked = chain[0].start >= asked_from
                yield chain[0].start, self._tail_end(text, chain[-1].end, is_asked=is_asked)
            chain = [part] if part is not None else []

    def _is_joined(self, text: str, chain: Sequence[_Part], part: _Part, asked_from: int) -> bool:
        """Say whether only a pause, or in an answer a short clause before a door, parts two parts."""
        end = chain[-1].end
        if self._pause.fullmatch(text, end, part.start):
            return True
        is_plain = part.kind == "door" and chain[0].start >= asked_from
        return is_plain and self._plain.fullmatch(text, end, part.start) is not None

    def _is_address(self, text: str, chain: Sequence[_Part], *, is_asked: bool) -> bool:
        kinds = [part.kind for part in chain]
        door_units = {part.unit for part in chain if part.kind == "door"}
        if len(door_units) >= 2:
            return True
        if all(part.is_heard for part in chain):
            return False
        if len(chain) == 1:
            is_telling = kinds != ["large"] or chain[0].unit in _DISTRICTS
            return is_asked and is_telling and self._stands_alone(text, chain[0])
        has_named = len(kinds) > kinds.count("door")
        return is_asked or (bool(door_units) and has_named) or ("near" in kinds and "large" in kinds)

    def _stands_alone(self, text: str, part: _Part) -> bool:
        end = self._tail_end(text, part.end)
        return bool(self._edge_before.search(text[: part.start]) and self._edge_after.match(text, end))

    def _tail_end(self, text: str, end: int, *, is_asked: bool = False) -> int:
        """Take in a number without its unit (二单元|五零一) or with a garbled one (三栋|二单也六零幺)."""
        tail = self._tail.match(self._script.spell(text), end)
        if tail and not self._not_tail.match(text, tail.end()):
            end = tail.end()
        rest = self._rest.match(text, end) if is_asked else None
        if rest is None:
            return end
        over = self._over.search(text, end, rest.end())
        last = over.start() if over else rest.end()
        if len(self._numeral.findall(text, end, last)) < _MIN_REST_NUMERALS:
            return end
        while (word := self._after_words.search(text, end, last)) is not None:
            last = word.start()
        return last

    def _parts(self, text: str, *, is_asked: bool) -> Iterable[_Part]:
        is_asked = is_asked or bool(self._door.search(text))
        spelled = self._script.spell(text) if is_asked else text
        at = 0
        while at < len(text):
            exact = self._parts_exact.search(text, at)
            heard = self._parts_heard.search(spelled, at) if is_asked else None
            match = part = None
            if heard and (exact is None or heard.end() < exact.end()):
                is_heard = not self._parts_exact.fullmatch(text, heard.start(), heard.end())
                match, part = heard, self._part(text, heard, is_heard=is_heard)
            if part is None and exact is not None:
                match, part = exact, self._part(text, exact, is_heard=False)
            if match is None:
                return
            if part is not None:
                yield part
            at = match.end()

    def _part(self, text: str, match: re.Match[str], *, is_heard: bool) -> _Part | None:
        kind = match.lastgroup or "near"
        unit_start = match.start(f"{kind}_unit")
        if is_heard and text[unit_start : match.end()] in self._rules.never_heard_units:
            return None
        start = match.start()
        if kind == "door" and self._is_day(text, match):
            return None
        if kind != "door":
            start += self._name_start(text[start:unit_start])
            said = text[start : match.end()]
            if (
                start >= unit_start
                or said in self._rules.never_whole
                or self._never.match(said)
                or self._never_name.match(text[start:unit_start])
            ):
                return None
        return _Part(kind, match[f"{kind}_unit"], start, match.end(), is_heard)

    def _is_day(self, text: str, match: re.Match[str]) -> bool:
        """十一月二十号 and 每月五号 are days."""
        return match["door_unit"] == _DAY and bool(self._before_day.search(text[: match.start()]))

    def _name_start(self, name: str) -> int:
        """Return where the name begins in a part that took in words before it: 我住在|浙江省."""
        province = self._province.search(name)
        if province and (province.start() == 0 or province.end() < len(name)):
            return province.start()
        begun = self._starts.match(name[:-1])
        return begun.end() if begun else 0


def _part_pattern(rules: AddressRules, script: SoundScript | None) -> str:
    """Return the pattern of one part, by letters or (with a script) by sound."""

    def words(units: Iterable[str]) -> str:
        return script.pattern(units).pattern if script else any_word(units)

    longest = _SOUND_NAME_CHARACTERS if script else rules.name_characters
    name = rf"[\u4e00-\u9fff\ue000-\uf8ff0-9A-Za-z]{{1,{longest}}}?"
    number = f"(?:[0-9A-Za-z]|{any_character(script.spell(_NUMERALS) if script else _NUMERALS)})"
    door = rf"{number}{{1,6}}(?:[-杠]{number}{{1,5}})?(?P<door_unit>{words(rules.door_units)})"
    short = [*rules.wide_units, *rules.middle_units]
    # 小区 is no 区: what a longer word ends in does not count.
    inside = "".join(f"(?<!{words([unit])})" for unit in rules.near_units if unit.endswith(tuple(short)))
    large = f"{name}(?P<large_unit>{words(short)}){inside}(?![市区县])"
    longer = words(unit for unit in rules.near_units if len(unit) > 1)
    numbered = f"(?:{words(rules.numbered_units)})(?={number})"
    near = (
        f"{name}(?P<near_unit>{words(rules.near_units)}|{numbered})(?!{longer}|{any_word(rules.never_after)})"
    )
    return f"(?P<door>{door})|(?P<large>{large})|(?P<near>{near})"


# A district alone is part of an address that is read in pieces; a city alone says little.
_DISTRICTS = ("区", "县", "镇", "乡", "街道", "旗")
