"""Features of sentences: the same as scikit-learn's TF-IDF of the same n-grams, family by family."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer

from tagging.causes.features import FeatureBuilder, Sentence, rule_features
from tagging.causes.model_file import PACKAGE_DIR
from tagging.causes.schema import CauseSettings
from tagging.lexicon import load_settings
from tagging.pinyin import to_pinyin

MODEL = load_settings(PACKAGE_DIR, None, CauseSettings).model.model_copy(update={"min_document_count": 2})
LEARNT = (
    "扣我钱扣我钱",
    "你们扣钱不说",
    "为什么扣我的钱!",
    "信号不好",
    "信号一直不好,一直断",
    "好",
    "App打不开",
)


def sentence(text: str) -> Sentence:
    """Two characters a word; one sentence in two has a rule and a tone."""
    tokens = tuple(text[at : at + 2] for at in range(0, len(text), 2))
    fired = ("fees/price", "fees") if "钱" in text else ()
    return Sentence(text, tokens, to_pinyin(text), fired, ("tone anger",) if "断" in text else ())


def is_said(char: str) -> bool:
    return char.isalnum()


def grams(parts, sizes):
    return [
        tuple(parts[at : at + size])
        for size in range(sizes[0], sizes[1] + 1)
        for at in range(len(parts) - size + 1)
    ]


def families(each: Sentence):
    chars = ["^", *(char for char in each.text.lower() if is_said(char)), "$"]
    words = [word.lower() for word in each.tokens if word in "!?" or any(map(is_said, word))]
    said = [sound.lower() for char, sound in zip(each.text, each.pinyin, strict=True) if is_said(char)]
    return (
        grams(chars, MODEL.char_ngrams),
        grams(words, MODEL.word_ngrams),
        grams(said, MODEL.pinyin_ngrams),
        grams(rule_features(each), (1, 1)),
    )


def plainly(learnt, asked):
    """Shape (n_asked, n_features): of scikit-learn, every family by itself."""
    parts = []
    for at, least in enumerate((2, 2, 2, 1)):
        model = TfidfVectorizer(
            analyzer=lambda each, at=at: families(each)[at], min_df=least, sublinear_tf=True
        )
        model.fit(learnt)
        parts.append(model.transform(asked))
    return hstack(parts).toarray()


def by_columns(matrix):
    """The same columns in an order of their own: places carry no meaning."""
    return matrix[:, np.lexsort(matrix.round(9))]


@given(st.lists(st.text(alphabet="扣我钱你们信号不好断一直,!Aa ", max_size=12), max_size=5))
def test_features_are_those_of_scikit_learn(texts):
    learnt = [sentence(text) for text in LEARNT]
    # What was learnt is asked too, so that every column differs from the others where it should.
    asked = [*learnt, *(sentence(text) for text in texts)]
    builder = FeatureBuilder(MODEL)
    taught = builder.fit_transform(learnt).toarray()
    found, wanted = builder.transform(asked).toarray(), plainly(learnt, asked)
    assert found.shape == wanted.shape
    assert found[: len(learnt)] == pytest.approx(taught)
    assert by_columns(found) == pytest.approx(by_columns(wanted))


def test_of_what_was_never_learnt_only_beginning_and_end_are_known():
    builder = FeatureBuilder(MODEL)
    builder.fit_transform([sentence(text) for text in LEARNT])
    assert builder.transform([Sentence("§龘龘", ("龘龘",), ("§", "da", "da"))]).data == pytest.approx(
        [0.5**0.5] * 2
    )
    assert builder.transform([]).shape == (0, len(builder))


@pytest.mark.parametrize("sizes", [(0, 2), (2, 1), (1, 4)])
def test_sizes_of_ngrams_out_of_order_or_too_long_are_refused(sizes):
    with pytest.raises(ValidationError, match="n 元组"):
        type(MODEL).model_validate({**MODEL.model_dump(), "char_ngrams": sizes})
