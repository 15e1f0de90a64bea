import { counted } from '../../base/counts.ts'
import { isRefusal } from '../../games/game.ts'
import { BOUNDS, readWhole } from '../bounds.ts'
import { endedInWords } from '../ended.ts'
import type { Lobby } from '../lobby.ts'
import { type Command, gate, type Reply } from './command.ts'
import { heldAt, wayBackTo } from './held.ts'
import { missedGames } from './histories.ts'
import { askNewPassword, askPassword } from './secrets.ts'
import { leaveBehind, noLonger } from './seeking.ts'
import { inBrackets, limits } from './terms.ts'
import { inColumns, inLine, listed, sentence } from './text.ts'
import type { Visit } from './visit.ts'
import { callOf, wayTo } from './wish.ts'

/** People of whom it is said when somebody comes that they wait for company. */
const NAMED = 3
const UNCHANGED = 'Nothing has changed.'
const NAME_ALONE = [
  'Type the name alone, such as "register ada": the password is asked for next.',
  'If your name has a blank in it, take it first ("name ada b"), and then "register".',
]
const NOT_HELD = 'No such seat of yours is held. With its token: "resume TOKEN".'

/** The question for a name. */
export const WHO = 'What is your name?'

/** Lets somebody in under a name that was typed; asks again where that is not to be. */
export async function introduce(visit: Visit, name: string): Promise<void> {
  const reply = await enter(visit, name)
  if (visit.over) return
  if (visit.lobby.me) visit.say(...(await welcome(visit)))
  else visit.say(...(reply === undefined ? [] : [reply]), WHO)
}

/** Says who this is, with its password where it has one; answers why that is refused, or given up. */
async function enter(visit: Visit, name: string): Promise<string | undefined> {
  const { lobby } = visit
  const registered = await lobby.registeredName(name)
  if (registered !== undefined) {
    const question = `${inLine(registered)} is registered. What is the password?`
    const password = await askPassword(visit, question, (typed) => lobby.enter(name, { password: typed }))
    return password === undefined && lobby.me && !visit.over ? UNCHANGED : undefined
  }
  const refusal = await lobby.enter(name, {})
  if (!refusal) return undefined
  const lost = refusal.code === 'name-taken' ? ' If that is you on a connection that broke: "resume TOKEN".' : ''
  return visit.sentence(refusal.refused, [name]) + lost
}

/** What is said to somebody who has come in. */
async function welcome(visit: Visit): Promise<readonly string[]> {
  const { lobby } = visit
  const missed = await missedGames(visit)
  const { me, waiting } = lobby
  const others = Math.max(0, lobby.listPeople({ count: 0 }).total - 1)
  const here = others > 0 ? `${counted(others, 'other is', 'others are')} here.` : 'Nobody else is here just now.'
  const wanted = lobby
    .listOpenSeekers({ count: NAMED + 1 })
    .items.filter(({ name }) => name !== me?.name)
    .slice(0, NAMED)
    .map((seeker) => `${inLine(seeker.name)} waits for company${inBrackets(limits(seeker.clock))}: ${wayTo(seeker, me)}`)
  const held = waiting.slice(0, NAMED).map((info) => wayBackTo(info, me))
  return [
    `Hello, ${inLine(me?.name ?? '')}. ${here}`,
    ...missed,
    ...called(lobby),
    ...wanted,
    ...held,
    ...(waiting.length > NAMED ? [`${waiting.length - NAMED} more of your seats are held: "resume" lists all.`] : []),
    'Type "play tictactoe" to begin, "games" for all games, "help" for all commands.',
  ]
}

/** Who already wants to play with somebody who has come in, a few. */
function called(lobby: Lobby): readonly string[] {
  return lobby.listSought({ count: NAMED }).items.flatMap(callOf)
}

async function register(visit: Visit, rest: string): Promise<Reply> {
  const { lobby } = visit
  const { me } = lobby
  const name = rest || (me?.name ?? '')
  if (name === '') return 'Say under which name, such as "register ada".'
  const owned = await lobby.registeredName(name)
  if (owned !== undefined) {
    const shown = inLine(owned)
    return `${shown} is registered already: ${me?.registered && me.name === owned ? '"password" changes the password' : `"login ${shown}"`}.`
  }
  // the text behind the name may be a password, which must not become a name that all can see
  if (/\s/.test(name) && name !== me?.name) return NAME_ALONE
  const busy = gate(visit, ['leisure'])
  if (busy !== undefined) return busy
  const wrong = lobby.checkName(name)
  if (wrong) return me ? visit.sentence(wrong.refused, [name]) : [sentence(wrong.refused, [name]), WHO]
  const left = whatIsLeft(visit)
  wantNothing(visit)
  // the text may be a password here, too
  if (me && !me.registered && name.toLowerCase() !== me.name.toLowerCase())
    visit.say(`This registers the name ${inLine(name)}. For your own name, ${inLine(me.name)}: an empty line, then "register".`)
  const password = await askNewPassword(visit, { question: `A password for ${inLine(name)}, of 8 characters at least?` })
  if (password === undefined) return unchanged(visit)
  const refusal = await lobby.register(name, password)
  if (refusal) return me ? refusal : [sentence(refusal.refused, [name]), WHO]
  // who has a password now is somebody else than the guest
  visit.leaveAll()
  return [...left, `${inLine(name)} is registered now, and needs this password from now on.`, ...(me ? [] : await welcome(visit))]
}

/** Answers an empty line at a question for a secret. */
function unchanged({ over, lobby }: Visit): Reply {
  return over ? undefined : [UNCHANGED, ...(lobby.me ? [] : [WHO])]
}

async function changePassword(visit: Visit): Promise<Reply> {
  const { lobby } = visit
  if (!lobby.me?.registered) return 'You have no password yet. "register" gives you one.'
  const old = await askPassword(visit, 'Your present password?', (typed) => lobby.confirmPassword(typed))
  if (old === undefined) return unchanged(visit)
  const password = await askNewPassword(visit, { question: 'The new one, of 8 characters at least?', warns: false })
  if (password === undefined) return unchanged(visit)
  const ended = await lobby.changePassword(old, password)
  return isRefusal(ended) ? `${sentence(ended.refused)} ${UNCHANGED}` : `Your password is changed. ${endedInWords(ended)}`
}

async function unregister(visit: Visit): Promise<Reply> {
  const { lobby } = visit
  const { me } = lobby
  if (!me?.registered) return 'Your name is not registered.'
  wantNothing(visit)
  const name = inLine(me.name)
  visit.say(`This removes ${name} for good: its place on the ladders, its history and its seats.`)
  const password = await askPassword(visit, 'Your password?', (typed) => lobby.confirmPassword(typed))
  if (password === undefined) return unchanged(visit)
  const ended = await lobby.unregister(password)
  if (isRefusal(ended)) return `${sentence(ended.refused)} ${UNCHANGED}`
  visit.leaveAll()
  return [`${name} is no longer registered. ${endedInWords(ended)}`, WHO]
}

async function login(visit: Visit, name: string): Promise<Reply> {
  const { lobby } = visit
  if (name === '') return 'Say as whom, such as "login ada".'
  if (lobby.me?.registered && lobby.me.name.toLowerCase() === name.toLowerCase())
    return `You are ${inLine(lobby.me.name)} already. "password" changes the password.`
  const busy = gate(visit, ['identity'])
  if (busy !== undefined) return busy
  if ((await lobby.registeredName(name)) !== undefined) return become(visit, name)
  const [first = ''] = name.split(/\s/)
  const shown = inLine(name)
  if (first !== name) {
    // the text behind the name may be a password
    if ((await lobby.registeredName(first)) === undefined)
      return ['No such name is registered. "login" takes a name alone.', ...(lobby.me ? [] : [WHO])]
    visit.say('Type only the name behind "login": the password is asked for now.')
    return become(visit, first)
  }
  return lobby.me || visit.present
    ? `${shown} is not registered. To become a guest of that name, type: name ${shown}`
    : [`${shown} is not registered.`, WHO]
}

async function become(visit: Visit, name: string): Promise<Reply> {
  const before = visit.lobby.me?.name
  if (name === '') return 'Type the name behind it, such as "name ada".'
  const left = whatIsLeft(visit)
  wantNothing(visit)
  if (before === undefined) {
    await introduce(visit, name)
    return undefined
  }
  const refused = await enter(visit, name)
  if (refused !== undefined || visit.over) return refused
  if (visit.lobby.me?.name === before) return welcome(visit)
  // who is somebody else is at no table
  visit.leaveAll()
  return [...left, ...(await welcome(visit))]
}

/** Lists what a user leaves behind under the old name, and the way back to it; empty if there is nothing. */
function whatIsLeft({ lobby, tables }: Visit): readonly string[] {
  const { me, waiting } = lobby
  const name = inLine(me?.name ?? '')
  const seats = waiting.slice(0, NAMED).map((info) => `table ${info.table} (${heldAt(info, me)})`)
  const more = waiting.length > NAMED ? [`${waiting.length - NAMED} more`] : []
  const at = tables.all.map(({ table }) => String(table))
  const calls = lobby.listSought({ count: NAMED }).items.map((seeker) => inLine(seeker.name))
  return [
    ...(me?.registered ? [`You are no longer ${name}: "login ${name}" comes back.`] : []),
    ...(seats.length > 0
      ? [
          `The seat${waiting.length > 1 ? 's' : ''} of ${name} at ${listed([...seats, ...more])} stay${waiting.length > 1 ? '' : 's'} held: then type "resume".`,
        ]
      : []),
    ...(at.length > 0 ? [`You have left table ${listed(at)}.`] : []),
    ...(calls.length > 0 ? [`${listed(calls)} waited for ${name}, and not for you.`] : []),
  ]
}

async function resume(visit: Visit, rest: string): Promise<Reply> {
  const { lobby } = visit
  const before = lobby.me
  if (!before && /^\d{0,16}$/.test(rest)) return 'Type "resume" and the token that you were given; or else your name first.'
  const table = rest === '' ? theOnly(lobby) : readWhole(rest, BOUNDS.table)
  if (typeof table === 'object') return table
  wantNothing(visit)
  const attendance = table === undefined ? await lobby.resume(rest) : await lobby.resumeSeat(table)
  if (isRefusal(attendance) && attendance.code === 'no-such-table') return NOT_HELD
  if (isRefusal(attendance)) return [sentence(attendance.refused), ...(before ? [] : [WHO])]
  if (!before && !lobby.me) {
    const owner = inLine(attendance.names[attendance.seat ?? 0] ?? '')
    visit.say(`This opens the seat of ${owner} at table ${attendance.table} alone; "login ${owner}" opens the rest.`)
  } else if (!before) visit.say(`Hello again, ${inLine(visit.lobby.me?.name ?? '')}.`, ...called(lobby))
  visit.attend(attendance, 'back')
  return undefined
}

/** Waits for nobody any more: who is about to be somebody else, or elsewhere, is not to be seated in the middle of that. */
function wantNothing(visit: Visit): void {
  leaveBehind(visit)
  const said = noLonger(visit)
  if (visit.lobby.cancel()) visit.say(said)
}

/** The only table at which a seat is held; what to say where there is none, or several. */
function theOnly({ waiting, me }: Lobby): number | readonly string[] {
  const [first, ...more] = waiting
  if (!first) return [NOT_HELD]
  if (more.length === 0) return first.table
  return ['Several seats of yours are held:', ...inColumns(waiting.map((info) => [`  resume ${info.table}`, heldAt(info, me)]))]
}

/** The commands about who one is. */
export const self: readonly Command[] = [
  {
    name: 'login',
    cost: 9,
    usage: 'login NAME',
    about: 'come in under a registered name, with its password',
    run: login,
  },
  {
    name: 'name',
    cost: 9,
    usage: 'name NAME',
    about: 'take another name: of a guest, or a registered one',
    needs: ['identity'],
    run: become,
  },
  {
    name: 'register',
    cost: 19,
    usage: 'register [NAME]',
    about: 'keep your name for yourself, with a password',
    more: () => ['With it you can play rated games, be on ladders, and "resume" from any computer.'],
    run: register,
  },
  {
    name: 'unregister',
    cost: 19,
    whole: true,
    usage: 'unregister',
    about: 'give your registered name up, with all that belongs to it',
    needs: ['name', 'leisure'],
    run: unregister,
  },
  { name: 'password', cost: 19, usage: 'password', about: 'change your password', needs: ['name'], run: changePassword },
  {
    name: 'resume',
    cost: 9,
    usage: 'resume [TOKEN]',
    about: 'go back to your seat when the connection was lost',
    more: () => [
      'The token was told when you took the seat. Under a registered name, "resume"',
      'alone is enough, or "resume" and the number of the table.',
    ],
    run: resume,
  },
]
