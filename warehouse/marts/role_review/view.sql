-- What is left out of the taboo counts is never lost: here it waits for a person.
CREATE VIEW role_review AS
WITH said AS (
    SELECT
        call_id,
        call_date,
        count(*) AS turn_count,
        sum(length(text)) FILTER (WHERE role = 'unknown') / nullif(sum(length(text)), 0) AS unknown_ratio
    FROM turn
    WHERE role != 'ivr'
    GROUP BY call_id, call_date
),

hit AS (
    SELECT
        call_id,
        call_date,
        count(*) AS hit_count,
        list_sort(list(DISTINCT phrase)) AS phrases
    FROM taboo_hit
    GROUP BY call_id, call_date
)

SELECT
    call.call_id,
    call.night,
    call.call_date,
    call.started_at,
    call.line_of_business,
    call.team,
    call.agent_id,
    call.duration_s,
    CASE
        WHEN len(call.channel_roles) > 1 THEN 'channels_contradict'
        WHEN said.unknown_ratio > 0.5 THEN 'voices_unclear'
        ELSE 'roles_unclear'
    END AS reason,
    call.role_certainty,
    coalesce(said.unknown_ratio, 0.0) AS unknown_ratio,
    coalesce(said.turn_count, 0) AS turn_count,
    coalesce(hit.hit_count, 0) AS uncounted_hit_count,
    coalesce(hit.phrases, []) AS uncounted_phrases
FROM call
LEFT JOIN said ON call.call_id = said.call_id AND call.call_date = said.call_date
LEFT JOIN hit ON call.call_id = hit.call_id AND call.call_date = hit.call_date
WHERE call.is_role_uncertain;

COMMENT ON VIEW role_review IS 'One row per call of which it is not sure who the agent is: left out of all taboo figures, for people to listen to';
COMMENT ON COLUMN role_review.call_id IS 'Identity of the call';
COMMENT ON COLUMN role_review.night IS 'Date of the drop folder the recording was delivered in';
COMMENT ON COLUMN role_review.call_date IS 'Local business day of the call';
COMMENT ON COLUMN role_review.started_at IS 'Start of the call, UTC; null when unknown';
COMMENT ON COLUMN role_review.line_of_business IS 'Line of business; null when unknown';
COMMENT ON COLUMN role_review.team IS 'Agent''s team; null when unknown';
COMMENT ON COLUMN role_review.agent_id IS 'Agent''s job number or id; null when unknown';
COMMENT ON COLUMN role_review.duration_s IS 'Length of the recording, seconds';
COMMENT ON COLUMN role_review.reason IS 'channels_contradict: what is said contradicts the channel order without outweighing it; voices_unclear: one channel, voices not told apart; roles_unclear: one channel, voices told apart, but not which is the agent';
COMMENT ON COLUMN role_review.role_certainty IS 'How sure the roles are on average, 0 to 1; see call';
COMMENT ON COLUMN role_review.unknown_ratio IS 'Share of people''s characters whose role is unknown, 0 to 1';
COMMENT ON COLUMN role_review.turn_count IS 'Turns of people';
COMMENT ON COLUMN role_review.uncounted_hit_count IS 'Taboo hits found that count in no figure';
COMMENT ON COLUMN role_review.uncounted_phrases IS 'Their phrases, Chinese';
