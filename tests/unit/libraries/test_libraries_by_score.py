"""What the handling score and critical errors do to the libraries."""


def test_excellent_goes_by_the_handling_score_where_there_is_one(nights) -> None:
    for call_id, total in (("fair", 82.0), ("fine", 96.4), ("poor", 60.0), ("unscored", None)):
        nights.call(call_id)
        nights.handled_well(call_id)
        nights.score(call_id, total)
    found = nights.cases("excellent")
    assert [case.call_id for case in found] == ["fine", "fair", "unscored"]
    assert found[0].reason.startswith("五步走到了 5 步，全程没有禁语和失误，服务评分 96；")
    assert "服务评分" not in found[2].reason


def test_a_critical_error_makes_a_problem_and_never_an_excellent_call(nights) -> None:
    nights.call("risky")
    nights.handled_well("risky")
    nights.critical_error("risky")
    nights.call("told of another")
    nights.critical_error("told of another", source="customer_stated")
    assert nights.cases("excellent") == ()
    (case,) = nights.cases("problem")
    assert (case.call_id, case.reason) == ("risky", "服务关键性错误：客户要求止损而没有马上办")
