import pytest

from transcribe.customer_key import has_mobile_number, is_identifying, pseudonym


@pytest.mark.parametrize(
    ("customer_id", "expected"),
    [
        ("13812345678", True),
        ("8613812345678", True),
        ("11010519491231002X", True),  # the example of GB 11643
        ("110105194912310021", False),
        ("12812345678", False),
        ("cst-41c9", False),
        ("6222021234567890", False),
    ],
)
def test_is_identifying(customer_id, expected):
    assert is_identifying(customer_id) is expected


def test_pseudonym_depends_on_customer_and_key_alone():
    assert pseudonym("13812345678", "k") == pseudonym("13812345678", "k")
    assert len({pseudonym(c, k) for c in ("a", "b") for k in ("k", "l")}) == 4
    assert len(pseudonym("a", "k")) == 32


@pytest.mark.parametrize(
    ("text", "expected"), [("20261120_13812345678", True), ("213812345678", False), ("c1", False)]
)
def test_has_mobile_number(text, expected):
    assert has_mobile_number(text) is expected
