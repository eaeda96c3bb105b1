UPDATE account SET password = $password WHERE name = $name;
