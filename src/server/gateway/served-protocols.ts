import { Buffer } from 'node:buffer'
import type { Clock } from '../../base/clock.ts'
import { formatDiagram } from '../../lab/diagram.ts'
import { toWatchedProtocol } from '../../lab/monitor/monitor.ts'
import { toMessageRows, toPropertyRows } from '../../lab/reference.ts'
import { legalTransitions, mayEnd } from '../../protocol/automaton.ts'
import type { Options, Program } from '../../protocol/definition.ts'
import type { MessageSpec } from '../../protocol/message-spec.ts'
import type { Transport } from '../../wire/transport.ts'
import type { Entrance, ListenStatus } from '../server.ts'
import type { ProtocolList, ProtocolReference } from './protocol-schemas.ts'
import { TrialTransport } from './trial-transport.ts'

/** ProtocolServices has the parts of the server with which the gateway describes the programs, and lets browsers try the programs. */
export interface ProtocolServices {
  /** The addresses on which the programs listen. */
  readonly places: readonly ListenStatus[]
  /** The options of the server, which can change the framing of a program. */
  readonly options: Options
  /** Finds the short name of a program. */
  findShortName(program: Program): string | undefined
  /** Lists the options of a program, in the spelling of the command line. */
  listOptions(program: Program): readonly string[]
  /** Opens the access for browsers that play the client of a program. */
  openEntrance(program: Program): Entrance
}

/** Trial is the access of browsers to a program of this server. */
export interface Trial {
  readonly entrance: Entrance
  /**
   * Wraps a transport of JSON lines. The program gets the bytes that the lines contain, and the browser gets the events of the
   * conversation.
   */
  wrap(transport: Transport): Transport
}

/** ServedProtocols describes the programs that listen on this server, and finds the program that a browser tries. */
export class ServedProtocols {
  readonly #services: ProtocolServices
  readonly #clock: Clock
  readonly #programs: ReadonlyMap<string, Program>
  readonly #references = new Map<Program, ProtocolReference>()
  readonly #trials = new Map<Program, Trial>()

  constructor(services: ProtocolServices, clock: Clock) {
    this.#services = services
    this.#clock = clock
    const open = services.places.filter(({ failure }) => failure === undefined)
    this.#programs = new Map(open.map(({ program }) => [program.name, program]))
  }

  /** Lists the programs in the order in which the server has opened them. */
  list(): ProtocolList {
    return { protocols: [...this.#programs.values()].map((program) => this.#head(program)) }
  }

  /** Returns the reference of a program by its name or short name; `undefined` for a program that this server does not run. */
  findReference(name: string): ProtocolReference | undefined {
    const program = this.#find(name)
    if (!program) return undefined
    const known = this.#references.get(program) ?? this.#describe(program)
    this.#references.set(program, known)
    return known
  }

  /** Returns the trial at a path such as `try/tjc%2Fguess`; `undefined` for a path that names no program of this server. */
  findTrial(path: string): Trial | undefined {
    const program = [...this.#programs.values()].find(({ name }) => path === `try/${encodeURIComponent(name)}`)
    if (!program) return undefined
    const known = this.#trials.get(program) ?? this.#openTrial(program)
    this.#trials.set(program, known)
    return known
  }

  #find(name: string): Program | undefined {
    return this.#programs.get(name) ?? [...this.#programs.values()].find((program) => this.#services.findShortName(program) === name)
  }

  #openTrial(program: Program): Trial {
    const watched = toWatchedProtocol(program, this.#services.options)
    const clock = this.#clock
    return {
      entrance: this.#services.openEntrance(program),
      wrap: (transport) => new TrialTransport(transport, watched, clock),
    }
  }

  #head(program: Program): ProtocolList['protocols'][number] {
    const short = this.#services.findShortName(program)
    const own = this.#services.places.filter((place) => place.program === program && place.failure === undefined)
    return {
      name: program.name,
      ...(short === undefined ? {} : { short }),
      title: program.protocol.title,
      ports: own.map(({ transport, address }) => ({ transport, ...(transport === 'unix' ? {} : { port: address.port }) })),
    }
  }

  #listFacts(program: Program, short: string | undefined): ProtocolReference['facts'] {
    const options = this.#services.listOptions(program)
    const rows = [...toPropertyRows(program, short), ...(options.length === 0 ? [] : [['options', options.join(', ')]])]
    return rows.map(([name = '', value = '']) => ({ name, value }))
  }

  #describe(program: Program): ProtocolReference {
    const head = this.#head(program)
    const { automaton } = program.protocol
    const { toServer, toClient } = toWatchedProtocol(program, this.#services.options)
    const notes = new Map(toMessageRows(automaton).map(([name = '', , , note = '']) => [name, note]))
    const forms: readonly [string, MessageSpec][] = Object.entries(automaton.messages)
    return {
      ...head,
      facts: this.#listFacts(program, head.short),
      messages: forms.map(([name, { from, text, example, closes, bye }]) => ({
        name,
        from,
        text,
        notes: notes.get(name) ?? '',
        ...(closes ? { closes } : {}),
        ...(bye ? { bye } : {}),
        example: closes ? '' : Buffer.from((from === 'server' ? toClient : toServer).encode(example)).toString('hex'),
      })),
      start: automaton.start,
      states: Object.keys(automaton.states).map((state) => ({
        name: state,
        mayEnd: mayEnd(automaton, state),
        steps: legalTransitions(automaton, state).map(({ name, from, next }) => ({ message: name, from, next })),
      })),
      conversations: formatDiagram(automaton),
    }
  }
}
