INSERT INTO account (name, password, roles, team, created_at) VALUES ($name, $password, $roles, $team, $at);
