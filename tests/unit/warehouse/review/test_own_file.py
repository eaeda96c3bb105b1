"""The audit log and what is forgotten: the log only grows, and a forgotten call is in no byte of the file."""

import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.label_targets import CASE
from warehouse.review.audit import Deed, entries, first_break, last_entry, note
from warehouse.review.forget import forget_calls
from warehouse.review.standing import State, is_for_two, standing_of, wants_review
from warehouse.review.store import ReviewStore


@pytest.fixture
def store(tmp_path):
    made = ReviewStore(tmp_path / "review.sqlite")
    made.prepare()
    return made


def test_the_log_shows_a_change_and_a_gap(store, clock):
    for number in range(5):
        note(store, Deed("w1", "see", f"call{number}", f"k-{number}"), clock())
    assert first_break(store) is None
    assert last_entry(store)[0] == 5
    con = sqlite3.connect(store.path)
    for harm in (
        "DELETE FROM audit WHERE entry_number = 2",
        "UPDATE audit SET name = 'w2' WHERE entry_number = 2",
        "UPDATE audit SET call_id = 'other' WHERE entry_number = 2",
    ):
        with pytest.raises(sqlite3.IntegrityError):
            con.execute(harm)
    con.executescript("DROP TRIGGER audit_stays; DROP TRIGGER audit_keeps_all;")
    con.execute("UPDATE audit SET name = 'w2' WHERE entry_number = 2")
    con.commit()
    assert first_break(store) == 2
    con.execute("UPDATE audit SET name = 'w1' WHERE entry_number = 2")
    con.execute("UPDATE audit SET call_id = 'other' WHERE entry_number = 3")
    con.commit()
    assert first_break(store) == 3
    con.execute("DELETE FROM audit WHERE entry_number = 3")
    con.commit()
    assert first_break(store) == 4


def test_a_forgotten_call_leaves_no_byte(app, data, people):
    browser = app()("w1")
    ticket = browser.next(table=CASE)
    browser.get(f"/judge/{ticket}")
    said = next(row for row in entries(people, 10**9, 10) if row["deed"] == "see")
    assert said["call_id"] == "c0"
    browser.next(table="taboo_verdict")
    call_text = b"c0"
    target = said["target_id"].encode()
    assert target in people.path.read_bytes()
    assert forget_calls(people.path, ["c0", "c1"]) >= 2
    content = people.path.read_bytes()
    assert target not in content
    assert b"\x00" + call_text + b"\x00" not in content
    assert first_break(people) is None, "the chain still holds"
    assert [row["call_id"] for row in entries(people, 10**9, 10) if row["deed"] == "see"] == [None]
    assert forget_calls(people.path, ["c0"]) == 0
    assert forget_calls(data / "nothing.sqlite", ["c0"]) == 0
    answer = browser.post(f"/judge/{ticket}", verdict="right")
    assert answer.status_code == 410
    assert not (data / "lake" / CASE).exists(), "what was open on it is not stored any more"


class One:
    def __init__(self, who, verdict, stage):
        self.labelled_by, self.verdict, self.stage = who, verdict, stage


SAID = st.lists(
    st.builds(
        One, st.sampled_from("abc"), st.sampled_from(["right", "wrong", "unsure"]),
        st.sampled_from(["review", "review", "appeal", "final"]),
    ),
    max_size=6,
)  # fmt: skip


@given(said=SAID, share=st.sampled_from([0.0, 1.0]))
@settings(max_examples=200)
def test_an_item_goes_to_a_reviewer_or_to_the_lead_or_is_done(said, share):
    standing = standing_of(said)
    stages = {each.stage for each in said}
    verdicts = {each.labelled_by: each.verdict for each in said if each.stage == "review"}
    assert (standing.state is State.DECIDED) == ("final" in stages)
    assert (standing.state is State.OPEN) == (not said)
    wanted = wants_review("k-0123456789abcd", standing, "d", share)
    if standing.state is State.OPEN:
        assert wanted
    elif standing.state is State.JUDGED:
        assert wanted == (len(verdicts) < 1 + share)
    else:
        assert not wanted
    for name in verdicts:
        assert not wants_review("k-0123456789abcd", standing, name, share)


def test_about_the_wanted_share_is_for_two():
    ids = [f"t-{number:014x}" for number in range(0, 16**8, 16**8 // 1000)]
    assert sum(is_for_two(each, 0.1) for each in ids) == pytest.approx(100, abs=2)
    assert not any(is_for_two(each, 0.0) for each in ids)
    assert all(is_for_two(each, 1.0) for each in ids)
