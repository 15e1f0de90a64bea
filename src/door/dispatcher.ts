import { findNearest } from '../base/nearest.ts'
import type { Catalog, CatalogEntry } from '../games/catalog.ts'
import { isRefusal } from '../games/game.ts'
import { costs } from '../hall/login-costs.ts'
import { isHeadLine, isHttpRequest } from '../protocol/violation-text.ts'
import { logInByName, NAME_QUESTION } from './commands/account.ts'
import { type CommandOutput, checkNeeds, printOutput, runCommand, SAY } from './commands/command.ts'
import { commandWords, findByPrefix, findCommand, refuseAmbiguous } from './commands/index.ts'
import { explainChallenge, formatOwnSeek } from './commands/seek.ts'
import { move, say } from './commands/table.ts'
import { findGameByWord, replaceGameAlias } from './games.ts'
import { formatHeldSeats } from './held-seats-text.ts'
import { toSafeLine, toSentence } from './layout.ts'
import { parseSeek } from './seek-parser.ts'
import type { DoorSession } from './session.ts'
import type { TableScreen } from './table-screen.ts'
import { parseAnswer, whyNoCommand } from './yes-no.ts'

const GREETING = [
  'Welcome to Parlor: games for people and programs over a plain connection.',
  '',
  'Type your name, and then "play tictactoe". If no player joins, the house plays',
  'with you. "games" lists all games, "help" all commands, "quit" disconnects.',
  '',
  'With a telnet client, type "telnet" first: the client then hides passwords.',
  'For programs, "style json" switches to JSON lines.',
  '',
  NAME_QUESTION,
]

const MENDED = [
  'Your telnet client left out a part of that line, so the server ignores it.',
  'The server has asked the client to send whole lines: type the line once more.',
]

/** Greets the user and executes each line, until the session ends or switches to the native protocol. */
export async function runSession(session: DoorSession): Promise<void> {
  session.say(...GREETING)
  // a browser sends all lines of an HTTP head together, so the server answers only the first line
  let inHead = false
  for (let line = await session.read(); line !== undefined; line = await session.read()) {
    const isOfHead: boolean = inHead && isHeadLine(line)
    inHead = isHttpRequest(line) || (isOfHead && line.trim() !== '')
    if (!isOfHead) await executeLine(session, line)
    if (session.over) return
  }
}

/** Returns a sentence with advice for a line of another protocol: HTTP, or JSON before "style json". */
function explainForeignLine(typed: string): string | undefined {
  if (isHttpRequest(typed)) return 'This is not a web server: connect with telnet or nc, and type your name'
  if (/^\{\s*(?:["']?\w+["']?\s*:.*)?\}?$/s.test(typed)) return 'That is JSON: send the line "style json" first, and then commands in JSON'
  return /^style\W*json$/i.test(typed) ? 'For commands in JSON, type: style json' : undefined
}

/** Executes one line: a name, a command, the answer to a question, a move or a chat message. */
async function executeLine(session: DoorSession, line: string): Promise<void> {
  const typed = stripQuotes(line.trim())
  session.flush()
  if (session.telnet?.requestedBinary && typed.includes('\ufffd')) return session.say(...MENDED)
  if (typed === '')
    return session.say(
      ...(session.present?.status() ?? [
        session.lobby.me ? (formatOwnSeek(session) ?? formatHeldSeats(session.lobby) ?? '"help" lists the commands.') : NAME_QUESTION,
      ]),
    )
  if (typed.startsWith("'")) return printOutput(session, checkNeeds(session, ['table']) ?? (await say(session, typed.slice(1).trim())))
  const [, word = '', rest = ''] = /^(\S+)\s*(.*)$/s.exec(typed) ?? []
  const command = findCommand(word)
  if (command?.name !== 'more') session.clearPages()
  if (command) return runCommand(session, command, rest)
  const elsewhere = session.present?.isMove(typed) ? undefined : explainForeignLine(typed)
  if (elsewhere !== undefined) {
    session.noteForeign(elsewhere)
    return session.say(`${elsewhere}.`)
  }
  if (!session.lobby.me && !session.present) {
    session.peer.connection.charge(costs.enter)
    return logInByName(session, typed)
  }
  const isMove = session.present?.isMove(typed) === true
  const answered = isMove ? undefined : parseAnswer(session, word, rest)
  const meant = answered && findCommand(answered.command)
  if (answered && meant) return runCommand(session, meant, answered.name)
  const noCommand = isMove ? undefined : whyNoCommand(word, session.present && !session.present.alone ? SAY : '; "help" lists all commands')
  if (noCommand !== undefined) return printOutput(session, { refused: noCommand })
  const begun = isMove ? [] : findByPrefix(word)
  const [only, ...more] = begun
  if (only && more.length === 0 && !only.whole) return runCommand(session, only, rest)
  printOutput(session, begun.length > 0 ? refuseAmbiguous(word, begun) : await handleOtherLine(session, typed, word))
}

/** Handles a line that is not a command: a move, or a line that needs an explanation. */
async function handleOtherLine(session: DoorSession, typed: string, word: string): Promise<CommandOutput> {
  const { present } = session
  const asks = ASKS.test(word) && !present?.isMove(typed) ? explainHowToAsk(session, word, typed) : undefined
  if (asks !== undefined) return asks
  const [first = '', ...others] = replaceGameAlias(session.lobby.catalog, typed).split(/\s/)
  const game = findGameByWord(session.lobby.catalog, first)
  const meant = game ? undefined : findNearest(word, commandWords)
  if (present && (present.turn || present.isMove(typed))) {
    const talk = /\s|\p{L}{3}/u.test(typed) && !present.alone ? SAY : ''
    const hint = meant ? `; or did you mean "${meant}"?` : game && others.length === 0 ? hintAt(present, game) : talk
    return checkNeeds(session, ['game']) ?? move(session, typed, hint)
  }
  if (game) return `To play it, type: play ${wayToPlay(session.lobby.catalog, game, others)}`
  const ended = isMoveSomewhere(session.lobby.catalog, typed)
    ? present
      ? checkNeeds(session, ['game'])
      : toSentence(whyNoMove(session, typed))
    : undefined
  if (ended !== undefined) return ended
  const known = meant ? `did you mean "${meant}"? "help" lists all` : '"help" lists all'
  return { refused: `there is no command "${word}": ${known}${present && !present.alone ? SAY : ''}` }
}

/** Returns the arguments of `play` for a line that begins with the name of a game. */
function wayToPlay(catalog: Catalog, { name }: CatalogEntry, others: readonly string[]): string {
  const terms = [name, ...others].join(' ')
  return isRefusal(parseSeek(catalog, terms)) ? name : toSafeLine(terms)
}

/** Words that are not commands, but with which users try to challenge another user. */
const ASKS = /^(?:challenge|duel|fight|against|vs\.?|versus)$/i

/** Explains how to challenge a user. If the line has the name of an online user, the example has this name. */
function explainHowToAsk(session: DoorSession, word: string, typed: string): CommandOutput {
  const known = explainChallenge(session, typed.slice(word.length).trim())
  return known ?? { refused: `there is no command "${word}": "play GAME NAME" challenges a user, such as "play tictactoe ada"` }
}

/** Returns the hint that follows the refusal of a move, if the refused move is the name of a game. */
function hintAt({ company }: TableScreen, { name }: CatalogEntry): string {
  return name === company.game ? '' : `; "play ${name}" begins a game of ${name} beside this game`
}

/** Checks whether a line is a number, or a move in one of the games. */
function isMoveSomewhere({ entries }: Catalog, typed: string): boolean {
  return /^[+-]?\d{1,9}(?:\.\d+)?$/.test(typed) || entries.some(({ game }) => !isRefusal(game.notation.parse(typed)))
}

/** Explains to a user without a shown table why the server refuses a move, and which command leads to a table. */
function whyNoMove({ tables, lobby }: DoorSession, typed: string): string {
  const [other] = tables.playing
  if (other) return `no table is shown, so "${typed}" is not a move: "go ${other.table}" shows yours`
  const [held] = lobby.heldSeats
  const seat = held ? `"resume ${held.table}" resumes your seat` : '"play tictactoe" takes a seat, "games" lists the games'
  return `you are at no table, so "${typed}" is not a move: ${lobby.ownSeek || lobby.ownInvitation ? 'your game has not begun yet' : seat}`
}

/** Removes quotation marks around a line, because the front door prints commands in them. */
function stripQuotes(typed: string): string {
  return /^"(.*)"$/s.exec(typed)?.[1]?.trim() ?? typed
}
