"""Real servers, killed in the middle of verdicts, two people at once: nothing is lost, nothing is twice."""

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx

from warehouse.label_store import LabelStore
from warehouse.label_targets import CASE, CAUSE, TABOO
from warehouse.review.audit import entries, first_break
from warehouse.review.store import ReviewStore
from warehouse.review.tickets import find_ticket

VERDICTS = ("right", "wrong", "unsure")
ROUNDS = 3


def stored(data):
    return [row for table in (TABOO, CAUSE, CASE) for row in LabelStore(data / "lake").rows(table)]


def judge_all(browser, answered: dict[str, str], seed: int) -> bool:
    """Judge until nothing waits: True; a killed server ends it. `answered` holds what was told as stored."""
    draw = random.Random(seed)  # noqa: S311
    try:
        location = browser.post("/next").headers["location"]
        while "/judge/" in location:
            ticket = location.split("/judge/")[1].split("?")[0]
            verdict = draw.choice(VERDICTS)
            answer = browser.post(f"/judge/{ticket}", verdict=verdict)
            assert answer.status_code == 303, answer.text
            answered[ticket] = verdict
            location = answer.headers["location"]
    except httpx.TransportError:
        return False
    return True


def test_killed_in_the_middle_of_verdicts(server, data):
    draw = random.Random(7)  # noqa: S311
    answered: dict[str, str] = {}
    is_done = False
    for number in range(ROUNDS):
        running = server("w1")
        browser = running.browser().start()
        if number < ROUNDS - 1:
            threading.Timer(draw.uniform(0.02, 0.35), running.kill).start()
        is_done = judge_all(browser, answered, number)
        running.kill()
    assert is_done, "the last round is not killed"
    rows = stored(data)
    assert len(rows) == len({row["target_id"] for row in rows}) == 19, "everything once"
    verdicts = {row["target_id"]: row["verdict"] for row in rows}
    store = ReviewStore(data / "review.sqlite")
    for ticket_id, verdict in answered.items():
        ticket = find_ticket(store, ticket_id, "w1")
        assert verdicts[ticket.target_id] == verdict, "what was told as stored is there in the same words"
    assert first_break(store) is None
    said = [row for row in entries(store, 10**9, 1000) if row["deed"] == "said"]
    assert {row["target_id"] for row in said} == {row["target_id"] for row in rows}


def test_what_was_noted_before_the_kill_is_stored_by_the_next_start(server, data):
    """The answer is noted in our file, and the label is not there yet: as a kill just then leaves it."""
    running = server("w1")
    browser = running.browser().start()
    ticket = browser.next(table=CASE)
    running.kill()
    store = ReviewStore(data / "review.sqlite")
    opinion = '[{"verdict": "wrong", "correct": "优秀案例", "note": "说明"}, "2026-11-22T08:00:00"]'
    with store.writing() as statements:
        assert statements.run("ticket_answering", {"ticket_id": ticket, "opinion": opinion}) == 1
    assert stored(data) == []
    again = server("w1").browser().start()
    [row] = stored(data)
    assert (row["verdict"], row["corrected_library_id"], row["note"]) == ("wrong", "excellent", "说明")
    answer = again.post(f"/judge/{ticket}", verdict="wrong", correct="优秀案例", note="说明")
    assert answer.status_code == 303, "the browser sends it again after its timeout"
    assert len(stored(data)) == 1


def test_two_people_at_once_and_a_double_click(server, data, people):
    """Threads of two people, each sending every form twice at the same time."""
    running = server("", "0.5")
    browsers = []
    for name in ("w1", "w2"):
        browser = running.browser()
        assert browser.log_in(name).status_code == 303
        browsers.append(browser)
    seen: dict[str, list[tuple[str, float, float]]] = {}

    def work(name, browser):
        location = browser.post("/next").headers["location"]
        while "/judge/" in location:
            begin, ticket = time.monotonic(), location.split("/judge/")[1].split("?")[0]
            page = browser.get(f"/judge/{ticket}").text
            target = page.split('data-target="')[1].split('"')[0]
            with ThreadPoolExecutor(2) as clicks:
                sent = [clicks.submit(browser.post, f"/judge/{ticket}", verdict="right") for _ in range(2)]
            answers = [each.result() for each in sent]
            seen.setdefault(target, []).append((name, begin, time.monotonic()))
            assert [each.status_code for each in answers] == [303, 303]
            location = answers[0].headers["location"]
            if "/judge/" not in location:
                location = browser.post("/next").headers["location"]

    with ThreadPoolExecutor(2) as workers:
        list(workers.map(work, ("w1", "w2"), browsers))
    rows = stored(data)
    assert len(rows) == len({(row["target_id"], row["labelled_by"]) for row in rows})
    assert {row["target_id"] for row in rows} == set(seen)
    assert len(seen) == 19
    assert {row["labelled_by"] for row in rows} == {"w1", "w2"}
    twice = [turns for turns in seen.values() if len({name for name, *_ in turns}) == 2]
    assert twice, "some are for two"
