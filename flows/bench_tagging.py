"""How well does tagging find what people found? Prints tables, may keep them as JSON. Edge file."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from flows.bench_json import write_figures
from flows.bench_measure import measure_causes, measure_taboo
from flows.bench_phrases import figures_of, golden_examples, lexicon_examples
from flows.bench_samples import tag_samples
from flows.bench_tagging_report import report_causes, report_phrases, report_samples, report_taboo
from flows.config import Config, ConfigInvalid
from flows.tag_texts import TextTagger, load_text_tagger
from tagging.causes.tagger import CauseTagger
from tagging.taboo.schema import TabooEntry
from tagging.taboo.tagger import TabooTagger
from warehouse.lake import Lake


@dataclass(frozen=True, slots=True)
class BenchTaggingOptions:
    """`measure` is a directory of labelled texts, `truth` one of true transcripts of recordings, if any.

    `golden` is one of sentences with the family of phrase that they say; without all three the lexicon's own
    examples are used. Rules have to be in force on `day`.
    """

    measure: Path | None
    truth: Path | None
    golden: Path | None
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
    if options.truth is not None:
        calls = tag_samples(options.truth, tagger, Lake(config.lake_path), options.day)
        families = {entry.id: entry.family for entry in _phrases(tagger).values()}
        content["samples"] = report_samples(calls, families)
    if options.golden is not None:
        content["golden"] = report_phrases("例句", figures_of(golden_examples(options.golden), tagger))
    if not content:
        examples = lexicon_examples(_phrases(tagger))
        content["lexicon"] = report_phrases("词库例句", figures_of(examples, tagger))
    write_figures(json_file, content)


def _measure(folder: Path, tagger: TextTagger, day: date) -> dict[str, Any]:
    causes = measure_causes(folder, tagger, day, _top_causes(tagger))
    taboo = measure_taboo(folder, tagger, day)
    if causes is None and not taboo:
        raise ConfigInvalid(f"--measure {folder}：没有 causes*.jsonl，也没有 taboo*.jsonl")
    return {
        **({} if causes is None else report_causes(causes)),
        **({"taboo": report_taboo(taboo)} if taboo else {}),
    }


def _top_causes(tagger: TextTagger) -> tuple[str, ...]:
    return next(each.taxonomy.top_causes for each in tagger.taggers if isinstance(each, CauseTagger))


def _phrases(tagger: TextTagger) -> dict[str, TabooEntry]:
    """Return the phrases of today's lexicon by id."""
    return next(each.lexicon.by_id for each in tagger.taggers if isinstance(each, TabooTagger))
