/** PageSocket is the connection of the page to the server; both sides send texts. */
export interface PageSocket {
  send(text: string): void
  close(): void
}

/** SocketEvents receives the events of a socket. After `closed`, the socket calls no function. */
export interface SocketEvents {
  received(text: string): void
  closed(): void
}

/** OpenSocket connects to the server. A socket that cannot connect calls `closed`. */
export type OpenSocket = (events: SocketEvents) => PageSocket

/** PageClock is the part of a clock that the page needs. */
export interface PageClock {
  /** Returns milliseconds since the Unix epoch, for times that the page shows. */
  now(): number
  /** Returns milliseconds since a fixed, unspecified time, for the measurement of durations. */
  monotonic(): number
  /** Calls `then` after some milliseconds; returns a function that cancels the call. */
  after(ms: number, then: () => void): () => void
}

/** PageStore stores texts for this tab across a reload of the page; `sessionStorage` in a browser. */
export interface PageStore {
  getItem(name: string): string | null
  setItem(name: string, value: string): void
  removeItem(name: string): void
}

/** First wait before the page connects again, in milliseconds; each further wait is twice as long, up to `LONGEST_WAIT`. */
const FIRST_WAIT = 1000
const LONGEST_WAIT = 30_000

/** Returns the wait before an attempt to connect, in milliseconds; the first attempt is 1. */
export function toWait(attempt: number): number {
  return Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.max(0, attempt - 1))
}

/** Returns the address of a WebSocket of the server that has sent this page, by a path relative to the page. */
export function toSocketAddress(path: string): URL {
  const address = new URL(path, location.href)
  address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:'
  address.hash = ''
  return address
}

/** Connects to the server that has sent this page, at a path relative to the page. */
export function openPageSocket(path: string, events: SocketEvents): PageSocket {
  const socket = new WebSocket(toSocketAddress(path))
  socket.addEventListener('message', ({ data }) => events.received(String(data)))
  socket.addEventListener('close', () => events.closed())
  return { send: (text) => socket.send(text), close: () => socket.close() }
}
