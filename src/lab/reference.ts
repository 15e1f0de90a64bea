import { type Automaton, isEnd, legalTransitions, mayEnd } from '../protocol/automaton.ts'
import type { Program, SoloProgram } from '../protocol/definition.ts'
import type { MessageSpec } from '../protocol/message-spec.ts'
import { formatDiagram } from './diagram.ts'

/**
 * Returns the reference page of a program in text: title, source, port, framing, messages and states in lines of at most
 * `width` columns, then the diagram, which has its own width.
 */
export function formatReference(program: Program, shortName?: string, width = WIDTH): string {
  const { protocol } = program
  return `${[
    wrapText(formatTitle(protocol.title), width).join('\n'),
    formatRows(toPropertyRows(program, shortName), width),
    `Messages:\n${formatRows(toMessageRows(protocol.automaton), width)}`,
    `States:\n${formatRows(toStateRows(protocol.automaton), width)}`,
    formatDiagram(protocol.automaton),
  ].join('\n\n')}\n`
}

/** Returns the properties of a program, as rows of name and value. */
export function toPropertyRows(
  { name, source, port, servePort = port, protocol, defaults, host }: Program,
  shortName?: string,
): string[][] {
  const { toServer, toClient } = protocol.framing(defaults ?? {})
  const framing =
    toServer.name === toClient.name
      ? [['framing', toServer.name]]
      : [
          ['to server', toServer.name],
          ['to client', toClient.name],
        ]
  return [
    ['program', shortName ? `${name}, in short ${shortName}` : name],
    ['source', source],
    ['port', `${port}; ${servePort} in "parlor serve"`],
    ['transports', host?.udp ? 'TCP, TLS, Unix socket, UDP' : 'TCP, TLS, Unix socket'],
    ...framing,
    ...(protocol.paced
      ? [['pause', 'the server waits 150 ms (250 ms over a network) between two messages if the client does not answer the first message']]
      : []),
  ]
}

/** Returns the reference page of a program without a network. */
export function formatSoloReference({ name, source, title }: SoloProgram, shortName?: string, width = WIDTH): string {
  const rows = [
    ['program', shortName ? `${name}, in short ${shortName}` : name],
    ['source', source],
    ['play it', `parlor solo ${shortName ?? name}`],
  ]
  return `${wrapText(formatTitle(title), width).join('\n')}\n\n${formatRows(rows, width)}\n`
}

/** Returns the messages of an automaton as rows: name, sender, text, notes. */
export function toMessageRows(automaton: Automaton): string[][] {
  const forms: [string, MessageSpec][] = Object.entries(automaton.messages)
  return forms.map(([name, form]) => [
    name,
    SENDERS[form.from],
    form.closes ? '(closes)' : JSON.stringify(form.text).slice(1, -1),
    formatNotes(form),
  ])
}

const SENDERS = { server: 'server', client: 'client', either: 'both' } as const

function formatNotes({ text, example, about: remark, asks, bye }: MessageSpec): string {
  const notes = [
    ...(remark ? [remark] : []),
    ...(text.includes('{') ? [`such as ${JSON.stringify(example)}`] : []),
    ...(asks ? ['asks for an answer'] : []),
    ...(bye ? ['a goodbye'] : []),
  ]
  return notes.join('; ')
}

/** Returns the states of an automaton as rows: name, and the legal messages with the next state of each message. */
export function toStateRows(automaton: Automaton): string[][] {
  return Object.keys(automaton.states).map((state) => {
    const first = state === automaton.start ? `${state} (start)` : state
    if (isEnd(automaton, state)) return [first, 'the end']
    const names = legalTransitions(automaton, state).map(({ name, from, next }) => `${from} ${name} → ${next}`)
    return [first, [...names, ...(mayEnd(automaton, state) ? ['or both sides close after the game'] : [])].join(', ')]
  })
}

/** Turns a title into a sentence. */
export function formatTitle(title: string): string {
  return `${title[0]?.toUpperCase()}${title.slice(1)}.`
}

/** Default width in columns. */
const WIDTH = 80
/** Minimum width of the last cell of a row; a narrower cell moves below the other cells. */
const MIN_LAST = 30
/** Indent of lines below a row. */
const BELOW = 6

/** Formats rows as a table of at most `width` columns; a long last cell continues on further lines below itself. */
export function formatRows(rows: readonly (readonly string[])[], width = WIDTH): string {
  const widths: number[] = []
  for (const row of rows)
    for (const [at, cell] of row.slice(0, -1).entries())
      widths[at] = Math.max(widths[at] ?? 0, Math.min(cell.length, Math.floor(width / 2)))
  const indent = widths.reduce((sum, one) => sum + one + 2, 2)
  return rows.map((row) => formatRow(row, widths, indent, width).join('\n')).join('\n')
}

function formatRow(row: readonly string[], widths: readonly number[], indent: number, width: number): readonly string[] {
  const last = row.at(-1) ?? ''
  const cells = row.slice(0, -1)
  const head = `  ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')}`
  if (indent + MIN_LAST <= width && head.length + 2 <= indent) {
    const [first = '', ...others] = wrapText(last, width - indent)
    return [`${head}  ${first}`.trimEnd(), ...others.map((line) => ' '.repeat(indent) + line)]
  }
  const shortened = wrapText(
    `${cells
      .slice(0, -1)
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')}  ${cells.at(-1)}`.trim(),
    width - BELOW,
  )
  const below = last === '' ? [] : wrapText(last, width - BELOW)
  return [...shortened.map((line, at) => ' '.repeat(at === 0 ? 2 : BELOW) + line), ...below.map((line) => ' '.repeat(BELOW) + line)]
}

/**
 * Breaks a text into lines: it breaks a list of transitions after commas, and other text at blanks. If a word is wider than a line, it
 * breaks the word.
 */
function wrapText(text: string, width: number): string[] {
  const found: string[] = []
  let line = ''
  for (const part of text.split(text.includes('→') ? /(?<=,) / : ' ').flatMap((one) => cutText(one, width))) {
    if (line !== '' && line.length + part.length + 1 > width) {
      found.push(line)
      line = part
    } else line = line === '' ? part : `${line} ${part}`
  }
  return [...found, line]
}

function cutText(text: string, width: number): readonly string[] {
  return text === '' ? [''] : Array.from({ length: Math.ceil(text.length / width) }, (_, at) => text.slice(at * width, (at + 1) * width))
}
