import type { Outcome } from '../games/game.ts'
import type { MissedEvent, MissedEvents } from '../hall/api.ts'

/** MissedLine is one missed event as a sentence. */
export interface MissedLine {
  readonly n: number
  /** Milliseconds since the Unix epoch. */
  readonly at: number
  readonly text: string
}

/** Describes the events that a client has missed, without the events that concern only the client's own connection. */
export function describeMissed(missed: MissedEvents): readonly MissedLine[] {
  return missed.events.flatMap((event) => {
    const text = describe(event, missed)
    return text === undefined ? [] : [{ n: event.n, at: event.at, text }]
  })
}

/** Describes an event in the past tense; `undefined` for an event that the user does not have to see. */
function describe({ what, move }: MissedEvent, { names, seat }: MissedEvents): string | undefined {
  const isOwn = seat !== undefined && 'seat' in what && what.seat === seat
  const name = 'seat' in what && what.seat !== undefined ? (names[what.seat] ?? '') : ''
  const who = isOwn ? 'You' : name
  switch (what.type) {
    case 'moved':
      return move === undefined ? `${who} moved.` : `${who} played ${move}.`
    case 'said':
      return `${isOwn ? 'You' : what.name}${what.seat === undefined ? ' (watching)' : ''} said: ${what.text}`
    case 'offered':
      return `${who} offered ${what.what === 'draw' ? 'a draw' : 'another game'}.`
    case 'declined':
      return `${who} declined.`
    case 'gone':
      return isOwn ? undefined : `${name} disconnected.`
    case 'back':
      return isOwn ? undefined : `${name} came back.`
    case 'waited':
      return `${who} gave ${!isOwn && seat !== undefined && names.length === 2 ? 'you' : 'the opponent'} more time to return.`
    case 'suspended':
      return 'The game was paused.'
    case 'ended':
      return `The game ended${describeOutcome(what.outcome, names)}.`
    case 'continued':
      return `The players began another game at table ${what.table}.`
    case 'opened':
    case 'reseeded':
    case 'revoked':
      return undefined
  }
}

function describeOutcome({ winners, aborted, abandoned }: Outcome, names: readonly string[]): string {
  if (aborted || abandoned) return ' without a result'
  if (winners.length === 0) return names.length > 1 ? ' in a draw' : ''
  return `: ${winners.map((winner) => names[winner] ?? '').join(' and ')} won`
}
