import { closeSync, openSync, readSync } from 'node:fs'
import { StoreError } from '../error.ts'
import { type Database, toNumber } from './database.ts'

/**
 * The migrations of the schema: the first migration turns a new file into version 1, the second migration turns version 1 into version 2,
 * and so on. A published migration never changes, because Parlor has already migrated existing files with that migration. A change of the
 * schema is a new migration.
 *
 * Version 1 had a row for each event, with a link to the previous event. Version 2 has a row for each commit, with all events of the commit
 * in order (journal.ts); `tables` has the positions of the events of each table, at least up to the place in `covered`. Versions 3 and 4
 * encode events in fewer characters, and version 4 has most finished tables in `blocks`; each row of `blocks` has many tables.
 */
export const MIGRATIONS: readonly string[] = [
  `
  PRAGMA application_id = 0x5061726c;

  CREATE TABLE tables (
    id INTEGER PRIMARY KEY,
    version INTEGER NOT NULL,
    last INTEGER,
    ended INTEGER,
    counts INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX unfinished ON tables (id) WHERE ended IS NULL;
  CREATE INDEX counted ON tables (ended) WHERE counts = 1;

  CREATE TABLE events (
    place INTEGER PRIMARY KEY,
    table_id INTEGER NOT NULL,
    n INTEGER NOT NULL,
    previous INTEGER,
    event TEXT NOT NULL
  ) STRICT;

  CREATE TABLE standings (
    person TEXT NOT NULL,
    game TEXT NOT NULL,
    name TEXT NOT NULL,
    score REAL NOT NULL,
    games INTEGER NOT NULL,
    rating REAL,
    deviation REAL,
    volatility REAL,
    PRIMARY KEY (person, game)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX ladder ON standings (game, score DESC, name, person);

  CREATE TABLE recorded (
    place INTEGER PRIMARY KEY,
    table_id INTEGER NOT NULL UNIQUE
  ) STRICT;

  CREATE TABLE accounts (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    password TEXT NOT NULL,
    since REAL NOT NULL
  ) STRICT;

  CREATE TABLE sessions (
    token TEXT PRIMARY KEY,
    person TEXT NOT NULL,
    until REAL NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX sessions_of ON sessions (person);
  CREATE INDEX sessions_until ON sessions (until);

  PRAGMA user_version = 1;
  `,
  `
  CREATE INDEX events_of ON events (table_id, n);
  ALTER TABLE tables RENAME TO tables_before;

  CREATE TABLE tables (
    id INTEGER PRIMARY KEY,
    version INTEGER NOT NULL,
    places TEXT NOT NULL,
    ended INTEGER,
    counts INTEGER NOT NULL
  ) STRICT;
  INSERT INTO tables
    SELECT id, version, ' ' || row_number() OVER batches || ':0', iif(ended IS NULL, NULL, row_number() OVER batches), counts
    FROM tables_before WINDOW batches AS (ORDER BY ended IS NULL, ended, id);

  CREATE TABLE journal (
    place INTEGER PRIMARY KEY,
    batch TEXT NOT NULL
  ) STRICT;
  INSERT INTO journal
    SELECT
      CAST(places AS INTEGER),
      char(10) || id || ' 0' || CASE WHEN ended IS NULL THEN '' WHEN counts THEN ' counts' ELSE ' ended' END ||
        (SELECT coalesce(group_concat(char(10) || event, '' ORDER BY n), '') FROM events WHERE table_id = id)
    FROM tables;

  CREATE TABLE covered (
    place INTEGER NOT NULL,
    ended INTEGER NOT NULL
  ) STRICT;
  INSERT INTO covered SELECT count(*), count(ended) FROM tables;

  DROP TABLE tables_before;
  DROP TABLE events;
  CREATE INDEX unfinished ON tables (id) WHERE ended IS NULL;
  CREATE INDEX counted ON tables (ended) WHERE counts = 1;

  PRAGMA user_version = 2;
  `,
  // openings may omit fields with the default value; older programs cannot read such openings
  'PRAGMA user_version = 3;',
  // the lines of events may omit values that the decoder computes from the position of the line, and openings may share a beginning
  `
  CREATE TABLE blocks (
    block INTEGER NOT NULL,
    first INTEGER NOT NULL,
    entries TEXT NOT NULL,
    PRIMARY KEY (block, first)
  ) STRICT, WITHOUT ROWID;

  PRAGMA user_version = 4;
  `,
  // seeds may be texts with a version, and logs may have the event `reseeded`; older programs can read neither
  'PRAGMA user_version = 5;',
  // the histories of players begin with this version, so the histories do not contain tables that ended before the migration
  `
  CREATE TABLE history (
    person TEXT NOT NULL,
    table_id INTEGER NOT NULL,
    hidden INTEGER NOT NULL,
    entry TEXT NOT NULL,
    PRIMARY KEY (person, table_id)
  ) STRICT, WITHOUT ROWID;

  PRAGMA user_version = 6;
  `,
  // logs may have the event `revoked`, which older programs cannot read; the store has the login places of users
  `
  CREATE TABLE places (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    place TEXT NOT NULL UNIQUE,
    person TEXT NOT NULL
  ) STRICT;
  CREATE INDEX places_of ON places (person, number);

  PRAGMA user_version = 7;
  `,
  // the store may remove the oldest rows of the journal, together with finished tables that have parts in those rows
  `
  CREATE INDEX history_of ON history (table_id);

  PRAGMA user_version = 8;
  `,
  // rows of the journal have checksums from this version on; the file has an id, and records whether a server has the file open
  `
  ALTER TABLE journal ADD COLUMN crc INTEGER;

  CREATE TABLE origin (
    id TEXT NOT NULL,
    open INTEGER NOT NULL
  ) STRICT;
  INSERT INTO origin VALUES (lower(hex(randomblob(16))), 0);

  PRAGMA user_version = 9;
  `,
  // the store has the counts of the bytes that networks add to the disk in an hour, so that the counts survive restarts
  `
  CREATE TABLE usage (
    network TEXT NOT NULL,
    part INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    PRIMARY KEY (network, part)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE usage_time (
    salt TEXT NOT NULL,
    at INTEGER NOT NULL
  ) STRICT;
  INSERT INTO usage_time VALUES (lower(hex(randomblob(16))), 0);

  PRAGMA user_version = 10;
  `,
  // an account has at most its last hundred sessions; before this version, the number of sessions was unlimited
  `
  ALTER TABLE sessions RENAME TO sessions_before;

  CREATE TABLE sessions (
    token TEXT PRIMARY KEY,
    person TEXT NOT NULL,
    until REAL NOT NULL
  ) STRICT, WITHOUT ROWID;
  INSERT INTO sessions SELECT token, person, until
    FROM (SELECT *, row_number() OVER (PARTITION BY person ORDER BY until DESC) AS place FROM sessions_before)
    WHERE place <= 100;
  DROP TABLE sessions_before;
  CREATE INDEX sessions_of ON sessions (person, until);
  CREATE INDEX sessions_until ON sessions (until);

  PRAGMA user_version = 11;
  `,
  // the store removes guests from the ladders in the order of their last games; `played` is the table of the last game
  `
  ALTER TABLE standings ADD COLUMN played INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX standings_of_guests ON standings (game, played) WHERE person >= 'guest:' AND person < 'guest;';

  PRAGMA user_version = 12;
  `,
  // a session has the times of its opening and of its last use; logs may have the event `waited`, which older programs cannot read
  `
  ALTER TABLE sessions ADD COLUMN since REAL NOT NULL DEFAULT 0;
  ALTER TABLE sessions ADD COLUMN used REAL NOT NULL DEFAULT 0;
  UPDATE sessions SET since = until - 30 * 24 * 3600000, used = until - 30 * 24 * 3600000;

  PRAGMA user_version = 13;
  `,
]

/** Offset of the version in the head of a file (sqlite.org/fileformat.html, section 1.3.16), in four bytes. */
const VERSION_AT = 60

/** Checks whether a file has the newest version. Reads the head of the file, and does not open the file as a database. */
export function isOfThisVersion(path: string): boolean {
  const file = openSync(path, 'r')
  try {
    const bytes = new DataView(new ArrayBuffer(4))
    return readSync(file, bytes, 0, 4, VERSION_AT) === 4 && bytes.getUint32(0) === MIGRATIONS.length
  } finally {
    closeSync(file)
  }
}

/**
 * Migrates a database to the newest version. Each migration is a separate transaction: if a migration fails, the database has the result of
 * the previous migration. If the version of the database is newer than this Parlor supports, throws a StoreError and does not change the
 * database.
 */
export function migrate(database: Database, migrations: readonly string[] = MIGRATIONS): void {
  const ask = database.prepare('PRAGMA user_version')
  const version = toNumber(database.query(() => ask.get())?.user_version)
  if (version > migrations.length) {
    const versions = `it has version ${version}, and this Parlor supports ${migrations.length}`
    throw new StoreError(
      'newer',
      `${database.path} was written by a newer Parlor (${versions}): use the newer Parlor, or choose another folder`,
    )
  }
  for (const migration of migrations.slice(version)) database.transaction(() => database.run(migration))
}
