import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { WireConnection, WireRow, WireToPage } from '../../src/lab/wire/wire-messages.ts'
import {
  chooseConnection,
  emptyWire,
  filterRows,
  findStuck,
  foldWire,
  isViolation,
  toByteCells,
  type WireModel,
} from '../../src/web/model/wire-model.ts'

function toRow(row: number, own: Partial<WireRow> = {}): WireRow {
  const empty = { pieces: [], marks: [], notes: [], before: '', after: '', name: '', text: '' }
  return { row, at: row, from: 'client', kind: 'message', ...empty, ...own }
}

function toConnection(connection: number, isOpen = true): WireConnection {
  return { connection, program: 'tjc/guess', host: '127.0.0.1', port: 50_000, transport: 'tcp', openedAt: 0, isOpen, isBad: false }
}

function list(connections: WireConnection[]): WireToPage {
  return { type: 'connections', connections, right: 'machine', programs: [] }
}

const watching: WireToPage = { type: 'watching', connection: toConnection(1), serverPort: 9999, start: 'start', legal: {} }

function rows(isAnew: boolean, ...all: WireRow[]): WireToPage {
  return { type: 'rows', connection: 1, isAnew, rows: all, state: 'guessing', turn: 'client', isOpen: true, isHidden: false, quiet: 100 }
}

function fold(...messages: WireToPage[]): WireModel {
  return messages.reduce((model, message) => foldWire(model, message, 1000), emptyWire)
}

test('the cells of a message have all its bytes, in order, and each character once', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array({ maxLength: 60 }),
        fc.string({ unit: 'binary' }).map((text) => new TextEncoder().encode(text)),
      ),
      (bytes) => {
        const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
        const cells = toByteCells(toRow(1, { hex }))
        expect(cells.map((cell) => cell.hex.replaceAll(' ', '')).join('')).toBe(hex)
        expect(cells.every(({ shown }) => shown !== '')).toBe(true)
      },
    ),
  )
})

test('cells show control characters, the boundaries of reads and the first wrong byte', () => {
  const row = toRow(1, {
    hex: '35c3a4ff200a',
    wrong: 3,
    pieces: [
      { number: 1, at: 0, size: 1 },
      { number: 2, at: 5, size: 5 },
    ],
  })
  const cells = toByteCells(row)
  expect(cells.map(({ shown }) => shown)).toEqual(['5', 'ä', '\\xff', '·', '\\n'])
  expect(cells.map(({ isCut }) => isCut)).toEqual([false, true, false, false, false])
  expect(cells.map(({ isWrong }) => isWrong)).toEqual([false, false, true, false, false])
  expect(toByteCells(toRow(1))).toEqual([])
})

test('rows follow each other, a new beginning replaces them, and the page stores at most 2,000', () => {
  expect(fold(watching, rows(true, toRow(1)), rows(false, toRow(2))).rows.map(({ row }) => row)).toEqual([1, 2])
  expect(fold(watching, rows(true, toRow(1)), rows(true, toRow(1, { text: 'shown' }))).rows).toMatchObject([{ text: 'shown' }])
  expect(fold(rows(true, toRow(1))).rows).toEqual([])
  const many = Array.from({ length: 2500 }, (_, at) => toRow(at + 1))
  const full = fold(watching, rows(true, ...many))
  expect([full.rows.length, full.rows[0]?.row, full.dropped]).toEqual([2000, 501, 500])
})

test('a filter finds violations, cut messages, and texts in bytes, states and sentences', () => {
  const all = [
    toRow(1, { hex: '4c4f570a', name: 'low' }),
    toRow(2, { marks: ['cut'], after: 'judging' }),
    toRow(3, { notes: [{ text: 'illegal: the client', tone: 'illegal' }] }),
  ]
  const numbers = (choice: 'all' | 'cut' | 'violations', text: string) => filterRows(all, choice, text).map(({ row }) => row)
  expect(numbers('all', '')).toEqual([1, 2, 3])
  expect(numbers('cut', '')).toEqual([2])
  expect(numbers('violations', '')).toEqual([3])
  expect(numbers('all', '4F57')).toEqual([1])
  expect(numbers('all', ' Judging')).toEqual([2])
  expect(numbers('cut', 'illegal')).toEqual([])
})

test('a message without its end, and an early end of the client, are violations; those of the server are not', () => {
  expect(isViolation(toRow(1, { kind: 'broken', name: 'is not finished', cause: 'missing-newline' }))).toBe(true)
  expect(isViolation(toRow(2, { kind: 'end', cause: 'closed-early' }))).toBe(true)
  expect(isViolation(toRow(3, { kind: 'end' }))).toBe(false)
  expect(isViolation(toRow(4, { kind: 'broken', from: 'server' }))).toBe(false)
  expect(isViolation(toRow(6, { cause: 'answered-twice' }))).toBe(true)
  // odd bytes in a legal message have a cause, and may be right
  expect(isViolation(toRow(5, { cause: 'crlf' }))).toBe(false)
})

test('the page shows the newest program by itself, and never leaves an open connection that the user watches', () => {
  const none = new Set<number>()
  const chosen = (known: ReadonlySet<number>, ...messages: WireToPage[]) => chooseConnection(fold(...messages), known)?.connection
  expect(chosen(none, list([toConnection(1)]))).toBe(1)
  expect(chosen(none, list([toConnection(1), toConnection(2), toConnection(3, false)]))).toBe(2)
  expect(chosen(none, list([toConnection(1, false), toConnection(2, false)]))).toBe(2)
  expect(chosen(new Set([1]), list([toConnection(1), toConnection(2)]), watching)).toBeUndefined()
  expect(chosen(new Set([1]), list([toConnection(1, false), toConnection(2)]), watching)).toBe(2)
  // a program can end before the page lists it
  expect(chosen(new Set([1]), list([toConnection(1, false), toConnection(2, false)]), watching)).toBe(2)
  // the mistake of a program that has ended stays in view until the next program
  expect(chosen(new Set([1, 2]), list([toConnection(1, false), toConnection(2, false)]), watching)).toBeUndefined()
  const all: WireToPage = {
    ...list([toConnection(1)]),
    type: 'connections',
    right: 'operator',
    connections: [toConnection(1)],
    programs: [],
  }
  expect(chosen(none, all)).toBeUndefined()
})

test('a client that sends nothing in its turn hangs after five seconds, and may have read only one of two messages', () => {
  const glued = toRow(1, { from: 'server', marks: ['glued'] })
  const stuckAt = (at: number, row: WireRow, own: Partial<Extract<WireToPage, { type: 'rows' }>> = {}) =>
    findStuck(fold(watching, { ...rows(true, row), ...own } as WireToPage), at)
  expect(stuckAt(5899, glued)).toBeUndefined()
  expect(stuckAt(5900, glued)).toEqual({ quiet: 5000, cause: 'glued-read' })
  expect(stuckAt(13_000, toRow(1, { from: 'server' }))).toEqual({ quiet: 12_100, cause: 'hangs' })
  expect(stuckAt(13_000, toRow(1, { kind: 'broken', name: 'is not finished' }))).toBeUndefined()
  expect(stuckAt(13_000, glued, { turn: 'server' })).toBeUndefined()
  expect(stuckAt(13_000, glued, { isOpen: false })).toBeUndefined()
  expect(stuckAt(13_000, glued, { isHidden: true })).toBeUndefined()
})
