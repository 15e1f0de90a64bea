import { type Note, toNotes } from '../monitor/notes.ts'
import {
  isCut,
  isGlued,
  type MessageObservation,
  type Observation,
  type Segment,
  type UnfinishedObservation,
  type Violation,
} from '../monitor/observation.ts'
import { showMessage } from '../monitor/shown-bytes.ts'
import type { WireRow } from './wire-messages.ts'

/** Maximum number of columns of the text of a row, and of bytes in its hexadecimal form. */
const SHOWN = { text: 300, bytes: 512 }
/** Maximum number of reads that a row lists. */
const PIECES = 64

/** A row without its number. */
type UnnumberedRow = Omit<WireRow, 'row'>

/** Returns the row of an observation; `undefined` for a read, because its messages have rows. */
export function toWireRow(one: Observation): UnnumberedRow | undefined {
  if (one.kind === 'segment') return undefined
  const { at, from } = one
  const plain = { at, from, name: '', text: '', pieces: [], marks: [], before: '', after: '', notes: [...toNotes(one)] }
  switch (one.kind) {
    case 'message':
      return toMessageRow(one)
    case 'judged':
      return { ...plain, kind: 'note', before: one.before, after: one.after }
    case 'gap':
      return { ...plain, kind: 'note' }
    case 'unfinished':
      return { ...plain, kind: 'broken', name: one.final ? 'is cut off' : 'is not finished', ...toUnfinishedHex(one) }
    case 'unreadable':
      return { ...plain, kind: 'broken', name: 'cannot be read' }
    case 'end': {
      const isFinished = one.how === 'finished'
      const name = isFinished ? 'closes (FIN)' : 'breaks off (RST)'
      return { ...plain, kind: isFinished ? 'end' : 'broken', name, before: one.before, after: one.after }
    }
  }
}

/**
 * Returns the row of an observation at a table whose game has secrets, as long as the game is not over. The row shows no byte and no name.
 * It also shows no length, state or sentence that depends on the bytes.
 */
export function toHiddenRow(one: Observation): UnnumberedRow | undefined {
  if (one.kind === 'segment') return undefined
  const { at, from } = one
  const row = { at, from, name: '', text: '', pieces: [], marks: [], before: '', after: '', notes: [] }
  switch (one.kind) {
    case 'message':
      return {
        ...row,
        ...{ kind: 'message', number: one.number, text: HIDDEN, pieces: toPieces(one.segments).map(withoutSize) },
        notes: toHiddenNotes(one.violation, one.from),
      }
    case 'judged':
      return one.violation && { ...row, kind: 'note', notes: toHiddenNotes(one.violation, one.from) }
    case 'unfinished':
      return { ...row, kind: 'broken', name: one.final ? 'is cut off' : 'is not finished' }
    case 'unreadable':
      return {
        ...row,
        kind: 'broken',
        name: 'cannot be read',
        notes: [{ text: `the ${from} sent a message over the limit`, tone: 'illegal' }],
      }
    case 'gap':
      return undefined
    case 'end':
      return { ...row, kind: one.how === 'finished' ? 'end' : 'broken', name: one.how === 'finished' ? 'closes (FIN)' : 'breaks off (RST)' }
  }
}

const HIDDEN = '***'

function toHiddenNotes(violation: Violation | undefined, from: string): WireRow['notes'] {
  return violation
    ? [{ text: `illegal: the ${from} sent a message that is hidden until the game is over; ${violation.expected}`, tone: 'illegal' }]
    : []
}

function toMessageRow(message: MessageObservation): UnnumberedRow {
  const { at, number, from, name = '', before, after, start, bytes, segments, secrets, violation, end } = message
  const isSecret = secrets.length > 0
  const wrong = isSecret || !violation ? undefined : violation.wrongAt - start
  const notes: Note[] = [...toNotes(message)]
  return {
    ...{ at, from, kind: 'message', number, name, before, after, notes },
    text: showMessage(message, SHOWN.text).text,
    ...(isSecret ? {} : toHex(bytes, end - start)),
    ...(wrong === undefined ? {} : { wrong }),
    pieces: toPieces(segments).map((piece, at) => (isSecret ? withoutSize(piece) : { ...piece, size: sizeIn(message, segments[at]) })),
    marks: [...(isCut(message) ? (['cut'] as const) : []), ...(isGlued(message) ? (['glued'] as const) : [])],
  }
}

function toPieces(segments: readonly Segment[]): WireRow['pieces'] {
  return segments.slice(0, PIECES).map(({ number, at }) => ({ number, at }))
}

function withoutSize({ number, at }: WireRow['pieces'][number]): WireRow['pieces'][number] {
  return { number, at }
}

/** Returns the number of bytes of a message in one of its reads. */
function sizeIn({ start, end }: MessageObservation, segment: Segment | undefined): number {
  return segment ? Math.max(0, Math.min(end, segment.end) - Math.max(start, segment.start)) : 0
}

/** Maximum number of bytes of an unfinished message in its row. The sentence of the row can quote more bytes. */
const UNFINISHED = 64

/** Returns the bytes of an unfinished message, unless its sentence has a mask in place of a secret. */
function toUnfinishedHex({ bytes, sentence }: UnfinishedObservation): Pick<WireRow, 'hex' | 'more'> {
  const isShown = bytes.length > 0 && bytes.length <= UNFINISHED && !sentence.includes(HIDDEN)
  return isShown ? toHex(bytes) : {}
}

/** Returns bytes in hexadecimal, and how many of `length` bytes are left out. */
function toHex(bytes: Uint8Array, length = bytes.length): Pick<WireRow, 'hex' | 'more'> {
  const shown = bytes.subarray(0, SHOWN.bytes)
  const hex = Array.from(shown, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return length > shown.length ? { hex, more: length - shown.length } : { hex }
}
