import { isRefusal, type Refusal } from '../../games/game.ts'
import type { Lobby, SeekInfo, SeekTerms } from '../../hall/api.ts'
import { listGames } from '../games.ts'
import { formatColumns, formatUnknownUser, toSafeLine, toSentence } from '../layout.ts'
import { showTypedPage } from '../paging.ts'
import { describeClockSettings, describeSettings, formatAcceptCommand, formatNearSeek, needsName, parseSeek } from '../seek-parser.ts'
import type { DoorSession } from '../session.ts'
import { formatClock, formatTerms } from '../terms-text.ts'
import type { CommandOutput, DoorCommand } from './command.ts'

function games({ lobby: { catalog } }: DoorSession): CommandOutput {
  const rows = catalog.entries.flatMap((entry) => [
    [entry.name, entry.title],
    ...describeSettings(entry).map(([setting, about]) => ['', `${setting}: ${about}`]),
  ])
  return [...formatColumns(rows), '', 'To begin a game, type: play hangman     With a setting: play tictactoe size 4']
}

function play(session: DoorSession, rest: string): CommandOutput | Promise<CommandOutput> {
  const terms = parseSeek(session.lobby.catalog, rest)
  if (isRefusal(terms)) return explainChallenge(session, rest) ?? terms
  if (terms.against !== undefined && terms.against.toLowerCase() === session.lobby.me?.name.toLowerCase())
    return 'You cannot play against yourself. "who" lists the other users.'
  return startSeek(session, terms)
}

function invite(session: DoorSession, rest: string): CommandOutput | Promise<CommandOutput> {
  const terms = parseSeek(session.lobby.catalog, rest && `${rest} private`)
  return isRefusal(terms) ? (explainChallenge(session, rest) ?? terms) : startSeek(session, terms)
}

/** If the text is the name of another online user, explains how to challenge this user. Otherwise returns `undefined`. */
export function explainChallenge({ lobby }: DoorSession, text: string): string | undefined {
  const name = lobby.findOnlineName(text.replace(/^(?:against|with|vs\.?|versus) /i, ''))
  if (name === undefined || name === lobby.me?.name) return undefined
  const way = formatAcceptCommand(lobby.catalog, { name, game: 'tictactoe', settings: {}, rated: false })
  return `To challenge ${toSafeLine(name)}, name a game, too, such as "${toSafeLine(way)}".`
}

/** Opens a seek. If the seek does not seat the user immediately, returns a text about the next steps. */
export async function startSeek(session: DoorSession, terms: SeekTerms): Promise<CommandOutput> {
  leaveFinishedTables(session)
  const before = session.present
  const invited = session.lobby.ownInvitation
  const sought = await session.withNewTableShown(() => session.lobby.seek({ ...terms, replace: true }))
  if (isRefusal(sought)) {
    const { against } = terms
    if (against === undefined) return sought
    return sought.code === 'no-such-person' ? formatUnknownUser(against) : toSentence(sought.refused, [against])
  }
  session.lastSeek = terms
  const { replaced: earlier } = sought
  const replaced = earlier ? [formatCanceled(session.lobby, earlier, invited !== undefined)] : []
  if (session.present?.playing && session.present !== before) return earlier ? replaced : undefined
  if (sought.code !== undefined) {
    return [
      ...replaced,
      `Your opponent must type: join ${sought.code}`,
      'Then the game begins. "cancel" cancels the invitation.',
      ...explainUnnotified(session, terms, sought.code),
    ]
  }
  const house = terms.against === undefined && !terms.rated ? ['If no opponent is found soon, the house plays with you.'] : []
  return [
    ...replaced,
    waitingFor(toOwnSpelling(session, terms.against)),
    ...house,
    ...(sought.near ?? []).flatMap((seeker) => formatNearSeek(session.lobby.catalog, seeker, terms, session.lobby.me)),
  ]
}

/** Explains that the server notifies no user of an invitation, and how to challenge the named user. */
function explainUnnotified(session: DoorSession, { against, game, settings, rated = false }: SeekTerms, code: string): readonly string[] {
  if (against === undefined) return []
  const name = toOwnSpelling(session, against) ?? against
  const way = formatAcceptCommand(session.lobby.catalog, { name, game, settings, rated })
  return [
    `The code notifies no user. To send the code: tell ${toSafeLine(name)} join ${code}`,
    `To challenge ${toSafeLine(name)} without a code: ${toSafeLine(way)}`,
  ]
}

/** Reports that an open seek was canceled; `isInvitation` marks a seek with a code. */
function formatCanceled({ catalog }: Lobby, seeker: SeekInfo, isInvitation: boolean): string {
  const what = [seeker.game, ...formatTerms(catalog, seeker)].join(', ')
  return isInvitation ? `Your invitation to ${what} is canceled: its code is invalid.` : `Your earlier seek, ${what}, is canceled.`
}

/** Reports that the open seek was canceled, and calls it an invitation, a challenge or a seek. */
export function formatCanceledSeek({ lobby }: DoorSession): string {
  const { ownInvitation, ownSeek } = lobby
  if (ownInvitation) return formatCanceled(lobby, ownInvitation, true)
  return ownSeek?.against === undefined ? 'You no longer wait for an opponent.' : `You no longer wait for ${toSafeLine(ownSeek.against)}.`
}

/** Runs `act`, which can cancel the open seek of this user, and reports the cancellation. */
async function reportingCanceledSeek(session: DoorSession, act: () => Promise<CommandOutput>): Promise<CommandOutput> {
  const { ownInvitation: invited, ownSeek: before } = session.lobby
  const output = await act()
  const earlier = invited ?? before
  if (earlier && !session.lobby.ownInvitation && !session.lobby.ownSeek)
    session.say(formatCanceled(session.lobby, earlier, invited !== undefined))
  return output
}

/** Reports the open seek of this user; `undefined` without a seek that other users can see. */
export function formatOwnSeek({ lobby }: DoorSession): string | undefined {
  return lobby.ownSeek && waitingFor(lobby.ownSeek.against)
}

/** Returns the name of an online user in that user's own spelling. */
function toOwnSpelling({ lobby }: DoorSession, name: string | undefined): string | undefined {
  return name === undefined ? undefined : (lobby.findOnlineName(name) ?? name)
}

function waitingFor(against = 'an opponent'): string {
  return `You wait for ${toSafeLine(against)}; "cancel" cancels your seek.`
}

/** Leaves the tables whose game is over, so that no rematch seats the user in the middle of another game. */
export function leaveFinishedTables(session: DoorSession): void {
  for (const one of session.tables.all) if (one.seated && one.over && !session.lobby.leave(one.table)) session.leaveTable(one.table)
}

function join(session: DoorSession, rest: string): CommandOutput | Promise<CommandOutput> {
  if (rest === '') return 'Type the code of the invitation, too, such as "join amber-otter-seven".'
  leaveFinishedTables(session)
  return reportingCanceledSeek(session, () => session.withNewTableShown(() => session.lobby.join(rest, true)))
}

async function cancel(session: DoorSession): Promise<CommandOutput> {
  const invited = session.lobby.ownInvitation
  if (!(await session.lobby.cancel())) return 'You do not wait for an opponent.'
  return invited ? formatCanceled(session.lobby, invited, true) : 'You no longer wait for an opponent.'
}

/** Accepts the challenge from the named user, or the only challenge. */
export async function acceptChallenge(session: DoorSession, name: string): Promise<CommandOutput> {
  return reportingCanceledSeek(session, async () =>
    formatRefusal(await session.withNewTableShown(() => session.lobby.acceptChallenge(name === '' ? undefined : name)), name),
  )
}

/** Refuses the challenge from the named user, or the only challenge. */
export async function refuseChallenge(session: DoorSession, name: string): Promise<CommandOutput> {
  const { answer, withdrawn } = await session.collectWithdrawn(() => session.lobby.refuseChallenge(name === '' ? undefined : name))
  return formatRefusal(answer, name) ?? withdrawn.map((seeker) => `You have refused ${toSafeLine(seeker.name)}’s game of ${seeker.game}.`)
}

/** Formats a refusal. The text of the refusal may begin with `name`, which the user typed. */
function formatRefusal(refusal: Refusal | undefined, name: string): CommandOutput {
  return refusal && toSentence(refusal.refused, name === '' ? [] : [name])
}

function seeks(session: DoorSession, rest: string): CommandOutput | Promise<CommandOutput> {
  const { lobby } = session
  return showTypedPage(session, rest, {
    typed: 'seeks',
    empty: 'No player waits for an opponent. Be the first: play tictactoe',
    fetch(from, count) {
      const { items, total } = lobby.listSeeks({ from, count })
      return { items: items.map((seeker) => seekRow(seeker, lobby)), total }
    },
  })
}

function seekRow(seeker: SeekInfo, { me, catalog }: Lobby): readonly string[] {
  const name = toSafeLine(seeker.name)
  if (seeker.name === me?.name) return [name, 'your own seek; "cancel" cancels it']
  if (seeker.against !== undefined && seeker.against !== me?.name) {
    return [name, [seeker.game, ...formatTerms(catalog, seeker), `for ${toSafeLine(seeker.against)} only`].join(', ')]
  }
  const limited = seeker.clock ? `${[seeker.game, ...formatClock(seeker.clock)].join(', ')}  ` : ''
  const first = needsName(seeker, me) ? ' (first "register")' : ''
  return [name, `${limited}type: ${toSafeLine(formatAcceptCommand(catalog, seeker))}${first}`]
}

/** The commands that lead to a game. */
export const seekCommands: readonly DoorCommand[] = [
  { name: 'games', cost: 4, usage: 'games', about: 'list the games, and their settings', run: games },
  {
    name: 'play',
    cost: 9,
    also: ['seek'],
    usage: 'play GAME [SETTING N ...] [against NAME] [rated] [private]',
    about: 'play a game with the next user who wants it, or with the house',
    more: (catalog) => [
      `GAME is ${listGames(catalog)}.`,
      'With NAME, you challenge only that user; with "house", the house plays immediately.',
      'A "rated" game counts for the ladder; both players need registered names.',
      '"private" gives you a code; your opponent must type the code.',
      'Settings:',
      ...formatColumns([
        ...catalog.entries.flatMap((entry) => describeSettings(entry).map((setting) => [`  ${entry.name}`, ...setting])),
        ...describeClockSettings().map((setting) => ['  games for two', ...setting]),
      ]),
    ],
    needs: ['name'],
    run: play,
  },
  {
    name: 'invite',
    cost: 9,
    usage: 'invite GAME [SETTING N ...]',
    about: 'get a code with which a user of your choice can join you',
    needs: ['name'],
    run: invite,
  },
  { name: 'join', cost: 9, usage: 'join CODE', about: 'play with the user who gave you a code', needs: ['name'], run: join },
  { name: 'seeks', cost: 9, usage: 'seeks [PAGE]', about: 'list the users who wait for an opponent', needs: ['name'], run: seeks },
  { name: 'cancel', usage: 'cancel', about: 'stop waiting for an opponent', needs: ['name'], run: cancel },
]
