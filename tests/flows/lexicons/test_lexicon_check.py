"""`huiting lexicon check` as it is typed: every error with its place, warnings, counts."""


def test_shipped_lexicons_are_fine(empty):
    code, output = empty.lexicon("check")
    assert code == 0, output
    assert "错误 0 处" in output
    assert "taboo" in output


def test_every_error_is_told_with_file_line_and_key(empty, entry):
    (empty.data / "lexicons" / "causes").mkdir(parents=True)
    (empty.data / "lexicons" / "causes" / "broken.yaml").write_text("entries: [\n", encoding="utf-8")
    empty.write(
        "lexicons",
        entry(
            "no_example",
            "自己看说明书",
            must_match=["您自己看着办", "看看再说", "您自己看说明书吧", "自己看说明书去"],
        ),
        entry("wrong_keys", "看说明书", severity="huge", colour="red"),
        entry("twice", "自己看说明书"),
        entry("twice", "自己看说明书"),
    )
    code, output = empty.lexicon("check")
    told = output.replace("\n", "")
    assert code == 1
    assert "broken.yaml:" in told
    assert told.count("no_example 的 must_match 例句") == 2
    assert "不认识的键 colour" in told
    assert "键 severity 的值 'huge'" in told
    assert "id twice 重复" in told
    assert "own.yaml:" in told
    assert "错误 6 处" in told


def test_warnings_do_not_stop_a_night(empty, entry):
    root = empty.write(
        "lexicons",
        {"id": "child_would_know", "severity": "low"},
        entry("over", "自己看说明书", effective_to="2020-01-01"),
        entry("nobodys", "自己看说明书", owner=None),
        entry("few", "自己看说明书", must_not_match=["看说明书"]),
    )
    text = (root / "taboo" / "own.yaml").read_text(encoding="utf-8").replace("'2020-01-01'", "2020-01-01")
    (root / "taboo" / "own.yaml").write_text(text, encoding="utf-8")
    (root / "tabo").mkdir()
    code, output = empty.lexicon("check")
    told = output.replace("\n", "")
    assert code == 0, output
    assert "child_would_know 改写了自带的条目（severity）" in told
    assert "over 已于 2020-01-01 失效" in told
    assert "nobodys 没有写 owner" in told
    assert "few 的 must_not_match 只有 1 句；请写到 4 句" in told
    assert "tabo：没有程序读它；是不是 taboo" in told
    assert "提醒 5 处" in told
