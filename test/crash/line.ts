import { connect } from 'node:net'

/** Hung up: the connection is gone, as it is when the server is killed. */
export class HungUp extends Error {
  override readonly name = 'HungUp'
}

/** LineSocket is a connection of lines to a server that may be gone at any moment. */
export class LineSocket {
  /** Resolves when the connection is gone. */
  readonly gone: Promise<void>
  readonly #socket: ReturnType<typeof connect>
  #waiting: string[] = []
  #wanted: { resolve(line: string): void; reject(reason: HungUp): void } | undefined
  #ended = false

  constructor(port: number, localAddress?: string) {
    this.#socket = connect({ port, host: '127.0.0.1', ...(localAddress === undefined ? {} : { localAddress }) }).on('error', () => {})
    this.#socket.setNoDelay()
    this.gone = new Promise((resolve) => {
      this.#socket.on('close', () => {
        this.#ended = true
        this.#wanted?.reject(new HungUp())
        this.#wanted = undefined
        resolve()
      })
    })
    let rest = ''
    this.#socket.setEncoding('utf8').on('data', (text: string) => {
      // what the server was about to say when it was killed may end in the middle of a line: that was never said
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) this.#take(line)
    })
  }

  say(line: string): void {
    this.#socket.write(`${line}\n`)
  }

  /** The next line; rejects with `HungUp` when there will be none. */
  hear(): Promise<string> {
    const line = this.#waiting.shift()
    if (line !== undefined) return Promise.resolve(line)
    if (this.#ended) return Promise.reject(new HungUp())
    return new Promise((resolve, reject) => {
      this.#wanted = { resolve, reject }
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #take(line: string): void {
    const wanted = this.#wanted
    this.#wanted = undefined
    if (wanted) wanted.resolve(line)
    else this.#waiting.push(line)
  }
}
