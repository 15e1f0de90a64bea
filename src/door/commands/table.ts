import type { ActType } from '../../hall/api.ts'
import { formatHeldSeats } from '../held-seats-text.ts'
import { HOUSE_NAME } from '../seek-parser.ts'
import type { DoorSession } from '../session.ts'
import type { TableScreen } from '../table-screen.ts'
import { type CommandOutput, checkNeeds, type DoorCommand, ONGOING } from './command.ts'
import { acceptChallenge, refuseChallenge, startSeek } from './seek.ts'
import { showNextGame } from './several.ts'

/** Makes a move. The event of the move prints the result. The text of a refusal ends with `hint`. */
export async function move({ lobby, present }: DoorSession, text: string, hint = ''): Promise<CommandOutput> {
  if (!present) return undefined
  const refusal = await lobby.play(present.table, text)
  return refusal && { refused: refusal.refused + hint }
}

/** The answer to a chat message that no other client at the table shows. */
const NOT_SHOWN = 'Sent, but no other user here sees it: the other players are away, the house, or programs without talk.'

/** Sends a chat message to the shown table. */
export async function say({ lobby, present }: DoorSession, text: string): Promise<CommandOutput> {
  if (text === '') return 'Type the text, too, such as "say hello".'
  if (!present) return undefined
  const forget = present.noteTyped(text)
  const refusal = await lobby.say(present.table, text)
  if (refusal) {
    forget()
    return refusal
  }
  if (lobby.countTalkReceivers(present.table) > 0) return 'Said.'
  return present.alone ? 'Sent, but you are alone at this table.' : NOT_SHOWN
}

/** Offers a draw. Returns a text if no opponent has a client that can show the offer. */
async function draw(session: DoorSession): Promise<CommandOutput> {
  const { lobby, present } = session
  if (!present) return undefined
  const refusal = await lobby.act(present.table, 'offer')
  if (refusal) return refusal
  const isUnseen = present.playing && !present.company.names.includes(HOUSE_NAME) && lobby.countTalkReceivers(present.table) === 0
  return isUnseen ? 'No opponent sees the offer now: the opponents are away, or play through a program without offers.' : undefined
}

/** Accepts an offer or, if there is no offer, a challenge. An offer at the shown table comes first. */
async function accept(session: DoorSession, name: string): Promise<CommandOutput> {
  const table = offerFrom(session, name)
  return table
    ? session.lobby.act(table.table, 'offer')
    : (checkNeeds(session, ['name']) ?? nothingHere(session, name) ?? acceptChallenge(session, name))
}

/** Declines an offer or, if there is no offer, refuses a challenge. An offer at the shown table comes first. */
async function decline(session: DoorSession, name: string): Promise<CommandOutput> {
  const table = offerFrom(session, name)
  return table
    ? session.lobby.act(table.table, 'decline')
    : (checkNeeds(session, ['name']) ?? nothingHere(session, name) ?? refuseChallenge(session, name))
}

/** Returns the answer for a user who has no offer here, but a held seat at a table that may have an offer. */
function nothingHere({ lobby, present }: DoorSession, name: string): string | undefined {
  const isAsked = present !== undefined || name !== '' || lobby.listChallenges({ count: 1 }).total > 0
  const back = isAsked ? undefined : formatHeldSeats(lobby)
  return back && `Nothing is offered to you here. ${back}`
}

/**
 * Finds a table with an open offer by an opponent. If `name` is not empty, the opponent must have this name. Returns the shown table if it
 * has such an offer; otherwise the only table that has such an offer.
 */
function offerFrom({ present, tables, lobby }: DoorSession, name: string): TableScreen | undefined {
  const offering = tables.all.filter((one) => one.offered && isOpposite(one, name))
  if (present && offering.includes(present)) return present
  const [only, ...more] = offering
  return more.length > 0 || (name === '' && lobby.listChallenges({ count: 1 }).total > 0) ? undefined : only
}

/** Checks whether a player at the table has this name; true for an empty name. */
function isOpposite({ company: { names } }: TableScreen, name: string): boolean {
  return name === '' || names.some((one) => one.toLowerCase() === name.toLowerCase())
}

async function rematch(session: DoorSession): Promise<CommandOutput> {
  const { lobby, present } = session
  if (!present) return undefined
  // a draw or a rematch in a game for one player needs no consent
  if (present.alone)
    return startSeek(
      session,
      session.lastSeek?.game === present.company.game ? session.lastSeek : { game: present.company.game, settings: {} },
    )
  return lobby.act(present.table, 'offer')
}

function leave(session: DoorSession): CommandOutput {
  const { lobby, present } = session
  if (!present) return undefined
  if (present.playing) return ONGOING
  const refusal = lobby.leave(present.table)
  if (refusal) return refusal
  session.leaveTable()
  return [`You have left table ${present.table}.`, ...showNextGame(session)]
}

/** Makes the function of a command that is an act at the shown table. */
function actHere(act: ActType): DoorCommand['run'] {
  return ({ lobby, present }) => present && lobby.act(present.table, act)
}

const CLAIMS = [
  'Possible if your opponent has been disconnected for 30 seconds or, in a game',
  'without a clock, has not moved for 5 minutes.',
]

/** The commands at a table. */
export const tableCommands: readonly DoorCommand[] = [
  {
    name: 'move',
    usage: 'move MOVE',
    about: 'make a move, even if it looks like a command',
    more: () => ['You can also type the move alone: 5, or e, or A.'],
    needs: ['game'],
    run: (session, rest) => (rest === '' ? session.present?.status() : move(session, rest)),
  },
  { name: 'board', cost: 2, usage: 'board', about: 'print the table', needs: ['table'], run: ({ present }) => present?.page() },
  {
    name: 'say',
    usage: 'say TEXT',
    about: 'send a message to the players and watchers of the table',
    more: () => ["An apostrophe does the same: 'hello"],
    needs: ['table'],
    run: say,
  },
  { name: 'draw', usage: 'draw', about: 'offer a draw', needs: ['game'], run: draw },
  {
    name: 'accept',
    cost: 9,
    usage: 'accept [NAME]',
    about: 'accept a draw, a rematch, or a challenge of NAME',
    run: accept,
  },
  {
    name: 'decline',
    usage: 'decline [NAME]',
    about: 'decline a draw, a rematch, or a challenge of NAME',
    more: () => ['"refuse" does the same. The server notifies the user who asked.'],
    run: decline,
  },
  {
    name: 'refuse',
    usage: 'refuse [NAME]',
    about: 'refuse a challenge of NAME, a draw or a rematch',
    more: () => ['"decline" does the same. The server notifies the user who asked.'],
    run: decline,
  },
  {
    name: 'claim',
    whole: true,
    usage: 'claim',
    about: 'win, because your opponent is disconnected or does not move',
    more: () => CLAIMS,
    needs: ['game'],
    run: actHere('claim'),
  },
  {
    name: 'abort',
    whole: true,
    usage: 'abort',
    about: 'end the game without a result, because your opponent is disconnected or does not move',
    more: () => CLAIMS,
    needs: ['game'],
    run: actHere('abort'),
  },
  {
    name: 'wait',
    whole: true,
    usage: 'wait',
    about: 'give a disconnected opponent more time',
    more: () => [
      'Possible if your opponent has been disconnected for 30 seconds. The server',
      'then holds the seat as long as after a new disconnection. The clock of the',
      'game continues.',
    ],
    needs: ['game'],
    run: actHere('wait'),
  },
  {
    name: 'resign',
    whole: true,
    usage: 'resign',
    about: 'resign the game',
    needs: ['game'],
    run: actHere('resign'),
  },
  { name: 'rematch', cost: 9, usage: 'rematch', about: 'play the same game again, in the opposite seats', needs: ['end'], run: rematch },
  { name: 'leave', whole: true, usage: 'leave', about: 'leave a table', needs: ['table'], run: leave },
]
