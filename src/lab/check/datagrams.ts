import { legalTransitions } from '../../protocol/automaton.ts'
import type { Transport } from '../../wire/transport.ts'
import { TransportFilter } from '../../wire/transport-filter.ts'
import { addFaults } from '../faults/faulty-transport.ts'
import { parseFaults } from '../faults/grammar.ts'
import { toWatchedProtocol } from '../monitor/monitor.ts'
import type { Check, CheckSubject } from './check.ts'
import { connectProgram } from './connecting.ts'
import { disturb } from './disturbed.ts'
import { playMatch } from './match.ts'
import { isPlayable } from './plays-to-the-end.ts'
import { QUOTED } from './program-output.ts'
import type { RunningProgram } from './sandbox.ts'
import { endWithin } from './waiting.ts'
import { type WireWatch, watchWire } from './wire-watch.ts'

/*
 * UDP may lose a datagram, deliver it twice or in another order, and any host may send a datagram to a socket. A client has to survive a
 * missing answer, and an answer of a stranger.
 */

/**
 * A client may wait `PATIENCE` milliseconds for a lost answer. Every `LOOK` milliseconds, the judge checks whether the client has ended or
 * done something.
 */
const PATIENCE = 10_000
const LOOK = 100
/** Milliseconds in which a client shows that it treats the datagram of a stranger as an answer. */
const STRANGER = 700
const SILENCE = 6000

/** The check that a client does not wait without end for an answer that was lost. */
export const lostDatagram: Check = {
  name: 'lost-datagram',
  proves: 'asks again or gives up if an answer is lost',
  level: 'robust',
  roles: ['client'],
  carriers: 'datagrams',
  appliesTo: isPlayable,
  async run(subject) {
    const connected = await connectProgram(subject)
    if ('sentence' in connected) return connected
    const { running } = connected
    const watch = watchWire(subject, connected.transport)
    const rules = parseFaults('lose 1st')
    if ('refused' in rules) throw new RangeError(rules.refused)
    const { program, options, seed, clock } = subject
    const transport = addFaults(watch, { rules, seed, side: 'server', program: toWatchedProtocol(program, options), clock })
    const leave = new AbortController()
    const match = playMatch({ ...subject, script: { seed: subject.seed }, running, transport, silence: 2 * PATIENCE, until: leave.signal })
    const isBorne = await goesOn(subject, running, () => watch.observations.filter(({ kind }) => kind === 'message').length > 1)
    const lines = running.output.lastLines(QUOTED)
    await running.stop()
    leave.abort()
    await match
    if (isBorne) return { sentence: 'the client continued without the lost answer', visited: watch.visited }
    const sentence = `the first answer was lost, and the client still waits for it after ${PATIENCE / 1000} s: set a timeout, and ask again or give up`
    return { cause: 'hangs', sentence, lines, observations: watch.observations, visited: watch.visited }
  },
}

/** Resolves to true when a program has ended or done something, and to false when its time is over. */
async function goesOn({ clock }: CheckSubject, running: RunningProgram, hasActed: () => boolean): Promise<boolean> {
  for (let waited = 0; waited < PATIENCE; waited += LOOK) {
    if ((await endWithin(running, LOOK, clock)) || hasActed()) return true
  }
  return false
}

export const duplicatedDatagrams = disturb({
  name: 'duplicated-datagrams',
  proves: 'tolerates datagrams that arrive twice',
  carriers: 'datagrams',
  play: { faults: 'duplicate 100%', silence: SILENCE },
  toCause: (shown) => shown,
  shows: 'this happens only if datagrams arrive twice',
})

export const reorderedDatagrams = disturb({
  name: 'reordered-datagrams',
  proves: 'tolerates datagrams that arrive late and in another order',
  carriers: 'datagrams',
  play: { faults: 'reorder 100%', silence: SILENCE },
  toCause: (shown) => shown,
  shows: 'this happens only if datagrams arrive late or in another order',
})

/** The check that a client accepts an answer from its server only. */
export const wrongSender: Check = {
  name: 'wrong-sender',
  proves: 'ignores a datagram that does not come from its server',
  level: 'robust',
  roles: ['client'],
  carriers: 'datagrams',
  appliesTo: isPlayable,
  async run(subject) {
    const connected = await connectProgram(subject)
    if ('sentence' in connected) return connected
    const { running } = connected
    const watch = watchWire(subject, connected.transport)
    const held = new HoldingTransport(watch)
    const leave = new AbortController()
    const match = playMatch({ ...subject, script: { seed: subject.seed }, running, transport: held, silence: SILENCE, until: leave.signal })
    await held.arrived
    const { length } = watch.observations
    const { length: printed } = running.output.chunks
    await sendAsStranger(subject, connected.transport, watch)
    const end = await endWithin(running, STRANGER, subject.clock)
    // a client that has received an answer ends, asks again, or asks its person again
    const asksAgain = running.output.prompt !== '' && running.output.chunks.length > printed
    const taken = end !== undefined || watch.observations.length > length || asksAgain
    held.release()
    const lines = running.output.lastLines(QUOTED)
    await running.stop()
    leave.abort()
    await match
    if (!taken) return { sentence: 'the client waited for its server', visited: watch.visited }
    const sentence =
      'the client treated the datagram of another sender as the answer of its server: connect the socket, or compare the address that recvfrom returns'
    return { cause: 'wrong-address', sentence, lines, observations: watch.observations, visited: watch.visited }
  },
}

/** Sends a client a legal answer from a port other than the port of its server. */
async function sendAsStranger({ program, sandbox }: CheckSubject, { remote }: Transport, { state }: WireWatch): Promise<void> {
  const answer = legalTransitions(program.protocol.automaton, state).find(({ from, form }) => from === 'server' && !form.closes)
  const stranger = await sandbox.connect(remote.port, LOOK, { datagrams: true })
  stranger.open({ data() {}, finished() {}, closed() {} })
  stranger.write(answer?.form.example ?? '')
  stranger.finish()
}

/** HoldingTransport delivers the first datagram, and everything behind it, only after its release. */
class HoldingTransport extends TransportFilter {
  readonly arrived: Promise<void>
  readonly #held: Uint8Array[] = []
  #isReleased = false
  #arrive: () => void = () => {}

  constructor(inner: TransportFilter) {
    super(inner)
    this.arrived = new Promise((resolve) => {
      this.#arrive = resolve
    })
  }

  override data(bytes: Uint8Array): void {
    if (this.#isReleased) return super.data(bytes)
    this.#held.push(Uint8Array.from(bytes))
    this.#arrive()
  }

  /** Delivers the datagrams that have arrived. */
  release(): void {
    this.#isReleased = true
    for (const bytes of this.#held.splice(0)) super.data(bytes)
  }
}
