"""Judging over HTTP: what is handed out, what is stored, who may do what."""

from datetime import timedelta

import pytest

from warehouse.label_store import LabelStore
from warehouse.label_targets import CASE, CAUSE, TABOO
from warehouse.lake import Lake


def stored(data, table=TABOO):
    return LabelStore(data / "lake").rows(table)


def test_a_reviewer_judges_and_goes_on(app, data):
    browser = app()("w1")
    assert '禁语 <b class="num">6</b>' in browser.get("/queue").text
    first = browser.next(table=TABOO)
    page = browser.get(f"/judge/{first}").text
    assert '<mark class="taboo" title="依据">这种问题我们见得多了</mark>' in page
    assert "***********" in page.replace('<mark class="pii" title="个人信息已隐去">', "")
    answer = browser.post(
        f"/judge/{first}", verdict="wrong", correct="不是禁语", note="客户电话 13800000000", table=TABOO
    )
    assert answer.status_code == 303
    assert "/judge/" in answer.headers["location"]
    [row] = stored(data)
    assert (row["verdict"], row["corrected_phrase_id"], row["origin"], row["stage"], row["labelled_by"]) == (
        "wrong", "none", "review", "review", "w1",
    )  # fmt: skip
    assert row["note"] == "客户电话 ***********"
    assert row["source_file"] is None
    for _ in range(5):
        last = answer.headers["location"].split("/judge/")[1].split("?")[0]
        answer = browser.post(f"/judge/{last}", verdict="right", table=TABOO)
    assert answer.headers["location"].startswith("/queue?table=")
    assert len({row["target_id"] for row in stored(data)}) == 6


def test_the_least_sure_comes_first_and_a_draw_is_another_order(app):
    browser = app()("w1")
    page = browser.get("/queue", params={"table": CAUSE}).text
    shares = [int(each.split("%")[0]) for each in page.split('<td class="num">')[1:] if "%" in each[:4]]
    assert shares == sorted(shares)
    assert len(set(shares)) > 1
    drawn = browser.get("/queue", params={"table": CAUSE, "order": "lot"}).text
    assert drawn.count("/item/") == page.count("/item/") == 12


@pytest.mark.parametrize(("wanted", "count"), [
    ({"table": CASE}, 1), ({"team": "一组"}, 19), ({"team": "九组"}, 0), ({"found": "费用/年费"}, 6),
    ({"night": "2026-11-20"}, 19), ({"night": "2026-11-19"}, 0),
])  # fmt: skip
def test_filters(app, wanted, count):
    browser = app()("w1")
    assert browser.get("/queue", params=wanted).text.count("/item/") == count


def test_nobody_is_handed_what_somebody_else_has(app, clock):
    new = app(reserve_s=60)
    one, other = new("w1"), new("w2")
    mine = one.next(table=CASE)
    assert other.post("/next", table=CASE).headers["location"].startswith("/queue")
    assert one.next(table=CASE) == mine, "it stays with whom it is"
    clock.at += timedelta(minutes=10)
    theirs = other.next(table=CASE)
    assert theirs != mine
    assert one.post(f"/judge/{mine}", verdict="right").status_code == 303, "late, and it counts all the same"
    assert other.post(f"/judge/{theirs}", verdict="right").status_code == 303


def test_some_items_go_to_two_people_and_never_to_one_twice(app, data):
    new = app(second_opinion_share=1.0)
    for name in ("w1", "w2"):
        browser = new(name)
        ticket = browser.next(table=CASE)
        browser.post(f"/judge/{ticket}", verdict="right", table=CASE)
        assert browser.post("/next", table=CASE).headers["location"].startswith("/queue")
    assert {row["labelled_by"] for row in stored(data, CASE)} == {"w1", "w2"}


def test_what_is_skipped_does_not_come_back_at_once(app):
    new = app()
    browser, other = new("w1"), new("w2")
    ticket = browser.next(table=CASE)
    assert browser.post(f"/skip/{ticket}", table=CASE).headers["location"].startswith("/queue")
    assert other.next(table=CASE)


def test_sent_twice_is_stored_once_and_the_first_verdict_stands(app, data):
    browser = app()("w1")
    ticket = browser.next(table=TABOO)
    for _ in range(3):
        assert browser.post(f"/judge/{ticket}", verdict="right").status_code == 303
    again = browser.post(f"/judge/{ticket}", verdict="wrong")
    assert "已经评过" in again.text
    [row] = stored(data)
    assert row["verdict"] == "right"
    change = browser.post(f"/item/{row['target_id']}/review")
    new_ticket = change.headers["location"].split("/")[-1]
    browser.post(f"/judge/{new_ticket}", verdict="wrong")
    assert [each["verdict"] for each in stored(data)] == ["right", "wrong"]


def test_an_appeal_and_the_final_decision(app, data, build_again):
    new = app()
    reviewer, side, stranger, lead = (new(name) for name in ("w1", "s1", "s2", "lead"))
    ticket = reviewer.next(table=TABOO)
    reviewer.post(f"/judge/{ticket}", verdict="right")
    target = stored(data)[0]["target_id"]
    assert stranger.get(f"/item/{target}").status_code == 404, "another team's"
    assert reviewer.post(f"/item/{target}/appeal").status_code == 403
    assert side.post(f"/item/{target}/final").status_code == 403
    appeal = side.post(f"/item/{target}/appeal").headers["location"]
    assert side.post(appeal, verdict="wrong").status_code == 422, "an appeal says why"
    assert side.post(appeal, verdict="wrong", note="客户先骂人").status_code == 303
    assert "有申诉" in lead.get("/disputed").text
    page = lead.get(f"/item/{target}").text
    assert "客户先骂人" in page
    final = lead.post(f"/item/{target}/final").headers["location"]
    assert "客户先骂人" in lead.get(final).text
    assert lead.post(final, verdict="unsure").status_code == 422
    assert lead.post(final, verdict="wrong", correct="不是禁语").status_code == 303
    assert target not in lead.get("/disputed").text
    assert side.post(f"/item/{target}/appeal").status_code == 403, "final is final"
    assert [row["stage"] for row in stored(data)] == ["review", "appeal", "final"]
    build_again(data)
    from warehouse.connect import fetch_rows, open_reading  # noqa: PLC0415

    with open_reading(data / "warehouse.duckdb") as con:
        [precision] = fetch_rows(con, "FROM rule_precision")
    assert (precision["judged_count"], precision["wrong_count"], precision["disputed_count"]) == (1, 1, 0)


def test_a_reviewer_does_not_see_what_others_said_before_judging(app, data):
    new = app(second_opinion_share=1.0)
    one, other = new("w1"), new("w2")
    ticket = one.next(table=CASE)
    one.post(f"/judge/{ticket}", verdict="right", note="我认为很典型")
    target = stored(data, CASE)[0]["target_id"]
    assert "很典型" not in other.get(f"/item/{target}").text
    ticket = other.next(table=CASE)
    assert "很典型" not in other.get(f"/judge/{ticket}").text
    other.post(f"/judge/{ticket}", verdict="wrong")
    assert "很典型" in other.get(f"/item/{target}").text


def test_two_who_disagree_come_before_the_lead(app, data):
    new = app(second_opinion_share=1.0)
    for name, verdict in (("w1", "right"), ("w2", "wrong")):
        browser = new(name)
        browser.post(f"/judge/{browser.next(table=CASE)}", verdict=verdict)
    lead = new("lead")
    assert "意见不一" in lead.get("/disputed").text


def test_a_night_in_between_changes_nothing(app, data, nights, call, build_again):
    """Another run finds less: the form that is open is stored all the same, and nothing is asked twice."""
    browser = app()("w1")
    first = browser.next(table=TABOO)
    browser.post(f"/judge/{first}", verdict="right")
    second = browser.next(table=TABOO)
    run = nights.write(stored(data)[0]["night"], "r2", [call("c7")])
    nights.commit(run, 1)
    Lake(data / "lake").prune(run.night, keep=1)
    build_again(data)
    assert browser.post(f"/judge/{second}", verdict="wrong").status_code == 303
    assert len(stored(data)) == 2
    assert {row["run_id"] for row in stored(data)} == {"r1"}
    assert browser.get("/queue", params={"table": TABOO}).text.count("/item/") == 1


def test_a_choice_must_be_a_choice(app, data):
    browser = app()("w1")
    ticket = browser.next(table=TABOO)
    for form in (
        {"verdict": "wrong", "correct": "天气"}, {"verdict": "right", "correct": "不是禁语"},
        {"verdict": "maybe"}, {"verdict": "right", "note": "长" * 501}, {"verdict": "right", "more": "x"},
    ):  # fmt: skip
        assert browser.post(f"/judge/{ticket}", **form).status_code == 422
    assert stored(data) == []


def test_sound_is_a_cut_and_never_the_recording(app, data):
    browser = app()("w1")
    target = next(
        each for each in browser.get("/queue").text.split('href="/item/')[1:] if each.startswith("k-")
    ).split('"')[0]
    whole = browser.get(f"/sound/{target}")
    assert whole.status_code == 200
    assert whole.headers["content-type"] == "audio/ogg"
    assert whole.headers["cache-control"] == "no-store"
    assert whole.content[:4] == b"OggS"
    assert len(whole.content) < (data / "inbox" / "c0.wav").stat().st_size / 2
    part = browser.get(f"/sound/{target}", headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, whole.content[100:200])
    assert browser.get(f"/sound/{target}", headers={"Range": "bytes=99999999-"}).status_code == 416
    span = browser.get(f"/sound/{target}/span").json()
    assert 0 <= span["start_s"] < span["end_s"] <= 12
    assert not any((data / "_review").rglob("*")), "nothing stays on disk"
    assert browser.post("/heard", target_id=target, until_s="3.5").status_code == 204
    without = next(
        each for each in browser.get("/queue", params={"table": TABOO}).text.split('href="/item/')[2:]
    ).split('"')[0]
    assert browser.get(f"/sound/{without}").status_code in (200, 404)
