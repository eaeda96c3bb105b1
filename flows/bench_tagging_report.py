"""The figures of `huiting bench tagging` as tables and as JSON. Edge: prints."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from flows.bench_measure import TabooCounts
from flows.bench_samples import SampleCall
from flows.console import console, table
from tagging.causes.figures import ALL_DOMAINS, CauseFigures
from tagging.finding import CauseTag, Findings, TabooHit, TierTag
from tagging.taboo.figures import ALL, TabooFigure


def report_causes(figures: CauseFigures) -> dict[str, Any]:
    """Print scores per domain and cause, whether complaints are told from the rest, and escalations."""
    rows: list[tuple[object, ...]] = []
    by_domain: dict[str, Any] = {}
    for domain, scores in figures.scores:
        counted = [each for each in scores.labels if each.hits + each.misses + each.false_alarms]
        for each in counted:
            figure = (f"{each.precision:.2f}", f"{each.recall:.2f}", f"{each.f1:.2f}")
            rows.append((domain, each.label, each.hits, each.false_alarms, each.misses, *figure))
        rows.append((domain, "宏平均", "", "", "", "", "", f"{scores.macro_f1:.3f}"))
        by_domain[domain] = {
            "rows": scores.rows,
            "macro_f1": round(scores.macro_f1, 4),
            "complaint_accuracy": round(scores.complaint_accuracy, 4),
            "causes": {
                each.label: {"hits": each.hits, "false_alarms": each.false_alarms, "misses": each.misses}
                for each in counted
            },
        }
    console.print(table("投诉原因", ("领域", "原因", "找对", "误报", "漏报", "精确率", "召回率", "F1"), rows))
    accuracy = "；".join(
        f"{'全部' if domain == ALL_DOMAINS else domain} {scores.complaint_accuracy:.3f}（{scores.rows} 条）"
        for domain, scores in figures.scores
    )
    console.print(f"是否投诉，判对的比例：{accuracy}", soft_wrap=True)
    escalation = figures.escalation
    counts = {
        "hits": escalation.hits,
        "false_alarms": len(escalation.false_ids),
        "misses": len(escalation.missed_ids),
    }
    console.print(f"升级：找对 {counts['hits']}，误报 {counts['false_alarms']}，漏报 {counts['misses']}")
    return {"causes": by_domain, "escalation": counts}


def report_taboo(counts: Sequence[TabooCounts]) -> dict[str, Any]:
    """Print how many agents' sentences were marked rightly and wrongly, per kind."""
    heads = ("类别", "禁语找到", "误标", "漏掉", "正确放过", "精确率", "召回率")
    rows = [
        (
            each.kind,
            each.hits,
            each.false_alarms,
            each.misses,
            each.clean,
            _shown(each.precision),
            _shown(each.recall),
        )
        for each in counts
    ]
    console.print(table("禁语（坐席的话）", heads, rows))
    return {
        each.kind: {
            "hits": each.hits,
            "false_alarms": each.false_alarms,
            "misses": each.misses,
            "clean": each.clean,
        }
        for each in counts
    }


def _shown(figure: float | None) -> str | None:
    return None if figure is None else f"{figure:.2f}"


def report_phrases(title: str, figures: Sequence[TabooFigure]) -> list[dict[str, Any]]:
    """Print per family and rate of misheard characters how many sentences were found and invented."""
    heads = ("错字率", "家族", "禁语句", "找到", "家族说对", "误标", "精确率", "召回率")
    rows = [
        (
            f"{each.rate:.0%}",
            "合计" if each.family == ALL else each.family,
            each.examples,
            each.found,
            each.named,
            each.wrong,
            _shown(each.precision),
            _shown(each.recall),
        )
        for each in figures
    ]
    console.print(table(title, heads, rows))
    return [asdict(each) for each in figures]


def report_samples(calls: Sequence[SampleCall], families: Mapping[str, str]) -> dict[str, Any]:
    """Print what was found in recordings' words as said and as heard, against what is true of them.

    Args:
        calls: The recordings; those that are not stored count as said only.
        families: The family of every phrase that a truth names.
    """
    found = {"原文": [(call.truth, call.said) for call in calls]}
    heard = [(call.truth, call.heard) for call in calls if call.heard is not None]
    if heard:
        found["识别后"] = heard
    content: dict[str, Any] = {}
    rows: list[tuple[object, ...]] = []
    for way, pairs in found.items():
        true, marked = Counter[str](), Counter[str]()
        hits = Counter[str]()
        for truth, findings in pairs:
            wanted = Counter(families.get(each.phrase_id, each.phrase_id) for each in truth.taboo)
            got = Counter(_family(hit) for hit in findings.items if isinstance(hit, TabooHit))
            true += wanted
            marked += got
            hits += wanted & got
        rows += [
            (way, family, true[family], marked[family], hits[family])
            for family in sorted(set(true) | set(marked))
        ]
        rows.append((way, "合计", true.total(), marked.total(), hits.total()))
        tiers = sum(truth.tier == _tier(findings) for truth, findings in pairs)
        causes = Counter[str]()
        for truth, findings in pairs:
            causes += _cause_counts({(each.top, each.source) for each in truth.causes}, findings)
        console.print(
            f"{way}：{len(pairs)} 通，层级判对 {tiers}；"
            f"一级原因找对 {causes['hits']}，误报 {causes['false_alarms']}，漏报 {causes['misses']}"
        )
        content[way] = {
            "calls": len(pairs),
            "tiers_right": tiers,
            "causes": dict(causes),
            "taboo": {"true": true.total(), "marked": marked.total(), "hits": hits.total()},
        }
    console.print(table("样例录音里的禁语与敏感用语", ("文字", "家族", "应有", "标出", "标对"), rows))
    return content


def _family(hit: TabooHit) -> str:
    return hit.family or hit.phrase_id


def _tier(findings: Findings) -> str | None:
    return next((item.tier.value for item in findings.items if isinstance(item, TierTag)), None)


def _cause_counts(true: set[tuple[str, str]], findings: Findings) -> Counter[str]:
    """Count causes that the customer stated and causes seen on the call apart, each once per call."""
    tags = [item for item in findings.items if isinstance(item, CauseTag)]
    found = {(tag.top_cause, tag.source.value) for tag in tags}
    return Counter(hits=len(true & found), false_alarms=len(found - true), misses=len(true - found))
