"""How well does tagging find what people found? Prints tables, may keep them as JSON. Edge file."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from flows.bench_measure import TabooCounts, measure_causes, measure_taboo
from flows.config import Config, ConfigInvalid
from flows.console import console, table
from flows.tag_texts import TextTagger, load_text_tagger
from tagging.causes.figures import ALL_DOMAINS, CauseFigures
from tagging.causes.tagger import CauseTagger


@dataclass(frozen=True, slots=True)
class BenchTaggingOptions:
    """`measure` is a directory of labelled texts, if any; rules have to be in force on `day`."""

    measure: Path | None
    day: date


def bench_tagging(config: Config, options: BenchTaggingOptions, json_file: Path | None) -> None:
    """Tag what people labelled, print the figures, and write them to `json_file`.

    Raises:
        ConfigInvalid: the directory has no labelled texts, or a row of it cannot be read.
    """
    tagger = load_text_tagger(config)
    content: dict[str, Any] = {}
    if options.measure is not None:
        content["measure"] = _measure(options.measure, tagger, options.day)
    if json_file:
        json_file.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _measure(folder: Path, tagger: TextTagger, day: date) -> dict[str, Any]:
    causes = measure_causes(folder, tagger, day, _top_causes(tagger))
    taboo = measure_taboo(folder, tagger, day)
    if causes is None and not taboo:
        raise ConfigInvalid(f"--measure {folder}：没有 causes*.jsonl，也没有 taboo*.jsonl")
    return {
        **({} if causes is None else _report_causes(causes)),
        **({"taboo": _report_taboo(taboo)} if taboo else {}),
    }


def _top_causes(tagger: TextTagger) -> tuple[str, ...]:
    return next(each.taxonomy.top_causes for each in tagger.taggers if isinstance(each, CauseTagger))


def _report_causes(figures: CauseFigures) -> dict[str, Any]:
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


def _report_taboo(counts: Sequence[TabooCounts]) -> dict[str, Any]:
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
