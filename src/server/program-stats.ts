import type { Conversation } from '../protocol/conversation.ts'

/** ProgramStats counts the connections, conversations and messages of one program since the server started. */
export class ProgramStats {
  /** Numbers of accepted, rejected and open connections. */
  total = 0
  rejected = 0
  open = 0
  /** Number of ended conversations, by outcome; see `ConversationEnd.outcome`. */
  readonly outcomes = new Map<string, number>()
  /** Numbers of messages from clients and to clients on closed connections. */
  received = 0
  sent = 0

  /** Counts an accepted connection. */
  countAccepted(): void {
    this.total++
    this.open++
  }

  /** Counts the end of a conversation; the connection of the conversation may close later. */
  countOutcome(outcome: string): void {
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1)
  }

  /** Counts the close of a connection, and the messages of the connection. */
  countClosed({ connection }: Conversation): void {
    this.open--
    this.received += connection.received
    this.sent += connection.sent
  }
}
