import { errorMessage } from '../../base/errors.ts'
import { quietly, StoreError } from '../error.ts'
import { type Database, toNumber, toText } from './database.ts'
import { checksum, parseParts } from './journal.ts'

/** Damage has a place of the journal whose row is missing or damaged, and the fault as a clause. */
export interface Damage {
  readonly place: number
  readonly what: 'is missing' | 'cannot be read' | 'is not as it was written'
}

/** Number of consecutive missing places that mark the end of the journal. */
const FAR = 2000
/** Maximum number of findings that SQLite returns. */
const FINDINGS = 20
/** Matches a finding about a page. */
const OF_PAGE = /^(?:Tree \d+ )?page (\d+)\b/i

/** ScannedRow has a place of the journal, and the batch or the damage at that place. */
export interface ScannedRow {
  readonly place: number
  readonly batch: string | undefined
  readonly damage: Damage | undefined
}

/**
 * Yields the rows of a journal from the first place to the last place, and verifies the checksum of each row. Rows of versions before 9
 * have no checksum, so the scan parses such rows. If SQLite cannot continue because of a damaged page, the scan queries each later place
 * separately.
 */
export function* scanRows(database: Database): Iterable<ScannedRow> {
  const last = leastLast(database)
  let next = firstPlace(database)
  let isWhole = false
  try {
    for (const row of database.prepare('SELECT place, batch, crc FROM journal ORDER BY place').iterate()) {
      const place = toNumber(row.place)
      while (next < place) yield lost(next++, 'is missing')
      yield checked(place, row.batch, row.crc)
      next = place + 1
    }
    isWhole = true
  } catch {
    // a page of the file is damaged, but queries for single places find the rows on other pages
  }
  if (isWhole) return
  const alone = database.prepare('SELECT batch, crc FROM journal WHERE place = ?')
  // the last rows may be on a damaged page, so the scan continues after `last`, and reports damage there only if a readable row follows
  for (let unsure: ScannedRow[] = []; next <= last || unsure.length < FAR; next++) {
    const row = one(next, () => alone.get(next))
    if (row.damage && next > last) unsure.push(row)
    else {
      yield* unsure
      unsure = []
      yield row
    }
  }
}

/** Returns the damaged places of a journal. */
export function findDamages(database: Database): Damage[] {
  const damages: Damage[] = []
  for (const { damage } of scanRows(database)) if (damage) damages.push(damage)
  return damages
}

/** Returns the first place of the journal; this place is not 1 if compaction has removed the oldest rows. */
function firstPlace(database: Database): number {
  try {
    const found = database.prepare('SELECT min(place) AS place FROM journal').get()?.place
    return typeof found === 'number' ? found : 1
  } catch {
    return 1
  }
}

/** Returns a lower bound of the last place of the journal; 0 if the last place is unknown. */
function leastLast(database: Database): number {
  for (const sql of ['SELECT max(place) AS place FROM journal', 'SELECT place FROM covered']) {
    try {
      const found = database.prepare(sql).get()?.place
      return typeof found === 'number' ? found : 0
    } catch {
      // if this query fails because of a damaged page, the next query may succeed
    }
  }
  return 0
}

/** Checks the structure of a file with SQLite's quick_check. Returns the findings as clauses for the operator. */
export function checkStructure(database: Database): string[] {
  try {
    const rows = database.prepare(`PRAGMA quick_check(${FINDINGS})`).all()
    return inPlainWords(rows.map((row) => toText(Object.values(row)[0])).filter((found) => found !== 'ok'))
  } catch (error) {
    return inPlainWords([errorMessage(error)])
  }
}

/** Rewrites findings of SQLite for the operator: counts the damaged pages, and quotes most other findings. */
export function inPlainWords(findings: readonly string[]): string[] {
  const lines = findings.flatMap((finding) => finding.split('\n')).filter((line) => line !== '' && !line.startsWith('***'))
  const pages = [...new Set(lines.flatMap((line) => OF_PAGE.exec(line)?.[1] ?? []))]
  const many = lines.length >= FINDINGS ? ' or more' : ''
  const rest = lines.filter((line) => !OF_PAGE.test(line))
  return [
    ...(pages.length === 1 ? [`page ${pages[0]} of the file is damaged`] : []),
    ...(pages.length > 1 ? [`${pages.length}${many} pages of the file are damaged, the first of them page ${pages[0]}`] : []),
    ...rest.map((line) => (/malformed/.test(line) ? 'the structure of the file is damaged' : `SQLite finds: ${line}`)),
  ]
}

/** Returns the tables that have a part at one of these places, according to the index and to the readable rows. */
export function findTablesAt(database: Database, places: ReadonlySet<number>): number[] {
  const tables = new Set<number>()
  const note = (table: number, spots: string) => {
    for (const spot of spots.trim().split(' ')) if (places.has(Number(spot.split(':')[0]))) tables.add(table)
  }
  // these queries may fail on damaged pages, and the caller has already reported the damage
  quietly(() => {
    for (const { id, places: spots } of database.prepare('SELECT id, places FROM tables').iterate()) note(toNumber(id), toText(spots))
  })
  quietly(() => {
    for (const { entries } of database.prepare('SELECT entries FROM blocks').iterate()) {
      for (const [, table, spots = ''] of toText(entries).matchAll(/\n(\d+) \d+ \d+((?: \d+:\d+)+)/g)) note(Number(table), spots)
    }
  })
  const alone = database.prepare('SELECT batch FROM journal WHERE place = ?')
  for (const place of places) {
    quietly(() => {
      for (const [, table] of String(alone.get(place)?.batch ?? '').matchAll(/\n(\d+) \d+(?: ended| counts)?(?=\n)/g))
        tables.add(Number(table))
    })
  }
  return [...tables].sort((first, second) => first - second)
}

function checked(place: number, batch: unknown, crc: unknown): ScannedRow {
  if (typeof batch !== 'string') return lost(place, 'cannot be read')
  if (typeof crc === 'number')
    return crc === checksum(place, batch) ? { place, batch, damage: undefined } : lost(place, 'is not as it was written')
  try {
    for (const _ of parseParts(batch, place));
    return { place, batch, damage: undefined }
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    return lost(place, 'cannot be read')
  }
}

function one(place: number, read: () => Record<string, unknown> | undefined): ScannedRow {
  try {
    const row = read()
    return row ? checked(place, row.batch, row.crc) : lost(place, 'is missing')
  } catch {
    return lost(place, 'cannot be read')
  }
}

function lost(place: number, what: Damage['what']): ScannedRow {
  return { place, batch: undefined, damage: { place, what } }
}
