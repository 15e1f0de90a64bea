import type { Game, SeatNumber } from './game.ts'

/** What a line must be to end the talk. */
export interface Ending {
  /** Exactly this line. */
  readonly exactly?: string
  /** This word anywhere in the line, in any case. */
  readonly mentions?: string
}

/** Talk is two people taking turns to say a line each. */
export interface Talk {
  readonly turn: SeatNumber
  readonly ending: Ending
  /** How many lines have been said. */
  readonly said: number
  /** The last line, said by whoever is not to speak now. */
  readonly line?: string
  readonly over: boolean
}

/** talk: two people say a line in turn, for ever or until one says what ends it. Nobody wins. */
export const talk: Game<Talk, string, Talk, { first?: SeatNumber; ending?: Ending }> = {
  name: 'talk',
  seats: { min: 2, max: 2 },
  setup: ({ first = 0, ending = {} }) => ({ turn: first, ending, said: 0, over: false }),
  toMove: ({ turn, over }) => (over ? [] : [turn]),
  play(state, seat, line) {
    if (state.over) return { refused: 'the talk is over' }
    if (seat !== state.turn) return { refused: 'it is the other’s turn to speak' }
    if (/[\r\n]/.test(line)) return { refused: 'one line at a time' }
    return { ...state, turn: 1 - seat, said: state.said + 1, line, over: ends(line, state.ending) }
  },
  outcome: ({ over }) => (over ? { winners: [] } : undefined),
  view: (state) => state,
  notation: { parse: (text) => text, print: (line) => line, render: ({ line = '' }) => line },
}

function ends(line: string, { exactly, mentions }: Ending): boolean {
  return line === exactly || (mentions !== undefined && line.toLowerCase().includes(mentions.toLowerCase()))
}
