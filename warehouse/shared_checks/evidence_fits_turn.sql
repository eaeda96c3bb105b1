-- check evidence_fits_turn fail: 依据与所指轮次的文字对不上
SELECT
    found.call_id,
    found.evidence.turn_index AS evidence_turn,
    found.evidence.rule_id AS evidence_rule
FROM (
    SELECT
        __table__.call_id,
        __table__.night,
        unnest(__table__.evidence) AS evidence
    FROM __table__
    WHERE __table__.night IN (SELECT checked_night.night FROM checked_night)
) AS found
LEFT JOIN turn
    ON found.call_id = turn.call_id AND found.night = turn.night AND found.evidence.turn_index = turn.turn_index
WHERE
    turn.call_id IS NULL
    OR found.evidence.char_start < 0
    OR found.evidence.char_end < found.evidence.char_start
    OR found.evidence.end_s < found.evidence.start_s
    OR found.evidence.text
    IS DISTINCT FROM substring(
        turn.text, found.evidence.char_start + 1, found.evidence.char_end - found.evidence.char_start
    );
