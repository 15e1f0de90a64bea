import type { AnyGame, SeatNumber } from '../games/game.ts'
import type { RatingChanges, VisibleEvent } from '../hall/api.ts'
import { findMarks } from './game-text.ts'
import { formatList, toSafeLine } from './layout.ts'

/** Offer is the event that a player offers a draw or a rematch. */
export type Offer = Extract<VisibleEvent, { type: 'offered' }>

/** Talk is the event that a user sends a chat message. */
type Talk = Extract<VisibleEvent, { type: 'said' }>

/** TableContext has the facts for sentences about a table: its number, its game and its players. */
export interface TableContext {
  readonly table: number
  /** The name of the game in the catalog, and its rules. */
  readonly game: string
  readonly rules: AnyGame
  /** The seat of this user; missing for a watcher. */
  readonly seat: SeatNumber | undefined
  /** Names of the players by seat, safe to print. */
  readonly names: readonly string[]
  /** The name of this user. */
  readonly me: string
}

/** ArrivalKind is the way in which a user joined a table: with a new seat, back at a seat, or as a watcher. */
export type ArrivalKind = 'seated' | 'back' | 'watching'

/** Returns the first sentence for a user who has joined a table. */
export function formatIntroduction(company: TableContext, coming: ArrivalKind): string {
  const { table, game, rules, seat, names } = company
  if (seat === undefined || coming === 'watching') return `Table ${table}: you watch ${formatPlayers(company)}.`
  if (coming === 'back') return `Table ${table}: you are back at ${formatPlayers(company)}.`
  if (names.length === 1) return `Table ${table}: ${game}. "resign" stops it.`
  const signs = findMarks(rules)
  if (signs.length === 0) return `Table ${table}: you play ${game} with ${formatList(names.filter((_, other) => other !== seat))}.`
  const begins = (one: SeatNumber) => one === 0
  const others = [...names.keys()].filter((other) => other !== seat)
  // the name of a user of a worksheet program can be "X", like a mark on the board
  const shown = (name = '') => (signs.includes(name.toUpperCase()) ? `the user ${name}` : name)
  const opposite = others.map((other) => `${shown(names[other])} is ${signs[other] ?? 'opposite'}${begins(other) ? ' and begins' : ''}`)
  return `Table ${table}: you are ${signs[seat] ?? 'here'}${begins(seat) ? ' and begin' : ''}; ${formatList(opposite)}.`
}

/** Formats the game and its players: `tictactoe, ada (O) against grace (X)`. */
export function formatPlayers({ game, rules, seat, names }: TableContext): string {
  if (names.length === 1 && seat !== undefined) return game
  const signs = findMarks(rules)
  const shown = names.map((name, one) => `${one === seat ? 'you' : name}${signs[one] ? ` (${signs[one]})` : ''}`)
  return `${game}, ${shown.join(' against ')}`
}

/**
 * Describes an event for a user at the table; `undefined` for an event that the board shows. `open` has the offers that were open when this
 * event happened.
 */
export function formatEvent(what: VisibleEvent, company: TableContext, open: readonly Offer[]): string | undefined {
  const { names, seat } = company
  const own = 'seat' in what && what.seat === seat && seat !== undefined
  const name = 'seat' in what && what.seat !== undefined ? names[what.seat] : undefined
  switch (what.type) {
    case 'said':
      return formatChat(what, company)
    case 'moved':
      return !own && open.some((offer) => offer.seat === seat) ? 'Your offer was not accepted.' : undefined
    case 'offered':
      return formatOffer(what, company, open)
    case 'declined':
      return own ? 'You have declined.' : `${name} declines.`
    case 'gone':
      if (own) return undefined
      if (open.some((offer) => offer.what === 'rematch')) return `${name} has left the table.`
      return `${name} has disconnected.${seat === undefined ? '' : ' After 30 seconds you can "claim", "abort" or "wait".'}`
    case 'back':
      return own ? undefined : `${name} is back.`
    case 'suspended':
      return 'The game is paused until a player is back.'
    case 'continued':
      return seat === undefined ? `They play again at table ${what.table}: type "watch ${what.table}".` : undefined
    case 'waited':
      if (own) return 'You have given your opponent more time.'
      return `${name} has given ${seat !== undefined && names.length === 2 ? 'you' : 'the opponent'} more time to return.`
    case 'opened':
    case 'ended':
    case 'reseeded':
    case 'revoked':
      return undefined
  }
}

function formatChat(what: Talk, company: TableContext): string {
  const { name, seat, text } = what
  if (isOwnTalk(what, company)) return `You say: ${toSafeLine(text)}`
  return `${toSafeLine(name)}${seat === undefined ? ' (watching)' : ''} says: ${toSafeLine(text)}`
}

/** Checks whether this user has sent a chat message, through any connection of the user. */
export function isOwnTalk({ name, seat }: Talk, company: TableContext): boolean {
  return seat === undefined ? company.seat === undefined && name === company.me : seat === company.seat
}

function formatOffer({ seat, what }: Offer, company: TableContext, open: readonly Offer[]): string | undefined {
  // an offer accepts an open offer of the opponent, and the next event reports the agreement
  if (open.some((offer) => offer.seat !== seat)) return undefined
  const offered = what === 'draw' ? 'a draw' : 'another game'
  if (seat === company.seat) return `You have offered ${offered}.`
  const answer = what === 'draw' ? '"accept", "decline", or make a move' : '"accept" or "decline"'
  return `${company.names[seat]} offers ${offered}${company.seat === undefined ? '' : `: ${answer}`}.`
}

/** Formats the change of the ladder after a game: `Ratings: you 1500 to 1580 (+80); alan 1420 to 1340 (-80).` */
export function formatRatingChanges({ game, changes }: RatingChanges, me: string): string {
  const shown = changes.map(({ name, before, after }) => {
    const who = name === me ? 'you' : toSafeLine(name)
    const now = Math.round(after)
    if (before === undefined) return `${who} ${now}, after a first game`
    const difference = now - Math.round(before)
    return `${who} ${Math.round(before)} to ${now} (${difference < 0 ? '' : '+'}${difference})`
  })
  return `${game.points ? 'Points' : 'Ratings'}: ${shown.join('; ')}.`
}
