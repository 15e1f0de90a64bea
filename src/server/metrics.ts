import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { ReadTable, Store, TableEvent, TableId, TableLog } from '../hall/ports.ts'
import type { Program } from '../protocols/protocol.ts'
import type { Premises } from './premises.ts'
import type { Server } from './server.ts'
import type { Tally } from './tally.ts'

/** Upper ends of the classes that appends to the journal are counted in, in seconds. */
const APPENDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1]
/** How often the delay of the event loop is measured, in milliseconds. */
const LAG_EVERY = 20

/**
 * Metrics are what a server counts, in Prometheus' text format. Nothing is counted for their sake where it can be read
 * from the objects when somebody asks.
 */
export class Metrics {
  readonly contentType: string
  readonly #registry = new Registry()
  readonly #appends: Histogram
  #moves = 0

  constructor() {
    const registers = [this.#registry]
    this.contentType = this.#registry.contentType
    collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision: LAG_EVERY })
    this.#appends = new Histogram({
      name: 'parlor_journal_append_seconds',
      help: 'How long it took until events were kept; of those that are kept together, the first.',
      buckets: APPENDS,
      registers,
    })
    this.#count('parlor_moves_total', 'Moves that were made at tables, and given to the journal.', (counter) => counter.inc(this.#moves))
  }

  /** All metrics, as Prometheus reads them. */
  text(): Promise<string> {
    return this.#registry.metrics()
  }

  /** The same store, with what is appended to its journal counted and timed. */
  metered(store: Store): Store {
    const told = { kept: (seconds: number) => this.#appends.observe(seconds), moved: () => this.#moves++ }
    const tables = new MeteredLog(store.tables, told)
    return { ...store, tables, close: () => store.close() }
  }

  /** Measures a server and its hall, too. */
  watch(server: Server, { hall, people }: Premises): void {
    const each = (count: (program: Program, tally: Tally) => void) => () => {
      for (const [program, tally] of server.tallies) count(program, tally)
    }
    this.#gauge('parlor_connections', 'Connections that are open.', ['program'], (gauge) =>
      each(({ name }, { open }) => gauge.set({ program: name }, open))(),
    )
    this.#count('parlor_connections_total', 'Connections that were let in.', (counter) =>
      each(({ name }, { total }) => counter.inc({ program: name }, total))(),
    )
    this.#count('parlor_refused_total', 'Connections that were not let in, for there were too many from their address.', (counter) =>
      each(({ name }, { refused }) => counter.inc({ program: name }, refused))(),
    )
    this.#count('parlor_conversations_total', 'Conversations that have ended, by how.', (counter) =>
      each(({ name }, { outcomes }) => {
        for (const [outcome, number] of outcomes) counter.inc({ program: name, outcome }, number)
      })(),
    )
    this.#count('parlor_messages_total', 'Messages that were read, and that were sent.', (counter) => {
      each(({ name }, { received, sent }) => said(counter, name, received, sent))()
      for (const { program, connection } of server.conversations) said(counter, program.name, connection.received, connection.sent)
    })
    this.#gauge('parlor_store_writable', 'Whether what happens can be written: 1, or 0 as on a full disk.', [], (gauge) =>
      gauge.set(Number(hall.writable)),
    )
    this.#gauge('parlor_tables', 'Tables at which something goes on.', [], (gauge) => gauge.set(hall.size))
    this.#gauge('parlor_people', 'People who are here under a name.', [], (gauge) => gauge.set(people.here.size))
    this.#gauge('parlor_seeks', 'Those who wait for company.', [], (gauge) => gauge.set(hall.seeks.size))
  }

  /** A number that only grows, read anew each time. */
  #count(name: string, help: string, read: (counter: Counter) => void): void {
    new Counter({
      name,
      help,
      labelNames: ['program', 'outcome', 'direction'],
      registers: [this.#registry],
      collect() {
        this.reset()
        read(this)
      },
    })
  }

  /** A number that comes and goes. */
  #gauge(name: string, help: string, labelNames: string[], read: (gauge: Gauge) => void): void {
    new Gauge({
      name,
      help,
      labelNames,
      registers: [this.#registry],
      collect() {
        read(this)
      },
    })
  }
}

function said(counter: Counter, program: string, received: number, sent: number): void {
  counter.inc({ program, direction: 'in' }, received)
  counter.inc({ program, direction: 'out' }, sent)
}

/** What a metered log tells. */
interface Told {
  kept(seconds: number): void
  moved(): void
}

/** MeteredLog is a log of which is told how many moves are kept in it, and how long that takes. */
class MeteredLog implements TableLog {
  readonly #log: TableLog
  readonly #told: Told
  /** Whether an append is being timed. Those that follow meanwhile are kept together with it, and wait for less. */
  #timing = false

  constructor(log: TableLog, told: Told) {
    this.#log = log
    this.#told = told
  }

  newTable(): TableId {
    return this.#log.newTable()
  }

  append(table: TableId, expected: number, events: readonly TableEvent[], then: (failure?: Error) => void): number | undefined {
    for (const { type } of events) if (type === 'moved') this.#told.moved()
    return this.#log.append(table, expected, events, this.#timing ? then : this.#timed(then))
  }

  read(table: TableId, after: number): Promise<readonly TableEvent[]> {
    return this.#log.read(table, after)
  }

  readAll(tables: readonly TableId[]): AsyncIterable<ReadTable> {
    return this.#log.readAll(tables)
  }

  follow(table: TableId, then: (events: readonly TableEvent[]) => void): () => void {
    return this.#log.follow(table, then)
  }

  unfinished(): Promise<readonly TableId[]> {
    return this.#log.unfinished()
  }

  ended(after?: TableId): Promise<readonly TableId[]> {
    return this.#log.ended(after)
  }

  #timed(then: (failure?: Error) => void): (failure?: Error) => void {
    this.#timing = true
    const from = performance.now()
    return (failure) => {
      this.#timing = false
      this.#told.kept((performance.now() - from) / 1000)
      then(failure)
    }
  }
}
