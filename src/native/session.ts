import { isRefusal } from '../games/game.ts'
import type {
  DirectMessage,
  FinishedGame,
  Lobby,
  LobbyChange,
  LobbyListener,
  LobbyRefusal,
  RatingChanges,
  SeekInfo,
  TableSnapshot,
} from '../hall/api.ts'
import { toSeek } from './commands/seek.ts'
import { toSnapshotFields } from './commands/table-snapshot.ts'
import { commandsByType, type ToClient, VERSION } from './messages.ts'
import { parseCommand } from './parsing.ts'

/** Maximum number of challenges that the server reports after login. */
const CHALLENGES = 100

/** NativeClient is the client of a session, over any transport. */
export interface NativeClient {
  /** The client's stay in the lobby. */
  readonly lobby: Lobby
  /** Sends the text of one message. */
  write(text: string): void
  /** Subtracts the cost of a command from the client's budget; missing for a client without a budget. */
  charge?(cost: number): void
}

/**
 * NativeSession is one client's session in the native protocol, independent of the transport. It answers each line once, and sends each
 * event of the client's tables when the event happens.
 */
export class NativeSession implements LobbyListener {
  readonly #client: NativeClient

  constructor(client: NativeClient) {
    this.#client = client
  }

  /**
   * Sends `hello` and, if the client is already logged in, the challenges that are open. `door` is the port of the front door, so that a
   * client can show the port to a user.
   */
  open(software: string, door?: number): void {
    const { me } = this.#client.lobby
    this.#send({ type: 'hello', version: VERSION, software, ...(me ? { name: me.name } : {}), ...(door === undefined ? {} : { door }) })
    this.#sendChallenges()
  }

  /** Executes and answers the command in a line. Returns `false` after `quit`. */
  async handle(line: string): Promise<boolean> {
    const command = parseCommand(line)
    if ('code' in command && 'refused' in command) {
      this.#send({ type: 'error', ...command.id, code: command.code, message: command.refused })
      return true
    }
    const given = command.id === undefined ? {} : { id: command.id }
    const { cost, run } = commandsByType[command.type]
    this.#client.charge?.(cost)
    const before = this.#client.lobby.me?.name
    const answer = await run(this.#client.lobby, command)
    if (isRefusal(answer)) this.#send({ type: 'error', ...given, ...errorOf(answer) })
    else this.#send({ ...answer, ...given })
    if (this.#client.lobby.me?.name !== before) this.#sendChallenges()
    return command.type !== 'quit'
  }

  /** Sends `bye` with the reason for the end of the conversation. */
  bye(sentence: string): void {
    this.#send({ type: 'bye', message: sentence })
  }

  seated(attendance: TableSnapshot): void {
    this.#send({ type: 'seated', ...toSnapshotFields(attendance) })
  }

  tableEvent({ table, n, at, what, sight, shared }: Parameters<LobbyListener['tableEvent']>[0]): void {
    if (shared?.text !== undefined) return this.#client.write(shared.text)
    const message: ToClient = sight ? { type: 'event', table, n, at, what, sight } : { type: 'event', table, n, at, what }
    const text = JSON.stringify(message)
    if (shared) shared.text = text
    this.#client.write(text)
  }

  closed(table: number, sentence: string): void {
    this.#send({ type: 'closed', table, message: sentence })
  }

  left(table: number): void {
    this.closed(table, 'you have left it, because you are another user now')
  }

  recorded({ table, game, changes }: RatingChanges): void {
    this.#send({ type: 'recorded', table, game: game.name, changes: changes.map((change) => ({ ...change })) })
  }

  challenged(seeker: SeekInfo): void {
    this.#send({ type: 'sought', ...toSeek(seeker) })
  }

  challengeWithdrawn(seeker: SeekInfo): void {
    this.#send({ type: 'withdrawn', ...toSeek(seeker) })
  }

  seekFailed(seek: SeekInfo): void {
    this.#send({ type: 'withdrawn', ...toSeek(seek) })
  }

  messageReceived({ name, text }: DirectMessage): void {
    this.#send({ type: 'told', name, text })
  }

  finished(game: FinishedGame): void {
    this.#send({ type: 'finished', ...game })
  }

  lobbyChanged({ seekers, ...change }: LobbyChange): void {
    this.#send({ type: 'changed', ...change, ...(seekers ? { seekers } : {}) })
  }

  challengeRefused(by: SeekInfo): void {
    this.#send({ type: 'refused', ...toSeek(by) })
  }

  #send(message: ToClient): void {
    this.#client.write(JSON.stringify(message))
  }

  /** Sends `sought` for each open challenge to the user who has just logged in. */
  #sendChallenges(): void {
    for (const seeker of this.#client.lobby.listChallenges({ count: CHALLENGES }).items) this.challenged(seeker)
  }
}

function errorOf({ code, refused, proposal }: LobbyRefusal) {
  return { code, message: refused, ...(proposal === undefined ? {} : { proposal }) }
}
