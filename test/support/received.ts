import { decode } from '../../src/wire/text.ts'
import type { Transport } from '../../src/wire/transport.ts'
import type { MemoryTransport } from '../../src/wire/transports/memory.ts'
import { Changes } from './changes.ts'

/** The input that the far end of a connection has received. */
export interface Received {
  /** Each piece of input, in order. */
  readonly pieces: string[]
  /** All input. */
  readonly text: string
  readonly finished: boolean
  /** How it was closed: `''` without an error, else the system's code; `undefined` while it is open. */
  readonly closed: string | undefined
  /** Resolves when a condition holds, which is checked after each event. */
  until(met: () => boolean): Promise<void>
}

/** Opens a transport, and records its input. */
export function recordReceived(transport: Transport): Received {
  const pieces: string[] = []
  const changes = new Changes()
  const received = {
    pieces,
    get text() {
      return pieces.join('')
    },
    finished: false,
    closed: undefined as string | undefined,
    until: (met: () => boolean) => changes.until(met),
  }
  transport.open({
    data: (bytes) => {
      pieces.push(decode(bytes))
      changes.note()
    },
    finished: () => {
      received.finished = true
      changes.note()
    },
    closed: (broken) => {
      received.closed = broken ?? ''
      changes.note()
    },
  })
  return received
}

/** Returns the writes of an end in memory, one by one. */
export function writesOf(transport: MemoryTransport): string[] {
  return transport.written.map((bytes) => decode(bytes))
}
