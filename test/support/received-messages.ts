import type { ToClient } from '../../src/native/messages.ts'
import { Changes } from './changes.ts'

/** ReceivedMessages has the native messages that a client has received, in order. Clients of tests extend it. */
export class ReceivedMessages {
  readonly received: ToClient[] = []
  readonly #changes = new Changes()

  /** Returns the messages of one type. */
  all<Type extends ToClient['type']>(type: Type): Extract<ToClient, { type: Type }>[] {
    return this.received.filter((message): message is Extract<ToClient, { type: Type }> => message.type === type)
  }

  /** Returns the first message of one type, as soon as it arrives. */
  async first<Type extends ToClient['type']>(type: Type): Promise<Extract<ToClient, { type: Type }>> {
    await this.until(() => this.all(type).length > 0)
    const [first] = this.all(type)
    if (!first) throw new Error(`it has received no ${type}`)
    return first
  }

  /** Waits for messages until a condition holds. */
  until(met: () => boolean): Promise<void> {
    return this.#changes.until(met)
  }

  /** Adds a message, and checks the conditions for which a test waits. */
  protected add(message: ToClient): void {
    this.received.push(message)
    this.#changes.note()
  }
}
