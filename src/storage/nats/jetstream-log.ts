import {
  type ConsumerMessages,
  type JetStreamClient,
  type JetStreamManager,
  jetstream,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
} from '@nats-io/jetstream'
import type { NatsConnection, Subscription } from '@nats-io/transport-node'
import { toError } from '../../base/errors.ts'
import type { Timers } from '../outage.ts'
import type { OrderedLog } from './replicated-meeting.ts'

/** Milliseconds that an append waits for its acknowledgment, and milliseconds until the next try. */
const ACKNOWLEDGMENT = 2000
const RETRY = 250
/**
 * Milliseconds of one request for messages, and milliseconds between two heartbeats of the engine. The library requests the messages again
 * after two heartbeats that are missing, as after a restart of the engine.
 */
const PULL = { expires: 10_000, idle_heartbeat: 1000 }
/** Milliseconds that a question waits for its answers. */
const ANSWERS = 500

/** JetStreamLogOptions has the connection of a log, and its place in the engine. */
export interface JetStreamLogOptions {
  readonly connection: NatsConnection
  /** Name of the stream. The subjects of the log begin with the name in lower case. */
  readonly stream: string
  /** Number of nodes of the engine that store each message. */
  readonly replicas: number
  readonly timers: Timers
}

/** JetStreamLog is an ordered log in a stream of NATS JetStream. */
export class JetStreamLog implements OrderedLog {
  readonly #options: JetStreamLogOptions
  readonly #client: JetStreamClient
  readonly #subject: string
  readonly #questions: string
  #messages: ConsumerMessages | undefined
  #answers: Subscription | undefined
  #isClosed = false
  /** Ends the waits before the next tries. */
  readonly #waits = new Set<() => void>()

  private constructor(options: JetStreamLogOptions) {
    this.#options = options
    this.#client = jetstream(options.connection)
    this.#subject = `${options.stream.toLowerCase()}.log`
    this.#questions = `${options.stream.toLowerCase()}.questions`
  }

  /** Opens the log; creates its stream if the engine does not have the stream. */
  static async open(options: JetStreamLogOptions): Promise<JetStreamLog> {
    const log = new JetStreamLog(options)
    await log.#createStream(await jetstreamManager(options.connection))
    return log
  }

  async append(id: string, message: string): Promise<void> {
    for (;;) {
      if (this.#isClosed) throw new Error('the log is closed')
      try {
        await this.#client.publish(this.#subject, message, { msgID: id, timeout: ACKNOWLEDGMENT })
        return
      } catch (reason) {
        // the engine may have the message: it drops a second message with the same id
        if (this.#options.connection.isClosed()) throw toError(reason)
        await this.#pause()
      }
    }
  }

  async follow(then: (message: string) => void): Promise<void> {
    const consumer = await this.#client.consumers.get(this.#options.stream)
    this.#messages = await consumer.consume({ ...PULL, callback: (message) => then(message.string()) })
  }

  async ask(question: string, { count, last }: { readonly count: number; readonly last: string }): Promise<readonly string[]> {
    const answers: string[] = []
    const { connection } = this.#options
    if (count === 0) return answers
    const replies = await connection.requestMany(this.#questions, question, { strategy: 'count', maxMessages: count, maxWait: ANSWERS })
    for await (const reply of replies) {
      answers.push(reply.string())
      if (reply.string() === last) break
    }
    return answers
  }

  async answer(then: (question: string) => string): Promise<void> {
    const { connection } = this.#options
    this.#answers = connection.subscribe(this.#questions, { callback: (_, message) => void message.respond(then(message.string())) })
    await connection.flush()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const end of [...this.#waits]) end()
    this.#answers?.unsubscribe()
    await this.#messages?.close()
  }

  async #createStream(manager: JetStreamManager): Promise<void> {
    const { stream, replicas } = this.#options
    await manager.streams.add({
      name: stream,
      subjects: [this.#subject],
      retention: RetentionPolicy.Limits,
      storage: StorageType.File,
      num_replicas: replicas,
    })
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        cancel()
        this.#waits.delete(end)
        resolve()
      }
      const cancel = this.#options.timers.after(RETRY, end)
      this.#waits.add(end)
    })
  }
}
