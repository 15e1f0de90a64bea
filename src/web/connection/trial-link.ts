import type { TrialCommand } from '../../server/gateway/protocol-schemas.ts'
import type { TrialInput } from '../model/trial.ts'
import { toSocketAddress } from './socket.ts'

/** TrialLink is the connection of a trial. */
export interface TrialLink {
  send(command: TrialCommand): void
  /** Closes the connection. The server treats the close as a disconnection of the client. */
  close(): void
}

/** TrialLinkOptions has the address of a trial, and the function that receives the events of the trial. */
export interface TrialLinkOptions {
  /** The name of the program. */
  readonly name: string
  /** Called with each event of the server, and with the end of the connection. */
  readonly take: (input: TrialInput) => void
  /** The sentence for a server that does not accept the connection. */
  readonly refused: string
  /** The sentence for a connection that breaks. */
  readonly cut: string
}

/** The close code of RFC 6455 for a conversation that has ended normally. */
const NORMAL = 1000

/** Opens a trial at the server that has sent this page. */
export function openTrialLink({ name, take, refused, cut }: TrialLinkOptions): TrialLink {
  const socket = new WebSocket(toSocketAddress(`try/${encodeURIComponent(name)}`))
  let isOpen = false
  // a connection that the page has closed reports nothing more
  let isDropped = false
  take({ type: 'opening' })
  socket.addEventListener('open', () => {
    isOpen = true
  })
  socket.addEventListener('message', ({ data }) => {
    // the server sends only events that match the schema
    if (!isDropped) take(JSON.parse(String(data)) as TrialInput)
  })
  socket.addEventListener('close', ({ code }) => {
    const reason = isOpen ? (code === NORMAL ? undefined : cut) : refused
    if (!isDropped) take({ type: 'closed', reason })
  })
  return {
    send: (command) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(command))
    },
    close: () => {
      isDropped = true
      socket.close()
    },
  }
}
