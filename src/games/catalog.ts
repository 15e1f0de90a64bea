import { type AnyGame, type GameAssets, type GameSettings, isRefusal, type Refusal, type SeatNumber, type SettingInfo } from './game.ts'

/** CatalogEntry is a game that a user can request by name, with the texts that explain how to play it. */
export interface CatalogEntry {
  readonly game: AnyGame
  /** The name in the catalog; the catalog also finds the game by `game.name`. */
  readonly name: string
  /** Other words for the game. */
  readonly aliases: readonly string[]
  readonly title: string
  readonly rules: string | undefined
  /** Instruction for typing a move, in one line. */
  readonly moves: string
  readonly settings: Readonly<Record<string, SettingInfo>>
  /** Returns the options for `game.setup`. */
  setup(settings: GameSettings, stock: GameAssets): Promise<unknown> | unknown
}

/** Catalog has the games of one server: the games that users can request, and the games that only programs open. */
export class Catalog {
  /** All games, by the names of their rules. */
  readonly games: ReadonlyMap<string, AnyGame>
  /** The games that a user can request by name, in the order in which pages show them. */
  readonly entries: readonly CatalogEntry[]

  constructor(games: Iterable<AnyGame>) {
    this.games = new Map(Array.from(games, (game) => [game.name, game]))
    this.entries = [...this.games.values()].filter(({ isUnlisted }) => !isUnlisted).map(toEntry)
  }

  /** Finds a game by its name in the catalog or the name of its rules, in upper or lower case. */
  find(name: string): CatalogEntry | undefined {
    const wanted = name.toLowerCase()
    return this.entries.find(({ name, game }) => name === wanted || game.name === wanted)
  }

  /** Returns the catalog's name of a game, given the name of its rules; returns the given name for an unknown game. */
  publicName(name: string): string {
    const game = this.games.get(name)
    return game ? publicNameOf(game) : name
  }

  /** Returns a catalog with further games at its end. */
  with(games: Iterable<AnyGame>): Catalog {
    return new Catalog([...this.games.values(), ...games])
  }
}

/** Returns the name by which users request a game: its public name, or else the name of its rules. */
export function publicNameOf({ name, publicName = name }: AnyGame): string {
  return publicName
}

/** Returns the instruction for typing a move; `undefined` for a game that users cannot request. */
export function moveHintOf({ isUnlisted, moveHint, notation }: AnyGame): string | undefined {
  if (moveHint !== undefined || isUnlisted) return moveHint
  const answer = notation.parse('')
  return isRefusal(answer) ? answer.refused.replace(/^type /, '') : 'as the board shows it'
}

function toEntry(game: AnyGame): CatalogEntry {
  const name = publicNameOf(game)
  return {
    game,
    name,
    aliases: game.aliases ?? [],
    title: game.title ?? name,
    rules: game.rules,
    moves: moveHintOf(game) ?? '',
    settings: game.settings ?? {},
    setup: (settings, stock) => (game.options ? game.options(settings, stock) : settings),
  }
}

/** Returns a Refusal that names the first invalid setting; `undefined` if all settings are valid. */
export function checkSettings({ name, settings: known }: CatalogEntry, settings: GameSettings): Refusal | undefined {
  for (const [setting, value] of Object.entries(settings)) {
    const info = Object.hasOwn(known, setting) ? known[setting] : undefined
    if (!info) return { refused: `${name} has no setting ${setting}${formatList(Object.keys(known))}` }
    if (!Number.isInteger(value) || value < info.min || value > info.max) {
      return { refused: `${setting}, ${info.about}, is a whole number from ${info.min} to ${info.max}` }
    }
  }
  return undefined
}

/** Returns a Refusal if the requested seats do not exist or repeat; `undefined` if they are valid. */
export function checkSeats({ name, game }: CatalogEntry, seats: readonly SeatNumber[] | undefined): Refusal | undefined {
  if (!seats) return undefined
  const last = game.seats.max - 1
  const fits = seats.length > 0 && new Set(seats).size === seats.length
  if (fits && seats.every((seat) => Number.isInteger(seat) && seat >= 0 && seat <= last)) return undefined
  return {
    refused: last === 0 ? `${name} has one seat, 0` : `the seats of ${name} are 0 to ${last}: name some of these seats, and each seat once`,
  }
}

function formatList(names: readonly string[]): string {
  return names.length === 0 ? '' : `; it has ${names.join(', ')}`
}
