"""Words of the pages in two languages, data scripts, and the time axis: the pure parts."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcribe.call import TimeSpan
from warehouse.errors import LibraryInvalid
from warehouse.labels import load_labels
from warehouse.pages.lane import WIDTH, levels, overlaps, signals, waves
from warehouse.pages.said import Said, json_of, label, literal, said, said_of, slots_of, text_of
from warehouse.pages.settings import page_settings
from warehouse.pages.site import HERE, data_script
from warehouse.pages.words import WORDS, load_words

TEMPLATE_KEYS = re.compile(r"[\"']((?:[a-z]+\.)[a-z_]+)[\"']")
CLIP = TimeSpan(10.0, 20.0)


def test_every_label_has_an_english_name() -> None:
    words = load_words(load_labels())
    names = {key for key in words.zh if "/" in key}
    same = {key for key in names if words.en[key] == words.zh[key]}
    assert same == set(), "give them a name in warehouse/labels_en.yaml"


def test_every_key_that_templates_and_scripts_use_exists() -> None:
    words = load_words(load_labels())
    prefixes = {key.split(".")[0] for key in words.zh if "." in key}
    for file in (*HERE.glob("templates/*.j2"), *HERE.glob("assets/*.js"), *HERE.glob("*.py")):
        used = set(TEMPLATE_KEYS.findall(file.read_text(encoding="utf-8")))
        ours = {key for key in used if key.split(".")[0] in prefixes}
        wanted = {key for key in ours if not key.endswith(("_", ".js", ".css"))}
        assert wanted <= words.zh.keys(), file.name


@pytest.mark.parametrize(
    ("zh", "en", "told"),
    [
        ("a: 甲\nb: 乙\n", "a: A\n", "en.yaml: 缺少 b"),
        ('a: "{n} 个"\n', "a: some\n", "不一样"),
        ("a: 3\n", "a: three\n", "需要一段文字"),
    ],
)
def test_a_dictionary_with_a_hole_is_refused(tmp_path: Path, zh: str, en: str, told: str) -> None:
    (tmp_path / "zh.yaml").write_text(zh, encoding="utf-8")
    (tmp_path / "en.yaml").write_text(en, encoding="utf-8")
    with pytest.raises(LibraryInvalid, match=told):
        load_words(load_labels(), (), tmp_path)


def test_an_id_that_nobody_named_is_text_and_no_key() -> None:
    labels = load_labels()
    assert label(labels, "cause", "annual_fee") == Said("cause/annual_fee")
    assert label(labels, "cause", "site.title") == literal("site.title")
    assert label(labels, "cause", None) == literal("")


TEXTS = st.text(max_size=12)
SAIDS = st.recursive(
    st.builds(Said, st.sampled_from(["nav.home", "cause/fees"])) | st.builds(literal, TEXTS),
    lambda inner: st.builds(
        lambda matter, how: said("case.headline", matter=tuple(matter), how=tuple(how)),
        st.lists(inner, max_size=2), st.lists(inner, max_size=2),
    ),
    max_leaves=5,
)  # fmt: skip


@given(SAIDS)
def test_json_holds_all_that_was_said(what: Said) -> None:
    assert said_of(json.loads(json.dumps(json_of(what)))) == what


@given(TEXTS)
def test_text_from_outside_is_never_looked_up(text: str) -> None:
    assert text_of({"literal": "{text}"}, literal(text)) == text


@given(
    st.recursive(TEXTS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3))
)
def test_a_data_script_holds_its_data_and_nothing_that_ends_it(data: Any) -> None:
    script = data_script("shelf_x", data).decode("utf-8")
    head, body = script.split("JSON.parse(", 1)
    assert head == '"use strict";\nHuiting.shelf_x = '
    assert not set("<>&\u2028\u2029") & set(body)
    assert body.endswith(");\n")
    assert json.loads(json.loads(body[:-3])) == data


def test_the_languages_have_the_same_keys_and_slots() -> None:
    words = load_words(load_labels())
    assert words.zh.keys() == words.en.keys()
    assert {key: slots_of(text) for key, text in words.zh.items() if "/" not in key} == {
        key: slots_of(text) for key, text in words.en.items() if "/" not in key
    }
    assert (WORDS / "zh.yaml").is_file()


def _turn(role: str, start_s: float, end_s: float, gap_s: float = 0.0, level: float | None = -24.0) -> Any:
    return {"role": role, "start_s": start_s, "end_s": end_s, "gap_before_s": gap_s, "loudness_dbfs": level}


def test_pauses_and_overlaps_lie_where_they_are_heard() -> None:
    turns = [_turn("agent", 10.0, 13.0), _turn("customer", 12.5, 14.0), _turn("agent", 18.0, 20.0, gap_s=4.0)]
    assert overlaps(turns) == [(12.5, 13.0)]
    found = signals(turns, CLIP, page_settings())
    assert [(block.kind, block.left, block.width) for block in found] == [
        ("overlap", 250.0, 50.0),
        ("silence", 400.0, 400.0),
    ]


def test_a_raised_voice_is_told_by_the_speakers_own_median() -> None:
    turns = [_turn("customer", at_s, at_s + 1.0, level=-30.0) for at_s in (10.0, 12.0)]
    turns.append(_turn("customer", 14.0, 15.0, level=-23.0))
    turns += [_turn("agent", 16.0, 17.0, level=-20.0), _turn("agent", 18.0, 19.0, level=None)]
    kinds = [bar.kind for bar in levels(turns, CLIP, page_settings())]
    assert kinds == ["customer", "customer", "louder", "agent"]


@given(st.lists(st.integers(0, 255), max_size=1200))
def test_a_waveform_stays_inside_the_drawing(peaks: list[int]) -> None:
    paths = waves(peaks, [_turn("agent", 10.0, 14.0)], CLIP, page_settings())
    strokes = [
        (float(x), float(y), float(height))
        for _, path in paths
        for x, y, height in re.findall(r"M([\d.]+) ([\d.]+)v([\d.]+)", path)
    ]
    assert len(strokes) == min(len(peaks), page_settings().wave_points)
    assert all(0 < x < WIDTH and y >= 0 and y + height <= 52.1 for x, y, height in strokes)
    assert waves(None, [], CLIP, page_settings()) == ()
