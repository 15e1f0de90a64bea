import type { OrderedLog } from '../../src/storage/nats/replicated-meeting.ts'

/** LogBacking is an ordered log in memory, which several processes share. */
export class LogBacking {
  readonly #messages: string[] = []
  readonly #ids = new Set<string>()
  readonly #connections = new Set<MemoryLog>()

  /** Connects a process. */
  connect(): MemoryLog {
    const log = new MemoryLog(this)
    this.#connections.add(log)
    return log
  }

  disconnect(log: MemoryLog): void {
    this.#connections.delete(log)
  }

  /** Appends a message, unless its id is in the log, and delivers it to each process in a microtask of its own. */
  append(id: string, message: string): void {
    if (this.#ids.has(id)) return
    this.#ids.add(id)
    this.#messages.push(message)
    for (const log of this.#connections) log.deliver(this.#messages)
  }

  replay(log: MemoryLog): void {
    log.deliver(this.#messages)
  }

  ask(question: string): string[] {
    return [...this.#connections].flatMap((log) => log.reply(question))
  }
}

/** MemoryLog is the connection of one process to a log in memory. */
export class MemoryLog implements OrderedLog {
  readonly #backing: LogBacking
  #then: ((message: string) => void) | undefined
  #answer: ((question: string) => string) | undefined
  #read = 0
  #isClosed = false

  constructor(backing: LogBacking) {
    this.#backing = backing
  }

  async append(id: string, message: string): Promise<void> {
    if (this.#isClosed) throw new Error('the log is closed')
    await undefined
    this.#backing.append(id, message)
  }

  async follow(then: (message: string) => void): Promise<void> {
    this.#then = then
    this.#backing.replay(this)
  }

  /** Delivers the messages that this process has not read, in a later microtask. */
  deliver(messages: readonly string[]): void {
    queueMicrotask(() => {
      for (let message = messages[this.#read]; message !== undefined && !this.#isClosed; message = messages[this.#read]) {
        this.#read++
        this.#then?.(message)
      }
    })
  }

  async ask(question: string): Promise<readonly string[]> {
    return this.#backing.ask(question)
  }

  async answer(then: (question: string) => string): Promise<void> {
    this.#answer = then
  }

  reply(question: string): string[] {
    return this.#answer && !this.#isClosed ? [this.#answer(question)] : []
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#backing.disconnect(this)
  }
}
