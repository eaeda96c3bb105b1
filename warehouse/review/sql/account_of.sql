SELECT name, password, roles, team FROM account WHERE name = $name;
