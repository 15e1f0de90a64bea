import { nearest } from '../base/nearest.ts'
import { catalogue, type Entry } from '../games/catalogue.ts'
import { isRefusal } from '../games/game.ts'
import { costs } from '../hall/costs.ts'
import { isHeadLine, isHttpRequest } from '../protocol/violation-text.ts'
import { answerMeant, whyNoCommand } from './answers.ts'
import { introduce, WHO } from './commands/account.ts'
import { answer, gate, perform, type Reply, SAY } from './commands/command.ts'
import { beginningWith, commandOf, commandWords, unclear } from './commands/index.ts'
import { howToAsk, waits } from './commands/seek.ts'
import { move, say } from './commands/table.ts'
import { gameNamed, withGameName } from './games.ts'
import { wayBack } from './held.ts'
import { inLine, sentence } from './layout.ts'
import { readWish } from './seek-parser.ts'
import type { Visit } from './session.ts'
import type { Presence } from './table-screen.ts'

const GREETING = [
  'Welcome to Parlor: games for people and programs over a plain connection.',
  '',
  'Type your name, and then "play tictactoe". If no player comes, the house plays',
  'with you. "games" lists all games, "help" all commands, "quit" disconnects.',
  '',
  'With a telnet client, type "telnet" first: then it hides passwords.',
  'For programs, "style json" switches to JSON lines.',
  '',
  WHO,
]

const MENDED = [
  'Your telnet client left out a part of that line, so the server ignores it.',
  'The server has asked the client to send everything: type the line once more.',
]

/** Greets the user and executes each line, until the session ends or switches to the native protocol. */
export async function receive(visit: Visit): Promise<void> {
  visit.say(...GREETING)
  // a browser sends all lines of an HTTP head at once: answer only the first
  let inHead = false
  for (let line = await visit.read(); line !== undefined; line = await visit.read()) {
    const isOfHead: boolean = inHead && isHeadLine(line)
    inHead = isHttpRequest(line) || (isOfHead && line.trim() !== '')
    if (!isOfHead) await executeLine(visit, line)
    if (visit.over) return
  }
}

/** Returns what to do, in a sentence, for a line of another protocol: HTTP, or JSON before "style json". */
function explainForeignLine(typed: string): string | undefined {
  if (isHttpRequest(typed)) return 'This is no web server: connect with telnet or nc, and type your name'
  if (/^\{\s*(?:["']?\w+["']?\s*:.*)?\}?$/s.test(typed)) return 'That is JSON: send the line "style json" first, and then commands in JSON'
  return /^style\W*json$/i.test(typed) ? 'For commands in JSON, type: style json' : undefined
}

/** Executes one line: a name, a command, an answer, a move or a chat message. */
async function executeLine(visit: Visit, line: string): Promise<void> {
  const typed = stripQuotes(line.trim())
  visit.settle()
  if (visit.telnet?.mended && typed.includes('\ufffd')) return visit.say(...MENDED)
  if (typed === '')
    return visit.say(
      ...(visit.present?.status() ?? [visit.lobby.me ? (waits(visit) ?? wayBack(visit.lobby) ?? '"help" lists what you can type.') : WHO]),
    )
  if (typed.startsWith("'")) return answer(visit, gate(visit, ['table']) ?? (await say(visit, typed.slice(1).trim())))
  const [, word = '', rest = ''] = /^(\S+)\s*(.*)$/s.exec(typed) ?? []
  const command = commandOf(word)
  if (command?.name !== 'more') visit.turnPage()
  if (command) return perform(visit, command, rest)
  const elsewhere = visit.present?.isMove(typed) ? undefined : explainForeignLine(typed)
  if (elsewhere !== undefined) {
    visit.noteForeign(elsewhere)
    return visit.say(`${elsewhere}.`)
  }
  if (!visit.lobby.me && !visit.present) {
    visit.peer.connection.charge(costs.enter)
    return introduce(visit, typed)
  }
  const isMove = visit.present?.isMove(typed) === true
  const answered = isMove ? undefined : answerMeant(visit, word, rest)
  const meant = answered && commandOf(answered.command)
  if (answered && meant) return perform(visit, meant, answered.name)
  const noCommand = isMove ? undefined : whyNoCommand(word, visit.present && !visit.present.alone ? SAY : '; "help" lists all commands')
  if (noCommand !== undefined) return answer(visit, { refused: noCommand })
  const begun = isMove ? [] : beginningWith(word)
  const [only, ...more] = begun
  if (only && more.length === 0 && !only.whole) return perform(visit, only, rest)
  answer(visit, begun.length > 0 ? unclear(word, begun) : await handleOtherLine(visit, typed, word))
}

/** Handles a line that is not a command: a move, or a line that needs an explanation. */
async function handleOtherLine(visit: Visit, typed: string, word: string): Promise<Reply> {
  const { present } = visit
  const asks = ASKS.test(word) && !present?.isMove(typed) ? explainHowToAsk(visit, word, typed) : undefined
  if (asks !== undefined) return asks
  const [first = '', ...others] = withGameName(typed).split(/\s/)
  const game = gameNamed(first)
  const meant = game ? undefined : nearest(word, commandWords)
  if (present && (present.turn || present.isMove(typed))) {
    const talk = /\s|\p{L}{3}/u.test(typed) && !present.alone ? SAY : ''
    const hint = meant ? `; or did you mean "${meant}"?` : game && others.length === 0 ? hintAt(present, game) : talk
    return gate(visit, ['game']) ?? move(visit, typed, hint)
  }
  if (game) return `To play it, type: play ${wayToPlay(game, others)}`
  const ended = isMoveSomewhere(typed) ? (present ? gate(visit, ['game']) : sentence(whyNoMove(visit, typed))) : undefined
  if (ended !== undefined) return ended
  const known = meant ? `did you mean "${meant}"? "help" lists all` : '"help" lists all'
  return { refused: `there is no command "${word}": ${known}${present && !present.alone ? SAY : ''}` }
}

/** Returns the arguments of `play` for a line that begins with the name of a game. */
function wayToPlay({ name }: Entry, others: readonly string[]): string {
  const terms = [name, ...others].join(' ')
  return isRefusal(readWish(terms)) ? name : inLine(terms)
}

/** Words with which users try to challenge another user, and which are not commands. */
const ASKS = /^(?:challenge|duel|fight|against|vs\.?|versus)$/i

/** Explains how to challenge a user, by name if the line names a user who is online. */
function explainHowToAsk(visit: Visit, word: string, typed: string): Reply {
  const known = howToAsk(visit, typed.slice(word.length).trim())
  return known ?? { refused: `there is no command "${word}": "play GAME NAME" challenges a user, such as "play tictactoe ada"` }
}

/** Returns the hint after the refusal of a move that is the name of a game. */
function hintAt({ company }: Presence, { name }: Entry): string {
  return name === company.game ? '' : `; "play ${name}" begins a game of ${name} beside this one`
}

/** Checks whether a line is a number, or a move in one of the games. */
function isMoveSomewhere(typed: string): boolean {
  return /^[+-]?\d{1,9}(?:\.\d+)?$/.test(typed) || catalogue.some(({ game }) => !isRefusal(game.notation.parse(typed)))
}

/** Explains to a user without a shown table why a move is rejected, and how to get to a table. */
function whyNoMove({ tables, lobby }: Visit, typed: string): string {
  const [other] = tables.playing
  if (other) return `no table is shown, so "${typed}" is no move: "go ${other.table}" shows yours`
  const [held] = lobby.waiting
  const seat = held ? `"resume ${held.table}" takes up your seat` : '"play tictactoe" takes a seat, "games" lists the games'
  return `you are at no table, so "${typed}" is no move: ${lobby.ownSeek || lobby.ownInvitation ? 'your game has not begun yet' : seat}`
}

/** Removes quotation marks around a line, because our messages print commands in them. */
function stripQuotes(typed: string): string {
  return /^"(.*)"$/s.exec(typed)?.[1]?.trim() ?? typed
}
