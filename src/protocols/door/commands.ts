import type { Entry } from '../../games/catalogue.ts'
import { wrap } from '../../games/characters.ts'
import { isRefusal, type Refusal } from '../../games/game.ts'
import type { Command, Reply } from './command.ts'
import { gameNamed, gameOf, withGameName } from './games.ts'
import { histories } from './histories.ts'
import { looking } from './looking.ts'
import { messaging } from './messaging.ts'
import { more } from './paging.ts'
import { playing } from './playing.ts'
import { RULES } from './rules.ts'
import { seeking } from './seeking.ts'
import { self } from './self.ts'
import { several } from './several.ts'
import { COLUMNS, listed, sentence } from './text.ts'
import type { Visit } from './visit.ts'
import { settingsOf } from './wish.ts'

/** The commands that have to do with the conversation itself. */
const talking: readonly Command[] = [
  more,
  { name: 'rules', cost: 2, usage: 'rules [GAME]', about: 'read the rules of a game, or of the one you play', run: rules },
  {
    name: 'help',
    cost: 4,
    also: ['?'],
    usage: 'help [COMMAND]',
    about: 'list the commands, or tell more about one, or about a game',
    run: help,
  },
  {
    name: 'telnet',
    usage: 'telnet',
    about: 'say that you came with a telnet client, which then hides passwords',
    run: telnet,
  },
  { name: 'style', usage: 'style json', about: 'go on in JSON lines, for programs', run: style },
  { name: 'quit', whole: true, also: ['exit', 'bye'], usage: 'quit', about: 'go away', run: quit },
]

/** All commands, by what they are for. */
const GROUPS: readonly (readonly [string, readonly Command[]])[] = [
  ['to play', seeking],
  ['at a table', [...playing, ...several]],
  ['to talk', messaging],
  ['to look on', [...looking, ...histories]],
  ['who you are', self],
  ['besides', talking],
]

/** Every command, in the order in which they are shown. */
export const commands: readonly Command[] = GROUPS.flatMap(([, members]) => members)

/** Every word that is a command. */
export const commandWords: readonly string[] = commands.map(({ name }) => name)

/** The command of a word, in any case; `undefined` where there is none. */
export function commandOf(word: string): Command | undefined {
  const wanted = word.toLowerCase()
  return commands.find(({ name, also }) => name === wanted || also?.includes(wanted))
}

/** The commands that begin with some letters, two at least. */
export function beginningWith(word: string): readonly Command[] {
  const wanted = word.toLowerCase()
  if (wanted.length < 2) return []
  const named = commands.filter(({ name }) => name.startsWith(wanted))
  return named.length > 0 ? named : commands.filter(({ also }) => also?.some((one) => one.startsWith(wanted)))
}

/** The only command that begins with some letters; `undefined` if there is none, or are several. */
function onlyBeginningWith(word: string): Command | undefined {
  const [only, ...more] = beginningWith(word)
  return more.length === 0 ? only : undefined
}

/** The refusal of a word that is the beginning of several commands, or of one that must be typed in full. */
export function unclear(word: string, begun: readonly Command[]): Refusal {
  const names = begun.map(({ name }) => `"${name}"`)
  return {
    refused:
      names.length === 1 ? `type ${names[0]} in full, if you mean that` : `"${word}" could be ${listed(names, 'or')}: type more of it`,
  }
}

/** The rules of a game, by any word for it, or of the game at the table. */
function rules({ present }: Visit, rest: string): Reply {
  const entry = rest === '' && present ? gameOf(present.company.game) : gameOf(withGameName(rest))
  return isRefusal(entry) ? entry : [sentence(entry.title), RULES[entry.name] ?? '', `A move: ${entry.moves}.`]
}

/** How commands are cut short; those that give something up are not. */
const SHORTER = 'Two letters or more do for a command, if no other begins so: pl, hist.'

function help({ present, lobby }: Visit, rest: string): Reply {
  const [word = ''] = rest.split(/\s/)
  const command = commandOf(word) ?? onlyBeginningWith(word)
  if (command) return [command.usage, `  ${command.about}`, ...(command.more?.() ?? []).map((line) => `  ${line}`)]
  const game = gameNamed(withGameName(rest).split(/\s/)[0] ?? '')
  if (game) return howToPlay(game)
  const begun = beginningWith(word)
  if (begun.length > 0) return unclear(word, begun)
  if (word !== '') return { refused: `there is no command "${word}": "help" lists all` }
  const now = present ? [...present.status(), ''] : lobby.me ? [] : ['Just now: type your name.', '']
  return [...now, ...overview(), '', 'More about a command, or a game: help play, help tictactoe', SHORTER]
}

/** What a game is, how a move is typed, and how to begin one. */
function howToPlay(entry: Entry): readonly string[] {
  const { name, title, moves } = entry
  const settings = settingsOf(entry).map(([setting, about]) => `${setting}: ${about}`)
  return [name, ...[title, `a move: ${moves}`, ...settings, `to begin, type: play ${name}`].map((line) => `  ${line}`)]
}

/** The commands by group, each as short as it can be typed. */
function overview(): string[] {
  const width = Math.max(...GROUPS.map(([title]) => title.length)) + 2
  return GROUPS.flatMap(([title, members]) => {
    // a blank within a usage is none at which a line may be broken
    const usages = members.map((command) => shortest(command).replaceAll(' ', '\u00a0')).join(', ')
    return wrap(usages, COLUMNS - width).map((line, at) => `${(at === 0 ? title : '').padEnd(width)}${line.replaceAll('\u00a0', ' ')}`)
  })
}

/** A usage without what may be left out. */
function shortest({ usage }: Command): string {
  return usage.replace(/ *\[.*$/, '')
}

function telnet({ telnet: layer }: Visit): Reply {
  if (!layer) return 'This connection has no telnet.'
  layer.begin()
  return 'From now on passwords do not show, if yours is a telnet client.'
}

function style(visit: Visit, rest: string): Reply {
  if (rest.toLowerCase() !== 'json') return 'There is one other style, for programs: style json'
  const [table] = visit.tables.all
  if (table) return `Leave table ${table.table} first.`
  visit.forProgram()
  return undefined
}

function quit(visit: Visit): Reply {
  visit.quit()
  return undefined
}
