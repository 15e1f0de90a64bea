/**
 * OrderedLog is a log of messages that several processes append to. All processes read the messages in the same order, each message once.
 * Questions are messages outside of the log, with answers.
 */
export interface OrderedLog {
  /**
   * Appends a message, with an id that no other message has. Resolves when the log has the message; tries again until then. Rejects only
   * after `close`.
   */
  append(id: string, message: string): Promise<void>
  /** Calls `then` with all messages, in their order, from the first message on. Resolves when the log has accepted the follower. */
  follow(then: (message: string) => void): Promise<void>
  /**
   * Sends a question to all processes, also to this process; questions of one process arrive in their order. Resolves to the answers, as
   * soon as there are `count` answers or as soon as an answer is equal to `last`; without enough answers, after a time limit.
   */
  ask(question: string, until: { readonly count: number; readonly last: string }): Promise<readonly string[]>
  /** Answers the questions of all processes. Resolves when the log has accepted the function. */
  answer(then: (question: string) => string): Promise<void>
  /** Ends the calls of `follow` and `answer`. */
  close(): Promise<void>
}
