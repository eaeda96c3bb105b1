CREATE TABLE IF NOT EXISTS account (
    name TEXT PRIMARY KEY,
    password TEXT NOT NULL,
    roles TEXT NOT NULL,
    team TEXT NOT NULL,
    created_at REAL NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS login_failure (
    name_digest TEXT NOT NULL,
    failed_at REAL NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS session (
    token_digest TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    is_local INTEGER NOT NULL,
    csrf TEXT NOT NULL,
    opened_at REAL NOT NULL,
    seen_at REAL NOT NULL
) STRICT;

-- A ticket is one form handed to one person: its id is the form's one-time id. `target` is what was handed out,
-- `opinion` what was answered; both go once the verdict is stored.
CREATE TABLE IF NOT EXISTS ticket (
    ticket_id TEXT PRIMARY KEY,
    target_id TEXT NOT NULL,
    label_table TEXT NOT NULL,
    call_id TEXT NOT NULL,
    stage TEXT NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'lapsed', 'skipped', 'answering', 'answered')),
    handed_at REAL NOT NULL,
    lapses_at REAL NOT NULL,
    target TEXT,
    opinion TEXT,
    answer TEXT
) STRICT;

-- Nobody else is handed what somebody has before them.
CREATE UNIQUE INDEX IF NOT EXISTS ticket_reserves ON ticket (target_id, stage) WHERE state = 'open';
CREATE INDEX IF NOT EXISTS ticket_of_call ON ticket (call_id);
CREATE INDEX IF NOT EXISTS ticket_of_name ON ticket (name, state);

-- The chain runs over `about_digest`, not over what it is of, so that a forgotten call can be taken out of the
-- log and the chain still holds; `salt` goes with it, so that nobody can try out call ids.
CREATE TABLE IF NOT EXISTS audit (
    entry_number INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    name TEXT NOT NULL,
    deed TEXT NOT NULL,
    salt TEXT,
    call_id TEXT,
    target_id TEXT,
    detail TEXT,
    about_digest TEXT NOT NULL,
    chain TEXT NOT NULL
) STRICT;

CREATE INDEX IF NOT EXISTS audit_of_call ON audit (call_id);

CREATE TRIGGER IF NOT EXISTS audit_keeps_all BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log only grows');
END;

CREATE TRIGGER IF NOT EXISTS audit_stays BEFORE UPDATE ON audit
WHEN
    NEW.entry_number IS NOT OLD.entry_number OR NEW.at IS NOT OLD.at OR NEW.name IS NOT OLD.name
    OR NEW.deed IS NOT OLD.deed OR NEW.about_digest IS NOT OLD.about_digest OR NEW.chain IS NOT OLD.chain
    OR NEW.salt IS NOT NULL OR NEW.call_id IS NOT NULL OR NEW.target_id IS NOT NULL OR NEW.detail IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'the audit log only grows');
END;
