INSERT INTO audit (entry_number, at, name, deed, salt, call_id, target_id, detail, about_digest, chain)
VALUES ($entry_number, $at, $name, $deed, $salt, $call_id, $target_id, $detail, $about_digest, $chain);
