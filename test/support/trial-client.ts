import { onTestFinished } from 'vitest'
import { type ClientOptions, WebSocket } from 'ws'
import { TrialEvent } from '../../src/server/gateway/protocol-schemas.ts'
import { Changes } from './changes.ts'

/** TrialClient is a browser that plays the client of a program at the gateway. */
export class TrialClient {
  readonly events: TrialEvent[] = []
  readonly socket: WebSocket
  /** Resolves to the code with which the WebSocket was closed. */
  readonly closed: Promise<number>
  readonly #changes = new Changes()

  private constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('error', () => {})
    this.closed = new Promise((resolve) => socket.on('close', resolve))
    socket.on('message', (data) => {
      this.events.push(TrialEvent.parse(JSON.parse(String(data))))
      this.#changes.note()
    })
  }

  /** Opens a trial of a program. Rejects with the library's error, such as "Unexpected server response: 404". */
  static async open(url: string, name: string, options: ClientOptions = {}): Promise<TrialClient> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/try/${encodeURIComponent(name)}`, options)
    const client = new TrialClient(socket)
    onTestFinished(() => socket.terminate())
    await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject))
    return client
  }

  /** Sends bytes: a text, or numbers. */
  send(bytes: string | readonly number[]): void {
    const hex = (typeof bytes === 'string' ? Buffer.from(bytes) : Buffer.from([...bytes])).toString('hex')
    this.socket.send(JSON.stringify({ type: 'send', bytes: hex }))
  }

  /** Closes the direction of the client. */
  finish(): void {
    this.socket.send(JSON.stringify({ type: 'finish' }))
  }

  /** Returns the events of one type. */
  all<Type extends TrialEvent['type']>(type: Type): Extract<TrialEvent, { type: Type }>[] {
    return this.events.filter((event): event is Extract<TrialEvent, { type: Type }> => event.type === type)
  }

  /** All bytes of the server as text. */
  get received(): string {
    const bytes = this.all('bytes').filter(({ from }) => from === 'server')
    return Buffer.from(bytes.map((event) => event.bytes).join(''), 'hex').toString()
  }

  /** Waits for events until a condition holds. */
  until(met: () => boolean): Promise<void> {
    return this.#changes.until(met)
  }

  /** Waits until the conversation is in a state. */
  untilState(state: string): Promise<void> {
    return this.until(() => {
      const last = this.events.findLast((event) => 'state' in event)
      return last !== undefined && 'state' in last && last.state === state
    })
  }
}
