import type { Side } from '../../protocol/message-spec.ts'
import { quoteText } from '../../wire/text.ts'
import type { Address, Listener, Transport } from '../../wire/transport.ts'
import type { CheckSubject, Finding } from './check.ts'
import { fillCommand } from './command.ts'
import { needsCompanion, playCompanion } from './companion.ts'
import { isUnhandled, quoteErrorLine } from './crash-lines.ts'
import { DatagramClient } from './datagram-client.ts'
import { formatEnd, isCrash } from './program-end.ts'
import { QUOTED } from './program-output.ts'
import { answerPrompt } from './prompts.ts'
import type { ProgramEnd, RunningProgram } from './sandbox.ts'
import { pauseFor } from './waiting.ts'

/**
 * A program may be idle for `CONNECT_WAIT` milliseconds before it connects or listens. An attempt of the judge to connect to the program
 * takes at most `ATTEMPT` milliseconds.
 */
const CONNECT_WAIT = 8000
const ATTEMPT = 500
/** Milliseconds until the judge tries again to listen. */
const RETRY = 50
const HOST = '127.0.0.1'

/** Connected is a program under test that has connected, or has accepted the judge's connection. */
export interface Connected {
  readonly running: RunningProgram
  readonly transport: Transport
}

/** StartedProgram is the part of a program under test that its start needs. */
export type StartedProgram = Pick<CheckSubject, 'sandbox' | 'role' | 'words' | 'port' | 'datagrams' | 'clock'>

/**
 * Starts a program, and answers its prompts for an address. Resolves when both sides are connected; without a connection, resolves to the
 * finding that explains this failure. `keepsPort` is as in `Sandbox.connect`; `wait` is the maximum time for the connection, in
 * milliseconds of the program's own time.
 */
export async function connectStarted(
  subject: StartedProgram,
  { keepsPort = false, wait = CONNECT_WAIT } = {},
): Promise<Connected | Finding> {
  const { sandbox, role, words, clock } = subject
  const accepted = Promise.withResolvers<Transport>()
  let isFirst = true
  const accept = (transport: Transport) => {
    // a datagram after the end of the conversation begins another conversation, which would occupy the port
    if (!isFirst && subject.datagrams) transport.destroy()
    isFirst = false
    accepted.resolve(transport)
  }
  const listener = role === 'client' ? await listen(subject, accept) : undefined
  const at = listener?.address ?? { host: HOST, port: subject.port }
  const running = await sandbox.start({ words: fillCommand(words, at), environment: { HOST: at.host, PORT: String(at.port) } })
  const over = new AbortController()
  const asked = answerPrompts(running, at, role, over.signal)
  const { datagrams = false } = subject
  const overUdp = (): Promise<Transport> => {
    const client = new DatagramClient(running, at, clock, () => void listener?.close())
    void accepted.promise.then((arrived) => client.attach(arrived))
    return Promise.race([accepted.promise, asked]).then(() => client)
  }
  const connect = () => connectTo(subject, at.port, keepsPort, over.signal)
  const transport = role === 'server' ? connect() : datagrams ? overUdp() : accepted.promise
  const outcome = await Promise.race([
    transport.then(
      (arrived) => ({ running, transport: arrived }),
      () => undefined,
    ),
    running.ended,
    pauseFor(running, wait, clock, over.signal).then(() => undefined),
  ])
  over.abort()
  // a client over UDP may connect later, after its person has typed a line
  if (!(datagrams && outcome && 'transport' in outcome)) await listener?.close()
  if (outcome && 'transport' in outcome) return outcome
  const finding = role === 'client' ? explainClient(running, at, outcome, wait) : explainServer(running, at, outcome, wait)
  await running.stop()
  return finding
}

/** Connects a program under test as `connectStarted` does, and plays a second client if its server seats two clients at one table. */
export async function connectProgram(subject: CheckSubject, { keepsPort = false } = {}): Promise<Connected | Finding> {
  const connected = await connectStarted(subject, { keepsPort })
  const { role, program, sandbox, port } = subject
  if ('transport' in connected && role === 'server' && needsCompanion(program))
    playCompanion(subject, await sandbox.connect(port, CONNECT_WAIT))
  return connected
}

/** Connects to a server as soon as it listens. Rejects when `signal` aborts. */
async function connectTo(
  { sandbox, datagrams = false }: StartedProgram,
  port: number,
  keepsPort: boolean,
  signal: AbortSignal,
): Promise<Transport> {
  for (;;) {
    try {
      return await sandbox.connect(port, ATTEMPT, { keepsPort, datagrams })
    } catch (error) {
      // a program that is still starting needs more time
      if (signal.aborted) throw error
    }
  }
}

/** Listens for a client at the port of its program. If that port is in use on a shared network, listens at another port. */
async function listen(subject: StartedProgram, accept: (transport: Transport) => void, attempts = 5): Promise<Listener> {
  const { sandbox, port, datagrams = false, clock } = subject
  try {
    return await sandbox.listen(port, accept, { datagrams })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error
    if (!sandbox.ownNetwork) return sandbox.listen(0, accept, { datagrams })
    // the judge's own socket of the last conversation is about to close
    if (attempts === 0) throw error
    await new Promise<void>((resolve) => clock.after(RETRY, resolve))
    return listen(subject, accept, attempts - 1)
  }
}

/**
 * Types the address at the prompts that ask for it, until the program has connected. Resolves at the first prompt that asks for
 * something else; over TCP, the program may connect only later.
 */
async function answerPrompts(running: RunningProgram, at: Address, role: Side, signal: AbortSignal): Promise<void> {
  const { output } = running
  const other = Promise.withResolvers<void>()
  void (async () => {
    while (!signal.aborted) {
      const line = answerPrompt(output.prompt, at, role)
      if (line !== undefined) running.type(line)
      else if (output.prompt !== '') other.resolve()
      await output.next(signal)
    }
  })()
  return other.promise
}

function explainClient(running: RunningProgram, { host, port }: Address, end: ProgramEnd | undefined, wait: number): Finding {
  const lines = running.output.lastLines(QUOTED)
  if (end && isCrash(end)) {
    const output = running.output.text()
    if (/refused|ECONNREFUSED|\b111\b/i.test(output))
      return {
        cause: 'wrong-address',
        sentence: `the client connects to another address, and not to ${host}:${port}, the address of the server`,
        lines,
      }
    if (isUnhandled(end, output))
      return {
        cause: 'crashed',
        sentence: `the client ended ${formatEnd(end)} before it connected to the server${quoteErrorLine(lines)}`,
        lines,
      }
  }
  if (end) {
    const how = end.code === 0 ? '' : ` ${formatEnd(end)}`
    return { cause: 'wrong-address', sentence: `the client ended${how} without having connected to the server at ${host}:${port}`, lines }
  }
  const { prompt } = running.output
  if (prompt !== '')
    return {
      cause: 'hangs',
      sentence: `the client waits at the prompt ${quoteText(prompt)} and has not connected within ${wait / 1000} s`,
      lines,
    }
  return { cause: 'wrong-address', sentence: `the client has not connected to ${host}:${port} within ${wait / 1000} s`, lines }
}

/** Matches the error of `accept` on a socket that does not listen, as C and Python print it. */
const NOT_LISTENING = /accept[^\n]*: Invalid argument|\baccept\b[\s\S]*\[Errno 22\]/

function explainServer(running: RunningProgram, { host, port }: Address, end: ProgramEnd | undefined, wait: number): Finding {
  const lines = running.output.lastLines(QUOTED)
  if (end && isCrash(end)) {
    const output = running.output.text()
    if (NOT_LISTENING.test(output))
      return { cause: 'not-listening', sentence: 'the server calls accept, but it has not called listen before', lines }
    const cause = /in use|EADDRINUSE/i.test(output) ? 'address-in-use' : 'crashed'
    return { cause, sentence: `the server ended ${formatEnd(end)} before a client could connect${quoteErrorLine(lines)}`, lines }
  }
  const what = end
    ? 'the server ended before a client could connect'
    : `the server does not listen at ${host}:${port} within ${wait / 1000} s`
  return { cause: 'not-listening', sentence: `${what}; if it listens at another port, give that port with --port`, lines }
}
