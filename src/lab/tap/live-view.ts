import { MIN_COLUMNS, wrap } from '../../games/text/graphemes.ts'
import { escapeInvisible } from '../../wire/text.ts'
import type { Address } from '../../wire/transport.ts'
import type { FitObservation } from '../monitor/candidates.ts'
import type { Observation } from '../monitor/observation.ts'
import { formatPlainLine } from '../monitor/plain-lines.ts'
import { formatDiagramHead, formatObservation, type SequenceDiagramOptions } from '../monitor/sequence-diagram.ts'
import type { ConnectionOpening } from '../recordings/recording.ts'
import { type ConversationSummary, formatSummary } from './conversation-summary.ts'
import type { Watched } from './conversation-watch.ts'
import { EXCUSE, findFaults, isBlame, type RecordingView } from './recording-judge.ts'
import { ViewLimit } from './view-limit.ts'

/** LiveViewOptions are the form and the limits of a view. */
export interface LiveViewOptions {
  /** Called with each line, without its line end; `isSummary` is true for the lines of a summary. */
  readonly write: (line: string, isSummary?: boolean) => void
  /** Returns the columns of the terminal; called for each line, because a window can be resized. */
  readonly columns: () => number
  readonly color: boolean
  /** True for a sequence diagram, false for plain lines. */
  readonly isDiagram: boolean
  /** Messages that the view shows in a second; it counts the other messages. Without this limit, the view shows all messages. */
  readonly limit?: number | undefined
}

/** Maximum number of observations that the view prints again when another program becomes more probable. */
const AGAIN = 12
/** Maximum number of programs that a line names. */
const NAMED = 3

/**
 * LiveView prints conversations as they happen, many at a time: as a sequence diagram, in which a heading shows each change to another
 * connection, or as plain lines with the number of the connection.
 */
export class LiveView implements RecordingView {
  readonly #options: LiveViewOptions
  readonly #openings = new Map<number, ConnectionOpening>()
  /** The state of each connection after its last printed line. */
  readonly #states = new Map<number, string>()
  readonly #limit: ViewLimit | undefined
  /** The connection whose lines were printed last. */
  #last: number | undefined
  /** The time that the view prints as 0: the opening of the first connection, in milliseconds. */
  #origin: number | undefined

  constructor(options: LiveViewOptions) {
    this.#options = options
    this.#limit = options.limit === undefined ? undefined : new ViewLimit(options.limit)
  }

  opened(opening: ConnectionOpening): void {
    this.#openings.set(opening.connection, opening)
    this.#origin ??= opening.at / 1000
    if (this.#options.isDiagram) return
    const { connection, transport, client, server } = opening
    this.#options.write(`#${connection}  opens: client ${formatPlace(client)}, server ${formatPlace(server)}, ${transport.toUpperCase()}`)
  }

  saw(connection: number, watched: Watched): void {
    const { monitor, observations, isAnew } = watched
    // a change of the order alone is not shown
    const fit = watched.fit && (isAnew || watched.fit.dropped.length > 0) ? watched.fit : undefined
    const shown = isAnew ? observations.slice(-AGAIN) : this.#select(observations)
    const state = this.#states.get(connection) ?? monitor.protocol.automaton.start
    this.#states.set(connection, monitor.state)
    if (!this.#options.isDiagram) {
      if (fit) this.#options.write(`#${connection}  ${formatFit(fit, monitor.protocol.name)}`)
      for (const one of shown)
        if (one.kind !== 'segment')
          this.#options.write(`#${connection}  ${this.#formatPlain(one)}${watched.isDisturbed && isBlame(one) ? ` (${EXCUSE})` : ''}`)
      return
    }
    const lines = shown.flatMap((one) => formatObservation(one, this.#diagram))
    if (lines.length === 0 && !fit) return
    if (this.#last !== connection) this.#printHead(connection, state)
    if (fit) this.#printNote(formatFit(fit, monitor.protocol.name))
    if (isAnew) this.#printNote(`the same messages as ${monitor.protocol.name}:`)
    for (const line of lines) this.#options.write(line)
    if (watched.isDisturbed && shown.some(isBlame)) this.#options.write(this.#paint(`${' '.repeat(OWN + 1)}(${EXCUSE})`, DIM))
  }

  acted(connection: number, at: number, sentence: string): void {
    if (this.#limit?.allows(at, false) === false) return
    const time = ((at - (this.#origin ?? 0)) / 1000).toFixed(3)
    if (!this.#options.isDiagram) return this.#options.write(`#${connection}  ${time} s  tap  ${sentence}`)
    if (this.#last !== connection) this.#printHead(connection, this.#states.get(connection) ?? '')
    const columns = Math.max(MIN_COLUMNS, this.#options.columns())
    for (const [index, line] of wrap(`tap: ${sentence}`, columns - OWN).entries())
      this.#options.write(this.#paint(`${(index === 0 ? time : '').padStart(OWN - 4)}  ~ ${line}`, OWN_COLOR))
  }

  timePassed(at: number): void {
    const leftOut = this.#limit?.takeLeftOut(at) ?? 0
    if (leftOut > 0) this.#printNote(`… ${leftOut.toLocaleString('en')} messages not shown, but judged`)
  }

  closed(connection: number, summary: ConversationSummary): void {
    this.timePassed(Number.POSITIVE_INFINITY)
    this.#openings.delete(connection)
    this.#states.delete(connection)
    this.#last = undefined
    const line = formatSummary(connection, summary)
    const columns = this.#options.isDiagram ? Math.max(MIN_COLUMNS, this.#options.columns()) : Number.POSITIVE_INFINITY
    for (const part of columns === Number.POSITIVE_INFINITY ? [line] : wrap(line, columns, 2))
      this.#options.write(this.#paint(part, BOLD), true)
    if (this.#options.isDiagram) this.#options.write('')
  }

  /** Returns the observations for which the present second has room. */
  #select(observations: readonly Observation[]): readonly Observation[] {
    const limit = this.#limit
    if (!limit) return observations
    return observations.filter((one) => {
      if (one.kind === 'segment') return false
      this.timePassed(one.at)
      return limit.allows(one.at, findFaults(one).length > 0)
    })
  }

  get #diagram(): SequenceDiagramOptions {
    return { width: this.#options.columns(), color: this.#options.color, origin: this.#origin ?? 0 }
  }

  #formatPlain(one: Observation): string {
    return formatPlainLine(one, this.#origin ?? 0)
  }

  #printHead(connection: number, state: string): void {
    const opening = this.#openings.get(connection)
    if (this.#last !== undefined) this.#options.write('')
    this.#last = connection
    const ends = opening ? `: client ${formatPlace(opening.client)}, server ${formatPlace(opening.server)}` : ''
    const over = opening?.transport === 'udp' ? ', UDP' : ''
    this.#options.write(this.#paint(`connection ${connection}${ends}${over}`, BOLD))
    for (const line of formatDiagramHead(state, this.#diagram)) this.#options.write(line)
  }

  #printNote(text: string): void {
    for (const line of wrap(text, Math.max(80, this.#options.columns()) - 2, 2)) this.#options.write(this.#paint(`  ${line}`, DIM))
  }

  #paint(line: string, style: string): string {
    return this.#options.color ? `${style}${line}\x1b[0m` : line
  }
}

/** Columns before a sentence on an act of the tap itself: the time, and a mark instead of an arrow. */
const OWN = 15
const OWN_COLOR = '\x1b[36m'
const BOLD = '\x1b[1m'
const DIM = '\x1b[2m'

/** Formats an address. */
function formatPlace({ host, port }: Address): string {
  return escapeInvisible(host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`)
}

/** Formats the names of the programs that still fit. If only a few programs have just ceased to fit, also formats the reasons. */
function formatFit({ fit, dropped }: FitObservation, shown: string): string {
  const others = fit.filter((name) => name !== shown)
  const named = `${others.slice(0, NAMED).join(', ')}${others.length > NAMED ? ` and ${others.length - NAMED} more` : ''}`
  const gone = dropped.length <= NAMED ? dropped.map(({ name, why }) => `; not ${name}: ${why}`).join('') : ''
  if (fit.length === 0) return `fits no program any more${gone}`
  if (!fit.includes(shown)) return `does not fit ${shown} any more, but ${named}`
  return `fits ${shown}${others.length > 0 ? `; also ${named}` : ''}`
}
