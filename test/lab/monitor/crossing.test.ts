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
import { type MemoryTransport, memoryPair } from '../../../src/wire/transports/memory.ts'
import { exampleFields, hasReadable } from '../../support/random-role.ts'
import { TestClock } from '../../support/test-clock.ts'

/** A pause in milliseconds that ends every message without framing. */
const PAUSE = 300
const SIDES = ['client', 'server'] as const
const OTHER = { client: 'server', server: 'client' } as const

/** One side: a role that sends only what is legal in the state it knows, and a wire on which everything is late. */
class HonestSide {
  readonly peer: Peer
  /** What this side has sent and the monitor has not seen. */
  readonly sent: (Uint8Array | 'end')[] = []
  /** What the monitor has seen of this side, and the other one has not received. */
  readonly passed: (Uint8Array | 'end')[] = []
  readonly #side: Side
  readonly #far: MemoryTransport
  readonly #clock: TestClock
  readonly #random: Random
  /** The role has ended, because it said goodbye or closed. */
  hasLeft = false
  /** The engine of this side has rejected a message. */
  hasRejected = false

  constructor(program: Program, side: Side, { clock, random }: { clock: TestClock; random: Random }) {
    const { toServer, toClient } = toWatchedProtocol(program)
    const [incoming, outgoing] = side === 'server' ? [toServer, toClient] : [toClient, toServer]
    const [near, far] = memoryPair()
    this.peer = new Peer(new Connection(near, { incoming, outgoing, clock }), program.protocol.automaton, side)
    this.peer.observer = { onRefused: () => this.#reject(), onGarbled() {}, onEarly() {} }
    far.open({ data: (bytes) => this.sent.push(bytes.slice()), finished: () => this.sent.push('end'), closed() {} })
    this.#side = side
    this.#far = far
    this.#clock = clock
    this.#random = random
  }

  /** Gives this side what the other one has sent. */
  deliver(piece: Uint8Array | 'end'): void {
    if (piece === 'end') this.#far.finish()
    else this.#far.write(piece)
  }

  /** Receives or sends a message. */
  async act(): Promise<void> {
    if (this.hasLeft || this.hasRejected) return
    const own = legalTransitions(this.peer.conversationState.automaton, this.peer.state).filter(
      ({ from, form }) => from === this.#side && ((!form.bye && !form.closes) || this.#random.integer(0, 9) === 0),
    )
    if (hasReadable(this.peer) && (own.length === 0 || this.#random.integer(0, 2) > 0)) return this.receive()
    if (own.length === 0) return
    const { name, form } = this.#random.choice(own)
    this.hasLeft = form.bye === true || form.closes === true
    if (form.closes) return this.peer.connection.transport.finish()
    this.peer.send(name, ...exampleFields(form))
  }

  async receive(): Promise<void> {
    const receiving = this.peer.receiveWithin(PAUSE, this.#clock).catch((end: Disconnected) => {
      if (end.reason === 'violation') this.#reject()
      this.hasLeft = true
    })
    await this.#clock.pass(PAUSE)
    await receiving
  }

  #reject(): void {
    this.hasRejected = true
  }
}

/** Takes the next piece of a queue: cut or glued at random, if the framing allows it. */
function takePiece(queue: (Uint8Array | 'end')[], isAlone: boolean, random: Random): Uint8Array | 'end' | undefined {
  const first = queue.shift()
  if (first === undefined || first === 'end' || isAlone) return first
  const [next] = queue
  if (first.length > 1 && random.integer(0, 3) === 0) {
    const cut = random.integer(1, first.length - 1)
    queue.unshift(first.subarray(cut))
    return first.subarray(0, cut)
  }
  if (!next || next === 'end' || random.integer(0, 2) > 0) return first
  queue.shift()
  return Uint8Array.from([...first, ...next])
}

/** Lets two honest sides talk over slow wires. Returns what the monitor between them saw. */
async function talk(program: Program, seed: number) {
  const random = seededRandom(seed)
  const clock = new TestClock()
  const watched = toWatchedProtocol(program)
  const monitor = new ConversationMonitor(watched)
  const sides = {
    client: new HonestSide(program, 'client', { clock, random }),
    server: new HonestSide(program, 'server', { clock, random }),
  }
  const isAlone = { client: watched.toServer.alone === true, server: watched.toClient.alone === true }
  const seen: Observation[] = []
  const pass = (side: Side) => {
    const piece = takePiece(sides[side].sent, isAlone[side], random)
    if (piece === undefined) return
    const at = clock.monotonic()
    seen.push(
      ...monitor.observe(
        piece === 'end' ? { kind: 'end', at, from: side, how: 'finished' } : { kind: 'bytes', at, from: side, bytes: piece },
      ),
    )
    sides[side].passed.push(piece)
  }
  const deliver = (side: Side) => {
    const piece = takePiece(sides[side].passed, isAlone[side], random)
    if (piece !== undefined) sides[OTHER[side]].deliver(piece)
  }
  for (let steps = 0; steps < 90; steps++) {
    const side = random.choice(SIDES)
    const what = random.integer(0, 2)
    if (what === 0) await sides[side].act()
    else if (what === 1) pass(side)
    else deliver(side)
    await clock.pass(PAUSE)
    if (sides.client.hasRejected || sides.server.hasRejected) break
  }
  for (const side of SIDES) while (sides[side].sent.length > 0) pass(side)
  const at = clock.monotonic() + PAUSE
  for (const from of SIDES) seen.push(...monitor.observe({ kind: 'end', at, from, how: 'finished' }))
  return seen
}

const RUNS = 30

describe.each(programNames)('%s', async (name) => {
  const program = await loadProgram(name)
  if (!program) return void test('is played alone', () => expect(name).toBe('book/secret'))

  test('a message that is legal in the state that its side knows is no violation, for any delay and any cuts', async () => {
    let messages = 0
    for (let seed = 1; seed <= RUNS; seed++) {
      const seen = await talk(program, seed)
      const said = seen.filter((one) => one.kind === 'message')
      const wrong = said.filter(({ standing }) => standing === 'illegal' || standing === 'early')
      expect({ seed, wrong }).toEqual({ seed, wrong: [] })
      messages += said.length
    }
    expect(messages).toBeGreaterThan(0)
  })
})
