-- check adds_up fail: 各类计数加起来不等于被评的数量
SELECT
    rule_id,
    rule_version
FROM rule_precision
WHERE right_count + wrong_count + undecided_count != judged_count OR precision NOT BETWEEN 0 AND 1;
