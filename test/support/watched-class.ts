import { ClassConsole } from '../../src/lab/class/class-console.ts'
import type { ClassLimits } from '../../src/lab/class/class-view.ts'
import { toWatchedProtocol, type WatchedProtocol } from '../../src/lab/monitor/monitor.ts'
import type { Transport } from '../../src/wire/transport.ts'
import { type MemoryTransport, memoryPair } from '../../src/wire/transports/memory.ts'
import { program } from './play.ts'
import { settled, TestClock } from './test-clock.ts'

/** WatchedClient is a client whose connection is watched, and the server's end of it. */
export interface WatchedClient {
  readonly connection: number
  readonly client: MemoryTransport
  readonly server: Transport
  /** Everything that the server has received. */
  readonly received: string[]
}

/** WatchedClass is a class console, and clients over memory transports. */
export class WatchedClass {
  readonly clock = new TestClock(1_700_000_000_000)
  readonly warnings: string[] = []
  readonly console: ClassConsole
  #connections = 0

  constructor(limits: Partial<ClassLimits> = {}) {
    this.console = new ClassConsole({ clock: this.clock, warn: (sentence) => this.warnings.push(sentence), limits })
  }

  /** Connects a client of a program, by its name or its protocol. */
  async connect(protocol: string | WatchedProtocol): Promise<WatchedClient> {
    const watched = typeof protocol === 'string' ? toWatchedProtocol(await program(protocol)) : protocol
    const connection = ++this.#connections
    const [here, client] = memoryPair()
    const origin = { connection, client: { host: '127.0.0.1', port: 50_000 + connection }, transport: 'tcp' } as const
    const server = this.console.watch(here, watched, origin)
    const received: string[] = []
    server.open({ data: (bytes) => received.push(new TextDecoder().decode(bytes)), finished() {}, closed() {} })
    client.open({ data() {}, finished() {}, closed() {} })
    return { connection, client, server, received }
  }

  /** Exchanges texts: those of the client begin with `>`, those of the server with `<`. */
  async exchange({ client, server }: WatchedClient, ...texts: readonly string[]): Promise<void> {
    for (const text of texts) {
      if (text.startsWith('>')) client.write(text.slice(1))
      else server.write(text.slice(1))
      await settled()
    }
  }

  /** The row of a client. */
  row({ connection }: Pick<WatchedClient, 'connection'>) {
    const row = this.console.get(connection)
    if (!row) throw new Error(`connection ${connection} is not stored`)
    return row
  }
}
