-- a store of format 1, as sbx made it before deaths were counted
CREATE TABLE job(seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, key TEXT NOT NULL, idempotency TEXT, digest BLOB NOT NULL, kind INTEGER NOT NULL, priority INTEGER NOT NULL, accepted_us INTEGER NOT NULL, body_len INTEGER NOT NULL, attempt INTEGER NOT NULL DEFAULT 0, state INTEGER NOT NULL DEFAULT 0, started_us INTEGER NOT NULL DEFAULT 0, ended_us INTEGER NOT NULL DEFAULT 0, exit_status INTEGER NOT NULL DEFAULT 0, error TEXT) STRICT;
CREATE UNIQUE INDEX job_retry ON job(key, idempotency) WHERE idempotency IS NOT NULL;
CREATE INDEX job_unfinished ON job(seq) WHERE ended_us = 0;
CREATE INDEX job_ended ON job(ended_us) WHERE ended_us > 0;
CREATE TABLE body(seq INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
CREATE TABLE report(seq INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
CREATE TABLE file(name TEXT PRIMARY KEY, bytes INTEGER NOT NULL, used_us INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX file_used ON file(used_us);
CREATE TABLE need(name TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY(name, seq)) STRICT, WITHOUT ROWID;
CREATE INDEX need_seq ON need(seq);
INSERT INTO job(id, key, digest, kind, priority, accepted_us, body_len, attempt, state, started_us)
 VALUES('ran', 'alice', x'00', 0, 5, 1000, 4, 2, 1, 2000), ('waits', 'bob', x'00', 0, 0, 1001, 4, 0, 0, 0);
INSERT INTO body(seq, bytes) SELECT seq, x'626f6479' FROM job;
INSERT INTO job(id, key, digest, kind, priority, accepted_us, body_len, attempt, state, started_us, ended_us)
 VALUES('ended', 'alice', x'00', 0, 0, 900, 4, 1, 2, 901, 902);
INSERT INTO report(seq, bytes) SELECT seq, x'7b7d' FROM job WHERE id = 'ended';
INSERT INTO file(name, bytes, used_us) VALUES('cba06b5736faf67e54b07b561eae94395e774c517a7d910a54369e1263ccfbd4', 3, 950);
PRAGMA application_id = 1935833203;
PRAGMA user_version = 1;
