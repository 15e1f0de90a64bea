import type { OwnMessage } from '../model/wire-model.ts'
import type { OpenSocket } from './socket.ts'

/** Maximum number of messages, and maximum number of characters of a message. */
const MESSAGES = 300
const CHARACTERS = 4096
/** Matches the fields of the native protocol that give access to an account or a seat, and the values of these fields. */
const SECRETS = /"(password|old|secret|token|session)":"(?:[^"\\]|\\.)*"/g

/**
 * OwnMessages stores the last messages of the page's own connection, so that a player in a browser can read these messages, too. The
 * messages never leave the page.
 */
export class OwnMessages {
  readonly #monotonic: () => number
  readonly #listeners = new Set<() => void>()
  #all: readonly OwnMessage[] = []
  #count = 0
  #since = 0

  constructor(monotonic: () => number) {
    this.#monotonic = monotonic
  }

  /** The last messages, with the oldest message first; a new array after each change. */
  get all(): readonly OwnMessage[] {
    return this.#all
  }

  /** Calls `changed` after each message. Returns the function that ends the calls. */
  subscribe(changed: () => void): () => void {
    this.#listeners.add(changed)
    return () => void this.#listeners.delete(changed)
  }

  /** Returns a function that opens the same sockets as `open`, and stores the messages of these sockets. */
  watch(open: OpenSocket): OpenSocket {
    return ({ received, closed }) => {
      this.#all = []
      this.#since = this.#monotonic()
      const socket = open({
        received: (text) => {
          this.#add('server', 'message', text)
          received(text)
        },
        closed: () => {
          this.#add('server', 'end', '')
          closed()
        },
      })
      return {
        send: (text) => {
          this.#add('client', 'message', text)
          socket.send(text)
        },
        close: () => socket.close(),
      }
    }
  }

  #add(from: OwnMessage['from'], kind: OwnMessage['kind'], text: string): void {
    const at = this.#monotonic() - this.#since
    const shown = text.replace(SECRETS, '"$1":"***"').slice(0, CHARACTERS)
    this.#all = [...this.#all.slice(1 - MESSAGES), { number: ++this.#count, at, from, kind, text: shown }]
    for (const changed of this.#listeners) changed()
  }
}
