-- rows: call
-- order: call_id, ability, part
CREATE TABLE score_part (
    call_id VARCHAR NOT NULL,
    night DATE NOT NULL,
    call_date DATE NOT NULL,
    run_id VARCHAR NOT NULL,
    ability VARCHAR NOT NULL,
    part VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    points DOUBLE NOT NULL,
    time_count INTEGER NOT NULL,
    value DOUBLE,
    evidence STRUCT(
        turn_index INTEGER,
        char_start INTEGER,
        char_end INTEGER,
        start_s DOUBLE,
        end_s DOUBLE,
        rule_id VARCHAR,
        text VARCHAR,
        match VARCHAR
    )[] NOT NULL
);

COMMENT ON TABLE score_part IS 'One row per reason of an abilitys score: where it starts, what adds and what takes away; the sum, clipped to 0 to 100, is the ability';
COMMENT ON COLUMN score_part.call_id IS 'Identity of the call, from the manifest or the file name';
COMMENT ON COLUMN score_part.night IS 'Date of the drop folder the recording was delivered in';
COMMENT ON COLUMN score_part.call_date IS 'Local business day of the call';
COMMENT ON COLUMN score_part.run_id IS 'Run that wrote this row; see table run';
COMMENT ON COLUMN score_part.ability IS 'listening, understanding, resolving, expression, control, learning or detail';
COMMENT ON COLUMN score_part.part IS 'Part id of handling/settings.yaml; base is where every ability starts';
COMMENT ON COLUMN score_part.title IS 'What the part is, as quality managers say it';
COMMENT ON COLUMN score_part.points IS 'Points it gives (positive) or takes (negative), all times together';
COMMENT ON COLUMN score_part.time_count IS 'How often it counted; 0 for the base';
COMMENT ON COLUMN score_part.value IS 'Value of the signal it rests on, in the signals own unit; null when it rests on words';
COMMENT ON COLUMN score_part.evidence IS 'Where and why: turn_index, half-open character span in that turn''s text, times in seconds, the lexicon entry that matched (rule_id), its masked words (text) and how it matched (exact, filled, pattern, pinyin or classifier); empty for the base, for what is lacking and for signals';
