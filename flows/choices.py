"""What people may choose as correct: causes, phrases and libraries. Edge: reads lexicons, no model."""

from flows.config import Config
from flows.publication import libraries
from tagging.causes.model_file import PACKAGE_DIR as CAUSES_DIR
from tagging.causes.schema import CauseEntry, CauseSettings
from tagging.causes.taxonomy import build_taxonomy
from tagging.lexicon import load_rules, load_settings
from tagging.options import TaggerOptions
from tagging.taboo.paraphrase.model_file import PACKAGE_DIR as PARAPHRASE_DIR
from tagging.taboo.paraphrase.schema import ParaphraseSettings
from tagging.taboo.tagger import load_phrases
from warehouse.label_row import Choices
from warehouse.label_targets import CASE, CAUSE, TABOO


def choices_of(config: Config) -> Choices:
    """Return what people may choose as correct; of equal names the first entry's.

    Raises:
        LexiconInvalid: a lexicon cannot be used.
        LibraryInvalid: a case library cannot be used.
    """
    return Choices(
        {
            CAUSE: _causes(config),
            TABOO: _phrases(config),
            CASE: {library.title: (library.library_id,) for library in libraries()},
        }
    )


def _causes(config: Config) -> dict[str, tuple[str | None, ...]]:
    settings = load_settings(CAUSES_DIR, config.own_lexicons, CauseSettings)
    entries = load_rules(CAUSES_DIR, config.own_lexicons, CauseEntry).entries
    titles = build_taxonomy(settings.top_causes, entries)
    return {
        titles.title(each.top_cause)
        if each.sub_cause is None
        else f"{titles.title(each.top_cause)}/{each.title}": (each.top_cause, each.sub_cause)
        for each in titles.causes
    }


def _phrases(config: Config) -> dict[str, tuple[str | None, ...]]:
    """The lexicon's phrases, and the names under which the classifier of paraphrases tells its hits."""
    entries = load_phrases(TaggerOptions(config.own_lexicons, config.models_path)).entries
    others = load_settings(PARAPHRASE_DIR, config.own_lexicons, ParaphraseSettings).entries
    return {entry.phrase: (entry.id,) for entry in reversed((*entries, *others))}
