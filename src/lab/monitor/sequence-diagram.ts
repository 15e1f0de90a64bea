import { displayWidth, wrap } from '../../games/text/graphemes.ts'
import type { Side } from '../../protocol/message-spec.ts'
import { type Note, toNotes } from './notes.ts'
import { type EndObservation, isCut, isGlued, type MessageObservation, type Observation } from './observation.ts'
import { formatHex, showMessage } from './shown-bytes.ts'

/** SequenceDiagramOptions are the width, the colors and the origin of the times of a diagram. */
export interface SequenceDiagramOptions {
  /** Columns of the terminal; the diagram has at least 80 columns. */
  readonly width: number
  /** True for colors by escape sequences; without colors, the words say the same. */
  readonly color: boolean
  /** The diagram shows this time as 0. */
  readonly origin: number
}

const NARROWEST = 80
/** Columns of a message's number and time, and the two blanks after them. */
const TIME = 13
const TIME_HEAD = '  # seconds  '
/** Columns for the state after a message. */
const STATE = 27
/** Maximum width of an arrow in columns, because a longer arrow is not easier to read. */
const WIDEST = 90

/** Returns the first lines of a diagram: the sides over their lifelines, and the state at the start. */
export function formatDiagramHead(state: string, options: SequenceDiagramOptions): readonly string[] {
  const arrow = arrowColumns(options)
  return [`${TIME_HEAD}client${' '.repeat(arrow - 10)}server`, `${' '.repeat(TIME)}|${' '.repeat(arrow)}|  ${state}`]
}

/** Returns the lines of an observation in a sequence diagram: none for a read, because its messages have lines. */
export function formatObservation(one: Observation, options: SequenceDiagramOptions): readonly string[] {
  switch (one.kind) {
    case 'segment':
      return []
    case 'message':
      return formatMessageLines(one, options)
    case 'judged':
    case 'gap':
      return formatNotes(one, options)
    case 'unfinished':
      return [
        formatArrow(one, one.from, one.final ? 'is cut off' : 'is not finished', { state: '', open: true, options }),
        ...formatNotes(one, options),
      ]
    case 'unreadable':
      return [formatArrow(one, one.from, 'cannot be read', { state: '', open: true, options }), ...formatNotes(one, options)]
    case 'end':
      return formatEnd(one, options)
  }
}

function formatMessageLines(message: MessageObservation, options: SequenceDiagramOptions): readonly string[] {
  const { number, from, name, before, after, violation } = message
  const columns = arrowColumns(options)
  const label = name === undefined ? '' : `${name} `
  const { text, caret } = showMessage(message, columns - 6 - displayWidth(label))
  const marks = [...(isCut(message) ? ['cut'] : []), ...(isGlued(message) ? ['glued'] : [])].map((mark) => ` [${mark}]`).join('')
  const state = `${shorten(after === before ? UNCHANGED : after, STATE - marks.length)}${marks}`
  const line = formatArrow(message, from, `${label}${text}`, { number, state, open: false, options })
  const hex = formatHex(message, columns - 4)
  const begin = label.length + line.indexOf(`${label}${text}`)
  return [
    violation ? paint(line, 'red', options) : line,
    ...(hex === undefined ? [] : [paint(`${' '.repeat(TIME)}|  ${hex.padEnd(columns - 2)}|`, 'dim', options)]),
    ...(violation && caret !== undefined ? [paint(`${' '.repeat(displayWidth(line.slice(0, begin)) + caret)}^`, 'red', options)] : []),
    ...formatNotes(message, options),
  ]
}

function formatEnd(end: EndObservation, options: SequenceDiagramOptions): readonly string[] {
  const { from, how, after, before } = end
  const state = after === before ? UNCHANGED : shorten(after, STATE)
  const line = formatArrow(end, from, how === 'finished' ? 'closes' : 'breaks off (RST)', { state, open: how === 'reset', options })
  return [line, ...formatNotes(end, options)]
}

const UNCHANGED = '(unchanged)'

/** ArrowPlace describes an arrow: its place, the state beside it, and whether it has no head, because the message does not arrive. */
interface ArrowPlace {
  readonly number?: number
  readonly state: string
  readonly open: boolean
  readonly options: SequenceDiagramOptions
}

function formatArrow({ at }: { at: number }, from: Side, label: string, { number, state, open, options }: ArrowPlace): string {
  const columns = arrowColumns(options)
  const text = ` ${label} `
  const line = columns - 1
  const left = Math.max(1, Math.floor((line - displayWidth(text)) / 2))
  const shaft = `${'-'.repeat(left)}${text}${'-'.repeat(Math.max(1, line - left - displayWidth(text)))}`
  const arrow = from === 'client' ? `${shaft}${open ? 'x' : '>'}` : `${open ? 'x' : '<'}${shaft}`
  const count = String(number ?? '').padStart(3)
  // a large number takes the blanks before the time
  const time = ((at - options.origin) / 1000).toFixed(3).padStart(TIME - 2 - count.length)
  return `${count}${time.startsWith(' ') ? '' : ' '}${time}  |${arrow}|  ${state}`.trimEnd()
}

/** Returns the lines of the notes on an observation, wrapped, under its arrow. */
function formatNotes(one: Observation, options: SequenceDiagramOptions): readonly string[] {
  const columns = Math.max(NARROWEST, options.width) - TIME - 3
  return toNotes(one).flatMap(({ text, tone }) =>
    wrap(text, columns).map((line) => paint(`${' '.repeat(TIME + 3)}${line}`, TONES[tone], options)),
  )
}

const TONES: Readonly<Record<Note['tone'], Color>> = { illegal: 'red', odd: 'yellow', plain: 'dim' }

function shorten(text: string, columns: number): string {
  return text.length > columns ? `${text.slice(0, columns - 1)}…` : text
}

function arrowColumns({ width }: SequenceDiagramOptions): number {
  return Math.min(WIDEST, Math.max(NARROWEST, width) - TIME - 4 - STATE)
}

type Color = keyof typeof COLORS

/** Escape sequences of a terminal. */
const COLORS = { red: '\x1b[31m', yellow: '\x1b[33m', dim: '\x1b[2m' } as const
const RESET = '\x1b[0m'

function paint(line: string, color: Color, options: SequenceDiagramOptions): string {
  return options.color ? `${COLORS[color]}${line}${RESET}` : line
}
