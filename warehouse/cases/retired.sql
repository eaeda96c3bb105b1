SELECT
    call_id,
    library_id
FROM retired_case;
