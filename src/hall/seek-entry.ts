import { isRecord } from '../base/records.ts'
import { fieldChecks } from './events.ts'
import type { OpeningEvent, SeatOwner, SeekClaim, SeekEntry } from './ports.ts'

/*
 * Entries and claims of seeks come from other servers, perhaps of another version, so a hall checks them before it uses them.
 * The rules of the game check the options when the hall opens a table.
 */

type Fields = Readonly<Record<string, unknown>>

/** Returns an entry from another server after checking its fields. Throws a TypeError that names the wrong field. */
export function parseSeekEntry(data: unknown): SeekEntry {
  const fields = toFields(data, 'seek')
  check(isOwner(fields.owner), 'owner')
  check(isTime(fields.since), 'since')
  check(typeof fields.game === 'string', 'game')
  check(fields.clock === undefined || isClock(fields.clock), 'clock')
  check(Array.isArray(fields.seats) && fields.seats.every(isSeat), 'seats')
  check(typeof fields.rated === 'boolean', 'rated')
  check(isOptionalText(fields.against), 'against')
  check(isOptionalText(fields.code), 'code')
  return data as SeekEntry
}

/** Returns a claim from another server after checking its fields. Throws a TypeError that names the wrong field. */
export function parseSeekClaim(data: unknown): SeekClaim {
  const fields = toFields(data, 'claim')
  check(typeof fields.by === 'string', 'by')
  check(fields.type === 'matched' || fields.type === 'withdrawn' || fields.type === 'refused', 'type')
  if (fields.type === 'refused') check(typeof fields.name === 'string', 'name')
  if (fields.type === 'matched') {
    check(Number.isSafeInteger(fields.table) && Number(fields.table) > 0, 'table')
    check(isSeat(fields.seat), 'seat')
    check(isOpening(fields.opening), 'opening')
  }
  return data as SeekClaim
}

/** Checks whether an event is the opening of a table. */
export function isOpening(event: unknown): event is OpeningEvent {
  if (!isRecord(event) || event.type !== 'opened' || event.n !== 1 || !isTime(event.at)) return false
  return fieldChecks.get('opened')?.(event) === true
}

function toFields(data: unknown, what: string): Fields {
  if (!isRecord(data)) throw new TypeError(`a ${what} must be an object`)
  return data
}

function check(isValid: boolean, field: string): void {
  if (!isValid) throw new TypeError(`the field "${field}" of a seek or of its claim is not valid`)
}

function isOwner(value: unknown): value is SeatOwner {
  return (
    isRecord(value) &&
    typeof value.person === 'string' &&
    typeof value.name === 'string' &&
    isOptionalText(value.token) &&
    isOptionalText(value.from)
  )
}

function isClock(value: unknown): boolean {
  return isRecord(value) && [value.total, value.turn, value.grace].every((limit) => limit === undefined || isTime(limit))
}

function isTime(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}

function isSeat(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0
}

function isOptionalText(value: unknown): boolean {
  return value === undefined || typeof value === 'string'
}
