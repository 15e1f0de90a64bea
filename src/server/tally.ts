import type { Conversation } from '../protocols/conversation.ts'

/** Tally is what the clients of one program have done since the server was started. */
export class Tally {
  /** Connections that were let in, and that were not. */
  total = 0
  refused = 0
  open = 0
  /** How conversations have ended, by the word for it. */
  readonly outcomes = new Map<string, number>()
  /** Messages of conversations that have ended. */
  received = 0
  sent = 0

  /** Counts a conversation in. */
  came(): void {
    this.total++
    this.open++
  }

  /** Counts how a conversation has ended, whose connection may take a moment longer. */
  ended(outcome: string): void {
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1)
  }

  /** Counts a conversation out, with all that was said in it. */
  left({ connection }: Conversation): void {
    this.open--
    this.received += connection.received
    this.sent += connection.sent
  }
}
