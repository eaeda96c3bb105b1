-- needs: verdict
-- How far two people who judged the same findings agree beyond chance (Cohen's kappa).
CREATE VIEW reviewer_agreement AS
WITH said AS (
    SELECT
        kind,
        target_id,
        labelled_by,
        verdict
    FROM verdict
    WHERE is_latest AND stage = 'review'
),

pairs AS (
    SELECT
        one.kind,
        one.labelled_by AS reviewer_a,
        other.labelled_by AS reviewer_b,
        one.verdict AS verdict_a,
        other.verdict AS verdict_b
    FROM said AS one
    INNER JOIN said AS other
        ON one.target_id = other.target_id AND one.kind = other.kind AND one.labelled_by < other.labelled_by
),

counted AS (
    SELECT
        kind,
        reviewer_a,
        reviewer_b,
        count(*) AS both_count,
        count(*) FILTER (WHERE verdict_a = verdict_b) AS agreed_count,
        count(*) FILTER (WHERE verdict_a = 'right') AS right_a,
        count(*) FILTER (WHERE verdict_b = 'right') AS right_b,
        count(*) FILTER (WHERE verdict_a = 'wrong') AS wrong_a,
        count(*) FILTER (WHERE verdict_b = 'wrong') AS wrong_b,
        count(*) FILTER (WHERE verdict_a = 'unsure') AS unsure_a,
        count(*) FILTER (WHERE verdict_b = 'unsure') AS unsure_b
    FROM pairs
    GROUP BY kind, reviewer_a, reviewer_b
)

SELECT
    kind,
    reviewer_a,
    reviewer_b,
    both_count,
    agreed_count,
    right_a AS right_a_count,
    right_b AS right_b_count,
    agreed_count / both_count AS agreed_ratio,
    (right_a * right_b + wrong_a * wrong_b + unsure_a * unsure_b) / (both_count * both_count) AS expected_ratio,
    (both_count * agreed_count - (right_a * right_b + wrong_a * wrong_b + unsure_a * unsure_b))
    / nullif(
        both_count * both_count - (right_a * right_b + wrong_a * wrong_b + unsure_a * unsure_b), 0
    ) AS kappa
FROM counted;

COMMENT ON VIEW reviewer_agreement IS 'One row per kind of finding and two people who judged the same findings, each by the newest verdict: how far they agree beyond chance';
COMMENT ON COLUMN reviewer_agreement.kind IS 'cause, taboo or case';
COMMENT ON COLUMN reviewer_agreement.reviewer_a IS 'One of the two, first by name';
COMMENT ON COLUMN reviewer_agreement.reviewer_b IS 'The other';
COMMENT ON COLUMN reviewer_agreement.both_count IS 'Findings that both judged; appeals and final decisions are not looked at';
COMMENT ON COLUMN reviewer_agreement.agreed_count IS 'Findings on which they say the same: right, wrong or unsure';
COMMENT ON COLUMN reviewer_agreement.right_a_count IS 'Of them, what reviewer_a calls right';
COMMENT ON COLUMN reviewer_agreement.right_b_count IS 'Of them, what reviewer_b calls right';
COMMENT ON COLUMN reviewer_agreement.agreed_ratio IS 'agreed_count over both_count, 0 to 1';
COMMENT ON COLUMN reviewer_agreement.expected_ratio IS 'What agreed_ratio would be by chance, had each the same shares of right, wrong and unsure, 0 to 1';
COMMENT ON COLUMN reviewer_agreement.kappa IS 'Cohen''s kappa: agreement beyond chance, at most 1, 0 as good as chance; null when both said one and the same thing always';
