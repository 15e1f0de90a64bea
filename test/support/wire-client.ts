import { onTestFinished } from 'vitest'
import { type ClientOptions, WebSocket } from 'ws'
import { type WireFromPage, type WireRow, WireToPage } from '../../src/lab/wire/wire-messages.ts'
import { Changes } from './changes.ts'

type MessageOf<Type extends WireToPage['type']> = Extract<WireToPage, { type: Type }>

/** WireClient is a page that shows the wire. */
export class WireClient {
  readonly received: WireToPage[] = []
  /** The texts as they arrived. */
  readonly texts: string[] = []
  readonly socket: WebSocket
  readonly closed: Promise<number>
  readonly #changes = new Changes()

  private constructor(socket: WebSocket) {
    this.socket = socket
    this.closed = new Promise((resolve) => socket.on('close', resolve))
    socket.on('message', (data) => {
      this.texts.push(String(data))
      this.received.push(WireToPage.parse(JSON.parse(String(data))))
      this.#changes.note()
    })
  }

  /** Connects. Rejects with the library's error, such as "Unexpected server response: 403". */
  static async connect(url: string, options: ClientOptions = {}): Promise<WireClient> {
    const client = new WireClient(new WebSocket(`${url.replace('http', 'ws')}/ws/wire`, options))
    onTestFinished(() => client.socket.terminate())
    await new Promise<void>((resolve, reject) => client.socket.once('open', resolve).once('error', reject))
    await client.first('connections')
    return client
  }

  send(message: WireFromPage): void {
    this.socket.send(JSON.stringify(message))
  }

  /** Returns the messages of one type. */
  all<Type extends WireToPage['type']>(type: Type): MessageOf<Type>[] {
    return this.received.filter((message): message is MessageOf<Type> => message.type === type)
  }

  /** Returns the first message of one type, as soon as it arrives. */
  async first<Type extends WireToPage['type']>(type: Type): Promise<MessageOf<Type>> {
    await this.until(() => this.all(type).length > 0)
    const [first] = this.all(type)
    if (!first) throw new Error(`it has received no ${type}`)
    return first
  }

  /** The rows that the page shows now. */
  get rows(): readonly WireRow[] {
    const all = this.all('rows')
    return all.slice(all.findLastIndex(({ isAnew }) => isAnew)).flatMap(({ rows }) => rows)
  }

  /** The last list of connections. */
  get list(): MessageOf<'connections'> {
    const last = this.all('connections').at(-1)
    if (!last) throw new Error('it has received no list')
    return last
  }

  /** Watches the newest connection, as soon as there are so many. */
  async watchNewest(count = 1): Promise<void> {
    await this.until(() => this.list.connections.length >= count)
    this.send({ type: 'watch', connection: this.list.connections.at(-1)?.connection ?? 0 })
    await this.until(() => this.all('watching').length > 0)
  }

  until(met: () => boolean): Promise<void> {
    return this.#changes.until(met)
  }
}
