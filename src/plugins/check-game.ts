import { errorMessage } from '../base/errors.ts'
import { isRecord } from '../base/records.ts'
import type { Catalog } from '../games/catalog.ts'
import type { AnyGame, SettingInfo } from '../games/game.ts'
import { seededRandom } from '../games/random.ts'

/** The functions that every game has. */
const HOOKS = ['setup', 'toMove', 'play', 'outcome', 'view'] as const
const NOTATION = ['parse', 'print', 'render'] as const
/** Matches the name of a game or of a setting. */
const NAME = /^[a-z][a-z0-9-]{0,30}$/
/** Matches an alias: words of small letters, digits and hyphens. */
const ALIAS = /^[a-z0-9][a-z0-9-]*(?: [a-z0-9-]+)*$/
/** Maximum number of seats: the hall matches two players. */
const SEATS = 2

/** Returns the end of a sentence that names a fault in the form of a game; `undefined` for a valid form. */
export function findGameFault(game: unknown): string | undefined {
  if (!isRecord(game)) return 'is not an object'
  if (typeof game.name !== 'string' || !NAME.test(game.name))
    return `has the name ${JSON.stringify(game.name)}; a name is small letters, digits and hyphens`
  const missing = HOOKS.find((hook) => typeof game[hook] !== 'function')
  if (missing) return `has no function ${missing}`
  const { notation, seats, publicName, aliases = [], settings = {} } = game
  const mute = NOTATION.find((part) => !isRecord(notation) || typeof notation[part] !== 'function')
  if (mute) return `has no function notation.${mute}`
  if (!isRecord(seats) || !isSeats(seats.min) || !isSeats(seats.max) || seats.min > seats.max)
    return `must have 1 or ${SEATS} seats, as in seats: { min: 2, max: 2 }`
  if (publicName !== undefined && !isMatch(publicName, NAME)) return `has the public name ${JSON.stringify(publicName)}`
  if (!Array.isArray(aliases)) return 'has aliases that are not a list'
  const odd = aliases.find((alias) => !isMatch(alias, ALIAS))
  if (odd !== undefined) return `has the alias ${JSON.stringify(odd)}; an alias is words in small letters`
  return isRecord(settings) ? findSettingFault(settings) : 'has settings that are not an object'
}

/** Returns the names by which users can request a game. */
export function wordsOf({ name, publicName, aliases = [] }: AnyGame): readonly string[] {
  return [...new Set([name, publicName ?? name, ...aliases])]
}

/** Returns all words with which users can request the games of a catalog. */
export function takenWords({ games }: Catalog): ReadonlySet<string> {
  return new Set([...games.values()].flatMap(wordsOf))
}

/**
 * Calls `setup` of a game with its default settings, and renders the first state. Resolves to the end of a sentence that
 * names a failure; `undefined` if every hook works.
 */
export async function findSetupFault(game: AnyGame): Promise<string | undefined> {
  const settings = Object.fromEntries(Object.entries(game.settings ?? {}).map(([name, { usual }]) => [name, usual]))
  try {
    const state = game.setup(game.options ? await game.options(settings, {}) : settings, seededRandom(1))
    const outcome = game.outcome(state)
    if (outcome !== undefined) return 'is over when it begins'
    if (game.toMove(state).length === 0) return 'begins with no seat to move'
    for (const viewer of [...Array(game.seats.max).keys(), 'watcher'] as const) game.notation.render(game.view(state, viewer))
    return undefined
  } catch (reason) {
    return `cannot be set up: ${errorMessage(reason)}`
  }
}

function findSettingFault(settings: Readonly<Record<string, unknown>>): string | undefined {
  for (const [name, info] of Object.entries(settings)) {
    if (!NAME.test(name)) return `has a setting ${JSON.stringify(name)}; a setting is small letters, digits and hyphens`
    if (!isSetting(info)) return `has a setting ${name} that is not { min, max, usual, about } with whole numbers and usual in the range`
  }
  return undefined
}

function isSetting(info: unknown): info is SettingInfo {
  if (!isRecord(info) || typeof info.about !== 'string') return false
  const { min, max, usual } = info
  return isWhole(min) && isWhole(max) && isWhole(usual) && min <= usual && usual <= max
}

function isSeats(value: unknown): value is number {
  return isWhole(value) && value >= 1 && value <= SEATS
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value)
}

function isMatch(value: unknown, pattern: RegExp): boolean {
  return typeof value === 'string' && pattern.test(value)
}
