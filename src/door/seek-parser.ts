import { findNearest } from '../base/nearest.ts'
import { type Catalog, type CatalogEntry, checkSettings } from '../games/catalog.ts'
import { isRefusal, type Refusal } from '../games/game.ts'
import type { ClockTerms, PersonInfo, SeekInfo, SeekTerms } from '../hall/api.ts'
import { parseGame, replaceGameAlias } from './games.ts'
import { formatList, joinSentences, toSafeLine } from './layout.ts'
import { findUnusualSettings, formatClock, formatTerms, inBrackets } from './terms-text.ts'

/** ClockSetting declares a clock setting of every game for two: its unit in milliseconds, and its maximum in units. */
interface ClockSetting {
  readonly clock: keyof ClockTerms
  readonly unit: number
  readonly max: number
  readonly about: string
}

const CLOCKS: Readonly<Record<string, ClockSetting>> = {
  minutes: { clock: 'total', unit: 60_000, max: 600, about: 'minutes for all moves of one player' },
  seconds: { clock: 'turn', unit: 1000, max: 3600, about: 'seconds for each move' },
}

/** The words that can precede the name of an opponent. */
const AGAINST: readonly string[] = ['against', 'with', 'vs', 'versus']

/** The name of the house, the built-in player. */
export const HOUSE_NAME = 'house'

/** Checks whether a game is for one player. */
export function isSolitary({ game }: CatalogEntry): boolean {
  return game.seats.max === 1
}

/** Parses the arguments of `play`: `GAME [SETTING N ...] [minutes N] [seconds N] [against NAME | NAME] [rated] [private]`. */
export function parseSeek(catalog: Catalog, text: string): SeekTerms | Refusal {
  const [name = '', ...words] = replaceGameAlias(catalog, text)
    .split(/\s+/)
    .filter((word) => word !== '')
  const entry = parseGame(catalog, name)
  if (isRefusal(entry)) return entry
  const read = new SeekParser(entry, words).parse()
  return isRefusal(read) ? read : (checkSettings(entry, read.settings) ?? checkOpponent(entry, read) ?? read)
}

/** Returns the command that accepts an open seek. The command names no clock, because the clock of the seek applies. */
export function formatAcceptCommand(catalog: Catalog, { name, game, settings, rated }: SeekInfo): string {
  const terms = [game, ...findUnusualSettings(catalog, game, settings).flat(), ...(rated ? ['rated'] : [])].join(' ')
  const read = parseSeek(catalog, `${terms} ${name}`)
  // a name like "student 7" looks like a setting
  const plain = !isRefusal(read) && read.against === name
  return `play ${terms} ${plain ? name : `against ${name.replaceAll(' ', '_')}`}`
}

/** Describes a challenge to the challenged user, with the commands that answer it. */
export function formatChallenge(catalog: Catalog, seeker: SeekInfo): readonly string[] {
  const name = toSafeLine(seeker.name)
  return joinSentences([
    `${name} would like to play ${seeker.game} with you${inBrackets(formatTerms(catalog, seeker))}:`,
    `type "accept ${name}" or "refuse ${name}".`,
  ])
}

/** Quotes the command that accepts an open seek. For a rated seek, the text says that a guest has to register first. */
export function quoteAcceptCommand(catalog: Catalog, seeker: SeekInfo, me: PersonInfo | undefined): string {
  const typed = `"${toSafeLine(formatAcceptCommand(catalog, seeker))}"`
  return needsName(seeker, me) ? `${typed} (first "register")` : typed
}

/** Checks whether a user has to register before accepting an open seek. */
export function needsName({ rated }: SeekInfo, me: PersonInfo | undefined): boolean {
  return rated && me?.registered === false
}

/** Describes an open seek that differs from the user's own seek only in its terms. Also gives the command that accepts the open seek. */
export function formatNearSeek(catalog: Catalog, seeker: SeekInfo, wanted: SeekTerms, me: PersonInfo | undefined): readonly string[] {
  const { rated, game, clock } = seeker
  const known = catalog.find(game)?.settings ?? {}
  const settings = Object.entries(known).flatMap(([setting, { usual }]) => {
    const value = seeker.settings[setting] ?? usual
    return value === (wanted.settings[setting] ?? usual) ? [] : [`${setting} ${value}`]
  })
  const counts = rated === (wanted.rated === true) ? [] : [rated ? 'rated' : 'not rated']
  const times = clock && wanted.clock ? formatClock(clock) : []
  const offered = joinSentences([
    `${toSafeLine(seeker.name)} waits for ${[game, ...settings, ...counts, ...times].join(', ')}:`,
    `type "${toSafeLine(formatAcceptCommand(catalog, seeker))}".`,
  ])
  return needsName(seeker, me) ? [...offered, 'That needs a registered name: first "register".'] : offered
}

/** Returns the settings of a game. A setting has its syntax and its description. */
export function describeSettings({ settings }: CatalogEntry): [string, string][] {
  return Object.entries(settings).map(([name, { min, max, usual, about }]) => [`${name} N`, `${about}, ${min} to ${max}; usually ${usual}`])
}

/** Returns the clock settings of games for two. A setting has its syntax and its description. */
export function describeClockSettings(): [string, string][] {
  return Object.entries(CLOCKS).map(([name, { max, about }]) => [`${name} N`, `${about}, 1 to ${max}`])
}

/** SeekParser parses the words after the name of a game; an instance parses only one command. */
class SeekParser {
  readonly #entry: CatalogEntry
  readonly #words: readonly string[]
  #at = 0
  #settings: Record<string, number> = {}
  /** Names of the settings and clocks parsed so far. */
  readonly #set = new Set<string>()
  #clock: { total?: number; turn?: number } = {}
  #against: string | undefined
  #flags = { rated: false, private: false }

  constructor(entry: CatalogEntry, words: readonly string[]) {
    this.#entry = entry
    // size=4 is the same as size 4
    this.#words = words.flatMap((word) => {
      const [name = '', value = '', ...more] = word.split('=')
      const isSetting = Object.hasOwn(entry.settings, name.toLowerCase()) || clockOf(name.toLowerCase()) !== undefined
      return isSetting && value !== '' && more.length === 0 ? [name, value] : [word]
    })
  }

  parse(): SeekTerms | Refusal {
    while (this.#at < this.#words.length) {
      const refusal = this.#next()
      if (refusal) return refusal
    }
    const against = this.#against
    const alone = against?.toLowerCase() === HOUSE_NAME
    return {
      game: this.#entry.name,
      settings: this.#settings,
      ...(against === undefined || alone ? {} : { against }),
      ...(alone ? { wait: 0 } : {}),
      ...(this.#flags.rated ? { rated: true } : {}),
      ...(this.#flags.private ? { private: true } : {}),
      ...(Object.keys(this.#clock).length > 0 ? { clock: this.#clock } : {}),
    }
  }

  #next(): Refusal | undefined {
    const word = this.#word(this.#at)
    if (word === 'rated' || word === 'private') {
      this.#flags[word] = true
      this.#at++
      return undefined
    }
    if (/^-?\d+$/.test(word)) return this.#nothingSet(word)
    const [, size] = /^(\d+)[x×]\1$/.exec(word) ?? []
    if (size !== undefined && Object.hasOwn(this.#entry.settings, 'size')) return { refused: `for ${word}, type "size ${size}"` }
    if (this.#isSetting(this.#at)) return this.#setting(word)
    if (AGAINST.includes(word)) return this.#name(this.#at + 1)
    if (/^-?\d+$/.test(this.#word(this.#at + 1))) return this.#noSetting(word)
    return this.#name(this.#at)
  }

  /** Returns the next word in lower case; an empty text after the last word. */
  #word(at: number): string {
    return this.#words[at]?.toLowerCase() ?? ''
  }

  #isSetting(at: number): boolean {
    const word = this.#word(at)
    return Object.hasOwn(this.#entry.settings, word) || clockOf(word) !== undefined
  }

  #setting(word: string): Refusal | undefined {
    const text = this.#word(this.#at + 1)
    this.#at += 2
    // the setting has no valid number, so the refusal gives an example
    const kind = /\d[.,]\d/.test(text) ? 'a whole number' : 'a number'
    if (!/^-?\d+$/.test(text)) return { refused: `"${word}" needs ${kind} after it, such as "${word} 5"` }
    const value = Number(text)
    if (this.#set.has(word)) return { refused: `"${word}" is given twice: type it once` }
    this.#set.add(word)
    const clock = clockOf(word)
    if (!clock) this.#settings[word] = value
    else if (value < 1 || value > clock.max) return { refused: `${clock.about} must be a whole number from 1 to ${clock.max}` }
    else this.#clock[clock.clock] = value * clock.unit
    return undefined
  }

  get #known(): readonly string[] {
    return [...Object.keys(this.#entry.settings), ...(isSolitary(this.#entry) ? [] : Object.keys(CLOCKS))]
  }

  #nothingSet(number: string): Refusal {
    const [setting] = this.#known
    return {
      refused: setting
        ? `type the name of the setting before ${number}, such as "${setting} ${number}"`
        : `${this.#entry.name} has no settings`,
    }
  }

  #noSetting(word: string): Refusal {
    const known = this.#known
    const meant = findNearest(word, known)
    const has = known.length === 0 ? '' : `; it has ${formatList(known)}`
    return { refused: `${this.#entry.name} has no setting "${word}"${meant ? `; did you mean "${meant}"?` : has}` }
  }

  /** Parses a name, which ends before a setting or a flag; after "against", the first word is always part of the name. */
  #name(from: number): Refusal | undefined {
    if (from > this.#at) this.#at = Math.min(from + 1, this.#words.length)
    const begins = (at: number) => ['rated', 'private', 'against'].includes(this.#word(at)) || this.#isSetting(at)
    while (this.#at < this.#words.length && !begins(this.#at)) this.#at++
    const name = this.#words.slice(from, this.#at).join(' ')
    if (name === '') return { refused: `"${this.#word(from - 1)}" needs a name after it, such as "${this.#word(from - 1)} ada"` }
    if (this.#against !== undefined) return { refused: `you can play against one user only: ${this.#against} or ${name}` }
    this.#against = name
    return undefined
  }
}

function clockOf(word: string): ClockSetting | undefined {
  return Object.hasOwn(CLOCKS, word) ? CLOCKS[word] : undefined
}

/** Returns a Refusal for terms that are impossible against the house, or in a game for one player. */
function checkOpponent(entry: CatalogEntry, terms: SeekTerms): Refusal | undefined {
  const withHouse = terms.wait === 0
  if (!isSolitary(entry)) {
    if (withHouse && terms.rated) return { refused: 'the house has no rating, so a game with it cannot be rated' }
    return withHouse && terms.private ? { refused: 'the house needs no invitation' } : undefined
  }
  if (terms.against !== undefined || withHouse) return { refused: `${entry.name} is played alone: type "play ${entry.name}"` }
  if (terms.private) return { refused: `${entry.name} is played alone, so you cannot invite a user` }
  if (terms.rated && !entry.game.points) return { refused: `${entry.name} is played alone and without points, so it has no ladder` }
  if (terms.clock) return { refused: `${entry.name} is played alone, and without a clock` }
  return undefined
}
