import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcribe.naming import has_personal_number, readable_name, shown_name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("c001.wav", "c001.wav"),
        ("20261120093015_8026.wav", "20261120093015_8026.wav"),
        ("20261120-093015-8026.wav", "20261120-093015-8026.wav"),
        ("20261120093015123.mp3", "20261120093015123.mp3"),
        ("20261120093015_13812345678.wav", "20261120093015_***********.wav"),
        ("2026112013812345678.wav", "*******************.wav"),
        ("+8613812345678.wav", "+*************.wav"),
        ("138-1234-5678_in.wav", "***-****-****_in.wav"),
        ("6222 0212 3456 7890 123.wav", "**** **** **** **** ***.wav"),
        ("11010119900307123X.wav", "******************.wav"),
        ("19800101.wav", "********.wav"),
        ("20261399.wav", "********.wav"),
        ("123456.wav", "123456.wav"),
        ("1234567.wav", "*******.wav"),
        ("客户13812345678.wav", "客户***********.wav"),
    ],
)
def test_shown_name(name, shown):
    assert shown_name(name) == shown
    assert has_personal_number(name) is (name != shown)


def test_names_written_in_gb18030_are_readable():
    name = "张三.wav".encode("gb18030").decode("utf-8", "surrogateescape")
    assert readable_name(name) == "张三.wav"
    assert shown_name(name) == "张三.wav"


@given(st.text(alphabet="0123456789-_ .aX张", max_size=40))
def test_shown_name_keeps_length_and_is_stable(name):
    shown = shown_name(name)
    assert len(shown) == len(name)
    assert shown_name(shown) == shown
    assert all(new in (old, "*") for old, new in zip(name, shown, strict=True))


@given(st.text(alphabet="abc_-", max_size=8), st.from_regex(r"1[3-9]\d{9}", fullmatch=True))
def test_no_mobile_number_survives(prefix, mobile):
    assert mobile not in shown_name(f"{prefix}{mobile}.wav")
