import type { Address, Listener, Transport } from '../wire/transport.ts'
import { connectTcp, listenTcp } from '../wire/transports/tcp.ts'

/** The options of the command line that are about what carries the conversation. */
export interface TransportOptions {
  readonly ipv6?: boolean
  readonly tls?: boolean
  readonly cert?: string
  readonly key?: string
  readonly fingerprint?: string
  readonly unix?: string
  readonly udp?: boolean
  readonly wait?: number
}

export async function listenOn(at: Address, options: TransportOptions, accept: (transport: Transport) => void): Promise<Listener> {
  return listenTcp(at, accept)
}
export async function connectBy(to: Address, options: TransportOptions): Promise<Transport> {
  return connectTcp(to, options.wait ?? 0)
}
