import type { Side } from '../../protocol/message-spec.ts'
import type { WatchedProtocol } from '../monitor/monitor.ts'
import { type Note, toNotes } from '../monitor/notes.ts'
import { isCut, isGlued, type MessageObservation, type Observation } from '../monitor/observation.ts'
import { formatHex, showMessage } from '../monitor/shown-bytes.ts'
import type { ConnectionOpening, RecordingEntry } from '../recordings/recording.ts'
import { type ConversationSummary, formatSummary } from '../tap/conversation-summary.ts'
import { createWatches } from '../tap/conversation-watch.ts'
import { RecordingJudge } from '../tap/recording-judge.ts'

/** DiagramRow is an arrow of a sequence diagram on a page, or notes without an arrow. */
export interface DiagramRow {
  /** Seconds since the beginning of the recording. */
  readonly time: string
  readonly number: number | undefined
  readonly from: Side
  /** Name of the message or of the event. */
  readonly name: string
  /** The bytes in quotation marks, with a bar between two reads. */
  readonly text: string
  /** Characters of `text` before the first wrong byte. */
  readonly caret: number | undefined
  /** State afterwards, if it has changed. */
  readonly state: string
  readonly marks: readonly string[]
  readonly notes: readonly Note[]
  /** Facts for readers who want to know more, such as the bytes in hexadecimal. */
  readonly details: readonly string[]
  /** `broken` for an unfinished message, and for a reset. */
  readonly kind: 'message' | 'end' | 'broken' | 'note'
}

/** DiagramPart is the diagram of one connection. */
export interface DiagramPart {
  readonly opening: ConnectionOpening
  /** The program, if a program fits. */
  readonly program: string | undefined
  readonly start: string
  readonly rows: readonly DiagramRow[]
  readonly summary: string
  readonly violations: number
}

/** TapAct is an act of the tap itself, such as a fault. */
interface TapAct {
  readonly kind: 'act'
  readonly at: number
  readonly sentence: string
}

/** Limits of the characters of a message and of its bytes in hexadecimal on a page. */
const SHOWN = { text: 300, hex: 600 }

/** Judges the entries of a recording, and returns the diagram of each connection. */
export function toDiagramParts(entries: Iterable<RecordingEntry>, protocols: readonly WatchedProtocol[]): readonly DiagramPart[] {
  const parts = new Map<number, { readonly opening: ConnectionOpening; readonly seen: (Observation | TapAct)[]; start: string }>()
  const summaries = new Map<number, ConversationSummary>()
  let origin: number | undefined
  const judge = new RecordingJudge({
    createWatch: createWatches(protocols),
    view: {
      opened(opening) {
        origin ??= opening.at / 1000
        parts.set(opening.connection, { opening, seen: [], start: '' })
      },
      saw(connection, { observations, isAnew, monitor }) {
        const part = parts.get(connection)
        if (!part) return
        if (isAnew) part.seen.length = 0
        part.seen.push(...observations)
        part.start = monitor.protocol.automaton.start
      },
      acted: (connection, at, sentence) => void parts.get(connection)?.seen.push({ kind: 'act', at, sentence }),
      closed: (connection, summary) => void summaries.set(connection, summary),
    },
  })
  for (const entry of entries) judge.take(entry)
  judge.closeAll()
  return Array.from(parts.values(), ({ opening, seen, start }) => {
    const summary = summaries.get(opening.connection)
    const rows = seen.flatMap((one) => toRow(one, origin ?? 0))
    return {
      opening,
      program: summary?.program,
      start,
      rows,
      summary: summary ? formatSummary(opening.connection, summary) : '',
      violations: summary?.violations ?? 0,
    }
  })
}

/** Returns the row of an observation; none for a read, because the rows of its messages show it. */
function toRow(one: Observation | TapAct, origin: number): readonly DiagramRow[] {
  if (one.kind === 'segment') return []
  const time = ((one.at - origin) / 1000).toFixed(3)
  const empty = { time, number: undefined, text: '', caret: undefined, state: '', marks: [], details: [] }
  if (one.kind === 'act')
    return [{ ...empty, from: 'server', name: '', notes: [{ text: `the tap: ${one.sentence}`, tone: 'odd' }], kind: 'note' }]
  const plain = { ...empty, from: one.from, notes: toNotes(one) }
  switch (one.kind) {
    case 'message':
      return [toMessageRow(one, time)]
    case 'judged':
      return [{ ...plain, name: '', state: one.after === one.before ? '' : one.after, kind: 'note' }]
    case 'gap':
      return [{ ...plain, name: '', kind: 'note' }]
    case 'unfinished':
      return [{ ...plain, name: one.final ? 'is cut off' : 'is not finished', kind: 'broken' }]
    case 'unreadable':
      return [{ ...plain, name: 'cannot be read', kind: 'broken' }]
    case 'end': {
      const isFinished = one.how === 'finished'
      const name = isFinished ? 'closes (FIN)' : 'breaks off (RST)'
      return [{ ...plain, name, state: one.after === one.before ? '' : one.after, kind: isFinished ? 'end' : 'broken' }]
    }
  }
}

function toMessageRow(message: MessageObservation, time: string): DiagramRow {
  const { number, from, name = '', before, after, start, end, segments, secrets } = message
  const { text, caret } = showMessage(message, SHOWN.text)
  // `formatHex` returns nothing for plain text; a page has the space for all bytes
  const hex = secrets.length > 0 ? undefined : (formatHex(message, SHOWN.hex) ?? toHex(message.bytes))
  const reads = segments.map((segment) => segment.number)
  return {
    ...{ time, number, from, name, text, caret, notes: toNotes(message), kind: 'message' },
    state: after === before ? '' : after,
    marks: [...(isCut(message) ? ['cut'] : []), ...(isGlued(message) ? ['glued'] : [])],
    details: [
      `bytes ${start} to ${end} of the ${from}, in ${reads.length > 1 ? 'reads' : 'read'} ${reads.join(', ')}`,
      `state "${before}" → "${after}"`,
      ...(hex === undefined ? [] : [hex]),
    ],
  }
}

function toHex(bytes: Uint8Array): string {
  const shown = Array.from(bytes.subarray(0, SHOWN.hex / 3), (byte) => byte.toString(16).padStart(2, '0')).join(' ')
  return bytes.length > SHOWN.hex / 3 ? `${shown} …` : shown
}
