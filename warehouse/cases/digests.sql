SELECT
    call_id,
    recording_digest
FROM call;
