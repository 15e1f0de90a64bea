import type { Random } from '../games/game.ts'
import { Conversation } from '../protocols/conversation.ts'
import type { Household, Line } from '../protocols/house.ts'
import type { Noticed } from '../protocols/notices.ts'
import { Patience } from '../protocols/patience.ts'
import type { Options, Program } from '../protocols/protocol.ts'
import { type Clock, wallClock } from '../wire/clock.ts'
import { Ended } from '../wire/ends.ts'
import type { Address, Listener, Transport } from '../wire/transport.ts'
import { Turnstile } from '../wire/turnstile.ts'
import { personAt, type Terminal } from './terminal.ts'
import { cannotListen, EXIT, isPath, place } from './trouble.ts'

/** Hosting is how a program is hosted. */
export interface Hosting {
  readonly program: Program
  readonly options: Options
  readonly random: Random
  readonly terminal: Terminal
  /** Where clients are seated, if not at tables of this terminal. */
  readonly house?: (line: Line) => Household
  /** Opens the place where clients arrive. */
  readonly listen: (accept: (transport: Transport) => void) => Promise<Listener>
  /** The place as it was asked for. */
  readonly at: Address
  /** How many clients are served; `Infinity` until stopped. */
  readonly clients: number
  readonly concurrent: boolean
  /** Milliseconds a client may take to come, and each time to answer; without it, any. */
  readonly timeout?: number
  /** Aborted to stop, with the exit code as the reason. */
  readonly stop: AbortSignal
  /** Says a diagnostic. */
  readonly complain: (sentence: string) => void
  readonly clock?: Clock
}

/** Milliseconds without a client after which the person hears where one is waited for. */
const ALONE = 2000
/** Milliseconds between two looks at the clients, at most. */
const LOOK = 200

/** Hosts a program at the terminal: listens, serves as many clients as it serves, and answers with the exit code. */
export async function host(hosting: Hosting): Promise<number> {
  const { program, terminal, clients, concurrent, timeout, stop, complain, clock = wallClock } = hosting
  const { promise: over, resolve: end } = Promise.withResolvers<number>()
  const talking = new Set<Conversation>()
  const silence = timeout ?? Number.POSITIVE_INFINITY
  const patience = new Patience({ first: silence, idle: silence }, clock, LOOK)
  let come = 0
  let done = 0
  let code: number = EXIT.good

  const serve = async (transport: Transport) => {
    const { remote } = transport
    const greeting = program.host?.connected?.(remote)
    if (greeting !== undefined) terminal.say(greeting)
    const { options, random, house } = hosting
    const seating = house ? { house } : {}
    const about = (sentence: string) => complain(clients > 1 ? `${place(remote)}: ${sentence}` : sentence)
    // if many clients are stopped at once, their silence is no news
    const witness = { noticed: (what: Noticed, sentence: string) => (what === 'waiting' && talking.size > 3 ? undefined : about(sentence)) }
    const person = personAt(terminal, about)
    const terms = { program, side: 'server', transport, person, options, random, clock, witness, ...seating } as const
    const conversation = new Conversation(terms)
    talking.add(conversation)
    const membership = patience.watch(conversation)
    const ended = await conversation.over
    // no client says goodbye in datagrams: silence is how it goes there
    const trouble = transport.datagrams && ended instanceof Ended && ended.how === 'late' ? undefined : ended
    if (trouble && !stop.aborted) {
      about(trouble.message)
      if (clients < Number.POSITIVE_INFINITY) code = EXIT.trouble
    }
    void conversation.done.then((late) => {
      talking.delete(conversation)
      membership.leave()
      if (late !== ended && clients < Number.POSITIVE_INFINITY) code = EXIT.trouble
    })
    done++
    if (done >= clients) end(code)
    else {
      if (program.host?.eachTime && !concurrent) announce()
      if (clients < Number.POSITIVE_INFINITY) {
        expectClient()
        expectSoon()
      }
    }
  }

  const turnstile = new Turnstile((transport, next) => void serve(transport).then(next), { oneAtATime: !concurrent })
  let listener: Listener
  try {
    listener = await hosting.listen((transport) => {
      come++
      if (come > clients) return transport.reset()
      if (come === clients) void listener.close()
      turnstile.arrive(transport)
    })
  } catch (error) {
    complain(cannotListen(hosting.at, error))
    return EXIT.trouble
  }

  const announce = () => {
    const words = program.host?.listening?.({ host: hosting.at.host, port: listener.address.port })
    if (words !== undefined) terminal.say(words)
  }
  let cancelExpecting = () => {}
  const expectClient = () => {
    if (timeout === undefined) return
    const before = come
    cancelExpecting = clock.after(timeout, () => {
      if (come > before) return
      complain(`no client came within ${timeout / 1000} s`)
      end(EXIT.trouble)
    })
  }
  let cancelAlone = () => {}
  const expectSoon = () => {
    const before = come
    if (timeout !== undefined && timeout <= ALONE) return
    cancelAlone = clock.after(ALONE, () => {
      const who = before === 0 ? 'a client' : `client ${before + 1} of ${clients}`
      if (come === before) complain(`waiting for ${who} on ${placeOf(hosting.at, listener)}`)
    })
  }
  announce()
  expectClient()
  expectSoon()
  const stopped = () => {
    for (const conversation of talking) conversation.stop(new Ended('ours', 'the server was stopped'))
    end(stop.reason)
  }
  if (stop.aborted) stopped()
  else stop.addEventListener('abort', stopped)
  const result = await over
  cancelExpecting()
  cancelAlone()
  patience.close()
  turnstile.close()
  void listener.close()
  await Promise.all([...talking].map(({ done }) => done))
  return result === EXIT.good ? code : result
}

/** Returns the address of the listener: its real host and port, or the path that was asked for; and the transport, if not TCP. */
function placeOf(at: Address, { address, over }: Listener): string {
  return `${place(isPath(at.host) ? at : address)}${over === undefined ? '' : ` (${over})`}`
}
