INSERT INTO ticket (
    ticket_id, target_id, label_table, call_id, stage, name, state, handed_at, lapses_at, target
) VALUES ($ticket_id, $target_id, $label_table, $call_id, $stage, $name, 'open', $at, $lapses_at, $target);
