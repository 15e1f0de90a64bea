import type { Clock } from '../../base/clock.ts'
import type { Listener, Transport } from '../../wire/transport.ts'
import { TransportFilter } from '../../wire/transport-filter.ts'
import { connectTcp, listenTcp } from '../../wire/transports/tcp.ts'
import { connectUdp, listenUdp, type UdpOptions } from '../../wire/transports/udp.ts'
import { untilBound } from './bound-ports.ts'

/** Network is the network between the judge and the programs of a sandbox. */
export interface Network {
  /** True if no other sandbox or process shares this network. */
  readonly own: boolean
  listen(port: number, accept: (transport: Transport) => void): Promise<Listener>
  connect(port: number, timeout: number): Promise<Transport>
  /** Does the same as `listen` and `connect` over UDP. If the system lists its sockets, `connectUdp` waits until a server has the port. */
  listenUdp(port: number, accept: (transport: Transport) => void): Promise<Listener>
  connectUdp(port: number, timeout: number): Promise<Transport>
  close(): Promise<void>
}

/** The judge may send long answers to short requests, because they are not an attack. */
export const UDP_OPTIONS: UdpOptions = { unlimitedAnswers: true }

const HOST = '127.0.0.1'

/** Returns the network of this machine, which a sandbox shares if the system gives it no network of its own. */
export function shareNetwork(): Network {
  return {
    own: false,
    listen: (port, accept) => listenTcp({ host: HOST, port }, accept),
    connect: (port, timeout) => connectTcp({ host: HOST, port }, timeout),
    listenUdp: (port, accept) => listenUdp({ host: HOST, port }, accept, UDP_OPTIONS),
    connectUdp: async (port, timeout) => {
      await untilBound(port, timeout)
      return connectUdp({ host: HOST, port })
    },
    async close() {},
  }
}

/** Milliseconds that the judge waits for the end of the program before it closes the connection. It waits twice. */
const PEER_END = 30
/**
 * Milliseconds of each of the two waits if the port has to stay in TIME_WAIT. This wait is longer, because even a slow program must close
 * before the judge.
 */
const PATIENT_PEER_END = 400

/**
 * ReleasingTransport ends a connection by a reset if the program has closed its side first. Otherwise the system would reserve the
 * program's port for a minute (TIME_WAIT), and a program with its port built in could not be started again.
 *
 * The judge may know that the conversation is over before it has read the program's end. If the judge closed at that time, both sides would
 * close at the same time, and the system would also reserve the port. So the judge waits for the program's end for a short time. Then it waits once
 * more, because a late timer runs before this process reads an end that has arrived meanwhile. With `keepsPort`, the judge waits longer,
 * and then closes without a reset.
 */
export class ReleasingTransport extends TransportFilter {
  readonly #clock: Clock
  readonly #keepsPort: boolean
  #peerFinished = false
  /** Cancels the wait before this side closes; `undefined` if this side does not wait. */
  #cancel: (() => void) | undefined

  constructor(inner: Transport, clock: Clock, keepsPort: boolean) {
    super(inner)
    this.#clock = clock
    this.#keepsPort = keepsPort
  }

  override finished(): void {
    this.#peerFinished = true
    if (this.#cancel) this.#close()
    super.finished()
  }

  override closed(broken?: string): void {
    this.#cancel?.()
    super.closed(broken)
  }

  override finish(): void {
    if (this.#peerFinished) this.#close()
    else {
      const wait = this.#keepsPort ? PATIENT_PEER_END : PEER_END
      this.#cancel ??= this.#clock.after(wait, () => {
        this.#cancel = this.#clock.after(wait, () => this.#close())
      })
    }
  }

  override destroy(): void {
    if (!this.#keepsPort) return this.reset()
    this.#cancel?.()
    super.destroy()
  }

  override reset(): void {
    this.#cancel?.()
    super.reset()
  }

  #close(): void {
    this.#cancel?.()
    this.#cancel = undefined
    if (this.#peerFinished && !this.#keepsPort) this.whenSent(() => this.reset())
    else super.finish()
  }
}
