import json
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from transcribe.call import SpeakerRole
from transcribe.errors import InboxError
from transcribe.manifest import read_manifest
from transcribe.manifest_row import COLUMNS, ManifestRow

HEADER = ",".join(COLUMNS)
ROW = (
    "c1,c1.wav,2026-11-20T09:02:11+08:00,inbound,credit_card,信用卡账务,8026,一组,2019-03-11,cst-1,3.5,12,5,false,"
    '"agent,customer"'
)
FULL = ManifestRow(
    line=2,
    call_id="c1",
    file="c1.wav",
    started_at="2026-11-20T01:02:11Z",
    direction="inbound",
    line_of_business="credit_card",
    queue="信用卡账务",
    agent_id="8026",
    team="一组",
    agent_on_line_since="2019-03-11",
    customer_id="cst-1",
    hold_s=3.5,
    acw_s=12,
    satisfaction=5,
    transferred_to_supervisor=False,
    channel_roles="agent,customer",
)


def read(folder, content, columns=None, naive_zone=None, name="manifest.csv"):
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_manifest(folder, columns or {}, naive_zone)


def test_a_full_row_is_typed():
    assert FULL.file == ("c1.wav",)
    assert FULL.started_at == datetime(2026, 11, 20, 1, 2, 11, tzinfo=UTC)
    assert FULL.agent_on_line_since == date(2019, 3, 11)
    assert FULL.transferred_to_supervisor is False
    assert FULL.channel_roles == (SpeakerRole.AGENT, SpeakerRole.CUSTOMER)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_csv_in_the_encodings_that_exports_have(tmp_path, encoding, newline):
    manifest = read(tmp_path, newline.join([HEADER, ROW, "", ""]).encode(encoding))
    assert manifest.rows == (FULL,)
    assert manifest.notes == ()


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_csv_with_another_delimiter(tmp_path, delimiter):
    lines = [
        HEADER.replace(",", delimiter),
        ROW.replace('"agent,customer"', "agent|customer").replace(",", delimiter),
    ]
    assert read(tmp_path, "\n".join(lines)).rows == (FULL,)


def test_jsonl_with_numbers_lists_and_nulls(tmp_path):
    values = {
        **{name: None for name in COLUMNS},
        "call_id": 17,
        "file": ["a.amr", "c.amr"],
        "hold_s": 3,
        "transferred_to_supervisor": True,
        "channel_roles": ["agent", "customer"],
        "unknown_to_us": {"a": 1},
    }
    row = read(tmp_path, json.dumps(values) + "\n\n", name="manifest.jsonl").rows[0]
    assert (row.call_id, row.file, row.hold_s) == ("17", ("a.amr", "c.amr"), 3.0)
    assert row.transferred_to_supervisor is True
    assert row.channel_roles == (SpeakerRole.AGENT, SpeakerRole.CUSTOMER)
    assert row.agent_id is None


def test_a_centres_own_columns_are_mapped(tmp_path):
    content = '录音流水号,录音文件,开始时间,工号,忽略\n="0017",a.amr; c.amr,2026/11/20 09:00:00,8026,x\n'
    columns = {
        "call_id": "录音流水号",
        "file": "录音文件",
        "started_at": "开始时间",
        "agent_id": "工号",
        "team": "",
    }
    manifest = read(tmp_path, content, columns, ZoneInfo("Asia/Shanghai"))
    (row,) = manifest.rows
    assert (row.call_id, row.file, row.agent_id) == ("0017", ("a.amr", "c.amr"), "8026")
    assert row.started_at == datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
    assert any("没有 queue 列" in note for note in manifest.notes)
    assert not any("team" in note for note in manifest.notes), "what is not delivered is not missed"


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("started_at", "2026-11-20 09:00:00", None),  # no zone: not guessed
        ("started_at", "yesterday", None),
        ("started_at", "0001-01-01T00:00:00+08:00", None),
        ("started_at", "2026-11-20T09:00:00Z", datetime(2026, 11, 20, 9, 0, tzinfo=UTC)),
        ("agent_on_line_since", "2026/9/4", date(2026, 9, 4)),
        ("agent_on_line_since", "2026-13-01", None),
        ("hold_s", "00:01:20", 80.0),
        ("hold_s", "01:20", None),  # minutes or hours?
        ("hold_s", "-5", None),
        ("hold_s", "nan", None),
        ("hold_s", "inf", None),
        ("satisfaction", "N/A", None),
        ("transferred_to_supervisor", "是", True),
        ("transferred_to_supervisor", "0", False),
        ("transferred_to_supervisor", "maybe", None),
        ("channel_roles", "agent;customer", (SpeakerRole.AGENT, SpeakerRole.CUSTOMER)),
        ("channel_roles", "left,right", None),
        ("queue", "  ", None),
        ("queue", "NULL", None),
    ],
)
def test_optional_values(tmp_path, column, value, expected):
    manifest = read(
        tmp_path, json.dumps({"call_id": "c1", "file": "f", column: value}), name="manifest.jsonl"
    )
    assert getattr(manifest.rows[0], column) == expected
    assert manifest.rows[0].call_id == "c1", "a bad optional value never loses the call"


def test_bad_values_give_one_note_per_column_and_problem(tmp_path):
    lines = [f"c{i},f{i},2026-11-20 09:00:0{i}" for i in range(9)]
    manifest = read(tmp_path, "\n".join(["call_id,file,started_at", *lines]))
    (note,) = [note for note in manifest.notes if "时区" in note]
    assert note.startswith(
        "manifest.csv 第 2、3、4、5、6 等 9 行: started_at(例如 2026-11-20 09:00:00) 没有时区"
    )


def test_notes_do_not_repeat_numbers_of_customers(tmp_path):
    content = "call_id,file,hold_s,customer_id\nc1,f1,13812345678 x,13812345678\n"
    assert not any("13812345678" in note for note in read(tmp_path, content).notes)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("manifest.csv", "", "是空的"),
        ("manifest.csv", "call_id,queue\nc1,q\n", "没有 file 列.*inbox.columns"),
        ("manifest.csv", "call_id,file\nc1,f1\nc2\n", "第 3 行: 有 1 格, 表头有 2 列"),
        ("manifest.csv", "call_id,file\nc1,f1,x\n", "第 2 行: 有 3 格"),
        ("manifest.csv", 'call_id,file\nc1,"f1\n', "引号不成对"),
        ("manifest.csv", "call_id,file,file\nc1,f1,f2\n", "列名 file 出现两次"),
        ("manifest.csv", b"call_id,file\n\xff\xff\xff\xff", "编码"),
        (
            "manifest.jsonl",
            '{"call_id": "c1", "file": "f"}\n{"call_id": "c2", "fi',
            "第 2 行第 19 列: 不是 JSON",
        ),
        ("manifest.jsonl", "[1, 2]\n", "第 1 行: 应当是一个对象"),
        ("manifest.jsonl", "[" * 100_000, "不是 JSON"),
        ("manifest.jsonl", '{"file": "f"}', "没有 call_id 列"),
    ],
)
def test_a_manifest_that_is_no_table_stops_the_night(tmp_path, name, content, message):
    with pytest.raises(InboxError, match=message):
        read(tmp_path, content, name=name)


def test_wrong_mappings_are_told_apart(tmp_path):
    with pytest.raises(InboxError, match=r"agent_idd.*是不是 agent_id"):
        read(tmp_path, HEADER, {"agent_idd": "工号"})
    with pytest.raises(InboxError, match="file 不能为空"):
        read(tmp_path, f"{HEADER}\n{ROW}", {"file": ""})


def test_none_and_two_manifests(tmp_path):
    assert read_manifest(tmp_path, {}, None) is None
    (tmp_path / "manifest.csv").write_text(HEADER)
    assert read_manifest(tmp_path, {}, None).rows == ()
    (tmp_path / "manifest.jsonl").touch()
    with pytest.raises(InboxError, match="只保留一个"):
        read_manifest(tmp_path, {}, None)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3),
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(COLUMNS), JSON))
def test_any_json_value_gives_a_row(tmp_path, values):
    line = json.dumps({"call_id": "c1", "file": "f1", **values})
    manifest = read(tmp_path, line, name="manifest.jsonl")
    assert len(manifest.rows) == 1
    manifest.rows[0].model_dump_json()
