import type { CatalogEntry } from '../../games/catalog.ts'
import { isRefusal, type Refusal } from '../../games/game.ts'
import { wrap } from '../../games/text/graphemes.ts'
import { findGameByWord, parseGame, replaceGameAlias } from '../games.ts'
import { COLUMNS, formatList, toSentence } from '../layout.ts'
import { moreCommand } from '../paging.ts'
import { describeSettings } from '../seek-parser.ts'
import type { DoorSession } from '../session.ts'
import { accountCommands } from './account.ts'
import { browseCommands } from './browse.ts'
import type { CommandOutput, DoorCommand } from './command.ts'
import { historyCommands } from './history.ts'
import { messageCommands } from './messages.ts'
import { seekCommands } from './seek.ts'
import { severalCommands } from './several.ts'
import { tableCommands } from './table.ts'

/** The commands about the connection and the help. */
const talking: readonly DoorCommand[] = [
  moreCommand,
  { name: 'rules', cost: 2, usage: 'rules [GAME]', about: 'print the rules of a game, or of the game you play', run: rules },
  {
    name: 'help',
    cost: 4,
    also: ['?'],
    usage: 'help [COMMAND]',
    about: 'list the commands, or describe a command or a game',
    run: help,
  },
  {
    name: 'telnet',
    usage: 'telnet',
    about: 'make your telnet client hide passwords',
    run: telnet,
  },
  { name: 'style', usage: 'style json', about: 'switch to JSON lines, for programs', run: style },
  { name: 'quit', whole: true, also: ['exit', 'bye'], usage: 'quit', about: 'disconnect', run: quit },
]

/** All commands, by group, in the order of the help. */
const GROUPS: readonly (readonly [string, readonly DoorCommand[]])[] = [
  ['to play', seekCommands],
  ['at a table', [...tableCommands, ...severalCommands]],
  ['to talk', messageCommands],
  ['to watch', [...browseCommands, ...historyCommands]],
  ['to log in', accountCommands],
  ['other', talking],
]

/** All commands, in the order of the help. */
export const commands: readonly DoorCommand[] = GROUPS.flatMap(([, members]) => members)

export const commandWords: readonly string[] = commands.map(({ name }) => name)

/** Finds the command with this name or alias, in upper or lower case. */
export function findCommand(word: string): DoorCommand | undefined {
  const wanted = word.toLowerCase()
  return commands.find(({ name, also }) => name === wanted || also?.includes(wanted))
}

/**
 * Finds the commands whose names begin with these letters, which must be at least two. If no name begins with these letters, finds the
 * commands whose aliases begin with them.
 */
export function findByPrefix(word: string): readonly DoorCommand[] {
  const wanted = word.toLowerCase()
  if (wanted.length < 2) return []
  const named = commands.filter(({ name }) => name.startsWith(wanted))
  return named.length > 0 ? named : commands.filter(({ also }) => also?.some((one) => one.startsWith(wanted)))
}

function onlyBeginningWith(word: string): DoorCommand | undefined {
  const [only, ...more] = findByPrefix(word)
  return more.length === 0 ? only : undefined
}

/** Refuses a text with which several commands begin, or a shortened command that the user must type in full. */
export function refuseAmbiguous(word: string, begun: readonly DoorCommand[]): Refusal {
  const names = begun.map(({ name }) => `"${name}"`)
  return {
    refused:
      names.length === 1
        ? `type ${names[0]} in full, if you mean that command`
        : `"${word}" could be ${formatList(names, 'or')}: type more letters`,
  }
}

function rules({ present, lobby: { catalog } }: DoorSession, rest: string): CommandOutput {
  const named = rest === '' && present ? present.company.game : replaceGameAlias(catalog, rest)
  const entry = parseGame(catalog, named)
  if (isRefusal(entry)) return entry
  return [toSentence(entry.title), ...(entry.rules === undefined ? [] : [entry.rules]), `A move: ${entry.moves}.`]
}

const SHORTER = 'Two letters are enough if no other command begins with them: pl, hist.'

function help({ present, lobby }: DoorSession, rest: string): CommandOutput {
  const [word = ''] = rest.split(/\s/)
  const command = findCommand(word) ?? onlyBeginningWith(word)
  if (command) return [command.usage, `  ${command.about}`, ...(command.more?.(lobby.catalog) ?? []).map((line) => `  ${line}`)]
  const game = findGameByWord(lobby.catalog, replaceGameAlias(lobby.catalog, rest).split(/\s/)[0] ?? '')
  if (game) return howToPlay(game)
  const begun = findByPrefix(word)
  if (begun.length > 0) return refuseAmbiguous(word, begun)
  if (word !== '') return { refused: `there is no command "${word}": "help" lists all` }
  const now = present ? [...present.status(), ''] : lobby.me ? [] : ['Now: type your name.', '']
  return [...now, ...overview(), '', 'More about a command, or a game: help play, help tictactoe', SHORTER]
}

function howToPlay(entry: CatalogEntry): readonly string[] {
  const { name, title, moves } = entry
  const settings = describeSettings(entry).map(([setting, about]) => `${setting}: ${about}`)
  return [name, ...[title, `a move: ${moves}`, ...settings, `to begin, type: play ${name}`].map((line) => `  ${line}`)]
}

/** Lists the commands by group, without their optional arguments. */
function overview(): string[] {
  const width = Math.max(...GROUPS.map(([title]) => title.length)) + 2
  return GROUPS.flatMap(([title, members]) => {
    // a line never breaks within a usage
    const usages = members.map((command) => shortest(command).replaceAll(' ', '\u00a0')).join(', ')
    return wrap(usages, COLUMNS - width).map((line, at) => `${(at === 0 ? title : '').padEnd(width)}${line.replaceAll('\u00a0', ' ')}`)
  })
}

function shortest({ usage }: DoorCommand): string {
  return usage.replace(/ *\[.*$/, '')
}

function telnet({ telnet: layer }: DoorSession): CommandOutput {
  if (!layer) return 'Telnet is not available on this connection.'
  layer.begin()
  return 'If you use a telnet client, it hides passwords from now on.'
}

function style(session: DoorSession, rest: string): CommandOutput {
  if (rest.toLowerCase() !== 'json') return 'That is not a style. The only style is json, for programs. Type: style json'
  const [table] = session.tables.all
  if (table) return `Leave table ${table.table} first.`
  session.switchToNative()
  return undefined
}

function quit(session: DoorSession): CommandOutput {
  session.quit()
  return undefined
}
