"""Everything known about a call, printed for a person: words, findings with evidence, masks. Edge file."""

from collections.abc import Mapping, Sequence
from typing import Any

from flows.console import console, table

ROLE_NAMES = {"agent": "坐席", "customer": "客户", "ivr": "语音导航", "unknown": "未知"}
Rows = Sequence[Mapping[str, Any]]
Versions = Mapping[tuple[str, str], str]
_RULE_COLUMNS = ("phrase_id", "rule_id")

# What to show of each table: title, and (heading, column) pairs; evidence is shown as its texts.
_SHOWN: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "tier": ("不满层级", (("层级", "tier"), ("把握", "confidence"), ("依据", "evidence"))),
    "cause_tag": (
        "投诉原因",
        (
            ("一级", "top_cause"),
            ("二级", "sub_cause"),
            ("来源", "source"),
            ("把握", "confidence"),
            ("依据", "evidence"),
        ),
    ),
    "taboo_hit": (
        "禁语与敏感用语",
        (
            ("句", "turn_index"),
            ("秒", "start_s"),
            ("规则", "phrase_id"),
            ("级别", "severity"),
            ("方式", "match"),
            ("把握", "confidence"),
            ("原话", "matched_text"),
            ("换个说法", "replacement"),
        ),
    ),
    "escalation": (
        "升级",
        (("方式", "kind"), ("机构", "body"), ("把握", "confidence"), ("依据", "evidence")),
    ),
    "customer_type": (
        "客户类型",
        (
            ("类型", "customer_type"),
            ("背景", "background"),
            ("把握", "confidence"),
            ("依据", "evidence"),
        ),
    ),
    "motive": ("客户诉求", (("诉求", "motive"), ("把握", "confidence"), ("依据", "evidence"))),
    "customer_sign": (
        "客户反应",
        (("句", "turn_index"), ("反应", "sign"), ("把握", "confidence"), ("依据", "evidence")),
    ),
    "critical_error": (
        "服务关键性错误",
        (
            ("句", "turn_index"),
            ("错误", "error"),
            ("类别", "kind"),
            ("来源", "source"),
            ("把握", "confidence"),
            ("依据", "evidence"),
        ),
    ),
    "handling_score": (
        "服务评分",
        (
            ("总分", "total"),
            ("倾听", "listening"),
            ("理解", "understanding"),
            ("解决", "resolving"),
            ("表达", "expression"),
            ("控制", "control"),
            ("学习", "learning"),
            ("细节", "detail"),
            ("不评分的原因", "abstained"),
        ),
    ),
    "score_part": (
        "评分的由来",
        (
            ("能力", "ability"),
            ("分项", "title"),
            ("分数", "points"),
            ("次数", "time_count"),
            ("数值", "value"),
            ("依据", "evidence"),
        ),
    ),
    "behaviour": (
        "服务行为",
        (
            ("句", "turn_index"),
            ("行为", "behaviour"),
            ("步骤", "step"),
            ("好", "is_good"),
            ("把握", "confidence"),
            ("依据", "evidence"),
        ),
    ),
    "signal": ("信号", (("信号", "name"), ("角色", "role"), ("数值", "value"))),
    "pii_mask": (
        "已遮盖的个人信息",
        (("句", "turn_index"), ("类别", "kind"), ("起", "start_s"), ("止", "end_s")),
    ),
    "recognition_audit": (
        "识别核对",
        (
            ("声道", "channel"),
            ("角色", "role"),
            ("语音秒", "speech_s"),
            ("已识别秒", "recognised_s"),
            ("可疑秒", "suspect_s"),
            ("未识别秒", "unrecognised_s"),
        ),
    ),
    "library_case": ("入选案例", (("库", "library_id"), ("名次", "rank"), ("理由", "reason"))),
    "clip": ("片段", (("起", "start_s"), ("止", "end_s"), ("文件", "file"), ("遮音处", "mask_count"))),
    "run_failure": ("录音问题", (("级别", "severity"), ("原因", "reason"), ("说明", "message"))),
}


def print_call(call_id: str, found: Mapping[str, Rows], versions: Versions) -> None:
    """Print the rows of one call, table by table; empty tables are left out.

    A rule is shown with its version: `rule_id@version`, from `versions` by run and rule.
    """
    for row in found.get("call", ()):
        facts = tuple((name, value) for name, value in row.items() if name != "call_id")
        console.print(table(f"通话 {call_id}", ("项目", "内容"), facts))
    for turn in sorted(found.get("turn", ()), key=lambda row: row["turn_index"]):
        role = ROLE_NAMES.get(str(turn["role"]), str(turn["role"]))
        console.print(f"{turn['turn_index']:>3} {turn['start_s']:7.1f}s {role}：{turn['text']}")
    for name, (title, columns) in _SHOWN.items():
        rows = found.get(name, ())
        if rows:
            shown = [tuple(_shown(row, column, versions) for _, column in columns) for row in rows]
            console.print(table(title, tuple(heading for heading, _ in columns), shown))


def _shown(row: Mapping[str, Any], column: str, versions: Versions) -> object:
    value = row[column]
    run_id = str(row.get("run_id", ""))
    if column in _RULE_COLUMNS:
        return _rule(str(value), run_id, versions)
    if isinstance(value, list):
        return "\n".join(
            f"[{item['turn_index']}] {item['start_s']:.1f}-{item['end_s']:.1f}s {item['text']}"
            f"（{_rule(item['rule_id'], run_id, versions)}，{item['match']}）"
            for item in value
        )
    return round(value, 3) if isinstance(value, float) else value


def _rule(rule_id: str, run_id: str, versions: Versions) -> str:
    version = versions.get((run_id, rule_id))
    return f"{rule_id}@{version}" if version else rule_id
