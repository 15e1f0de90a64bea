/** Address is the host and port of a peer. For a Unix socket, the host is the path, and the port is 0. */
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

/** Flushable is an object with data that it has not written yet. */
export interface Flushable {
  flush(): void
}

/** Transport is a byte stream, or datagrams, to one peer. */
export interface Transport {
  readonly remote: Address
  /** True if each `data` and each `write` is one datagram. */
  readonly datagrams: boolean
  /** Number of written bytes that the system has not accepted yet. */
  readonly unsent: number
  /** True if the peer is on this machine. */
  readonly loopback: boolean
  /** Starts to deliver events to `sink`. The caller calls this function once. */
  open(sink: Sink): void
  /** Flushes `what` after the current callback and all following microtasks. */
  scheduleFlush(what: Flushable): void
  /** True if the caller may reuse the memory of bytes after `write` has returned. */
  readonly copiesWrites?: boolean
  /** Sends text (as UTF-8) or bytes. Never throws: `Sink.closed` reports a broken connection. */
  write(data: string | Uint8Array): void
  /**
   * Calls `then` once, when the system has accepted the written bytes or the transport is closed. Calls `then` immediately if few bytes
   * wait.
   */
  whenSent(then: () => void): void
  /** Stops reading, so that the peer has to wait, until `resume`. */
  pause(): void
  resume(): void
  /** Sends the written data, and then the end (TCP's FIN). */
  finish(): void
  /** Closes both directions immediately and drops unsent bytes. */
  destroy(): void
  /** Closes both directions immediately, drops unsent bytes, and resets the connection (TCP's RST) if the transport has a reset. */
  reset(): void
}

/** Listener accepts peers at one address. */
export interface Listener {
  /** The address with the real port, even if the caller has requested port 0. */
  readonly address: Address
  /** Name of the transport, if the transport is not plain TCP: "UDP" or "TLS". */
  readonly over?: string
  /** SHA-256 of the certificate, `5A:7F:…`; missing without TLS. */
  readonly fingerprint?: string
  /** Accepts no more peers. Open connections stay open. */
  close(): Promise<void>
}
