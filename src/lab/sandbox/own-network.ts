import { type ChildProcess, type SendHandle, spawn } from 'node:child_process'
import { Socket as Datagrams } from 'node:dgram'
import { createServer, Server, Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { TransportError } from '../../wire/disconnect.ts'
import type { Listener, Transport } from '../../wire/transport.ts'
import { Batcher } from '../../wire/transports/batching.ts'
import { SocketTransport } from '../../wire/transports/socket.ts'
import { acceptDatagrams, toTransport } from '../../wire/transports/udp.ts'
import { type Network, UDP_OPTIONS } from './network.ts'

/** AgentRequest asks the process in the network of a sandbox for a socket. */
export interface AgentRequest {
  readonly id: number
  /** `bind` requests a socket for datagrams. With `awaited`, the agent opens it as soon as another socket has the port `awaited`. */
  readonly what: 'listen' | 'connect' | 'bind'
  readonly port: number
  /** Milliseconds for which the agent tries again if no program listens. */
  readonly timeout?: number
  readonly awaited?: number
}

/**
 * AgentReply answers a request: either the agent sends the socket together with the reply, or the reply has the system's error. The first
 * reply, with the id 0, says that the process is ready.
 */
export interface AgentReply {
  readonly id: number
  readonly error?: string
  /** True if only the judge still has the socket. */
  readonly done?: boolean
}

/** The file of the agent: TypeScript if this file runs as TypeScript, otherwise JavaScript. */
const AGENT = fileURLToPath(new URL(`./network-agent.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url))
const HOST = '127.0.0.1'

/**
 * In a new network, the loopback device is down. These commands start it; the system may not have all of them, so a shell tries one after
 * the other.
 */
const LOOPBACK = 'ip link set lo up || ifconfig lo 127.0.0.1 up || busybox ip link set lo up'

interface Pending {
  resolve(handle: SendHandle | undefined): void
  reject(error: Error): void
}

/** OwnNetwork is a network that only one sandbox has. Its agent, a process in that network, opens the judge's sockets. */
export class OwnNetwork implements Network {
  readonly own = true
  readonly #agent: ChildProcess
  readonly #batcher = new Batcher()
  readonly #pending = new Map<number, Pending>()
  readonly #closing = new Map<number, () => void>()
  readonly #gone: Promise<void>
  #lastId = 0

  /**
   * Creates a network with the options of `unshare` that the system allows. Resolves to `undefined` if the system allows no such network.
   */
  static async open(unshare: readonly string[]): Promise<OwnNetwork | undefined> {
    const script = `{ ${LOOPBACK}; } >/dev/null 2>&1 || exit 1; exec "$@"`
    const agent = spawn('unshare', [...unshare, '--', 'sh', '-c', script, 'sh', process.execPath, AGENT], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      env: { PATH: process.env.PATH },
    })
    const network = new OwnNetwork(agent)
    return (await network.#ready()) ? network : undefined
  }

  private constructor(agent: ChildProcess) {
    this.#agent = agent
    this.#gone = new Promise((resolve) => {
      const end = () => {
        const error = new Error('the process in the network of the sandbox has ended')
        for (const { reject } of this.#pending.values()) reject(error)
        this.#pending.clear()
        resolve()
      }
      agent.once('exit', end).once('error', end)
    })
    agent.on('message', (reply: AgentReply, handle?: SendHandle) => this.#receive(reply, handle))
  }

  /** The process whose namespaces a program enters. */
  get pid(): number {
    return this.#agent.pid ?? 0
  }

  async listen(port: number, accept: (transport: Transport) => void): Promise<Listener> {
    const { handle, alone } = await this.#ask({ what: 'listen', port })
    if (!(handle instanceof Server)) throw new Error('the sandbox has passed no server')
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, (socket) =>
      accept(SocketTransport.fromAccepted(socket, this.#batcher, { loopback: HOST })),
    )
    const listening = new Promise<void>((resolve, reject) => server.once('listening', resolve).once('error', reject))
    server.listen(handle)
    await Promise.all([listening, alone])
    const at = server.address()
    return {
      address: { host: HOST, port: at !== null && typeof at === 'object' ? at.port : port },
      async close() {
        server.close()
      },
    }
  }

  async connect(port: number, timeout: number): Promise<Transport> {
    const { handle } = await this.#ask({ what: 'connect', port, timeout })
    if (!(handle instanceof Socket)) throw new Error('the sandbox has passed no socket')
    handle.allowHalfOpen = true
    return SocketTransport.fromAccepted(handle, this.#batcher, { loopback: HOST })
  }

  async listenUdp(port: number, accept: (transport: Transport) => void): Promise<Listener> {
    return acceptDatagrams(await this.#bind({ port }), accept, UDP_OPTIONS)
  }

  async connectUdp(port: number, timeout: number): Promise<Transport> {
    const socket = await this.#bind({ port: 0, awaited: port, timeout })
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject)
      socket.connect(port, HOST, () => {
        socket.off('error', reject)
        resolve()
      })
    })
    return toTransport(socket)
  }

  async #bind(terms: Pick<AgentRequest, 'port' | 'awaited' | 'timeout'>): Promise<Datagrams> {
    const { handle } = await this.#ask({ what: 'bind', ...terms })
    if (!(handle instanceof Datagrams)) throw new Error('the sandbox has passed no socket for datagrams')
    return handle
  }

  async close(): Promise<void> {
    this.#agent.kill('SIGKILL')
    await this.#gone
  }

  async #ready(): Promise<boolean> {
    const ready = new Promise<true>((resolve) => this.#pending.set(0, { resolve: () => resolve(true), reject: () => {} }))
    return Promise.race([ready, this.#gone.then(() => false)])
  }

  #ask(request: Omit<AgentRequest, 'id'>): Promise<{ handle: SendHandle | undefined; alone: Promise<void> }> {
    const id = ++this.#lastId
    const alone = new Promise<void>((resolve) => this.#closing.set(id, resolve))
    const answer = new Promise<SendHandle | undefined>((resolve, reject) => this.#pending.set(id, { resolve, reject }))
    this.#agent.send({ id, ...request } satisfies AgentRequest)
    // `alone` is in an object, so that the caller waits only for the socket, and not for `alone`
    return answer.then((handle) => ({ handle, alone }))
  }

  #receive({ id, error, done }: AgentReply, handle: SendHandle | undefined): void {
    if (done) {
      this.#closing.get(id)?.()
      this.#closing.delete(id)
      return
    }
    const pending = this.#pending.get(id)
    this.#pending.delete(id)
    if (error === undefined) pending?.resolve(handle)
    else pending?.reject(new TransportError(error, `the system reports ${error}`))
  }
}
