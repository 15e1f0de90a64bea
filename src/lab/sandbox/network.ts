import type { Listener, Transport } from '../../wire/transport.ts'
import { TransportFilter } from '../../wire/transport-filter.ts'
import { connectTcp, listenTcp } from '../../wire/transports/tcp.ts'

/** Network is the network between the judge and the programs of a sandbox. */
export interface Network {
  /** True if no other sandbox or process shares it. */
  readonly own: boolean
  listen(port: number, accept: (transport: Transport) => void): Promise<Listener>
  connect(port: number, timeout: number): Promise<Transport>
  close(): Promise<void>
}

const HOST = '127.0.0.1'

/** Returns the network of this machine, which a sandbox shares if the system gives it no network of its own. */
export function shareNetwork(): Network {
  return {
    own: false,
    listen: (port, accept) => listenTcp({ host: HOST, port }, accept),
    connect: (port, timeout) => connectTcp({ host: HOST, port }, timeout),
    async close() {},
  }
}

/**
 * ReleasingTransport ends a connection by a reset if the program has closed its side first. Otherwise the system would keep the
 * program's port for a minute (TIME_WAIT), and a program with its port built in could not be started again.
 */
export class ReleasingTransport extends TransportFilter {
  #peerFinished = false

  override finished(): void {
    this.#peerFinished = true
    super.finished()
  }

  override finish(): void {
    if (this.#peerFinished) this.whenSent(() => this.reset())
    else super.finish()
  }

  override destroy(): void {
    if (this.#peerFinished) this.reset()
    else super.destroy()
  }
}
