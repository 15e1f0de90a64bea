import { checkSettings, type Entry, entryOf } from '../../games/catalogue.ts'
import { isRefusal, type Refusal } from '../../games/game.ts'
import type { ClockTerms, GameWish, PersonInfo, Seeker } from '../lobby.ts'
import { gameOf, withGameName } from './games.ts'
import { nearest } from './nearest.ts'
import { inBrackets, limits, particulars, unusual } from './terms.ts'
import { inLine, inSentences, listed } from './text.ts'

/** ClockSetting is a clock that can be asked for at any game for two, in a unit of so many milliseconds. */
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

/** The words before the name of an opponent. */
const AGAINST: readonly string[] = ['against', 'with', 'vs', 'versus']

/** The name of the house at a table. */
export const HOUSE = 'house'

/** Checks whether a game is for one alone. */
export function isSolitary({ game }: Entry): boolean {
  return game.seats.max === 1
}

/** Reads what follows `play`: `GAME [SETTING N ...] [minutes N] [seconds N] [against NAME | NAME] [rated] [private]`. */
export function readWish(text: string): GameWish | Refusal {
  const [name = '', ...words] = withGameName(text)
    .split(/\s+/)
    .filter((word) => word !== '')
  const entry = gameOf(name)
  if (isRefusal(entry)) return entry
  const read = new Reading(entry, words).read()
  return isRefusal(read) ? read : (checkSettings(entry, read.settings) ?? checkCompany(entry, read) ?? read)
}

/** Returns what somebody types to play with one who waits; the other's clock comes with that by itself. */
export function answerTo({ name, game, settings, rated }: Seeker): string {
  const wish = [game, ...unusual(game, settings).flat(), ...(rated ? ['rated'] : [])].join(' ')
  const read = readWish(`${wish} ${name}`)
  // a name like "student 7" looks like a setting
  const plain = !isRefusal(read) && read.against === name
  return `play ${wish} ${plain ? name : `against ${name.replaceAll(' ', '_')}`}`
}

/** A challenge in words for the user who is challenged, and what to type. */
export function callOf(seeker: Seeker): readonly string[] {
  const name = inLine(seeker.name)
  return inSentences([
    `${name} would like to play ${seeker.game} with you${inBrackets(particulars(seeker))}:`,
    `type "accept ${name}" or "refuse ${name}".`,
  ])
}

/** Returns the command that accepts an open seek, as part of a sentence: a guest has to register for a rated game. */
export function wayTo(seeker: Seeker, me: PersonInfo | undefined): string {
  const typed = `"${inLine(answerTo(seeker))}"`
  return needsName(seeker, me) ? `${typed} (first "register")` : typed
}

/** Checks whether a user has to register before accepting an open seek. */
export function needsName({ rated }: Seeker, me: PersonInfo | undefined): boolean {
  return rated && me?.registered === false
}

/** An open seek that differs from a wish only in its terms: what is different, and what to type to play it all the same. */
export function nearBy(seeker: Seeker, wish: GameWish, me: PersonInfo | undefined): readonly string[] {
  const { rated, game, clock } = seeker
  const known = entryOf(game)?.settings ?? {}
  const settings = Object.entries(known).flatMap(([setting, { usual }]) => {
    const value = seeker.settings[setting] ?? usual
    return value === (wish.settings[setting] ?? usual) ? [] : [`${setting} ${value}`]
  })
  const counts = rated === (wish.rated === true) ? [] : [rated ? 'rated' : 'not rated']
  const times = clock && wish.clock ? limits(clock) : []
  const offered = inSentences([
    `${inLine(seeker.name)} waits for ${[game, ...settings, ...counts, ...times].join(', ')}:`,
    `type "${inLine(answerTo(seeker))}".`,
  ])
  return needsName(seeker, me) ? [...offered, 'That takes a registered name: first "register".'] : offered
}

/** The settings of a game: how each is typed, and what it is about. */
export function settingsOf({ settings }: Entry): [string, string][] {
  return Object.entries(settings).map(([name, { min, max, usual, about }]) => [`${name} N`, `${about}, ${min} to ${max}; usually ${usual}`])
}

/** The clocks that a game for two can have: how each is typed, and what it is about. */
export function clockSettings(): [string, string][] {
  return Object.entries(CLOCKS).map(([name, { max, about }]) => [`${name} N`, `${about}, 1 to ${max}`])
}

/** Reading goes through the words behind a game's name, once. */
class Reading {
  readonly #entry: Entry
  readonly #words: readonly string[]
  #at = 0
  #settings: Record<string, number> = {}
  /** Settings and clocks that have been read. */
  readonly #set = new Set<string>()
  #clock: { total?: number; turn?: number } = {}
  #against: string | undefined
  #flags = { rated: false, private: false }

  constructor(entry: Entry, words: readonly string[]) {
    this.#entry = entry
    // size=4 says the same as size 4
    this.#words = words.flatMap((word) => {
      const [name = '', value = '', ...more] = word.split('=')
      const isSetting = Object.hasOwn(entry.settings, name.toLowerCase()) || clockOf(name.toLowerCase()) !== undefined
      return isSetting && value !== '' && more.length === 0 ? [name, value] : [word]
    })
  }

  read(): GameWish | Refusal {
    while (this.#at < this.#words.length) {
      const refusal = this.#next()
      if (refusal) return refusal
    }
    const against = this.#against
    const alone = against?.toLowerCase() === HOUSE
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
    if (size !== undefined && Object.hasOwn(this.#entry.settings, 'size')) return { refused: `for ${word}, say "size ${size}"` }
    if (this.#isSetting(this.#at)) return this.#setting(word)
    if (AGAINST.includes(word)) return this.#name(this.#at + 1)
    if (/^-?\d+$/.test(this.#word(this.#at + 1))) return this.#noSetting(word)
    return this.#name(this.#at)
  }

  /** The word at a place, in small letters; nothing behind the last. */
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
    // a word that is no number of the setting gets its range, however long it is
    const kind = /\d[.,]\d/.test(text) ? 'a whole number' : 'a number'
    if (!/^-?\d+$/.test(text)) return { refused: `behind "${word}" stands ${kind}, such as "${word} 5"` }
    const value = Number(text)
    if (this.#set.has(word)) return { refused: `"${word}" is there twice: say it once` }
    this.#set.add(word)
    const clock = clockOf(word)
    if (!clock) this.#settings[word] = value
    else if (value < 1 || value > clock.max) return { refused: `${clock.about}: that is a whole number from 1 to ${clock.max}` }
    else this.#clock[clock.clock] = value * clock.unit
    return undefined
  }

  /** The settings that the game has, and the clocks. */
  get #known(): readonly string[] {
    return [...Object.keys(this.#entry.settings), ...(isSolitary(this.#entry) ? [] : Object.keys(CLOCKS))]
  }

  /** A number before which nothing says what it is. */
  #nothingSet(number: string): Refusal {
    const [setting] = this.#known
    return { refused: setting ? `say what ${number} is, such as "${setting} ${number}"` : `${this.#entry.name} has no settings` }
  }

  #noSetting(word: string): Refusal {
    const known = this.#known
    const meant = nearest(word, known)
    const has = known.length === 0 ? '' : `; it has ${listed(known)}`
    return { refused: `${this.#entry.name} has no setting "${word}"${meant ? `; did you mean "${meant}"?` : has}` }
  }

  /** A name goes on up to a word that is none; behind "against", its first word is one whatever it is. */
  #name(from: number): Refusal | undefined {
    if (from > this.#at) this.#at = Math.min(from + 1, this.#words.length)
    const begins = (at: number) => ['rated', 'private', 'against'].includes(this.#word(at)) || this.#isSetting(at)
    while (this.#at < this.#words.length && !begins(this.#at)) this.#at++
    const name = this.#words.slice(from, this.#at).join(' ')
    if (name === '') return { refused: `behind "${this.#word(from - 1)}" stands a name, such as "${this.#word(from - 1)} ada"` }
    if (this.#against !== undefined) return { refused: `you can play against one only, ${this.#against} or ${name}` }
    this.#against = name
    return undefined
  }
}

function clockOf(word: string): ClockSetting | undefined {
  return Object.hasOwn(CLOCKS, word) ? CLOCKS[word] : undefined
}

/** What cannot be asked for with the house opposite, or with nobody. */
function checkCompany(entry: Entry, wish: GameWish): Refusal | undefined {
  const withHouse = wish.wait === 0
  if (!isSolitary(entry)) {
    if (withHouse && wish.rated) return { refused: 'the house has no rating, so a game with it cannot be rated' }
    return withHouse && wish.private ? { refused: 'the house needs no invitation' } : undefined
  }
  if (wish.against !== undefined || withHouse) return { refused: `${entry.name} is played alone: type "play ${entry.name}"` }
  if (wish.private) return { refused: `${entry.name} is played alone, so there is nobody to invite` }
  if (wish.rated && !entry.game.points) return { refused: `${entry.name} is played alone and without points, so it has no ladder` }
  if (wish.clock) return { refused: `${entry.name} is played alone, and without a clock` }
  return undefined
}
