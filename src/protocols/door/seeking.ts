import { catalogue } from '../../games/catalogue.ts'
import { isRefusal, type Refusal } from '../../games/game.ts'
import type { GameWish, PersonInfo, Seeker } from '../lobby.ts'
import type { Command, Reply } from './command.ts'
import { gameNames } from './games.ts'
import { listed } from './paging.ts'
import { limits, particulars } from './terms.ts'
import { inColumns, inLine, notHere, sentence } from './text.ts'
import type { Visit } from './visit.ts'
import { answerTo, clockSettings, nearBy, needsName, readWish, settingsOf } from './wish.ts'

function games(): Reply {
  const rows = catalogue.flatMap((entry) => [
    [entry.name, entry.title],
    ...settingsOf(entry).map(([setting, about]) => ['', `${setting}: ${about}`]),
  ])
  return [...inColumns(rows), '', 'To begin one, type: play hangman     With a setting: play tictactoe size 4']
}

function play(visit: Visit, rest: string): Reply | Promise<Reply> {
  const wish = readWish(rest)
  if (isRefusal(wish)) return howToAsk(visit, rest) ?? wish
  if (wish.against !== undefined && wish.against.toLowerCase() === visit.lobby.me?.name.toLowerCase())
    return 'That is your own name. "who" lists who else is here.'
  return want(visit, wish)
}

function invite(visit: Visit, rest: string): Reply | Promise<Reply> {
  const wish = readWish(rest && `${rest} private`)
  return isRefusal(wish) ? (howToAsk(visit, rest) ?? wish) : want(visit, wish)
}

/** Says how a user is asked for a game, if a text is the name of one who is here, and no game; else `undefined`. */
export function howToAsk({ lobby }: Visit, text: string): string | undefined {
  const name = lobby.nameHere(text.replace(/^(?:against|with|vs\.?|versus) /i, ''))
  if (name === undefined || name === lobby.me?.name) return undefined
  const way = answerTo({ name, game: 'tictactoe', settings: {}, rated: false })
  return `To ask ${inLine(name)}, name a game, too, such as "${inLine(way)}".`
}

/** Wants to play, and says what comes next where that is not a table at once. */
export async function want(visit: Visit, wish: GameWish): Promise<Reply> {
  leaveBehind(visit)
  const before = visit.present
  const invited = visit.lobby.ownInvitation
  const sought = await visit.going(() => visit.lobby.seek({ ...wish, replace: true }))
  if (isRefusal(sought)) {
    const { against } = wish
    if (against === undefined) return sought
    return sought.code === 'no-such-person' ? notHere(against) : sentence(sought.refused, [against])
  }
  visit.wish = wish
  const { replaced: earlier } = sought
  const replaced = earlier ? [cancelled(earlier, invited !== undefined)] : []
  if (visit.present?.playing && visit.present !== before) return earlier ? replaced : undefined
  if (sought.code !== undefined) {
    return [
      ...replaced,
      `Tell the one whom you invite to type: join ${sought.code}`,
      'Then the game begins. "cancel" takes the invitation back.',
      ...unasked(visit, wish, sought.code),
    ]
  }
  const house = wish.against === undefined && !wish.rated ? ['If nobody comes soon, the house plays with you.'] : []
  return [
    ...replaced,
    waitingFor(named(visit, wish.against)),
    ...house,
    ...(sought.near ?? []).flatMap((seeker) => nearBy(seeker, wish, visit.lobby.me)),
  ]
}

/** Says that the user who is named beside an invitation knows nothing of it, and how that one is asked. */
function unasked(visit: Visit, { against, game, settings, rated = false }: GameWish, code: string): readonly string[] {
  if (against === undefined) return []
  const name = named(visit, against) ?? against
  const way = answerTo({ name, game, settings, rated })
  return [`This asks no user. To send the code: tell ${inLine(name)} join ${code}`, `To ask ${inLine(name)} without a code: ${inLine(way)}`]
}

/** Says that another seek has cancelled an open one; `isInvitation`: one with a code. */
function cancelled(seeker: Seeker, isInvitation: boolean): string {
  const what = [seeker.game, ...particulars(seeker)].join(', ')
  return isInvitation ? `Your invitation to ${what} is cancelled: its code is void.` : `Your earlier wish, ${what}, is cancelled.`
}

/** Says that the open seek was cancelled, in the words for an invitation or for another seek. */
export function noLonger({ lobby: { ownInvitation, ownSeek } }: Visit): string {
  if (ownInvitation) return cancelled(ownInvitation, true)
  return ownSeek?.against === undefined ? 'You no longer wait for company.' : `You no longer wait for ${inLine(ownSeek.against)}.`
}

/** Does something that can cancel the own open seek, and says so if it has. */
async function endingSeek(visit: Visit, act: () => Promise<Reply>): Promise<Reply> {
  const { ownInvitation: invited, ownSeek: before } = visit.lobby
  const reply = await act()
  const earlier = invited ?? before
  if (earlier && !visit.lobby.ownInvitation && !visit.lobby.ownSeek) visit.say(cancelled(earlier, invited !== undefined))
  return reply
}

/** Returns what is said to somebody who waits for company, where others can see that; `undefined` where this one does not wait. */
export function waits({ lobby }: Visit): string | undefined {
  return lobby.ownSeek && waitingFor(lobby.ownSeek.against)
}

/** A name as the user writes it who is here under it. */
function named({ lobby }: Visit, name: string | undefined): string | undefined {
  return name === undefined ? undefined : (lobby.nameHere(name) ?? name)
}

function waitingFor(against = 'company'): string {
  return `You wait for ${inLine(against)}; "cancel" takes that back.`
}

/** Leaves the tables whose game is over, so that no rematch seats the user in the middle of another game. */
export function leaveBehind(visit: Visit): void {
  for (const one of visit.tables.all) if (one.seated && one.over && !visit.lobby.leave(one.table)) visit.leaveTable(one.table)
}

function join(visit: Visit, rest: string): Reply | Promise<Reply> {
  if (rest === '') return 'Type the code behind it that you were told, such as "join amber-otter-seven".'
  leaveBehind(visit)
  return endingSeek(visit, () => visit.going(() => visit.lobby.join(rest, true)))
}

function cancel(visit: Visit): Reply {
  const invited = visit.lobby.ownInvitation
  if (!visit.lobby.cancel()) return 'You wait for nobody.'
  return invited ? cancelled(invited, true) : 'You no longer wait.'
}

/** Accepts a challenge, by the name of its owner or as the only one. */
export async function acceptChallenge(visit: Visit, name: string): Promise<Reply> {
  return endingSeek(visit, async () =>
    refusedBy(await visit.going(() => visit.lobby.acceptChallenge(name === '' ? undefined : name)), name),
  )
}

/** Refuses a challenge, by the name of its owner or as the only one. */
export function refuseChallenge(visit: Visit, name: string): Reply {
  const { answer, withdrawn } = visit.withdrawing(() => visit.lobby.refuseChallenge(name === '' ? undefined : name))
  return refusedBy(answer, name) ?? withdrawn.map((seeker) => `You have refused ${inLine(seeker.name)}’s game of ${seeker.game}.`)
}

/** A refusal that may begin with a name as it was typed. */
function refusedBy(refusal: Refusal | undefined, name: string): Reply {
  return refusal && sentence(refusal.refused, name === '' ? [] : [name])
}

function seeks(visit: Visit, rest: string): Reply | Promise<Reply> {
  const { lobby } = visit
  return listed(visit, rest, {
    typed: 'seeks',
    empty: 'Nobody waits for company. Be the first: play tictactoe',
    fetch(from, count) {
      const { items, total } = lobby.listSeekers({ from, count })
      return { items: items.map((seeker) => seekRow(seeker, lobby.me)), total }
    },
  })
}

function seekRow(seeker: Seeker, me: PersonInfo | undefined): readonly string[] {
  const name = inLine(seeker.name)
  if (seeker.name === me?.name) return [name, 'that is you; "cancel" takes it back']
  if (seeker.against !== undefined && seeker.against !== me?.name) {
    return [name, [seeker.game, ...particulars(seeker), `for ${inLine(seeker.against)} only`].join(', ')]
  }
  const limited = seeker.clock ? `${[seeker.game, ...limits(seeker.clock)].join(', ')}  ` : ''
  const first = needsName(seeker, me) ? ' (first "register")' : ''
  return [name, `${limited}type: ${inLine(answerTo(seeker))}${first}`]
}

/** The commands by which one comes to play. */
export const seeking: readonly Command[] = [
  { name: 'games', cost: 4, usage: 'games', about: 'list the games, and their settings', run: games },
  {
    name: 'play',
    cost: 9,
    also: ['seek'],
    usage: 'play GAME [SETTING N ...] [against NAME] [rated] [private]',
    about: 'play a game with whoever comes, or with the house',
    more: () => [
      `GAME is ${gameNames}.`,
      'With NAME, only that one is asked, and waited for; with "house", the house plays at once.',
      '"rated" counts for the ladder, and takes two with registered names.',
      '"private" gives you a code: who types it plays with you.',
      'Settings:',
      ...inColumns([
        ...catalogue.flatMap((entry) => settingsOf(entry).map((setting) => [`  ${entry.name}`, ...setting])),
        ...clockSettings().map((setting) => ['  games for two', ...setting]),
      ]),
    ],
    needs: ['name'],
    run: play,
  },
  {
    name: 'invite',
    cost: 9,
    usage: 'invite GAME [SETTING N ...]',
    about: 'play with somebody to whom you tell a code',
    needs: ['name'],
    run: invite,
  },
  { name: 'join', cost: 9, usage: 'join CODE', about: 'play with the one who told you a code', needs: ['name'], run: join },
  { name: 'seeks', cost: 9, usage: 'seeks [PAGE]', about: 'list who waits for company', needs: ['name'], run: seeks },
  { name: 'cancel', usage: 'cancel', about: 'wait for company no longer', needs: ['name'], run: cancel },
]
