import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { LeaseId, ReadTable, Store, TableEvent, TableId, TableLog } from '../../hall/ports.ts'
import type { LobbyService } from '../../lobby/service.ts'
import type { Program } from '../../protocol/definition.ts'
import type { ProgramStats } from '../program-stats.ts'
import type { Server } from '../server.ts'

/** Upper bounds of the histogram of appends to the journal, in seconds. */
const APPENDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1]
/**
 * Number of samples that the histogram gets in one step. If each commit added its sample to the histogram, the processor would load the
 * code of the histogram into its cache for each commit.
 */
const SAMPLES = 256
/** Milliseconds between two measurements of the event loop's delay. */
const LAG_EVERY = 20

/**
 * Metrics has the measurements of a server, in Prometheus' text format. If an object of the server already has a number, a scrape reads the
 * number from this object.
 */
export class Metrics {
  readonly contentType: string
  readonly #registry = new Registry()
  readonly #appends: Histogram
  /** Samples of appends that the histogram does not have yet, and the number of these samples. */
  readonly #samples = new Float64Array(SAMPLES)
  #sampled = 0
  #moves = 0

  constructor() {
    const registers = [this.#registry]
    this.contentType = this.#registry.contentType
    collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision: LAG_EVERY })
    this.#appends = new Histogram({
      name: 'parlor_journal_append_seconds',
      help: 'Seconds until the journal has persisted events; one sample per commit.',
      buckets: APPENDS,
      registers,
      collect: () => this.#countSamples(),
    })
    this.#count('parlor_moves_total', 'Moves that the journal has appended.', (counter) => counter.inc(this.#moves))
  }

  /** Resolves to all metrics in Prometheus' text format. */
  text(): Promise<string> {
    return this.#registry.metrics()
  }

  /** Wraps a store so that the metrics count the moves, and measure the appends to the store's journal. */
  metered(store: Store): Store {
    const observer = { persisted: (seconds: number) => this.#addSample(seconds), moved: () => this.#moves++ }
    const tables = new MeteredLog(store.tables, observer)
    return { ...store, tables, close: () => store.close() }
  }

  #addSample(seconds: number): void {
    this.#samples[this.#sampled++] = seconds
    if (this.#sampled === SAMPLES) this.#countSamples()
  }

  #countSamples(): void {
    for (let at = 0; at < this.#sampled; at++) this.#appends.observe(this.#samples[at] ?? 0)
    this.#sampled = 0
  }

  /** Adds the metrics of a server and its hall. */
  watch(server: Server, { hall, people }: LobbyService): void {
    const each = (count: (program: Program, stats: ProgramStats) => void) => () => {
      for (const [program, stats] of server.stats) count(program, stats)
    }
    this.#gauge('parlor_connections', 'Open connections.', ['program'], (gauge) =>
      each(({ name }, { open }) => gauge.set({ program: name }, open))(),
    )
    this.#count('parlor_connections_total', 'Accepted connections.', (counter) =>
      each(({ name }, { total }) => counter.inc({ program: name }, total))(),
    )
    this.#count(
      'parlor_refused_total',
      'Connections that the server has rejected because their address had too many connections.',
      (counter) => each(({ name }, { rejected }) => counter.inc({ program: name }, rejected))(),
    )
    this.#count('parlor_conversations_total', 'Ended conversations, by outcome.', (counter) =>
      each(({ name }, { outcomes }) => {
        for (const [outcome, number] of outcomes) counter.inc({ program: name, outcome }, number)
      })(),
    )
    this.#count('parlor_messages_total', 'Received and sent messages.', (counter) => {
      each(({ name }, { received, sent }) => countMessages(counter, name, received, sent))()
      for (const { program, connection } of server.conversations) countMessages(counter, program.name, connection.received, connection.sent)
    })
    this.#gauge(
      'parlor_store_writable',
      '1 if the store can write; 0 if it cannot write, for example because the disk is full.',
      [],
      (gauge) => gauge.set(Number(hall.writable)),
    )
    this.#gauge('parlor_tables', 'Open tables.', [], (gauge) => gauge.set(hall.size))
    this.#gauge('parlor_people', 'Users who are online under a name.', [], (gauge) => gauge.set(people.online.size))
    this.#gauge('parlor_seeks', 'Open seeks.', [], (gauge) => gauge.set(hall.seeks.size))
  }

  /** Adds a counter whose value each scrape reads. */
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

  /** Adds a gauge whose value each scrape reads. */
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

function countMessages(counter: Counter, program: string, received: number, sent: number): void {
  counter.inc({ program, direction: 'in' }, received)
  counter.inc({ program, direction: 'out' }, sent)
}

/** LogObserver is notified of the commits and moves of a metered log. */
interface LogObserver {
  persisted(seconds: number): void
  moved(): void
}

/** MeteredLog wraps a log: it counts the appended moves, and measures the duration of commits. */
class MeteredLog implements TableLog {
  readonly #log: TableLog
  readonly #observer: LogObserver
  /**
   * True while the log measures the duration of an append. Later appends join the commit of that append and wait for a shorter time, so the
   * log does not measure the later appends.
   */
  #timing = false

  constructor(log: TableLog, observer: LogObserver) {
    this.#log = log
    this.#observer = observer
  }

  newTable(lease?: LeaseId): TableId | Promise<TableId> {
    return this.#log.newTable(lease)
  }

  claim(tables: readonly TableId[], lease: LeaseId): Promise<readonly TableId[]> {
    return this.#log.claim(tables, lease)
  }

  append(table: TableId, expected: number, events: readonly TableEvent[], then: (failure?: Error) => void): number | undefined {
    for (const { type } of events) if (type === 'moved') this.#observer.moved()
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
      this.#observer.persisted((performance.now() - from) / 1000)
      then(failure)
    }
  }
}
