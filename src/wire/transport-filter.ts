import type { Address, Flushable, Sink, Transport } from './transport.ts'

/**
 * TransportFilter wraps a transport and forwards all data and events in both directions. A subclass overrides only the methods that it
 * changes.
 */
export abstract class TransportFilter implements Transport, Sink {
  protected readonly inner: Transport
  /** The sink of the user of this transport; `undefined` before `open`. */
  protected sink: Sink | undefined

  constructor(inner: Transport) {
    this.inner = inner
  }

  get remote(): Address {
    return this.inner.remote
  }

  get datagrams(): boolean {
    return this.inner.datagrams
  }

  get loopback(): boolean {
    return this.inner.loopback
  }

  get unsent(): number {
    return this.inner.unsent
  }

  open(sink: Sink): void {
    this.sink = sink
    this.inner.open(this)
  }

  scheduleFlush(what: Flushable): void {
    this.inner.scheduleFlush(what)
  }

  whenSent(then: () => void): void {
    this.inner.whenSent(then)
  }

  write(data: string | Uint8Array): void {
    this.inner.write(data)
  }

  pause(): void {
    this.inner.pause()
  }

  resume(): void {
    this.inner.resume()
  }

  finish(): void {
    this.inner.finish()
  }

  destroy(): void {
    this.inner.destroy()
  }

  reset(): void {
    this.inner.reset()
  }

  data(bytes: Uint8Array): void {
    this.sink?.data(bytes)
  }

  skipped(count: number): void {
    this.sink?.skipped?.(count)
  }

  finished(): void {
    this.sink?.finished()
  }

  closed(broken?: string): void {
    this.sink?.closed(broken)
  }
}
