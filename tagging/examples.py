"""An entry's own examples, run: sentences and small dialogues that it must and must not match. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from tagging.finding import Signal
from tagging.lexicon_schema import Example, ExampleTurn, RuleEntry
from tagging.matching import RuleSet
from tagging.pinyin import to_pinyin
from tagging.told import words_of
from transcribe.call import SpeakerRole, Transcript, Turn

# Spoken Mandarin runs at four to five characters a second; examples only need times that grow.
SECONDS_PER_CHAR = 0.22
_ANY_DAY = date(2026, 1, 1)
_UNREADABLE = "读不懂：pause_s 写秒数，signal 写「指标名=数值」或「指标名 agent=数值」，都加引号"


@dataclass(frozen=True, slots=True)
class ExampleFailure:
    """One example that the entry gets wrong: under which key, the how-manieth, and why."""

    key: str
    index: int
    shown: str
    reason: str


def example_call(entry: RuleEntry, example: Example) -> tuple[Transcript, tuple[Signal, ...]]:
    """Return the example as a call on a day on which the entry is in force, and the numbers it gives.

    Raises:
        ValueError: a pause or a number that cannot be read.
    """
    speaker = "agent" if entry.said_by == "agent" else "customer"
    lines = [(speaker, example)] if isinstance(example, str) else [*_lines(example)]
    turns: list[Turn] = []
    signals: list[Signal] = []
    at_s = 0.0
    for role, text in lines:
        if role == "pause_s":
            at_s += float(text)
            continue
        if role == "signal":
            signals.append(_signal(text))
            continue
        end_s = at_s + SECONDS_PER_CHAR * len(text)
        turns.append(
            Turn(
                turn_index=len(turns),
                channel=0 if role == "agent" else 1,
                role=SpeakerRole(role),
                role_confidence=1.0,
                start_s=at_s,
                end_s=end_s,
                text=text,
                pinyin=to_pinyin(text),
            )
        )
        at_s = end_s
    lines_of_business = entry.scope.lines_of_business
    transcript = Transcript(
        call_id="example",
        call_date=entry.effective_from or _day_before(entry.effective_to),
        duration_s=at_s,
        turns=tuple(turns),
        line_of_business=lines_of_business[0] if lines_of_business else None,
    )
    return transcript, tuple(signals)


def failing_examples(entry: RuleEntry, rules: RuleSet) -> Iterator[ExampleFailure]:
    """Yield the examples that the entry, alone in `rules`, gets wrong."""
    for key, examples, must in (
        ("must_match", entry.must_match, True),
        ("must_not_match", entry.must_not_match, False),
    ):
        for index, example in enumerate(examples):
            try:
                transcript, signals = example_call(entry, example)
            except ValueError:
                yield ExampleFailure(key, index, str(example), _UNREADABLE)
                continue
            firings = rules.fire(transcript, signals)
            if bool(firings) is not must:
                shown = " / ".join(turn.text for turn in transcript.turns)
                said = "、".join(words_of(each, transcript) or "（没说）" for each in firings)
                reason = "没有匹配" if must else f"不该匹配，却匹配了「{said}」"
                yield ExampleFailure(key, index, shown, reason)


def _signal(text: str) -> Signal:
    """Return `silence_ratio=0.5` or `talk_s agent=30` as a number of a call."""
    name, _, value = text.partition("=")
    name, _, role = name.strip().partition(" ")
    return Signal(name, float(value), SpeakerRole(role) if role else None)


def _lines(example: tuple[dict[ExampleTurn, str], ...]) -> Iterator[tuple[str, str]]:
    for line in example:
        yield from line.items()


def _day_before(day: date | None) -> date:
    return _ANY_DAY if day is None else date.fromordinal(day.toordinal() - 1)
