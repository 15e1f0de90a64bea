/** Address is where a peer is: host and port; for a Unix socket its path, and port 0. */
export interface Address {
  readonly host: string
  readonly port: number
}

/** Sink is who takes what a transport brings. */
export interface Sink {
  /** Bytes have come; when this returns, other bytes may come to their place. */
  data(bytes: Uint8Array): void
  /** Bytes have come that are no part of what `data` brings, as commands of a layer between: so many. */
  skipped?(count: number): void
  /** The peer will send nothing more, and may still read. */
  finished(): void
  /** Nothing goes either way any more; `broken` when the peer or the network broke it, with the system's code. */
  closed(broken?: string): void
}

/** Flushable is what has gathered something to be written together. */
export interface Flushable {
  flush(): void
}

/** Transport is a byte stream, or datagrams, to one peer. It knows nothing of messages. */
export interface Transport {
  /** The peer's address. */
  readonly remote: Address
  /** Each `data` is one datagram, whose borders the network keeps. */
  readonly datagrams: boolean
  /** Bytes that were written and not yet taken by the system. */
  readonly unsent: number
  /** Whether the peer is on this machine. */
  readonly loopback: boolean
  /** Begins to deliver to `sink`. Called once. */
  open(sink: Sink): void
  /** Flushes `what` when all that runs now has run, and what follows from it. */
  soon(what: Flushable): void
  /** Sends text (as UTF-8) or bytes. Never throws; a broken connection is told to the sink. */
  write(data: string | Uint8Array): void
  /** Calls `then` once, when the system has taken what was written, or will take nothing more; at once where it has taken most. */
  whenSent(then: () => void): void
  /** Stops reading, so that the peer has to wait; `resume` reads again. */
  pause(): void
  resume(): void
  /** Sends what was written and then says that nothing more will come. */
  finish(): void
  /** Gives everything up at once, quietly. */
  destroy(): void
  /** Gives everything up so that the peer is told of a broken connection (TCP's RST), where the transport can. */
  reset(): void
}

/** Listener is a place where peers arrive. */
export interface Listener {
  /** Where it listens; the port is the real one, also where 0 was asked for. */
  readonly address: Address
  /** Transport of the conversations, if not plain TCP: "UDP". */
  readonly over?: string
  /** Takes no more peers; those that are here stay. */
  close(): Promise<void>
}
