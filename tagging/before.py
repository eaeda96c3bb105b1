"""What was said before a hit: what had to be, and what the agent only repeats. Pure.

In: a call and a compiled rule. Out: whether a hit is undone by the turns before it.
"""

from bisect import bisect_left

from tagging.call_view import CallView
from tagging.hits import Hit
from tagging.rules import CompiledRule


class Before:
    """What was said before a hit and keeps its rule from firing, or had to be said for it to fire."""

    def __init__(self, call: CallView, rule: CompiledRule):
        self._call = call
        self._rule = rule
        self._said: list[int] | None = None

    def undoes(self, hit: Hit) -> bool:
        """Say whether the turns before a hit keep its rule from firing."""
        entry = self._rule.entry
        if not hit.places or (entry.after is None and not entry.undone_by_repeating):
            return False
        position = hit.first.position
        if entry.after is not None:
            reach = entry.after.within_turns
            since = 0 if reach is None else max(0, position - reach)
            said = self._said_positions(entry.after.said_by)
            index = bisect_left(said, since)
            if index == len(said) or said[index] >= position:
                return True
        return entry.undone_by_repeating and self._is_repeated(position)

    def _said_positions(self, said_by: str) -> list[int]:
        """Return the turns in which what `after` asks for was said."""
        if self._said is None:
            self._said = [
                position
                for position in self._call.positions_of(said_by)
                if self._is_in(position, by_sound=False)
            ]
        return self._said

    def _is_in(self, position: int, *, by_sound: bool) -> bool:
        view = self._call.view(position)
        patterns = self._rule.patterns if by_sound else self._rule.after
        if any(pattern.is_in(view.text) for pattern in patterns):
            return True
        return by_sound and any(
            leaf.sound is not None
            and any(
                match.score >= leaf.sound
                for match in pattern.find_sound_in(view.text, view.sound, view.pinyin)
            )
            for leaf in self._rule.leaves
            for pattern in leaf.patterns
        )

    def _is_repeated(self, position: int) -> bool:
        """Say whether the customer said the rule's words, or what sounds so, shortly before.

        A sound needs the score that the rule asks for, however surely the recogniser heard it.
        """
        customer = self._call.customer_positions
        index = bisect_left(customer, position)
        back = self._call.repeated_within_turns
        return any(self._is_in(each, by_sound=True) for each in customer[max(0, index - back) : index])
