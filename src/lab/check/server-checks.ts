import type { Transport } from '../../wire/transport.ts'
import type { Check } from './check.ts'
import { connectProgram } from './connecting.ts'
import { findUnhandledError } from './interrupted.ts'
import { playMatch } from './match.ts'
import { isPlayable } from './plays-to-the-end.ts'
import { QUOTED } from './program-output.ts'
import { endWithin } from './waiting.ts'
import { watchWire } from './wire-watch.ts'

/** Milliseconds for each answer of the server, and also for each connection to it. */
const SILENCE = 4000
/** Milliseconds until a server that serves one client must have ended. */
const END_WAIT = 500

/** The check that a server serves a client while another client is connected and silent. */
export const twoClientsAtOnce: Check = {
  name: 'two-clients-at-once',
  proves: 'serves a client while another client is connected and silent, and then the silent client',
  level: 'robust',
  roles: ['server'],
  appliesTo: isPlayable,
  async run(subject) {
    const connected = await connectProgram(subject)
    if ('sentence' in connected) return connected
    const { running } = connected
    const first = watchWire(subject, connected.transport)
    const transport = await subject.sandbox.connect(subject.port, SILENCE).catch(() => undefined)
    const second = transport && watchWire(subject, transport)
    const terms = { ...subject, script: { seed: subject.seed }, running, silence: SILENCE }
    const match = second && (await playMatch({ ...terms, transport: second }))
    const lines = running.output.lastLines(QUOTED)
    const later = match && !match.trouble && !match.stopped ? await playMatch({ ...terms, transport: first }) : undefined
    if (!later) first.destroy()
    await running.stop()
    const visited = new Set([...first.visited, ...(second?.visited ?? [])])
    if (later?.trouble)
      return {
        cause: 'hangs',
        sentence: `after it has served a second client, the server no longer serves the first client: ${later.trouble.message}; do the clients share a variable?`,
        ...{ lines, visited, observations: first.observations },
      }
    if (match && !match.trouble) return { sentence: 'the server served the second client while the first client was connected', visited }
    const why = match?.trouble ? match.trouble.message : 'the second client could not connect'
    return {
      cause: 'hangs',
      sentence: `while one client is connected and silent, the server does not serve a second client: ${why}`,
      ...{ lines, visited, observations: second?.observations ?? [] },
    }
  },
}

/** The check that a server survives a client that disconnects before the server has accepted it. */
export const goneBeforeServed: Check = {
  name: 'gone-before-served',
  proves: 'serves the next client after a client that has disconnected immediately',
  level: 'robust',
  roles: ['server'],
  appliesTo: isPlayable,
  async run(subject) {
    const connected = await connectProgram(subject)
    if ('sentence' in connected) return connected
    const { running } = connected
    await playMatch({ ...subject, script: { seed: subject.seed }, ...connected, silence: SILENCE })
    if (await endWithin(running, END_WAIT, subject.clock)) return { sentence: 'the server serves one client and ends' }
    // while the server is stopped, the system accepts the client for it
    running.suspend()
    const lost = await subject.sandbox.connect(subject.port, SILENCE).catch(() => undefined)
    if (lost) await resetNow(lost)
    // the sandbox passes on connections in order: when it passes on the second connection, it no longer has the first connection open
    const next = await subject.sandbox.connect(subject.port, SILENCE).catch(() => undefined)
    running.resume()
    const match = next && (await playMatch({ ...subject, script: { seed: subject.seed }, running, transport: next, silence: SILENCE }))
    const isServed = match !== undefined && match.trouble === undefined
    const crash = isServed ? undefined : findUnhandledError(subject.role, running, await endWithin(running, SILENCE, subject.clock))
    await running.stop()
    if (!crash) return { sentence: isServed ? 'the server served the next client' : 'the server has ended by itself' }
    const what = 'a client broke its connection off (RST) before the server had accepted it'
    return { ...crash, cause: 'crashed', sentence: `${what}: ${crash.sentence}` }
  },
}

/** Resets a connection, and resolves after the reset. */
function resetNow(transport: Transport): Promise<void> {
  return new Promise((resolve) => {
    transport.open({ data() {}, finished() {}, closed: () => resolve() })
    transport.reset()
  })
}

/** The check that a server can be started again immediately, on the port of a connection that it has closed. */
export const restartOnTheSamePort: Check = {
  name: 'restart-on-the-same-port',
  proves: 'can be started again immediately on the same port',
  level: 'robust',
  roles: ['server'],
  appliesTo: isPlayable,
  async run(subject) {
    const connected = await connectProgram(subject, { keepsPort: true })
    if ('sentence' in connected) return connected
    await playMatch({ ...subject, script: { seed: subject.seed }, ...connected, silence: SILENCE })
    await endWithin(connected.running, END_WAIT, subject.clock)
    await connected.running.stop()
    const again = await connectProgram(subject)
    if (!('sentence' in again)) {
      again.transport.open({ data() {}, finished() {}, closed() {} })
      again.transport.destroy()
      await again.running.stop()
      return { sentence: 'the server has started again on the same port' }
    }
    if (again.cause !== 'address-in-use') return again
    return {
      ...again,
      sentence: `${again.sentence}: the system reserves the port of its last connection for a minute, unless SO_REUSEADDR is set`,
    }
  },
}
