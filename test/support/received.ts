import { decode } from '../../src/wire/text.ts'
import type { Transport } from '../../src/wire/transport.ts'
import type { MemoryTransport } from '../../src/wire/transports/memory.ts'

/** The input that the far end of a connection has received. */
export interface Received {
  /** Each piece of input, in order. */
  readonly pieces: string[]
  /** All input. */
  readonly text: string
  readonly finished: boolean
  /** How it was closed: `''` in good order, else the system's code; `undefined` while it is open. */
  readonly closed: string | undefined
}

/** Opens a transport, and keeps what comes. */
export function recordReceived(transport: Transport): Received {
  const pieces: string[] = []
  const heard = {
    pieces,
    get text() {
      return pieces.join('')
    },
    finished: false,
    closed: undefined as string | undefined,
  }
  transport.open({
    data: (bytes) => pieces.push(decode(bytes)),
    finished: () => {
      heard.finished = true
    },
    closed: (broken) => {
      heard.closed = broken ?? ''
    },
  })
  return heard
}

/** What an end in memory has written, write by write. */
export function writesOf(transport: MemoryTransport): string[] {
  return transport.written.map((bytes) => decode(bytes))
}
