"""Addresses in a dialogue: chains of parts from province to door. One part alone stays. Pure."""

import re
from collections.abc import Iterable, Sequence

from tagging.pii.digit_tokens import any_character, any_word
from tagging.pii.lines import Line, PiiSpan
from tagging.pii.rules import AddressRules

_NUMBER = "[0-9A-Za-z零〇一二三四五六七八九十百幺两洞甲乙丙丁]"
_MAX_CUE_CHARACTERS = 12


class AddressFinder:
    """Finds addresses by the words of addresses.yaml."""

    def __init__(self, rules: AddressRules, fillers: Iterable[str], punctuation: str) -> None:
        self._rules = rules
        pause = f"(?:{any_word(fillers)}|{any_character(punctuation)}|的)"
        name = rf"[\u4e00-\u9fff0-9A-Za-z]{{1,{rules.name_characters}}}?"
        large = f"{name}(?:{any_word([*rules.wide_units, *rules.middle_units])})"
        near = f"{name}(?:{any_word(rules.near_units)})"
        door = f"{_NUMBER}{{1,6}}(?:[-杠]{_NUMBER}{{1,5}})?(?:{any_word(rules.door_units)})"
        self._part = re.compile(f"(?P<door>{door})|(?P<large>{large})|(?P<near>{near})")
        self._pause = re.compile(f"(?:{pause}{{0,4}})")
        self._tail = re.compile(rf"{pause}{{0,3}}{_NUMBER}{{2,5}}(?![年月日天元块个])")
        self._cue = re.compile(any_word(rules.cues))
        self._starts = [
            re.compile(rf".*(?:{any_word(rules.name_starts)})"),
            re.compile(any_word(rules.provinces)),
        ]
        self._never = re.compile(f".*(?:{any_word(rules.never_parts)})$")

    def find(self, lines: Sequence[Line]) -> list[PiiSpan]:
        """Return what to mask."""
        spans: list[PiiSpan] = []
        asked_until = -1
        for index, line in enumerate(lines):
            found = list(self._chains(line.text, is_asked=index <= asked_until))
            spans.extend(PiiSpan(index, start, end, "address") for start, end in found)
            if found or self._cue.search(line.text):
                asked_until = index + self._rules.ask_turns
        return spans

    def _chains(self, text: str, *, is_asked: bool) -> Iterable[tuple[int, int]]:
        chain: list[tuple[str, int, int]] = []
        for part in [*self._parts(text), None]:
            if part is not None and chain and self._pause.fullmatch(text, chain[-1][2], part[1]):
                chain.append(part)
                continue
            if chain and self._is_address(text, chain, is_asked=is_asked):
                tail = self._tail.match(text, chain[-1][2])
                yield chain[0][1], tail.end() if tail else chain[-1][2]
            chain = [part] if part is not None else []

    def _parts(self, text: str) -> Iterable[tuple[str, int, int]]:
        at = 0
        while match := self._part.search(text, at):
            kind = match.lastgroup or "near"
            start = match.start()
            if kind != "door":
                start += self._name_start(match[0])
                if match.end() - start < 2 or self._never.match(text[start : match.end()]):
                    at = match.end()
                    continue
            yield kind, start, match.end()
            at = match.end()

    def _name_start(self, part: str) -> int:
        """Return where the name begins in a part that took in words before it: 我住在|浙江省."""
        starts, province = self._starts
        found = province.search(part)
        if found:
            return found.start()
        begun = starts.match(part[:-2])
        return begun.end() if begun else 0

    def _is_address(self, text: str, chain: Sequence[tuple[str, int, int]], *, is_asked: bool) -> bool:
        kinds = [kind for kind, _, _ in chain]
        before = text[max(0, chain[0][1] - _MAX_CUE_CHARACTERS) : chain[0][1]]
        if is_asked or self._cue.search(before):
            return kinds != ["large"]
        doors = kinds.count("door")
        return doors >= 2 or (doors >= 1 and len(kinds) > doors) or ("near" in kinds and "large" in kinds)
