SELECT name, roles, team, created_at FROM account ORDER BY name;
