import { catalogue } from '../../games/catalogue.ts'
import { isRefusal } from '../../games/game.ts'
import type { Attendance, Ended, FinishedGame, GameTerms, Lobby, LobbyListener, LobbyRefusal, Message, Recorded, Seeker } from '../lobby.ts'
import { costs } from './costs.ts'
import { type ToClient, type ToServer, VERSION } from './messages.ts'
import { parseCommand } from './parsing.ts'

/** A command without its name and its id. */
type Command<Type extends ToServer['type']> = Omit<Extract<ToServer, { type: Type }>, 'type' | 'id'>
/** An answer, before it has the id of its command. */
type Answer = Extract<ToClient, { id?: string | number | undefined }>

/** Rows of a ladder, where nobody says how many. */
const LADDER = 10
/** Items of each list of the lobby in one answer, and open seeks that are reported to a user who enters. */
const LISTED = 100

/**
 * NativeSession speaks the native protocol for one program, whatever carries its messages: each line is a command and is
 * answered once, and what happens at tables is told as it happens.
 */
export class NativeSession implements LobbyListener {
  readonly #lobby: () => Lobby
  readonly #send: (message: ToClient) => void
  readonly #charge: (cost: number) => void

  /** Takes `send`, which writes one message to the program; and `charge`, which counts the cost of a command. */
  constructor(lobby: () => Lobby, send: (message: ToClient) => void, charge: (cost: number) => void = () => {}) {
    this.#charge = charge
    this.#lobby = lobby
    this.#send = send
  }

  /** Says hello. */
  open(software: string): void {
    const { me } = this.#lobby()
    this.#send({ type: 'hello', version: VERSION, software, ...(me ? { name: me.name } : {}) })
    this.#tellSeekers()
  }

  /** Does what a line says, and answers it; `false` when the program wants to end the conversation. */
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
    if (this.#lobby().me?.name !== before) this.#tellSeekers()
    return command.type !== 'quit'
  }

  /** Says that the conversation ends, and why. */
  bye(sentence: string): void {
    this.#send({ type: 'bye', message: sentence })
  }

  seated(attendance: Attendance): void {
    this.#send({ type: 'seated', ...attended(attendance) })
  }

  news({ table, n, at, what, sight }: Parameters<LobbyListener['news']>[0]): void {
    this.#send({ type: 'event', table, n, at, what: what, ...(sight ? { sight: sight } : {}) })
  }

  closed(table: number, sentence: string): void {
    this.#send({ type: 'closed', table, message: sentence })
  }

  left(table: number): void {
    this.closed(table, 'you have left it, because you are another user now')
  }

  recorded({ table, game, changes }: Recorded): void {
    this.#send({ type: 'recorded', table, game: game.name, changes: changes.map((change) => ({ ...change })) })
  }

  sought(seeker: Seeker): void {
    this.#send({ type: 'sought', name: seeker.name, game: seeker.game, ...termsOf(seeker) })
  }

  withdrawn(seeker: Seeker): void {
    this.#send({ type: 'withdrawn', name: seeker.name, game: seeker.game, ...termsOf(seeker) })
  }

  told({ name, text }: Message): void {
    this.#send({ type: 'told', name, text })
  }

  finished(game: FinishedGame): void {
    this.#send({ type: 'finished', ...game })
  }

  refused(by: Seeker): void {
    this.#send({ type: 'refused', name: by.name, game: by.game, ...termsOf(by) })
  }

  /** Tells who has come in by whom it is sought already. */
  #tellSeekers(): void {
    for (const seeker of this.#lobby().listSought({ count: LISTED }).items) this.sought(seeker)
  }

  async #answer(command: ToServer): Promise<Answer | LobbyRefusal> {
    const lobby = this.#lobby()
    switch (command.type) {
      case 'enter':
        return (await lobby.enter(command.name, how(command))) ?? { ...entered(lobby), ...secretOf(lobby) }
      case 'register':
        return (await lobby.register(command.name, command.password)) ?? entered(lobby)
      case 'password':
        return ended(await lobby.changePassword(command.old, command.password))
      case 'unregister':
        return ended(await lobby.unregister(command.password))
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
          games: catalogue.map(({ name, title, game, moves, settings }) => ({
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
        return lobby.cancel() ? OK : { code: 'not-now', refused: 'you wait for nobody' }
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
    if ((token === undefined) === (table === undefined)) return { code: 'bad-message', refused: 'resume takes a token, or a table' }
    const lobby = this.#lobby()
    const resumed = table === undefined ? await lobby.resume(token ?? '', after) : await lobby.resumeSeat(table, after)
    return present(!isRefusal(resumed) && resumed.resync ? 'resync' : 'seated', resumed)
  }
}

/** A page of each list of the lobby. */
function lobbyAt(lobby: Lobby, { from = 0 }: Command<'lobby'>): Answer {
  const range = { from, count: LISTED }
  const [people, seekers, tables] = [lobby.listPeople(range), lobby.listSeekers(range), lobby.listTables(range)]
  const total = { people: people.total, seekers: seekers.total, tables: tables.total }
  return { type: 'lobby', people: people.items, seekers: seekers.items, tables: tables.items, total }
}

/** A refusal as the message `error` has it. */
function errorOf({ code, refused, proposal }: LobbyRefusal) {
  return { code, message: refused, ...(proposal === undefined ? {} : { proposal }) }
}

function watchersAt(lobby: Lobby, { table, from = 0, limit = LISTED }: Command<'watchers'>): Answer | LobbyRefusal {
  const page = lobby.watchers(table, { from, count: limit })
  return isRefusal(page) ? page : { type: 'watchers', table, names: page.items, total: page.total }
}

const OK: Answer = { type: 'ok' }

function how({ password, secret }: Command<'enter'>): { password?: string; secret?: string } {
  return { ...(password === undefined ? {} : { password }), ...(secret === undefined ? {} : { secret }) }
}

/** Reports how many connections and sessions were ended, beside `ok`. */
function ended(ended: Ended | LobbyRefusal): Answer | LobbyRefusal {
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

function present(type: 'seated' | 'watching' | 'resync', attendance: Attendance | LobbyRefusal): Answer | LobbyRefusal {
  return isRefusal(attendance) ? attendance : { type, ...attended(attendance) }
}

/** The terms alone of what has them. */
function termsOf({ settings, rated, clock }: GameTerms): GameTerms {
  return { settings, rated, ...(clock ? { clock } : {}) }
}

function attended(attendance: Attendance) {
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
