import { type Clock, createSystemClock } from '../base/clock.ts'
import type { Random } from '../games/game.ts'
import { pythonInt } from '../programs/python/values.ts'
import type { Conversation } from '../protocol/conversation.ts'
import type { ConversationNote } from '../protocol/conversation-notes.ts'
import { EndOfInput, type Options, type Program } from '../protocol/definition.ts'
import { Disconnected } from '../wire/disconnect.ts'
import { quoteText } from '../wire/text.ts'
import type { Address, Transport } from '../wire/transport.ts'
import { EXIT } from './exit-codes.ts'
import { addAddress, cannotConnect } from './system-errors.ts'
import { createConsole, type Terminal } from './terminal.ts'

export interface JoinOptions {
  readonly program: Program
  readonly options: Options
  /** Loads the source of randomness. The program calls this function after the first questions, so that the questions appear early. */
  readonly random: () => Promise<Random>
  readonly terminal: Terminal
  /** Connects to the server. */
  readonly connect: (to: Address) => Promise<Transport>
  /** The address of the server. If the host or the port is missing, the program asks the user or uses the default of the worksheet. */
  readonly host?: string
  readonly port?: number
  /** Milliseconds for which `connect` repeats its attempts while no server listens. */
  readonly wait: number
  /** Timeout in milliseconds for each answer of the server. Default: no timeout. */
  readonly timeout?: number
  /** When the caller aborts this signal, the client stops; the reason of the abort is the exit code. */
  readonly stop: AbortSignal
  /** Prints a diagnostic. */
  readonly printError: (sentence: string) => void
  readonly clock?: Clock
}

/** Maximum number of milliseconds between two checks of the timeouts. */
const CHECK_INTERVAL = 200

/** Joins a program at the terminal: connects, and runs the conversation to its end. Resolves to the exit code. */
export async function join(joining: JoinOptions): Promise<number> {
  const { program, options, terminal, timeout, stop, printError, clock = createSystemClock() } = joining
  let conversation: Conversation | undefined

  const talk = async (): Promise<number> => {
    const to = await askAddress(joining)
    const loading = loadConversation()
    let transport: Transport
    try {
      transport = await joining.connect(to)
    } catch (error) {
      printError(cannotConnect(to, error, joining.wait))
      return EXIT.trouble
    }
    const greeting = program.join?.connected?.(to)
    if (greeting !== undefined) terminal.say(greeting)
    const { Conversation } = await loading
    let last: string | undefined
    const observer = {
      onNote(_: ConversationNote, sentence: string) {
        last = sentence
        printError(sentence)
      },
    }
    conversation = new Conversation({
      program,
      side: 'client',
      transport,
      console: createConsole(terminal, printError),
      options,
      random: await joining.random(),
      clock,
      dialed: to.host,
      observer: observer,
    })
    const endWatch = startChecks(conversation, clock, timeout)
    const trouble = await conversation.closed
    endWatch()
    if (trouble && trouble.message !== last && !stop.aborted) printError(addAddress(to, trouble.message))
    return trouble ? EXIT.trouble : EXIT.good
  }

  const stopped = Promise.withResolvers<number>()
  stop.addEventListener('abort', async () => {
    conversation?.stop(new Disconnected('ours', 'this side was stopped'))
    await conversation?.closed
    stopped.resolve(stop.reason)
  })
  try {
    const code = await Promise.race([talk(), stopped.promise])
    return stop.aborted ? stop.reason : code
  } catch (error) {
    if (!(error instanceof EndOfInput)) throw error
    printError(error.message)
    return EXIT.trouble
  }
}

/**
 * Loads the module of conversations. The program calls this function after the first questions, while the program connects, so that the
 * prompt appears early.
 */
async function loadConversation(): Promise<typeof import('../protocol/conversation.ts')> {
  // the import blocks the event loop, so the program starts to connect first
  await new Promise((resolve) => setImmediate(resolve))
  return import('../protocol/conversation.ts')
}

/**
 * Checks several times a second whether the server has been silent for `timeout` milliseconds, and whether the user needs a note. Returns a
 * function that ends the checks.
 */
function startChecks(conversation: Conversation, clock: Clock, timeout = Number.POSITIVE_INFINITY): () => void {
  const tick = Math.min(CHECK_INTERVAL, Math.max(20, timeout / 10))
  const check = () => {
    cancel = clock.after(tick, check)
    conversation.checkTimeout(clock.monotonic(), { first: timeout, idle: timeout })
  }
  let cancel = clock.after(tick, check)
  return () => cancel()
}

async function askAddress({ program, terminal, host, port, printError }: JoinOptions): Promise<Address> {
  const { asks, address = '127.0.0.1' } = program.join ?? {}
  const name = host ?? (asks ? await terminal.ask('Enter IPv4 address of server: ') : address)
  if (port !== undefined) return { host: name, port }
  if (!asks) return { host: name, port: program.join?.port ?? program.port }
  for (;;) {
    const typed = await terminal.ask('Enter port number of server: ')
    const number = Number(pythonInt(typed) ?? Number.NaN)
    if (number >= 1 && number <= 65535) return { host: name, port: number }
    printError(`a port is a number from 1 to 65535, not ${quoteText(typed)}`)
  }
}
