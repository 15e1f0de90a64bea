import { createSystemClock } from '../base/clock.ts'
import { seededRandom } from '../games/random.ts'
import { expectation, isEnd } from '../protocol/automaton.ts'
import { Conversation } from '../protocol/conversation.ts'
import type { Program } from '../protocol/definition.ts'
import { HouseSeating } from '../protocol/house-seating.ts'
import type { Side } from '../protocol/message-spec.ts'
import type { PeerHandle } from '../protocol/seating.ts'
import { Disconnected } from '../wire/disconnect.ts'
import { quoteText } from '../wire/text.ts'
import { memoryPair } from '../wire/transports/memory.ts'
import { assert } from './assert.ts'
import { randomUser } from './random-user.ts'
import { formatMessages, formatStandstill } from './standstill.ts'
import { WaitTracker } from './wait-tracker.ts'
import { judgeRecording, recordWrites } from './wire-recorder.ts'

/*
 * A walk is one random conversation of the two roles of a program, in memory. A mistake of a role often causes a standstill: each side
 * waits for the other side, and no message is illegal. In memory, each step takes microseconds, so a walk that takes no step for a while
 * never continues. In that case, the error of the walk names the state of each side, the operations for which the side waits, and the
 * likely cause.
 */

/**
 * If the walk takes no step for this number of milliseconds, it reports a standstill: `QUIET` if every function waits for a message, a line
 * or a seat; `PATIENT` if a function waits for another operation.
 */
const QUIET = 1500
const PATIENT = 10_000
/** The opponent leaves in the peer's turn in 1 of this number of walks. */
const LEAVES = 4
/** Milliseconds between two checks. */
const LOOK = 250

/**
 * Runs a conversation of the two roles of a program. Resolves to the states that the conversation visits; rejects if the conversation
 * violates the protocol.
 */
export async function walk(program: Program, seed: number, typed: readonly string[] | undefined): Promise<readonly string[]> {
  const random = seededRandom(seed)
  const options = { ...program.defaults, pace: 0, delay: 0 }
  const [server, client] = memoryPair()
  const events = recordWrites(server, client)
  const stuck = Promise.withResolvers<never>()
  const { automaton } = program.protocol
  const judge = () => judgeRecording(program, options, events)
  const fail = (what: string) => new Error(`the walk with the seed ${seed} ${what}`)
  const begin = (side: Side) => {
    const tracker = new WaitTracker(side, side === 'server' && seed % LEAVES === 0 ? random.integer(1, 6) : 0, () =>
      stuck.reject(fail(`never ends: the ${side} has taken too many steps. ${formatMessages(judge().messages)}`)),
    )
    const inHall = program.needs && side === 'server' ? { createSeating: (peer: PeerHandle) => new HouseSeating(peer, random) } : {}
    const conversation = new Conversation({
      program: tracker.watch(program),
      opponentFor: tracker.opponentFor(program),
      options,
      random,
      ...inHall,
      side,
      transport: side === 'server' ? server : client,
      console: randomUser(random, side === 'server' ? 40 : random.integer(0, 60), { typed }),
    })
    return { side, tracker, conversation }
  }
  const sides = [begin('server'), begin('client')]
  const cancel = watchForStandstill(
    () => sides.reduce((sum, { tracker }) => sum + tracker.steps, events.length),
    () => sides.every(({ tracker }) => tracker.actors.every(({ waits, hasReturned }) => hasReturned || waits.size > 0)),
    () => {
      const found = sides.map(({ side, tracker, conversation }) => ({ side, state: conversation.state, actors: tracker.actors }))
      stuck.reject(fail(`is stuck: ${formatStandstill(automaton, found, judge().messages)}`))
    },
  )
  const closed = Promise.all(sides.map(({ conversation }) => conversation.closed))
  const ends = await Promise.race([closed, stuck.promise])
    .catch((reason: unknown) => {
      for (const { tracker, conversation } of sides) {
        tracker.stop()
        conversation.stop(new Disconnected('ours', 'the walk is over'))
      }
      throw reason
    })
    .finally(cancel)
  const { illegal, messages, steps, state, over } = judge()
  const [last] = messages.slice(-1)
  if (illegal !== undefined && last) {
    const { from } = last
    const crossed = messages.at(-2)
    const isCrossing = isEnd(automaton, last.state) && crossed !== undefined && crossed.from !== from
    const why = isCrossing
      ? `it crossed ${quoteText(crossed.text)}, which is legal in the ${from}'s turn and must lead to a state in which the ${from} may still send it, as in left: { SHOT: 'left' } with quiet: ['left']`
      : expectation(automaton, last.state, from)
    const before = formatMessages(messages.slice(0, -1))
    throw fail(`has a mistake: the ${from}'s role sent ${quoteText(illegal)} in the state "${last.state}"; ${why}. ${before}`)
  }
  for (const [at, end] of ends.entries()) {
    const isUsual = !end || /^(?:Disconnected|EndOfInput)$/.test(end.name)
    assert(
      isUsual,
      () =>
        `${fail(`has a mistake: the ${sides[at]?.side}'s role threw in the state "${state}": ${end}`).message}. ${formatMessages(messages)}`,
    )
  }
  if (!over && !ends.some((end) => end)) throw fail(`ended in the state "${state}", which is not an end. ${formatMessages(messages)}`)
  return steps.map(({ next }) => next)
}

/**
 * Calls `onStandstill` once, when the number of steps has not changed for some time: `QUIET` milliseconds if `isKnown` returns true because
 * every function waits for a message, a line or a seat; otherwise `PATIENT` milliseconds. Returns a function that ends the watch.
 */
function watchForStandstill(steps: () => number, isKnown: () => boolean, onStandstill: () => void): () => void {
  const clock = createSystemClock()
  let before = -1
  let since = clock.monotonic()
  let cancel = () => {}
  const look = () => {
    const now = steps()
    if (now !== before) since = clock.monotonic()
    before = now
    if (clock.monotonic() - since >= (isKnown() ? QUIET : PATIENT)) onStandstill()
    else cancel = clock.after(LOOK, look)
  }
  look()
  return () => cancel()
}
