import type { ToClient, ToServer } from '../../native/messages.ts'
import { lobbyTexts } from '../lobby-texts.ts'
import { toShownName } from '../shown.ts'
import { texts } from '../texts.ts'
import { type MessageOf, omit } from './messages.ts'
import { emptyModel, type Input, type Link, type LobbyPage, type Model, type OwnSeek } from './model.ts'
import {
  addBoard,
  addEvent,
  addMissed,
  clearPending,
  leaveTable,
  type Snapshot,
  type TableModel,
  toTable,
  toUnknownTable,
} from './table-model.ts'

/** The version of the native protocol that this page uses. */
const PAGE_VERSION = 1
/** Maximum number of direct messages that the page stores. */
const LINES = 200

/** Returns the model after an input. */
export function fold(model: Model, input: Input): Model {
  switch (input.type) {
    case 'received':
      return receive(model, input.message, input.at, input.wall)
    case 'sent':
      return noteSent(model, input.command)
    case 'connecting':
      // a lost connection stays lost until the server sends `hello`
      return { ...model, link: model.link.state === 'lost' ? omit(model.link, 'retryAt') : { state: 'connecting' } }
    case 'lost':
      return disconnect(model, input.retryAt)
    case 'refused':
      return model.link.state === 'lost' ? { ...model, link: setRefusal(model.link, input.reason) } : model
    case 'replaced':
      return { ...disconnect(model, 0), link: { state: 'elsewhere' }, guest: input.guest }
    case 'wished':
      return { ...model, wish: input.wish }
    case 'unwished': {
      const { wish } = model
      return { ...omit(model, 'wish'), entry: { busy: false }, ...(wish?.type === 'join' ? { invitation: { code: wish.code } } : {}) }
    }
    case 'restored':
      return restore(model, input)
    case 'entering':
      return { ...model, entry: { busy: true } }
    case 'kept': {
      const own = input.session === undefined ? {} : { ownSession: input.session }
      return { ...model, entry: { busy: false }, ...own }
    }
    case 'not-entered':
      return { ...model, entry: { busy: false, error: input.reason } }
    case 'forgotten':
      return { ...forget(model), ...(model.wish ? { wish: model.wish } : {}) }
    case 'opening':
      return addTables(model, [input.table])
    case 'shown':
      return omit(model, 'opened')
    case 'caught-up':
      return withTable(model, input.table, (table) => omit(table, 'missed'))
    case 'dismissed':
      return {
        ...omit(model, 'notice', 'invitation'),
        tables: new Map(Array.from(model.tables, ([id, table]) => [id, omit(table, 'skipped')])),
      }
  }
}

function restore(model: Model, { guest, registered, seats, invited }: Extract<Input, { type: 'restored' }>): Model {
  const tables = new Map(model.tables)
  for (const { table, token, seat, moves, n } of seats) {
    const missed = n === undefined ? {} : { missedAfter: n }
    tables.set(table, { ...toUnknownTable(table), token, seat, remembered: moves, ...missed })
  }
  const seek = invited ? { seek: { ...invited, state: 'unsent' as const } } : {}
  return { ...model, tables, ...seek, ...(guest ? { guest } : {}), ...(registered === undefined ? {} : { remembered: registered }) }
}

/** Adds tables that the page does not have yet. If the user is registered, these tables may be the user's own. */
function addTables(model: Model, ids: readonly number[]): Model {
  const added = ids.filter((id) => !model.tables.has(id))
  if (added.length === 0) return model
  const own = model.me?.registered ? ({ mayBeOwn: true } as const) : {}
  const tables = new Map(model.tables)
  for (const id of added) tables.set(id, { ...toUnknownTable(id), ...own })
  return { ...model, tables }
}

function disconnect(model: Model, retryAt: number): Model {
  const { link, seek } = model
  const attempt = link.state === 'lost' ? link.attempt : 0
  const bye = link.state === 'lost' && link.bye !== undefined ? { bye: link.bye } : {}
  const refusal = link.state === 'lost' && link.refusal !== undefined ? { refusal: link.refusal } : {}
  const { entry } = model
  return {
    ...model,
    ...(seek ? { seek: { ...seek, state: 'unsent' as const } } : {}),
    link: link.state === 'outdated' ? link : { state: 'lost', retryAt, attempt: attempt + 1, ...bye, ...refusal },
    greeted: false,
    entry: { ...entry, busy: false },
    sent: new Map(),
    challenges: [],
    tables: new Map(Array.from(model.tables, ([id, table]) => [id, leaveTable(table)])),
  }
}

function setRefusal(link: Extract<Link, { state: 'lost' }>, refusal: string | undefined): Link {
  return refusal === undefined ? omit(link, 'refusal') : { ...link, refusal }
}

function noteSent(model: Model, command: ToServer): Model {
  const sent = typeof command.id === 'number' ? new Map(model.sent).set(command.id, command) : model.sent
  const next = { ...(model.wish?.type === command.type ? omit(model, 'wish') : model), sent }
  switch (command.type) {
    case 'enter':
    case 'register':
      return { ...next, entry: { busy: true } }
    case 'password':
    case 'unregister':
    case 'revoke':
      return { ...next, account: { type: command.type, busy: true } }
    case 'seek': {
      const { id: _id, code, ...wish } = command
      return { ...omit(next, 'notice'), seek: { wish, state: 'sent', ...(code === undefined ? {} : { code }) } }
    }
    case 'join':
      return omit(next, 'notice', 'invitation')
    case 'watch':
      return withTable(next, command.table, (table) => ({ ...table, joined: 'asked' }))
    case 'resume':
      return withTable(next, findResumed(next, command), (table) => ({ ...table, joined: 'asked' }))
    case 'play':
      return withTable(next, command.table, (table) => ({
        ...clearPending(table),
        pending: { move: command.move, state: 'sent', id: Number(command.id) },
      }))
    default:
      return next
  }
}

function withTable(model: Model, id: number | undefined, change: (table: TableModel) => TableModel): Model {
  const table = id === undefined ? undefined : model.tables.get(id)
  return table ? { ...model, tables: new Map(model.tables).set(table.table, change(table)) } : model
}

function findResumed(model: Model, { table, token }: Extract<ToServer, { type: 'resume' }>): number | undefined {
  return table ?? [...model.tables.values()].find((one) => one.token === token)?.table
}

function receive(before: Model, message: ToClient, at: number, wall: number): Model {
  const id = 'id' in message && typeof message.id === 'number' ? message.id : undefined
  const command = id === undefined ? undefined : before.sent.get(id)
  const model = command && id !== undefined ? { ...before, sent: withoutKey(before.sent, id) } : before
  switch (message.type) {
    case 'hello':
      return greet(model, message)
    case 'ok':
      return command ? acknowledge(model, command, message, wall) : model
    case 'error':
      return command ? refuse(model, command, message) : { ...model, notice: message.message }
    case 'entered': {
      const { name, registered, secret } = message
      const guest = registered ? {} : { guest: { name, ...(secret === undefined ? {} : { secret }) } }
      const next = { ...omit(model, 'guest'), me: { name, registered }, entry: { busy: false }, ...guest }
      return addTables(next, registered ? message.tables : [])
    }
    case 'games':
      return { ...model, games: message.games }
    case 'lobby': {
      const { people, seekers, tables, total } = message
      return setLobby(model, { people, seekers, tables, total })
    }
    case 'changed':
      return model.lobby ? setLobby(model, changeLobby(model.lobby, message)) : model
    case 'seats':
      return withTable(model, message.table, (table) => ({ ...table, owners: { n: table.n, seats: message.seats } }))
    case 'sought':
      return { ...model, challenges: [...withoutChallenge(model, message.name), toChallenge(message)] }
    case 'withdrawn':
      return message.name === model.me?.name ? omit(model, 'seek') : { ...model, challenges: withoutChallenge(model, message.name) }
    case 'refused':
      return { ...omit(model, 'seek'), notice: texts.declines(toShownName(message.name)) }
    case 'told':
      return addLine(model, { name: message.name, text: message.text, at: wall })
    case 'watchers':
      return withTable(model, message.table, (table) => ({ ...table, watchers: { names: message.names, total: message.total } }))
    case 'board':
      return withTable(model, message.table, (table) => addBoard(table, message))
    case 'seated':
    case 'watching':
    case 'resync':
      return takeTable(model, message, command !== undefined, at)
    case 'event':
      return withTable(model, message.table, (table) => addEvent(table, message, at))
    case 'missed':
      return withTable(model, message.table, (table) => addMissed(table, message))
    case 'recorded':
      return withTable(model, message.table, (table) => ({ ...table, changes: message.changes }))
    case 'closed':
      return withTable(model, message.table, (table) => ({ ...table, closed: message.message, joined: 'no' }))
    case 'bye':
      return { ...model, link: { state: 'lost', attempt: 0, bye: message.message } }
    case 'sessions':
      return { ...model, sessions: { sessions: message.sessions, connections: message.connections } }
    case 'finished':
    case 'ladder':
    case 'history':
    case 'recent':
    case 'record':
    case 'session':
    case 'pong':
      return model
  }
}

function greet(model: Model, { version, name, door }: MessageOf<'hello'>): Model {
  if (version !== PAGE_VERSION) return { ...model, link: { state: 'outdated' } }
  const me = name === undefined ? {} : { me: { name, registered: true } }
  const front = door === undefined ? {} : { door }
  const before = model.me?.registered ? model.me.name : model.remembered
  // the next user of this browser must not have the seats and the messages of the previous user
  const isOther = before !== undefined && name !== before
  const ended = isOther && name === undefined ? { notice: texts.loginEnded } : {}
  const kept = isOther ? forget(model) : omit(model, 'me', 'remembered', 'door', 'ownSession')
  return { ...kept, ...me, ...front, ...ended, link: { state: 'open' }, greeted: true }
}

/** Returns the model without everything that belongs to the user. */
function forget({ games }: Model): Model {
  return { ...emptyModel, ...(games ? { games } : {}) }
}

function acknowledge(model: Model, command: ToServer, ok: MessageOf<'ok'>, wall: number): Model {
  const { code, connections = 0, sessions = 0 } = ok
  switch (command.type) {
    case 'seek':
      return model.seek ? openSeek(model, model.seek, code) : model
    case 'cancel':
      return omit(model, 'seek')
    case 'password':
      return { ...revokeTokens(model), account: { type: 'password', busy: false, ended: { connections, sessions } } }
    case 'unregister':
    case 'revoke':
      return { ...model, account: { type: command.type, busy: false, ended: { connections, sessions } } }
    case 'accept':
    case 'refuse':
      return { ...model, challenges: command.name === undefined ? [] : withoutChallenge(model, command.name) }
    case 'leave':
      return { ...model, tables: withoutKey(model.tables, command.table) }
    case 'tell':
      return addLine(model, { name: model.me?.name ?? '', to: command.name, text: command.text, at: wall })
    case 'play':
      // the event of the move arrives before `ok`
      return withTable(model, command.table, (table) => (table.pending?.id === command.id ? clearPending(table) : table))
    default:
      return model
  }
}

/**
 * Notes that the user's own seek is open. If the seek has another code than before, a notice reports the change, because the user then has
 * to send the new link to the friend.
 */
function openSeek(model: Model, seek: OwnSeek, code: string | undefined): Model {
  const isOther = seek.code !== undefined && code !== undefined && seek.code !== code
  const open = { ...seek, state: 'open' as const, ...(code === undefined ? {} : { code }) }
  return { ...model, seek: open, ...(isOther ? { notice: lobbyTexts.friendLinkChanged } : {}) }
}

function refuse(model: Model, command: ToServer, { code, message, proposal }: MessageOf<'error'>): Model {
  switch (command.type) {
    case 'enter':
    case 'register': {
      const entry = { busy: false, error: message, ...(proposal === undefined ? {} : { proposal }) }
      return { ...omit(model, 'guest'), entry }
    }
    case 'password':
    case 'unregister':
    case 'revoke':
      return { ...model, account: { type: command.type, busy: false, error: message } }
    case 'play':
      return withTable(model, command.table, (table) => {
        const { pending } = table
        // if this move is no longer pending, an event of the user's seat has confirmed it; the server has then refused only a second copy
        // of the move, which is harmless
        if (!pending || pending.id !== command.id) return code === 'stale' ? table : { ...table, refusal: message }
        // a move can also be stale because of an event that is not the user's own move, so the page sends the move again
        if (code === 'stale') return { ...table, pending: { ...pending, state: 'unsent' } }
        return { ...clearPending(table), refusal: message }
      })
    case 'resume':
      return withTable(model, findResumed(model, command), (table) =>
        // if the table is not this user's own, the page watches the table; if the game ended while this page was not at the table, the page
        // shows the replay
        table.mayBeOwn ? { ...omit(table, 'mayBeOwn', 'seat'), joined: 'no' } : { ...toUnknownTable(table.table), closed: message },
      )
    case 'watch':
      return withTable(model, command.table, (table) => ({ ...toUnknownTable(table.table), closed: message }))
    case 'say':
    case 'offer':
    case 'decline':
    case 'resign':
    case 'claim':
    case 'abort':
    case 'wait':
      return withTable(model, command.table, (table) => ({ ...table, refusal: message }))
    case 'seek':
      return { ...omit(model, 'seek'), notice: message }
    case 'join':
      return { ...model, invitation: { code: command.code, refusal: code === 'no-such-code' ? lobbyTexts.noInvitation : message } }
    case 'watchers':
    case 'record':
    case 'history':
      return model
    case 'missed':
      return withTable(model, command.table, (table) => omit(table, 'missedAfter'))
    case 'seats':
      // the plates then show no badge
      return withTable(model, command.table, (table) => ({ ...table, owners: { n: table.n, seats: [] } }))
    case 'games':
      return { ...model, games: [], notice: message }
    case 'board':
      return withTable(model, command.table, (table) => ({ ...table, board: { n: table.n, text: message } }))
    default:
      return { ...model, notice: message }
  }
}

function takeTable(model: Model, snapshot: Snapshot, isAnswer: boolean, at: number): Model {
  const table = toTable(snapshot, at, model.tables.get(snapshot.table))
  const tables = new Map(model.tables).set(table.table, table)
  if (isAnswer) {
    // the token of a seat also logs in
    const name = table.seat === undefined ? undefined : table.names[table.seat]
    const me = model.me || name === undefined ? {} : { me: { name, registered: false } }
    return { ...model, tables, ...me }
  }
  return { ...omit(model, 'seek', 'wish', 'invitation'), tables, opened: table.table }
}

/**
 * Removes the tokens of seats, because a new password invalidates these tokens. The user then resumes a seat by the number of the table.
 */
function revokeTokens(model: Model): Model {
  const tables = Array.from(model.tables, ([id, table]): readonly [number, TableModel] =>
    table.token === undefined ? [id, table] : [id, { ...omit(table, 'token'), mayBeOwn: true }],
  )
  return { ...model, tables: new Map(tables) }
}

/** Sets the lists of the lobby. If the user is registered, the lists may have tables of this user that the page does not have yet. */
function setLobby(model: Model, lobby: LobbyPage): Model {
  const own = model.me?.registered ? lobby.people.find(({ name }) => name === model.me?.name) : undefined
  return addTables({ ...model, lobby }, own?.tables ?? [])
}

function changeLobby(lobby: LobbyPage, changes: MessageOf<'changed'>): LobbyPage {
  const { people, peopleGone, tables, tablesGone, seekers = lobby.seekers, total } = changes
  const changedNames = new Set([...peopleGone, ...people.map(({ name }) => name)])
  const changedTables = new Set([...tablesGone, ...tables.map(({ table }) => table)])
  return {
    people: [...lobby.people.filter(({ name }) => !changedNames.has(name)), ...people],
    tables: [...lobby.tables.filter(({ table }) => !changedTables.has(table)), ...tables],
    seekers,
    total,
  }
}

function toChallenge({ type: _type, ...challenge }: MessageOf<'sought'>) {
  return challenge
}

function withoutChallenge({ challenges }: Model, name: string) {
  return challenges.filter((one) => one.name !== name)
}

function addLine(model: Model, line: Model['talk'][number]): Model {
  return { ...model, talk: [...model.talk, line].slice(-LINES) }
}

function withoutKey<Key, Value>(map: ReadonlyMap<Key, Value>, key: Key): ReadonlyMap<Key, Value> {
  const copy = new Map(map)
  copy.delete(key)
  return copy
}
