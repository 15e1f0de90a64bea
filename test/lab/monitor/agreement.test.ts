import { describe, expect, test } from 'vitest'
import type { Random } from '../../../src/games/game.ts'
import { seededRandom } from '../../../src/games/random.ts'
import { ConversationMonitor, toWatchedProtocol } from '../../../src/lab/monitor/monitor.ts'
import type { Observation } from '../../../src/lab/monitor/observation.ts'
import { loadProgram, programNames } from '../../../src/programs/index.ts'
import { legalTransitions } from '../../../src/protocol/automaton.ts'
import type { Program } from '../../../src/protocol/definition.ts'
import type { Side } from '../../../src/protocol/message-spec.ts'
import { Peer } from '../../../src/protocol/peer.ts'
import { Connection } from '../../../src/wire/connection.ts'
import type { Disconnected } from '../../../src/wire/disconnect.ts'
import type { Framing } from '../../../src/wire/framing/framing.ts'
import { encode } from '../../../src/wire/text.ts'
import { type MemoryTransport, memoryPair } from '../../../src/wire/transports/memory.ts'
import { exampleFields, hasReadable, randomSaying } from '../../support/random-role.ts'
import { TestClock } from '../../support/test-clock.ts'

/** A pause in milliseconds that ends every message without framing. */
const PAUSE = 300

/** The verdict on one message: its name, or the sentence of its violation. */
interface Verdict {
  readonly legal?: string | undefined
  /** Legal for its sender, who may not have known the receiver's last messages. */
  readonly crossed?: string | undefined
  readonly illegal?: string
}

/** The engine on one side, whose role sends and receives at random, and the monitor beside it. */
class Engine {
  readonly verdicts: Verdict[] = []
  readonly seen: Observation[] = []
  readonly monitor: ConversationMonitor
  readonly peer: Peer
  readonly clock = new TestClock()
  readonly #random: Random
  readonly #side: Side
  readonly #write: (data: Uint8Array) => void
  readonly #incoming: Framing
  readonly #theirs: MemoryTransport
  isOver = false

  constructor(program: Program, side: Side, random: Random) {
    const watched = toWatchedProtocol(program)
    this.monitor = new ConversationMonitor(watched)
    this.#random = random
    this.#side = side
    const [ours, theirs] = memoryPair()
    const [incoming, outgoing] = side === 'server' ? [watched.toServer, watched.toClient] : [watched.toClient, watched.toServer]
    this.#incoming = incoming
    theirs.open({ data() {}, finished() {}, closed() {} })
    this.#theirs = theirs
    const write = ours.write.bind(ours)
    ours.write = (data) => {
      this.#observe(side, typeof data === 'string' ? encode(data) : data)
      write(data)
    }
    this.#write = (bytes) => {
      this.#observe(side === 'server' ? 'client' : 'server', bytes)
      theirs.write(bytes)
    }
    this.peer = new Peer(new Connection(ours, { incoming, outgoing, clock: this.clock }), program.protocol.automaton, side)
    this.peer.observer = { onRefused: (illegal) => this.verdicts.push({ illegal }), onGarbled() {}, onEarly() {} }
  }

  /** Sends texts to the engine in one write, or each in its own. */
  async say(said: readonly string[], together: boolean): Promise<void> {
    // without framing, what the receiver has not read yet is glued to what follows
    const isGlued = this.#incoming.alone && this.#incoming.settle === undefined
    const texts = isGlued ? said.slice(0, this.peer.awaited && this.peer.connection.unread === 0 ? 1 : 0) : said
    const pieces = texts.map((text) => this.#incoming.encode(text)).map((piece) => (typeof piece === 'string' ? encode(piece) : piece))
    const writes = together && !this.#incoming.alone ? [Uint8Array.from(pieces.flatMap((piece) => [...piece]))] : pieces
    for (const bytes of writes) {
      if (bytes.length > 0) this.#write(bytes)
      await this.#pass()
    }
  }

  /** Lets the role receive everything that it may, and then send some messages. */
  async act(): Promise<void> {
    for (let sends = this.#random.integer(1, 3); sends >= 0; sends--) {
      while (!this.isOver && hasReadable(this.peer) && (await this.#receive())) {}
      const own = legalTransitions(this.peer.conversationState.automaton, this.peer.state).filter(
        ({ from, form }) => from === this.#side && !form.closes && (!form.bye || this.#random.integer(0, 9) === 0),
      )
      if (this.isOver || own.length === 0 || sends === 0) continue
      const { name, form } = this.#random.choice(own)
      this.peer.send(name, ...exampleFields(form))
      await this.#pass()
    }
  }

  async #receive(): Promise<boolean> {
    const count = this.verdicts.length
    const receiving = this.peer.receiveWithin(PAUSE, this.clock).then(
      (message) => {
        // a closing is not a message
        if (message && this.peer.connection.end === undefined) this.verdicts.push({ legal: message.name })
      },
      (end: Disconnected) => {
        if (end.reason === 'violation') this.verdicts.push({ illegal: end.message })
        this.isOver = end.reason === 'violation'
      },
    )
    await this.clock.pass(PAUSE)
    await receiving
    return this.verdicts.length > count
  }

  #pass(): Promise<void> {
    return this.clock.pass(PAUSE)
  }

  #observe(from: Side, bytes: Uint8Array): void {
    this.seen.push(...this.monitor.observe({ kind: 'bytes', at: this.clock.monotonic(), from, bytes }))
  }

  /** Closes the peer's side, and then the engine's. */
  async finish(): Promise<void> {
    const at = this.clock.monotonic() + PAUSE
    this.seen.push(...this.monitor.observe({ kind: 'end', how: 'finished', at, from: this.peer.other }))
    this.#theirs.finish()
    await this.#pass()
    const mayRead = this.peer.awaited || this.peer.connection.unread === 0
    if (!this.isOver && mayRead) await this.#receive()
    this.seen.push(...this.monitor.observe({ kind: 'end', how: 'finished', at, from: this.#side }))
  }

  /** The state after this side has closed. */
  get finalState(): string {
    const steps = legalTransitions(this.peer.conversationState.automaton, this.peer.state)
    return steps.find(({ from, form }) => from === this.#side && form.closes)?.next ?? this.peer.state
  }
}

/** The monitor's verdicts on the messages of a side, by their order; `undefined` for messages without a verdict. */
function verdictsOf(seen: readonly Observation[], side: Side): (Verdict | undefined)[] {
  const verdicts = new Map<number, Verdict | undefined>()
  for (const one of seen) {
    if ((one.kind !== 'message' && one.kind !== 'judged') || one.from !== side) continue
    const { number, standing, name, violation } = one
    const hasCrossed = standing === 'crossed' || standing === 'late'
    const verdict = violation ? { illegal: violation.sentence } : hasCrossed ? { crossed: name } : { legal: name }
    verdicts.set(number, standing === 'early' ? undefined : verdict)
  }
  return [...verdicts.values()]
}

/** Takes from a sentence what the engine says of the first of several early messages alone. */
function comparable(verdict: Verdict | undefined): Verdict | undefined {
  return verdict?.illegal === undefined
    ? verdict
    : { illegal: verdict.illegal.replace(/; it had arrived before it was the \w+'s turn/, '') }
}

const RUNS = 40

describe.each(programNames)('%s', async (name) => {
  const program = await loadProgram(name)
  if (!program) return void test('is played alone', () => expect(name).toBe('book/secret'))
  const { automaton } = program.protocol

  test.each(['server', 'client'] as const)('the monitor and the engine of the %s judge every message alike', async (side) => {
    const other = side === 'server' ? 'client' : 'server'
    let judged = 0
    for (let seed = 1; seed <= RUNS; seed++) {
      const random = seededRandom(seed)
      const engine = new Engine(program, side, random)
      for (let turns = 0; turns < 12 && !engine.isOver; turns++) {
        await engine.act()
        const said = Array.from({ length: random.integer(0, 2) }, () => randomSaying(automaton, engine.peer.state, other, random))
        // a refusal without a reason can refuse any message: the engine supposes the next message, the monitor the last
        const texts = said.filter((text, at) => side === 'server' || (engine.peer.awaited && at === 0) || !text.startsWith('ERROR '))
        await engine.say(texts, random.integer(0, 1) === 0)
      }
      await engine.act()
      await engine.finish()
      const verdicts = verdictsOf(engine.seen, other).slice(0, engine.verdicts.length)
      // the engine is the receiver, and knows what it has sent; the monitor does not know what the sender had received
      const expected = engine.verdicts.map((verdict, at) => {
        const crossed = verdicts[at]?.crossed
        return crossed !== undefined && (verdict.illegal !== undefined || verdict.legal === crossed) ? verdicts[at] : verdict
      })
      expect({ seed, verdicts: verdicts.map(comparable) }).toEqual({ seed, verdicts: expected.map(comparable) })
      if (!engine.isOver && engine.peer.connection.unread === 0)
        expect({ seed, state: engine.monitor.state }).toEqual({ seed, state: engine.finalState })
      judged += verdicts.length
    }
    const hears = Object.values(automaton.messages).some(({ from, closes }) => from !== side && !closes)
    expect(judged > 0).toBe(hears)
  })
})
