"""Numbers measured on a call: silence, talk, overlap, rate, loudness, repetition. Pure but for loading.

Turns in, `Signal`s out. Silence is what lies between the first and the last word of the call; a number that
cannot be measured (no turn of a role, no loudness) is left out, never guessed.
"""

import math
from collections.abc import Sequence
from pathlib import Path

from tagging.finding import Signal
from tagging.lexicon import digest_of, load_settings
from tagging.options import TaggerOptions
from tagging.signals.repeats import repeated_sentence_count
from tagging.signals.settings import SignalSettings
from tagging.signals.spans import common_s, gaps_s, spoken_spans, total_s
from transcribe.call import SpeakerRole, TimeSpan, Transcript, Turn

# Raised when the same settings would measure other numbers.
ENGINE_VERSION = 1
_ROLES = (SpeakerRole.AGENT, SpeakerRole.CUSTOMER)


class SignalTagger:
    """Measures every signal of a call."""

    name = "signals"

    def __init__(self, settings: SignalSettings) -> None:
        self._settings = settings
        self.digest = f"{ENGINE_VERSION}:{digest_of(settings)}"

    def tag(self, transcript: Transcript) -> tuple[Signal, ...]:
        """Return the signals of one call in a fixed order; values are rounded to 3 decimals."""
        turns = transcript.turns
        by_role = {role: [turn for turn in turns if turn.role is role] for role in _ROLES}
        spans = {role: spoken_spans(by_role[role], self._settings.pause_in_turn_s) for role in _ROLES}
        signals = [Signal("turn_count", float(len(turns)))]
        signals.extend(self._silence(turns))
        signals.extend(_talk(spans))
        for role in _ROLES:
            signals.extend(self._of_role(role, turns, by_role[role]))
        agent_texts = [turn.text for turn in by_role[SpeakerRole.AGENT]]
        if agent_texts:
            count = repeated_sentence_count(agent_texts, self._settings)
            signals.append(Signal("repeated_agent_sentence_count", float(count), SpeakerRole.AGENT))
        return tuple(Signal(each.name, round(each.value, 3), each.role) for each in signals)

    def _silence(self, turns: Sequence[Turn]) -> list[Signal]:
        spans = spoken_spans(turns, self._settings.pause_in_turn_s)
        if not spans:
            return []
        gaps = gaps_s(spans)
        whole_s = spans[-1].end_s - spans[0].start_s
        found = [Signal("longest_silence_s", max(gaps, default=0.0))]
        return [Signal("silence_ratio", sum(gaps) / whole_s), *found] if whole_s > 0 else found

    def _of_role(self, role: SpeakerRole, turns: Sequence[Turn], own: Sequence[Turn]) -> list[Signal]:
        if not own:
            return []
        found = [Signal("interruption_count", float(self._interruptions(role, turns)), role)]
        rate = self._characters_per_s(own)
        if rate is not None:
            found.append(Signal(f"{role}_chars_per_s", rate, role))
        loudness = _loudness_dbfs(own)
        if loudness is not None:
            found.append(Signal(f"{role}_loudness_dbfs", loudness, role))
        return found

    def _interruptions(self, role: SpeakerRole, turns: Sequence[Turn]) -> int:
        """Count turns of `role` that begin while another role still has something to say."""
        count = 0
        others_end_s = 0.0
        for turn in sorted(turns, key=lambda each: each.start_s):
            if turn.role is not role:
                if turn.role in _ROLES:
                    others_end_s = max(others_end_s, turn.end_s)
                continue
            is_early = others_end_s - turn.start_s >= self._settings.interruption_left_s
            is_long = turn.end_s - turn.start_s >= self._settings.interruption_turn_s
            has_words = _character_count(turn.text) >= self._settings.interruption_characters
            count += is_early and is_long and has_words
        return count

    def _characters_per_s(self, turns: Sequence[Turn]) -> float | None:
        least = self._settings.rate_characters
        counted = [turn for turn in turns if _character_count(turn.text) >= least]
        seconds = sum(total_s(spoken_spans([turn], self._settings.pause_in_turn_s)) for turn in counted)
        if seconds <= 0:
            return None
        return sum(_character_count(turn.text) for turn in counted) / seconds


def build(options: TaggerOptions) -> SignalTagger:
    """Return the tagger with the shipped thresholds, the centre's own winning.

    Raises:
        LexiconInvalid: settings.yaml cannot be used.
    """
    return SignalTagger(load_settings(Path(__file__).parent, options.override_dir, SignalSettings))


def _talk(spans: dict[SpeakerRole, list[TimeSpan]]) -> list[Signal]:
    talk_s = {role: total_s(spans[role]) for role in _ROLES}
    found = [Signal("talk_s", talk_s[role], role) for role in _ROLES if spans[role]]
    both_s = sum(talk_s.values())
    if both_s > 0:
        found.append(Signal("agent_talk_ratio", talk_s[SpeakerRole.AGENT] / both_s))
        found.append(Signal("overlap_s", common_s(spans[_ROLES[0]], spans[_ROLES[1]])))
    return found


def _character_count(text: str) -> int:
    """Return how many characters are spoken; a masked one counts."""
    return sum(1 for char in text if char.isalnum() or char == "*")


def _loudness_dbfs(turns: Sequence[Turn]) -> float | None:
    """Return the level of the mean power over the turns' seconds, None when no turn has a level."""
    power = seconds = 0.0
    for turn in turns:
        if turn.loudness_dbfs is not None and turn.end_s > turn.start_s:
            power += 10 ** (turn.loudness_dbfs / 10) * (turn.end_s - turn.start_s)
            seconds += turn.end_s - turn.start_s
    return 10 * math.log10(power / seconds) if power > 0 else None
