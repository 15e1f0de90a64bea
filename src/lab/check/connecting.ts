import { quoteText } from '../../wire/text.ts'
import type { Address, Listener, Transport } from '../../wire/transport.ts'
import { formatEnd, isCrash } from './causes.ts'
import type { CheckSubject, Finding } from './check.ts'
import { fillCommand } from './command.ts'
import { isUnhandled, quoteErrorLine } from './crash-lines.ts'
import { QUOTED } from './program-output.ts'
import { answerPrompt } from './prompts.ts'
import type { ProgramEnd, RunningProgram } from './sandbox.ts'
import { pauseFor } from './waiting.ts'

/** Milliseconds in which a program may be idle before it connects or listens, and of one attempt to connect to it. */
const CONNECT_WAIT = 8000
const ATTEMPT = 500
const HOST = '127.0.0.1'

/** Connected is a program under test that has connected, or that the judge has connected to. */
export interface Connected {
  readonly running: RunningProgram
  readonly transport: Transport
}

/** StartedProgram is the part of a program under test that its start needs. */
export type StartedProgram = Pick<CheckSubject, 'sandbox' | 'role' | 'words' | 'port' | 'clock'>

/**
 * Starts a program, answers its prompts for an address, and resolves when both sides are connected; or with the finding that they are
 * not. `keepsPort` is as in `Sandbox.connect`; `wait` is how long the program may take, in milliseconds of its
 * own time.
 */
export async function connectProgram(
  subject: StartedProgram,
  { keepsPort = false, wait = CONNECT_WAIT } = {},
): Promise<Connected | Finding> {
  const { sandbox, role, words, clock } = subject
  const accepted = Promise.withResolvers<Transport>()
  const listener = role === 'client' ? await listen(subject, accepted.resolve) : undefined
  const at = listener?.address ?? { host: HOST, port: subject.port }
  const running = await sandbox.start({ words: fillCommand(words, at), environment: { HOST: at.host, PORT: String(at.port) } })
  const over = new AbortController()
  void answerPrompts(running, at, over.signal)
  const transport = role === 'client' ? accepted.promise : connectTo(subject, at.port, keepsPort, over.signal)
  const outcome = await Promise.race([
    transport.then(
      (arrived) => ({ running, transport: arrived }),
      () => undefined,
    ),
    running.ended,
    pauseFor(running, wait, clock, over.signal).then(() => undefined),
  ])
  over.abort()
  await listener?.close()
  if (outcome && 'transport' in outcome) return outcome
  const finding = role === 'client' ? explainClient(running, at, outcome, wait) : explainServer(running, at, outcome, wait)
  await running.stop()
  return finding
}

/** Connects to a server as soon as it listens. Rejects when `signal` aborts. */
async function connectTo({ sandbox }: StartedProgram, port: number, keepsPort: boolean, signal: AbortSignal): Promise<Transport> {
  for (;;) {
    try {
      return await sandbox.connect(port, ATTEMPT, { keepsPort })
    } catch (error) {
      // a program that is still starting needs more time
      if (signal.aborted) throw error
    }
  }
}

/** Listens for a client at the port of its program. If that port is in use on a shared network, listens at another port. */
async function listen({ sandbox, port }: StartedProgram, accept: (transport: Transport) => void): Promise<Listener> {
  if (sandbox.ownNetwork) return sandbox.listen(port, accept)
  try {
    return await sandbox.listen(port, accept)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error
    return sandbox.listen(0, accept)
  }
}

/** Types the address at the prompts that ask for it, until the program has connected. */
async function answerPrompts(running: RunningProgram, at: Address, signal: AbortSignal): Promise<void> {
  const { output } = running
  while (!signal.aborted) {
    const line = answerPrompt(output.prompt, at)
    if (line !== undefined) running.type(line)
    await output.next(signal)
  }
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
  if (end) return { cause: 'wrong-address', sentence: `the client ended without having connected to the server at ${host}:${port}`, lines }
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
  return { cause: 'not-listening', sentence: `${what}; if it listens at another port, say so with --port`, lines }
}
