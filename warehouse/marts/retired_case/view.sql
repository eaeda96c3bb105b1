-- needs: verdict
-- Calls that people took out of a library: of the verdicts on a case that count (a final decision alone, else the
-- newest of each person), more say wrong than right.
CREATE VIEW retired_case AS
SELECT
    verdict.call_id,
    verdict.finding AS library_id,
    max(case_verdict.case_id) AS case_id,
    max(verdict.labelled_at) FILTER (WHERE verdict.verdict = 'wrong') AS retired_at
FROM verdict
INNER JOIN case_verdict ON verdict.label_id = case_verdict.label_id
WHERE verdict.kind = 'case' AND verdict.is_counted AND verdict.finding IS NOT NULL
GROUP BY verdict.call_id, verdict.finding, verdict.target_id
HAVING
    count(*) FILTER (WHERE verdict.verdict = 'wrong') > count(*) FILTER (WHERE verdict.verdict = 'right');

COMMENT ON VIEW retired_case IS 'One row per case that more people call wrong than right: its call is not chosen for that library again and its page goes';
COMMENT ON COLUMN retired_case.call_id IS 'Identity of the call, from the manifest or the file name';
COMMENT ON COLUMN retired_case.library_id IS 'Case library that it is kept out of';
COMMENT ON COLUMN retired_case.case_id IS 'Identity of the case that was judged';
COMMENT ON COLUMN retired_case.retired_at IS 'When it was last called wrong, UTC';
