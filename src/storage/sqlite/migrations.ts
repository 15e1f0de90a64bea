import { closeSync, openSync, readSync } from 'node:fs'
import { StoreError } from '../error.ts'
import { type Database, number } from './database.ts'

/**
 * What has become of the schema, step by step: the first makes a new file one of version 1, and so on. What stands here
 * is never changed, for files out there have been through it; a change is one more step.
 *
 * Version 1 had a row for each event, which led to the one before it. Version 2 has one for each commit, with all that it
 * brought, in the order in which it came; `tables` says where a table's events are, and goes as far as `covered` says, at
 * least. Versions 3 and 4 keep events in fewer characters, and 4 has most tables that have ended in `blocks`, many in a row.
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
  // openings may be kept without what is as usual, which programs before this cannot read
  'PRAGMA user_version = 3;',
  // events may be kept without what follows from where they stand, and openings together
  `
  CREATE TABLE blocks (
    block INTEGER NOT NULL,
    first INTEGER NOT NULL,
    entries TEXT NOT NULL,
    PRIMARY KEY (block, first)
  ) STRICT, WITHOUT ROWID;

  PRAGMA user_version = 4;
  `,
  // seeds may be texts with a version, and tables may get another, which programs before this cannot read
  'PRAGMA user_version = 5;',
  // the history of each player begins here, so that tables that ended before are in none
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
  // tokens of seats may be revoked, which programs before this cannot read
  `
  CREATE TABLE places (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    place TEXT NOT NULL UNIQUE,
    person TEXT NOT NULL
  ) STRICT;
  CREATE INDEX places_of ON places (person, number);

  PRAGMA user_version = 7;
  `,
  // the oldest rows of the journal may be gone, with all of the tables that have something in them
  `
  CREATE INDEX history_of ON history (table_id);

  PRAGMA user_version = 8;
  `,
  // rows of the journal have checksums from here on; the file has a name, and says whether a server has it open
  `
  ALTER TABLE journal ADD COLUMN crc INTEGER;

  CREATE TABLE origin (
    id TEXT NOT NULL,
    open INTEGER NOT NULL
  ) STRICT;
  INSERT INTO origin VALUES (lower(hex(randomblob(16))), 0);

  PRAGMA user_version = 9;
  `,
  // bytes that networks add to the disk in an hour are counted over restarts
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
  // an account has its last hundred sessions; it had any number of them
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
  // guests leave the ladders in the order in which they have played last: `played` is the table
  `
  ALTER TABLE standings ADD COLUMN played INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX standings_of_guests ON standings (game, played) WHERE person >= 'guest:' AND person < 'guest;';

  PRAGMA user_version = 12;
  `,
]

/** Offset of the version in the head of a file (sqlite.org/fileformat.html, section 1.3.16), in four bytes. */
const VERSION_AT = 60

/** Checks whether a file has the version that is written here, by its head, without opening it as a database. */
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
 * Brings a database to the newest version that is known, each step in a transaction: one that fails leaves the version
 * before it. Throws a StoreError for a database of a newer one.
 */
export function migrate(database: Database, migrations: readonly string[] = MIGRATIONS): void {
  const ask = database.prepare('PRAGMA user_version')
  const version = number(database.ask(() => ask.get())?.user_version)
  if (version > migrations.length) {
    const versions = `it has version ${version}, and this one knows ${migrations.length}`
    throw new StoreError('newer', `${database.path} was written by a newer Parlor (${versions}): use that one, or choose another folder`)
  }
  for (const migration of migrations.slice(version)) database.transaction(() => database.run(migration))
}
