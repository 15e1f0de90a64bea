import { connect } from 'node:net'

/** ConnectionClosed is the error that the connection is closed, for example because the server was killed. */
export class ConnectionClosed extends Error {
  override readonly name = 'HungUp'
}

/** LineSocket is a connection of lines to a server that may end at any moment. */
export class LineSocket {
  /** Resolves when the connection is closed. */
  readonly gone: Promise<void>
  readonly #socket: ReturnType<typeof connect>
  #waiting: string[] = []
  #wanted: { resolve(line: string): void; reject(reason: ConnectionClosed): void } | undefined
  #ended = false

  constructor(port: number, localAddress?: string) {
    this.#socket = connect({ port, host: '127.0.0.1', ...(localAddress === undefined ? {} : { localAddress }) }).on('error', () => {})
    this.#socket.setNoDelay()
    this.gone = new Promise((resolve) => {
      this.#socket.on('close', () => {
        this.#ended = true
        this.#wanted?.reject(new ConnectionClosed())
        this.#wanted = undefined
        resolve()
      })
    })
    let rest = ''
    this.#socket.setEncoding('utf8').on('data', (text: string) => {
      // the output of a killed server may end in the middle of a line, which the server has not sent
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) this.#take(line)
    })
  }

  say(line: string): void {
    this.#socket.write(`${line}\n`)
  }

  /** Returns the next line; rejects with `HungUp` if there is none. */
  hear(): Promise<string> {
    const line = this.#waiting.shift()
    if (line !== undefined) return Promise.resolve(line)
    if (this.#ended) return Promise.reject(new ConnectionClosed())
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
