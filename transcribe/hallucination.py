"""Segments in, kept segments and suspects out. Pure.

Suspect are loops, words repeated over and over, text where nobody speaks, the prompt instead of speech,
guesses, and speech faster than anyone speaks.
A suspect is never deleted: it is kept in the audit with its reason, and out of tagging.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from transcribe.call import Segment, Suspect
from transcribe.normalize import bare

LOOP, REPEATED, NO_SPEECH, PROMPT = "loop", "repeated", "no_speech", "prompt"
LOW_CONFIDENCE, TOO_DENSE = "low_confidence", "too_dense"
MAX_LOOP_PERIOD = 20  # characters
_BREAKS = re.compile(r"\W+")


@dataclass(frozen=True, slots=True)
class HallucinationOptions:
    """When a segment is not believed.

    `min_loop_repeats` times the same characters in a row, at least `min_loop_chars` of them in all; people
    do say 对对对对 and read 八八八八 aloud, so a single character needs `min_single_repeats`. Below
    `min_mean_probability` per word a text is a guess; `max_chars_per_s` is faster than anyone speaks
    (fast Mandarin is 7 to 8 a second), judged from `min_dense_chars` on. `no_speech_probability` speaks
    only together with a doubtful text (`no_speech_log_probability`), as in openai-whisper (its
    `no_speech_threshold` and `logprob_threshold`); from `sure_no_speech_probability` on a little doubt is
    enough (`sure_no_speech_log_probability`): speech of the samples has 0.31 at most.

    From `min_repeated_chars` on, a text of whose runs of `repeated_run_chars` characters less than
    `min_distinct_ratio` differ repeats itself with breaks in between: a window of openai-whisper's that loops
    compresses to below 1 / 2.4 (its `compression_ratio_threshold`), the same bound, for Chinese in
    characters. A run of `min_prompt_chars` of the prompt that is at least `min_prompt_ratio` of a text was
    copied, not heard; so was a text of nothing but pieces of the prompt, where it is a list of them, where
    nobody seems to speak, or where `min_copied_chars` or more are below `min_copied_probability` per word.

    Source of the figures not named: what was recognised of 18 sample calls (base weights, 209 segments; none
    that is right is suspected) and of ten minutes without speech (all is); see docs/numbers.md.
    """

    min_loop_repeats: int = 4
    min_loop_chars: int = 12
    min_single_repeats: int = 8
    min_mean_probability: float = 0.28
    max_chars_per_s: float = 12.0
    min_dense_chars: int = 8
    no_speech_probability: float = 0.6
    no_speech_log_probability: float = -1.0
    sure_no_speech_probability: float = 0.8
    sure_no_speech_log_probability: float = -0.4
    min_repeated_chars: int = 24
    repeated_run_chars: int = 4
    min_distinct_ratio: float = 0.42
    min_prompt_chars: int = 7
    min_prompt_ratio: float = 0.4
    min_copied_chars: int = 4
    min_copied_probability: float = 0.86


@dataclass(frozen=True, slots=True)
class KnownInventions:
    """Bare texts (no punctuation, lower case) that Whisper writes on silence; see known_inventions.toml."""

    whole: frozenset[str] = frozenset()
    within: tuple[str, ...] = ()


def suspect_reason(
    segment: Segment, options: HallucinationOptions, inventions: KnownInventions, prompt: str = ""
) -> str | None:
    """Why `segment` is not to be believed, or None; `prompt` is what was put before its window."""
    said = bare(segment.text)
    duration_s = segment.end_s - segment.start_s
    is_silent = any(
        segment.no_speech_probability >= silence and segment.mean_log_probability <= doubt
        for silence, doubt in (
            (options.no_speech_probability, options.no_speech_log_probability),
            (options.sure_no_speech_probability, options.sure_no_speech_log_probability),
        )
    )
    is_known = said in inventions.whole or any(text in said for text in inventions.within)
    findings = (
        (LOOP, has_loop(said, options)),
        (REPEATED, is_repetitive(said, options)),
        (PROMPT, is_prompt(segment, prompt, options)),
        (NO_SPEECH, is_silent or is_known),
        (
            TOO_DENSE,
            len(said) >= options.min_dense_chars and len(said) > options.max_chars_per_s * duration_s,
        ),
        (LOW_CONFIDENCE, mean_probability(segment) < options.min_mean_probability),
    )
    return next((reason for reason, is_found in findings if said and is_found), None)


def split_suspects(
    segments: Sequence[Segment],
    options: HallucinationOptions,
    inventions: KnownInventions,
    prompt: str = "",
) -> tuple[tuple[Segment, ...], tuple[Suspect, ...]]:
    """Segments that are believed, and those that are not with their reason; order kept, none lost."""
    kept: list[Segment] = []
    suspects: list[Suspect] = []
    for segment in segments:
        reason = suspect_reason(segment, options, inventions, prompt)
        if reason is None:
            kept.append(segment)
        else:
            suspects.append(Suspect(segment, reason))
    return tuple(kept), tuple(suspects)


def mean_probability(segment: Segment) -> float:
    """Mean probability of the words, weighed by their characters, 0..1; 1 for a segment without words."""
    weights = [max(1, len(bare(word.text))) for word in segment.words]
    if not weights:
        return 1.0
    total = sum(word.probability * weight for word, weight in zip(segment.words, weights, strict=True))
    return total / sum(weights)


def has_loop(said: str, options: HallucinationOptions) -> bool:
    """True when `said` (bare) holds the same characters again and again without a break."""
    for period in range(1, MAX_LOOP_PERIOD + 1):
        repeats = options.min_single_repeats if period == 1 else options.min_loop_repeats
        if period > 1:
            repeats = max(repeats, -(-options.min_loop_chars // period))
        if re.search(rf"(.{{{period}}})\1{{{repeats - 1}}}", said):
            return True
    return False


def is_repetitive(said: str, options: HallucinationOptions) -> bool:
    """True when `said` (bare) says the same few things over and over, whatever stands between them."""
    if len(said) < options.min_repeated_chars:
        return False
    size = options.repeated_run_chars
    runs = [said[at : at + size] for at in range(len(said) - size + 1)]
    return len(set(runs)) < options.min_distinct_ratio * len(runs)


def is_prompt(segment: Segment, prompt: str, options: HallucinationOptions) -> bool:
    """True when a good part of the text is a run of the prompt, or all of it pieces of the prompt."""
    said, shown = bare(segment.text), bare(prompt)
    match = SequenceMatcher(None, said, shown, autojunk=False).find_longest_match()
    if match.size >= max(options.min_prompt_chars, options.min_prompt_ratio * len(said)):
        return True
    pieces = [piece for piece in map(bare, _BREAKS.split(segment.text)) if piece]
    if not pieces or not all(piece in shown for piece in pieces):
        return False
    is_list = len(pieces) > 1 and len(said) >= options.min_prompt_chars
    is_silent = segment.no_speech_probability >= options.no_speech_probability
    is_doubtful = mean_probability(segment) < options.min_copied_probability
    return is_list or is_silent or (is_doubtful and len(said) >= options.min_copied_chars)
