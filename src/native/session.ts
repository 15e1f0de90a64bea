import { isRefusal } from '../games/game.ts'
import type {
  DirectMessage,
  EndedConnections,
  FinishedGame,
  GameTerms,
  Lobby,
  LobbyListener,
  LobbyRefusal,
  RatingChanges,
  SeekInfo,
  TableSnapshot,
} from '../hall/api.ts'
import { costs } from '../hall/costs.ts'
import { type ToClient, type ToServer, VERSION } from './messages.ts'
import { parseCommand } from './parsing.ts'

type Command<Type extends ToServer['type']> = Omit<Extract<ToServer, { type: Type }>, 'type' | 'id'>
/** Answer is the answer to a command, before it gets the command's id. */
type Answer = Extract<ToClient, { id?: string | number | undefined }>

/** Default number of rows of a ladder or history. */
const LADDER = 10
/** Maximum number of items of each list in `lobby`, of watchers, and of challenges reported after login. */
const LISTED = 100

/**
 * NativeSession is one client's session in the native protocol, independent of the transport. It answers each line once,
 * and sends the events of the client's tables as they happen.
 */
export class NativeSession implements LobbyListener {
  readonly #lobby: () => Lobby
  readonly #send: (message: ToClient) => void
  readonly #charge: (cost: number) => void

  /** `send` writes one message to the client; `charge` subtracts the cost of a command from the client's budget. */
  constructor(lobby: () => Lobby, send: (message: ToClient) => void, charge: (cost: number) => void = () => {}) {
    this.#charge = charge
    this.#lobby = lobby
    this.#send = send
  }

  /** Sends `hello`, and the challenges that are open if the client is already logged in. */
  open(software: string): void {
    const { me } = this.#lobby()
    this.#send({ type: 'hello', version: VERSION, software, ...(me ? { name: me.name } : {}) })
    this.#sendChallenges()
  }

  /** Executes the command in a line and answers it. Returns `false` after `quit`. */
  async handle(line: string): Promise<boolean> {
    const command = parseCommand(line)
    if ('code' in command && 'refused' in command) {
      this.#send({ type: 'error', ...command.id, code: command.code, message: command.refused })
      return true
    }
    const given = command.id === undefined ? {} : { id: command.id }
    this.#charge(costs[command.type])
    const before = this.#lobby().me?.name
    const answer = await this.#answer(command)
    if (isRefusal(answer)) this.#send({ type: 'error', ...given, ...errorOf(answer) })
    else this.#send({ ...answer, ...given })
    if (this.#lobby().me?.name !== before) this.#sendChallenges()
    return command.type !== 'quit'
  }

  /** Sends `bye`, with the reason why the conversation ends. */
  bye(sentence: string): void {
    this.#send({ type: 'bye', message: sentence })
  }

  seated(attendance: TableSnapshot): void {
    this.#send({ type: 'seated', ...toSnapshot(attendance) })
  }

  tableEvent({ table, n, at, what, sight }: Parameters<LobbyListener['tableEvent']>[0]): void {
    this.#send({ type: 'event', table, n, at, what: what, ...(sight ? { sight: sight } : {}) })
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
    this.#send({ type: 'sought', name: seeker.name, game: seeker.game, ...termsOf(seeker) })
  }

  challengeWithdrawn(seeker: SeekInfo): void {
    this.#send({ type: 'withdrawn', name: seeker.name, game: seeker.game, ...termsOf(seeker) })
  }

  messageReceived({ name, text }: DirectMessage): void {
    this.#send({ type: 'told', name, text })
  }

  finished(game: FinishedGame): void {
    this.#send({ type: 'finished', ...game })
  }

  challengeRefused(by: SeekInfo): void {
    this.#send({ type: 'refused', name: by.name, game: by.game, ...termsOf(by) })
  }

  /** Sends `sought` for each open challenge to the user who has just logged in. */
  #sendChallenges(): void {
    for (const seeker of this.#lobby().listChallenges({ count: LISTED }).items) this.challenged(seeker)
  }

  async #answer(command: ToServer): Promise<Answer | LobbyRefusal> {
    const lobby = this.#lobby()
    switch (command.type) {
      case 'enter':
        return (await lobby.enter(command.name, toCredentials(command))) ?? { ...entered(lobby), ...secretOf(lobby) }
      case 'register':
        return (await lobby.register(command.name, command.password)) ?? entered(lobby)
      case 'password':
        return toEndedCount(await lobby.changePassword(command.old, command.password))
      case 'unregister':
        return toEndedCount(await lobby.unregister(command.password))
      case 'session': {
        const opened = await lobby.openSession()
        return isRefusal(opened) ? opened : { type: 'session', ...opened }
      }
      case 'return':
        return (await lobby.enterBySession(command.session)) ?? entered(lobby)
      case 'logout':
        return done(await lobby.closeSession(command.session))
      case 'games':
        return {
          type: 'games',
          games: lobby.catalogue.entries.map(({ name, title, game, moves, settings }) => ({
            game: name,
            title,
            rules: game.name,
            seats: game.seats,
            moves,
            settings,
          })),
        }
      case 'lobby':
        return lobbyAt(lobby, command)
      case 'ladder':
        return this.#ladder(command)
      case 'history':
        return this.#history(command)
      case 'seek':
        return this.#seek(command)
      case 'cancel':
        return lobby.cancel() ? OK : { code: 'not-now', refused: 'you have no open seek' }
      case 'join':
        return done(lobby.join(command.code, command.replace))
      case 'accept':
        return done(lobby.acceptChallenge(command.name))
      case 'refuse':
        return done(lobby.refuseChallenge(command.name))
      case 'watch':
        return present('watching', lobby.watch(command.table))
      case 'leave':
        return done(lobby.leave(command.table))
      case 'resume':
        return this.#resume(command)
      case 'play':
        return done(await lobby.play(command.table, command.move, command.after))
      case 'say':
        return done(await lobby.say(command.table, command.text))
      case 'tell':
        return done(lobby.message(command.name, command.text))
      case 'mute':
        return done(await lobby.mute(command.name))
      case 'unmute':
        return done(lobby.unmute(command.name))
      case 'watchers':
        return watchersAt(lobby, command)
      case 'offer':
        return done(await lobby.offer(command.table))
      case 'decline':
        return done(await lobby.decline(command.table))
      case 'resign':
        return done(await lobby.resign(command.table))
      case 'claim':
        return done(await lobby.claim(command.table))
      case 'abort':
        return done(await lobby.abort(command.table))
      case 'ping':
        return { type: 'pong' }
      case 'quit':
        return OK
    }
  }

  async #ladder({ game, limit = LADDER }: Command<'ladder'>): Promise<Answer | LobbyRefusal> {
    const best = await this.#lobby().ladder(game, limit)
    if (isRefusal(best)) return best
    const own = await this.#lobby().rank(game)
    const row = ({ rank, name, score, games }: (typeof best)[number]) => ({ rank, name, score, games })
    return { type: 'ladder', game, best: best.map(row), ...(own && !isRefusal(own) ? { own: { ...row(own), of: own.of } } : {}) }
  }

  async #history({ name, from = 0, limit = LADDER }: Command<'history'>): Promise<Answer | LobbyRefusal> {
    const found = await this.#lobby().history(name, { from, count: limit })
    return isRefusal(found) ? found : { type: 'history', name: found.name, games: found.items, total: found.total }
  }

  async #seek({ settings = {}, ...wish }: Command<'seek'>): Promise<Answer | LobbyRefusal> {
    const sought = await this.#lobby().seek({ ...wish, settings })
    if (isRefusal(sought)) return sought
    const { code, near } = sought
    return {
      type: 'ok',
      ...(code === undefined ? {} : { code }),
      ...(near ? { near: near.map((seeker) => ({ name: seeker.name, game: seeker.game, ...termsOf(seeker) })) } : {}),
    }
  }

  async #resume({ token, table, after }: Command<'resume'>): Promise<Answer | LobbyRefusal> {
    if ((token === undefined) === (table === undefined)) return { code: 'bad-message', refused: 'resume takes either a token or a table' }
    const lobby = this.#lobby()
    const resumed = table === undefined ? await lobby.resume(token ?? '', after) : await lobby.resumeSeat(table, after)
    return present(!isRefusal(resumed) && resumed.resync ? 'resync' : 'seated', resumed)
  }
}

function lobbyAt(lobby: Lobby, { from = 0 }: Command<'lobby'>): Answer {
  const range = { from, count: LISTED }
  const [people, seekers, tables] = [lobby.listPeople(range), lobby.listSeeks(range), lobby.listTables(range)]
  const total = { people: people.total, seekers: seekers.total, tables: tables.total }
  return { type: 'lobby', people: people.items, seekers: seekers.items, tables: tables.items, total }
}

function errorOf({ code, refused, proposal }: LobbyRefusal) {
  return { code, message: refused, ...(proposal === undefined ? {} : { proposal }) }
}

function watchersAt(lobby: Lobby, { table, from = 0, limit = LISTED }: Command<'watchers'>): Answer | LobbyRefusal {
  const page = lobby.watchers(table, { from, count: limit })
  return isRefusal(page) ? page : { type: 'watchers', table, names: page.items, total: page.total }
}

const OK: Answer = { type: 'ok' }

function toCredentials({ password, secret }: Command<'enter'>): { password?: string; secret?: string } {
  return { ...(password === undefined ? {} : { password }), ...(secret === undefined ? {} : { secret }) }
}

function toEndedCount(ended: EndedConnections | LobbyRefusal): Answer | LobbyRefusal {
  return isRefusal(ended) ? ended : { type: 'ok', connections: ended.connections, sessions: ended.sessions }
}

function secretOf({ reconnectSecret: secret }: Lobby): { secret?: string } {
  return secret === undefined ? {} : { secret }
}

function done(refusal: LobbyRefusal | undefined): Answer | LobbyRefusal {
  return refusal ?? OK
}

function entered({ me }: Lobby): Extract<Answer, { type: 'entered' }> {
  return { type: 'entered', name: me?.name ?? '', registered: me?.registered ?? false, tables: [...(me?.tables ?? [])] }
}

function present(type: 'seated' | 'watching' | 'resync', attendance: TableSnapshot | LobbyRefusal): Answer | LobbyRefusal {
  return isRefusal(attendance) ? attendance : { type, ...toSnapshot(attendance) }
}

/** Returns only the terms of a seek or table. */
function termsOf({ settings, rated, clock }: GameTerms): GameTerms {
  return { settings, rated, ...(clock ? { clock } : {}) }
}

function toSnapshot(attendance: TableSnapshot) {
  const { table, game, seat, names, token, now, offers } = attendance
  return {
    table,
    game: game.name,
    names: [...names],
    ...termsOf(attendance),
    ...(seat === undefined ? {} : { seat }),
    ...(token === undefined ? {} : { token }),
    ...(now ? { n: now.n, sight: now.sight } : {}),
    ...(offers ? { offers } : {}),
  }
}
