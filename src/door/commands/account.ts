import { formatCount, parseWhole } from '../../base/counts.ts'
import { isRefusal } from '../../games/game.ts'
import { formatEnded, type Lobby } from '../../hall/api.ts'
import { BOUNDS } from '../../hall/number-bounds.ts'
import { describeMissed } from '../../native/missed-text.ts'
import { formatHeldGame, formatHeldSeat } from '../held-seats-text.ts'
import { formatColumns, formatList, toSafeLine, toSentence } from '../layout.ts'
import { askNewPassword, askPassword } from '../passwords.ts'
import { formatChallenge, quoteAcceptCommand } from '../seek-parser.ts'
import type { DoorSession } from '../session.ts'
import { formatClock, inBrackets } from '../terms-text.ts'
import { type CommandOutput, checkNeeds, type DoorCommand } from './command.ts'
import { missedGames } from './history.ts'
import { formatCanceledSeek, leaveFinishedTables } from './seek.ts'

/** Maximum number of open seeks, challenges and seats that the greeting lists. */
const NAMED = 3
/** Maximum number of missed events above a board, so that the events and the board fit on a screen together. */
const MISSED = 8
const UNCHANGED = 'Nothing has changed.'
const NAME_ALONE = [
  'Type only the name ("register ada"): the server then asks for the password.',
  'If your name has a blank in it, type "name ada b" first and then "register".',
]
const NOT_HELD = 'You hold no such seat. If you have its token, type "resume TOKEN".'

/** The question with which the front door asks for a name. */
export const NAME_QUESTION = 'What is your name?'

/** Logs the user in under a typed name. If the server refuses the name, asks for another name. */
export async function logInByName(session: DoorSession, name: string): Promise<void> {
  const output = await enter(session, name)
  if (session.over) return
  if (session.lobby.me) session.say(...(await welcome(session)))
  else session.say(...(output === undefined ? [] : [output]), NAME_QUESTION)
}

/** Logs in, and asks for the password of a registered name. Returns the refusal of the server, or a sentence if the user cancels. */
async function enter(session: DoorSession, name: string): Promise<string | undefined> {
  const { lobby } = session
  const registered = await lobby.registeredName(name)
  if (registered !== undefined) {
    const question = `${toSafeLine(registered)} is registered. What is the password?`
    const password = await askPassword(session, question, (typed) => lobby.enter(name, { password: typed }))
    return password === undefined && lobby.me && !session.over ? UNCHANGED : undefined
  }
  const refusal = await lobby.enter(name, {})
  if (!refusal) return undefined
  const lost = refusal.code === 'name-taken' ? ' With its token, type "resume TOKEN".' : ''
  return session.sentence(refusal.refused, [name]) + lost
}

/** Returns the greeting after login: other users, missed games, challenges, open seeks and held seats. */
async function welcome(session: DoorSession): Promise<readonly string[]> {
  const { lobby } = session
  const missed = await missedGames(session)
  const { me, heldSeats } = lobby
  const others = Math.max(0, lobby.listPeople({ count: 0 }).total - 1)
  const here = others > 0 ? `${formatCount(others, 'other is', 'others are')} here.` : 'No other user is here.'
  const wanted = lobby
    .listOpenSeeks({ count: NAMED + 1 })
    .items.filter(({ name }) => name !== me?.name)
    .slice(0, NAMED)
    .map(
      (seeker) =>
        `${toSafeLine(seeker.name)} waits for an opponent${inBrackets(formatClock(seeker.clock))}: ${quoteAcceptCommand(lobby.catalog, seeker, me)}`,
    )
  const held = heldSeats.slice(0, NAMED).map((info) => formatHeldSeat(info, me))
  return [
    `Hello, ${toSafeLine(me?.name ?? '')}. ${here}`,
    ...missed,
    ...challengesOf(lobby),
    ...wanted,
    ...held,
    ...(heldSeats.length > NAMED ? [`${heldSeats.length - NAMED} more of your seats are held: "resume" lists all.`] : []),
    'Type "play tictactoe" to begin, "games" for all games, "help" for all commands.',
  ]
}

/** Describes a few of the open challenges to this user. */
function challengesOf(lobby: Lobby): readonly string[] {
  return lobby.listChallenges({ count: NAMED }).items.flatMap((seeker) => formatChallenge(lobby.catalog, seeker))
}

async function register(session: DoorSession, rest: string): Promise<CommandOutput> {
  const { lobby } = session
  const { me } = lobby
  const name = rest || (me?.name ?? '')
  if (name === '') return 'Type the name, too, such as "register ada".'
  const owned = await lobby.registeredName(name)
  if (owned !== undefined) {
    const shown = toSafeLine(owned)
    return `${shown} is registered already: ${me?.registered && me.name === owned ? '"password" changes the password' : `"login ${shown}"`}.`
  }
  // the text after the name may be a password, which must not become a name that other users see
  if (/\s/.test(name) && name !== me?.name) return NAME_ALONE
  const busy = checkNeeds(session, ['leisure'])
  if (busy !== undefined) return busy
  const wrong = lobby.checkName(name)
  if (wrong) return me ? session.sentence(wrong.refused, [name]) : [toSentence(wrong.refused, [name]), NAME_QUESTION]
  const left = describeLeftBehind(session)
  await cancelSeek(session)
  // the text after the command may be a password, too
  if (me && !me.registered && name.toLowerCase() !== me.name.toLowerCase())
    session.say(
      `This registers the name ${toSafeLine(name)}. To register your own name, ${toSafeLine(me.name)}, type an empty line and then "register".`,
    )
  const password = await askNewPassword(session, { question: `A password for ${toSafeLine(name)}, of at least 8 characters?` })
  if (password === undefined) return unchanged(session)
  const refusal = await lobby.register(name, password)
  if (refusal) return me ? refusal : [toSentence(refusal.refused, [name]), NAME_QUESTION]
  // after the login, the registered user is no longer the guest
  session.leaveAll()
  return [...left, `${toSafeLine(name)} is registered now, and needs this password from now on.`, ...(me ? [] : await welcome(session))]
}

/** Returns the answer to a user who has typed an empty line in place of a password. */
function unchanged({ over, lobby }: DoorSession): CommandOutput {
  return over ? undefined : [UNCHANGED, ...(lobby.me ? [] : [NAME_QUESTION])]
}

async function changePassword(session: DoorSession): Promise<CommandOutput> {
  const { lobby } = session
  if (!lobby.me?.registered) return 'You have no password yet. "register" sets a password.'
  const old = await askPassword(session, 'Your current password?', (typed) => lobby.confirmPassword(typed))
  if (old === undefined) return unchanged(session)
  const password = await askNewPassword(session, { question: 'The new password, of at least 8 characters?', warns: false })
  if (password === undefined) return unchanged(session)
  const ended = await lobby.changePassword(old, password)
  return isRefusal(ended) ? `${toSentence(ended.refused)} ${UNCHANGED}` : `Your password is changed. ${formatEnded(ended)}`
}

async function unregister(session: DoorSession): Promise<CommandOutput> {
  const { lobby } = session
  const { me } = lobby
  if (!me?.registered) return 'Your name is not registered.'
  await cancelSeek(session)
  const name = toSafeLine(me.name)
  session.say(`This removes ${name} permanently: its place on the ladders, its history and its seats.`)
  const password = await askPassword(session, 'Your password?', (typed) => lobby.confirmPassword(typed))
  if (password === undefined) return unchanged(session)
  const ended = await lobby.unregister(password)
  if (isRefusal(ended)) return `${toSentence(ended.refused)} ${UNCHANGED}`
  session.leaveAll()
  return [`${name} is no longer registered. ${formatEnded(ended)}`, NAME_QUESTION]
}

async function login(session: DoorSession, name: string): Promise<CommandOutput> {
  const { lobby } = session
  if (name === '') return 'Type the name, too, such as "login ada".'
  if (lobby.me?.registered && lobby.me.name.toLowerCase() === name.toLowerCase())
    return `You are ${toSafeLine(lobby.me.name)} already. "password" changes the password.`
  const busy = checkNeeds(session, ['identity'])
  if (busy !== undefined) return busy
  if ((await lobby.registeredName(name)) !== undefined) return become(session, name)
  const [first = ''] = name.split(/\s/)
  const shown = toSafeLine(name)
  if (first !== name) {
    // the text after the name may be a password
    if ((await lobby.registeredName(first)) === undefined)
      return ['No such name is registered. "login" takes only a name.', ...(lobby.me ? [] : [NAME_QUESTION])]
    session.say('Type only the name after "login": the server asks for the password now.')
    return become(session, first)
  }
  return lobby.me || session.present
    ? `${shown} is not registered. To become a guest of that name, type: name ${shown}`
    : [`${shown} is not registered.`, NAME_QUESTION]
}

async function become(session: DoorSession, name: string): Promise<CommandOutput> {
  const before = session.lobby.me?.name
  if (name === '') return 'Type the name, too, such as "name ada".'
  const left = describeLeftBehind(session)
  await cancelSeek(session)
  if (before === undefined) {
    await logInByName(session, name)
    return undefined
  }
  const refused = await enter(session, name)
  if (refused !== undefined || session.over) return refused
  if (session.lobby.me?.name === before) return welcome(session)
  // after the change of identity, the user is at no table
  session.leaveAll()
  return [...left, ...(await welcome(session))]
}

/** Lists the seats and challenges of the old name, and the commands that return to them; empty without seats and challenges. */
function describeLeftBehind({ lobby, tables }: DoorSession): readonly string[] {
  const { me, heldSeats } = lobby
  const name = toSafeLine(me?.name ?? '')
  const seats = heldSeats.slice(0, NAMED).map((info) => `table ${info.table} (${formatHeldGame(info, me)})`)
  const more = heldSeats.length > NAMED ? [`${heldSeats.length - NAMED} more`] : []
  const at = tables.all.map(({ table }) => String(table))
  const challengers = lobby.listChallenges({ count: NAMED }).items.map((seeker) => toSafeLine(seeker.name))
  return [
    ...(me?.registered ? [`You are no longer ${name}: "login ${name}" returns to that name.`] : []),
    ...(seats.length > 0
      ? [
          `The seat${heldSeats.length > 1 ? 's' : ''} of ${name} at ${formatList([...seats, ...more])} stay${heldSeats.length > 1 ? '' : 's'} held: reconnect and type "resume".`,
        ]
      : []),
    ...(at.length > 0 ? [`You have left table ${formatList(at)}.`] : []),
    ...(challengers.length > 0 ? [`The challenge of ${formatList(challengers)} was for ${name} and is no longer for you.`] : []),
  ]
}

async function resume(session: DoorSession, rest: string): Promise<CommandOutput> {
  const { lobby } = session
  const before = lobby.me
  if (!before && /^\d{0,16}$/.test(rest)) return 'Type "resume" and your token, or type your name first.'
  const table = rest === '' ? theOnly(lobby) : parseWhole(rest, BOUNDS.table)
  if (typeof table === 'object') return table
  await cancelSeek(session)
  const snapshot = table === undefined ? await lobby.resume(rest) : await lobby.resumeSeat(table)
  if (isRefusal(snapshot) && snapshot.code === 'no-such-table') return NOT_HELD
  if (isRefusal(snapshot)) return [toSentence(snapshot.refused), ...(before ? [] : [NAME_QUESTION])]
  if (!before && !lobby.me) {
    const owner = toSafeLine(snapshot.names[snapshot.seat ?? 0] ?? '')
    session.say(`This token opens only the seat of ${owner} at table ${snapshot.table}; "login ${owner}" opens all seats.`)
  } else if (!before) session.say(`Hello again, ${toSafeLine(session.lobby.me?.name ?? '')}.`, ...challengesOf(lobby))
  session.addTable(snapshot, 'back')
  const screen = session.tables.get(snapshot.table)
  screen?.waitForMissed()
  const missed = await lobby.missed(snapshot.table)
  const lines = isRefusal(missed) ? [] : describeMissed(missed).map(({ text }) => toSafeLine(text))
  const earlier = lines.slice(0, -MISSED)
  const hint = earlier.length > 0 ? [`${formatCount(earlier.length, 'earlier event')}: type "more"`] : []
  screen?.addMissed([...hint, ...lines.slice(-MISSED)])
  if (earlier.length > 0) {
    session.more = () => {
      session.more = undefined
      return earlier
    }
  }
  return undefined
}

/**
 * Cancels the open seek, so that the seek does not seat the user during a change of identity or during `resume`. Does not cancel the seek
 * if the user has another connection, because the user may wait for the game there.
 */
async function cancelSeek(session: DoorSession): Promise<void> {
  leaveFinishedTables(session)
  if (session.lobby.hasOtherSessions) return
  const notice = formatCanceledSeek(session)
  if (await session.lobby.cancel()) session.say(notice)
}

/**
 * Returns the only table at which the server holds a seat of this user. If there is no such table, or several tables, returns an answer
 * that says so.
 */
function theOnly({ heldSeats, me }: Lobby): number | readonly string[] {
  const [first, ...more] = heldSeats
  if (!first) return [NOT_HELD]
  if (more.length === 0) return first.table
  return [
    'Several seats of yours are held:',
    ...formatColumns(heldSeats.map((info) => [`  resume ${info.table}`, formatHeldGame(info, me)])),
  ]
}

/** The commands for names and accounts. */
export const accountCommands: readonly DoorCommand[] = [
  {
    name: 'login',
    cost: 9,
    usage: 'login NAME',
    about: 'log in with a registered name and its password',
    run: login,
  },
  {
    name: 'name',
    cost: 9,
    usage: 'name NAME',
    about: 'change your name, as a guest or to a registered name',
    needs: ['identity'],
    run: become,
  },
  {
    name: 'register',
    cost: 19,
    usage: 'register [NAME]',
    about: 'register your name, with a password',
    more: () => ['A registered user can play rated games, be on ladders, and "resume" anywhere.'],
    run: register,
  },
  {
    name: 'unregister',
    cost: 19,
    whole: true,
    usage: 'unregister',
    about: 'delete your registered name and everything that belongs to it',
    needs: ['name', 'leisure'],
    run: unregister,
  },
  { name: 'password', cost: 19, usage: 'password', about: 'change your password', needs: ['name'], run: changePassword },
  {
    name: 'resume',
    cost: 9,
    usage: 'resume [TOKEN]',
    about: 'resume your seat after a lost connection',
    more: () => [
      'The server showed the token when you took the seat. Under a registered name,',
      '"resume" alone is enough, or "resume" and the number of the table. If you sit there',
      'through another connection, both of your connections play from then on.',
    ],
    run: resume,
  },
]
