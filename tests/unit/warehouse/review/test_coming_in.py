"""Who may come in, with what, and what a hostile page or person gets."""

import re
from datetime import timedelta

import pytest

from warehouse.review.accounts import (
    Account,
    AccountInvalid,
    accounts,
    add_account,
    hash_password,
    is_password,
    remove_account,
    set_password,
)
from warehouse.review.audit import entries
from warehouse.review.guard import Guard
from warehouse.review.web import COOKIE

PAGES = (
    "/queue",
    "/disputed",
    "/audit",
    "/item/k-00000000000000",
    "/sound/k-00000000000000",
    "/judge/" + "x" * 24,
)


def deeds(store, **of):
    return [
        row for row in entries(store, 10**9, 100) if all(row[name] == value for name, value in of.items())
    ]


def test_passwords_are_hashed_each_with_a_salt():
    one, other = hash_password("correct horse"), hash_password("correct horse")
    assert one != other
    assert "correct" not in one
    assert is_password("correct horse", one)
    assert not is_password("correct horsf", one)


@pytest.mark.parametrize(
    ("name", "roles", "password", "said"),
    [
        ("w 1", {"reviewer"}, "x" * 12, "用户名"),
        ("../w", {"reviewer"}, "x" * 12, "用户名"),
        ("n1", {"boss"}, "x" * 12, "角色"),
        ("n1", set(), "x" * 12, "角色"),
        ("n1", {"lead"}, "short", "密码"),
        ("longenoughname", {"lead"}, "longenoughname", "密码"),
        ("w1", {"lead"}, "x" * 12, "已经有了"),
    ],
)
def test_an_account_that_cannot_be_is_refused(people, clock, name, roles, password, said):
    with pytest.raises(AccountInvalid, match=said):
        add_account(people, Account(name, frozenset(roles)), password, 10, clock())
    assert len(accounts(people)) == 6


def test_log_in_and_out(app, people):
    browser = app()()
    answer = browser.log_in("w1")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    assert browser.get("/queue").status_code == 200
    token = browser.http.cookies[COOKIE]
    assert token not in people.path.read_bytes().decode("latin-1"), "only its digest is stored"
    assert browser.post("/logout").status_code == 200
    browser.http.cookies.set(COOKIE, token)
    assert browser.get("/queue").status_code == 303, "the old token is worth nothing"


def test_wrong_passwords_lock_the_name_for_a_while(app, clock, people):
    browser = app(login_tries=2)()
    for _ in range(2):
        assert browser.log_in("w1", "wrong password").status_code == 401
    assert browser.log_in("w1").status_code == 401, "locked, though it is right"
    assert browser.log_in("nobody-of-us", "wrong password").status_code == 401
    assert deeds(people, deed="login_failed", name="nobody-of-us") == []
    assert len(deeds(people, deed="login_failed", name="w1")) == 3
    clock.at += timedelta(minutes=16)
    assert browser.log_in("w1").status_code == 303


def test_a_removed_person_and_an_old_password_are_out_at_once(app, people, clock):
    new = app()
    one, other = new("w1"), new("w2")
    remove_account(people, "w1", clock())
    set_password(people, "w2", "another good one", 10, clock())
    assert one.get("/queue").status_code == other.get("/queue").status_code == 303
    with pytest.raises(AccountInvalid):
        remove_account(people, "w1", clock())


def test_a_session_ends(app, clock):
    new = app(session_s=7200, idle_s=600)
    browser = new("w1")
    for _ in range(3):
        clock.at += timedelta(minutes=9)
        assert browser.get("/queue").status_code == 200
    clock.at += timedelta(minutes=11)
    assert browser.get("/queue").status_code == 303
    busy = new("w1")
    for _ in range(13):
        clock.at += timedelta(minutes=9)
        busy.get("/queue")
    clock.at += timedelta(minutes=9)
    assert busy.get("/queue").status_code == 303


@pytest.mark.parametrize("path", PAGES)
def test_nobody_gets_nothing(app, path):
    answer = app()().get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")


@pytest.mark.parametrize(
    ("name", "path", "status"),
    [
        ("w1", "/disputed", 403), ("w1", "/audit", 403), ("aud", "/disputed", 403), ("lead", "/audit", 403),
        ("aud", "/item/k-00000000000000", 403), ("aud", "/sound/k-00000000000000", 403),
        ("aud", "/audit", 200), ("s1", "/disputed", 403),
    ],
)  # fmt: skip
def test_roles(app, name, path, status):
    assert app()(name).get(path).status_code == status


@pytest.mark.parametrize(
    "path",
    [
        "/item/..%2f..%2fetc%2fpasswd", "/item/k-zz", "/sound/../../etc/passwd", "/judge/" + "é" * 24,
        "/assets/..%2f..%2fapp.py", "/assets/app.py", "/item/k-0123456789abcdef0", "/nothing", "/docs",
        "/openapi.json",
    ],
)  # fmt: skip
def test_odd_paths_are_not_there(app, path):
    assert app()("lead").get(path).status_code in (404, 410)


def test_a_form_without_the_sessions_token_does_nothing(app, data):
    browser = app()("w1")
    ticket = browser.next(table="case_verdict")
    browser.csrf = "guessed"
    for path in ("/next", "/logout", f"/judge/{ticket}", f"/skip/{ticket}", "/heard", "/publish"):
        form = {"verdict": "right"} if "/judge" in path else {}
        assert browser.post(path, **form).status_code in (403, 422), path
    assert not (data / "lake" / "case_verdict").exists()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "evil.example"}, 421),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": "http://review.test"}, 303),
    ],
)
def test_other_sites_are_refused(app, headers, status):
    browser = app()("w1")
    answer = browser.http.post("/next", data={"csrf": browser.csrf}, headers=headers, follow_redirects=False)
    assert answer.status_code == status
    assert "w1" not in answer.text


def test_large_and_odd_bodies_are_refused(app):
    browser = app()("w1")
    assert browser.post("/next", found="x" * 70_000).status_code == 413

    def chunks():
        for _ in range(80):
            yield b"x" * 1000

    form = {"content-type": "application/x-www-form-urlencoded"}
    sent = browser.http.post("/next", content=chunks(), headers=form)
    assert sent.status_code in (413, 422)
    assert "不合要求" in sent.text
    assert browser.http.put("/next").status_code == 405
    assert browser.http.post("/next", json={"csrf": browser.csrf}).status_code == 422


def test_every_answer_is_guarded(app):
    browser = app()("w1")
    for path in ("/queue", "/nothing", "/assets/review.js", "/login"):
        headers = browser.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
    assert browser.get("/queue").headers["cache-control"] == "no-store"


def test_words_never_become_markup(app, data):
    new = app(second_opinion_share=1.0)
    browser, lead = new("w1"), new("lead")
    evil = "<script>alert(1)</script>\"'&lt;"
    ticket = browser.next(table="case_verdict")
    browser.post(f"/judge/{ticket}", verdict="wrong", note=evil)
    browser.post(f"/judge/{browser.next(table='taboo_verdict')}", verdict="right")
    page = browser.get("/queue", params={"team": evil[:100]}).text
    assert "<script>alert" not in page
    target = re.search(r'"/item/(k-[0-9a-f]{14})"', lead.get("/queue").text + browser.get("/queue").text)
    from warehouse.label_store import LabelStore  # noqa: PLC0415

    stored = LabelStore(data / "lake").rows("case_verdict")[0]
    assert target is None or stored["target_id"] == target[1]
    shown = lead.get(f"/item/{stored['target_id']}").text
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert(1)" in shown


def test_error_pages_tell_nothing(app):
    browser = app()("w1")
    answer = browser.post("/next", night="13800000000")
    assert answer.status_code == 422
    assert "1380000" not in answer.text
    answer = browser.post("/judge/" + "y" * 24, verdict="right", note="张三丰")
    assert answer.status_code == 410
    assert "张三丰" not in answer.text


def test_the_start_address_lets_one_person_in(data, parts, clock):
    from fastapi.testclient import TestClient  # noqa: PLC0415

    made = parts["make_app"](
        parts["places"](data), parts["Rules"](),
        parts["Door"](frozenset({"127.0.0.1:1"}), local_name="qa", start_token="s3cret"),  # noqa: S106
        parts["outside"](data, clock),
    )  # fmt: skip
    assert isinstance(made, Guard)
    http = TestClient(made, base_url="http://127.0.0.1:1")
    assert http.get("/queue").status_code == 401
    assert http.get("/start").status_code == 403
    assert http.get("/start", params={"token": "guess"}).status_code == 403
    assert http.get("/login", follow_redirects=False).status_code == 200
    assert http.get("/start", params={"token": "s3cret"}).status_code == 200
    assert "qa" in http.get("/queue").text
