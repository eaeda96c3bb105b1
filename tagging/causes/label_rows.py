"""What people said of causes, as rows to learn from. Pure.

In: the newest verdict of each person on each finding. Out: `CorpusRow`s, one per stretch of masked text, all
those of a call in one group, so that a call is either learnt from or judged on.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tagging.causes.corpus import CorpusRow

NONE = "none"
GROUP_PREFIX = "label:"


@dataclass(frozen=True, slots=True)
class CauseVerdict:
    """One person's word on one finding; `corrected` is None when nobody said what it is instead."""

    target_id: str
    call_id: str
    text: str
    verdict: str
    found: str | None
    corrected: str | None


def label_rows(verdicts: Iterable[CauseVerdict]) -> tuple[CorpusRow, ...]:
    """Return the rows that verdicts teach, in order of call and text.

    People who disagree on a finding teach nothing of it, and neither does who is unsure or says that a cause
    is wrong and not what is right. Causes of the same words come together.
    """
    by_target: dict[str, list[CauseVerdict]] = {}
    for each in verdicts:
        by_target.setdefault(each.target_id, []).append(each)
    labels: dict[tuple[str, str], set[str]] = {}
    for said in by_target.values():
        truths = {truth for each in said if (truth := _truth(each)) is not None}
        if len(truths) == 1 and said[0].text:
            labels.setdefault((said[0].call_id, said[0].text), set()).update(truths)
    return tuple(
        CorpusRow(f"{GROUP_PREFIX}{call_id}", "mixed", tuple(sorted(found - {NONE})), text)
        for (call_id, text), found in sorted(labels.items())
    )


def verdict_from(row: Mapping[str, object]) -> CauseVerdict:
    """Return the verdict of a row of `cause_label`."""
    return CauseVerdict(
        target_id=str(row["target_id"]),
        call_id=str(row["call_id"]),
        text=str(row["text"]),
        verdict=str(row["verdict"]),
        found=_label(row["top_cause"], row["sub_cause"]) or NONE,
        corrected=_label(row["corrected_top_cause"], row["corrected_sub_cause"]),
    )


def _truth(said: CauseVerdict) -> str | None:
    if said.verdict == "right":
        return said.found
    return said.corrected if said.verdict == "wrong" else None


def _label(top: object, sub: object) -> str | None:
    if not top:
        return None
    return f"{top}/{sub}" if sub else str(top)
