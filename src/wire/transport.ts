/** Address is the host and port of a peer; a Unix socket has its path as the host, and port 0. */
export interface Address {
  readonly host: string
  readonly port: number
}

/** Sink receives the events of a transport. */
export interface Sink {
  /** Called with bytes that have arrived. The bytes are valid until the call returns. */
  data(bytes: Uint8Array): void
  /** Called with the number of bytes that a transport filter has removed, such as commands of telnet. */
  skipped?(count: number): void
  /** Called when the peer has ended its output. The peer may still read. */
  finished(): void
  /** Called when both directions are closed. `broken` is the system's code if the peer or the network broke the connection. */
  closed(broken?: string): void
}

/** Flushable has data that waits to be written. */
export interface Flushable {
  flush(): void
}

/** Transport is a byte stream, or datagrams, to one peer. */
export interface Transport {
  readonly remote: Address
  /** True if each `data` and each `write` is one datagram. */
  readonly datagrams: boolean
  /** Number of bytes that were written and not yet accepted by the system. */
  readonly unsent: number
  /** True if the peer is on this machine. */
  readonly loopback: boolean
  /** Starts to deliver events to `sink`. The caller calls it once. */
  open(sink: Sink): void
  /** Flushes `what` when the current callback and all promises that follow from it have run. */
  scheduleFlush(what: Flushable): void
  /** True if the caller may reuse the memory of bytes after `write` has returned. */
  readonly copiesWrites?: boolean
  /** Sends text (as UTF-8) or bytes. Never throws: `Sink.closed` reports a broken connection. */
  write(data: string | Uint8Array): void
  /** Calls `then` once, when the system has accepted the written bytes or the transport is closed; immediately if few bytes wait. */
  whenSent(then: () => void): void
  /** Stops reading, so that the peer has to wait, until `resume`. */
  pause(): void
  resume(): void
  /** Sends the written data, and then the end (TCP's FIN). */
  finish(): void
  /** Closes both directions immediately and drops unsent bytes. */
  destroy(): void
  /** Does the same as `destroy`, and shows the peer a broken connection (TCP's RST) if the transport has such a reset. */
  reset(): void
}

/** Listener accepts peers at one address. */
export interface Listener {
  /** The address with the real port, even if port 0 was requested. */
  readonly address: Address
  /** Name of the transport, if it is not plain TCP: "UDP" or "TLS". */
  readonly over?: string
  /** SHA-256 of the certificate, `5A:7F:…`; missing without TLS. */
  readonly fingerprint?: string
  /** Accepts no more peers. Open connections stay open. */
  close(): Promise<void>
}
