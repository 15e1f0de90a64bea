import type { Clock } from '../../base/clock.ts'
import type { Side } from '../../protocol/automaton.ts'
import { quoteText } from '../../wire/text.ts'
import type { Address, Listener, Transport } from '../../wire/transport.ts'
import { formatEnd, isCrash } from './causes.ts'
import type { CheckSubject, Finding } from './check.ts'
import { fillCommand } from './command.ts'
import { needsCompanion, playCompanion } from './companion.ts'
import { DatagramClient } from './datagram-client.ts'
import { QUOTED } from './program-output.ts'
import { answerPrompt } from './prompts.ts'
import type { ProgramEnd, RunningProgram } from './sandbox.ts'

/** Milliseconds from the start of a program to its connection. */
const CONNECT_WAIT = 10_000
/** Milliseconds until the judge tries again to listen. */
const RETRY = 50
const HOST = '127.0.0.1'

/** Connected is a program under test that has connected, or that the judge has connected to. */
export interface Connected {
  readonly running: RunningProgram
  readonly transport: Transport
}

/**
 * Starts a program, answers its prompts for an address, and resolves when both sides are connected; or with the finding that they are
 * not. `keepsPort` is as in `Sandbox.connect`.
 */
export async function connectProgram(subject: CheckSubject, { keepsPort = false } = {}): Promise<Connected | Finding> {
  const { sandbox, role, words, clock } = subject
  const accepted = Promise.withResolvers<Transport>()
  let isFirst = true
  const accept = (transport: Transport) => {
    // a datagram after the end of the conversation begins another one, which would hold the port
    if (!isFirst && subject.datagrams) transport.destroy()
    isFirst = false
    accepted.resolve(transport)
  }
  const listener = role === 'client' ? await listen(subject, accept) : undefined
  const at = listener?.address ?? { host: HOST, port: subject.port }
  const running = await sandbox.start({ words: fillCommand(words, at), environment: { HOST: at.host, PORT: String(at.port) } })
  const over = new AbortController()
  const cancel = clock.after(CONNECT_WAIT, () => over.abort())
  const asked = answerPrompts(running, at, role, over.signal)
  const { datagrams = false } = subject
  const overUdp = (): Promise<Transport> => {
    const client = new DatagramClient(running, at, clock, () => void listener?.close())
    void accepted.promise.then((arrived) => client.attach(arrived))
    return Promise.race([accepted.promise, asked]).then(() => client)
  }
  const transport =
    role === 'server' ? sandbox.connect(at.port, CONNECT_WAIT, { keepsPort, datagrams }) : datagrams ? overUdp() : accepted.promise
  const outcome = await Promise.race([
    transport.then(
      (arrived) => ({ running, transport: arrived }),
      () => undefined,
    ),
    running.ended,
    new Promise<undefined>((resolve) => over.signal.addEventListener('abort', () => resolve(undefined))),
  ])
  cancel()
  over.abort()
  // a client over UDP may connect later, after its person has typed a line
  if (!(datagrams && outcome && 'transport' in outcome)) await listener?.close()
  if (outcome && 'transport' in outcome) {
    if (role === 'server' && needsCompanion(subject.program)) playCompanion(subject, await sandbox.connect(at.port, CONNECT_WAIT))
    return outcome
  }
  const finding = role === 'client' ? explainClient(running, at, outcome) : explainServer(running, at, outcome)
  await running.stop()
  return finding
}

/** Listens for a client at the port of its program. If that port is in use on a shared network, listens at another port. */
async function listen(subject: CheckSubject, accept: (transport: Transport) => void, attempts = 5): Promise<Listener> {
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
 * something else; over TCP, the program may still have to connect then.
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

function explainClient(running: RunningProgram, { host, port }: Address, end: ProgramEnd | undefined): Finding {
  const lines = running.output.lastLines(QUOTED)
  if (end && isCrash(end)) {
    const isRefused = /refused|ECONNREFUSED|111\b/i.test(lines.join('\n'))
    if (isRefused)
      return {
        cause: 'wrong-address',
        sentence: `the client connects to another address than ${host}:${port}, where the server listens`,
        lines,
      }
    return { cause: 'crashed', sentence: `the client ended ${formatEnd(end)} before it connected to the server`, lines }
  }
  if (end) return { cause: 'wrong-address', sentence: `the client ended without having connected to the server at ${host}:${port}`, lines }
  const { prompt } = running.output
  if (prompt !== '')
    return {
      cause: 'hangs',
      sentence: `the client waits at the prompt ${quoteText(prompt)} and has not connected within ${CONNECT_WAIT / 1000} s`,
      lines,
    }
  return { cause: 'wrong-address', sentence: `the client has not connected to ${host}:${port} within ${CONNECT_WAIT / 1000} s`, lines }
}

function explainServer(running: RunningProgram, { host, port }: Address, end: ProgramEnd | undefined): Finding {
  const lines = running.output.lastLines(QUOTED)
  if (end && isCrash(end)) {
    const isUsed = /in use|EADDRINUSE/i.test(lines.join('\n'))
    const cause = isUsed ? 'address-in-use' : 'crashed'
    return { cause, sentence: `the server ended ${formatEnd(end)} before a client could connect`, lines }
  }
  const what = end
    ? 'the server ended before a client could connect'
    : `the server does not listen at ${host}:${port} within ${CONNECT_WAIT / 1000} s`
  return { cause: 'not-listening', sentence: `${what}; --port says where it listens`, lines }
}

/** Resolves with a program's end, or with `undefined` if it has not ended after some milliseconds. */
export function endWithin(running: RunningProgram, ms: number, clock: Clock): Promise<ProgramEnd | undefined> {
  return new Promise((resolve) => {
    const cancel = clock.after(ms, () => resolve(undefined))
    void running.ended.then((end) => {
      cancel()
      resolve(end)
    })
  })
}
