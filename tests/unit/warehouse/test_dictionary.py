from pathlib import Path

from warehouse.dictionary import dictionary_markdown

DOCS = Path(__file__).parents[3] / "docs" / "data_dictionary.md"


def test_the_dictionary_in_docs_is_current():
    assert DOCS.read_text(encoding="utf-8") == dictionary_markdown(), "run `huiting dictionary` and commit"
