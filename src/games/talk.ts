import type { Game, SeatNumber } from './game.ts'
import { reply } from './partner.ts'

/** Ending is what a line must be to end the talk. */
export interface Ending {
  /** Exactly one of these lines. */
  readonly exactly?: readonly string[]
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

/** TalkOptions is how a talk is set up: who begins, what ends it, and how many lines were said before, where it is one taken up again. */
export interface TalkOptions {
  readonly first?: SeatNumber
  readonly ending?: Ending
  readonly said?: number
}

/** The bytes of one line at most. */
const LIMIT = 4096

const utf8 = new TextEncoder()

/** talk: two people say a line in turn, for ever or until one says what ends it. Nobody wins. */
export const talk: Game<Talk, string, Talk, TalkOptions> = {
  name: 'talk',
  seats: { min: 2, max: 2 },
  setup: ({ first = 0, ending = {}, said = 0 }) => ({ turn: first, ending, said, over: false }),
  toMove: ({ turn, over }) => (over ? [] : [turn]),
  play(state, seat, line) {
    if (state.over) return { refused: 'the talk is over' }
    if (seat !== state.turn) return { refused: 'it is the other’s turn to speak' }
    if (line.includes('\n')) return { refused: 'one line at a time' }
    if (shortened(line) !== line) return { refused: `a line has at most ${LIMIT} bytes` }
    return { ...state, turn: 1 - seat, said: state.said + 1, line, over: ends(line, state.ending) }
  },
  outcome: ({ over }) => (over ? { winners: [] } : undefined),
  view: (state) => state,
  choose: ({ said, line, ending }, _seat, random) => reply({ heard: line, said }, (text) => ends(text, ending), random),
  notation: { parse: (text) => text, print: (line) => line, render: ({ line = '' }) => line },
}

/** Cuts a text to what one line can have; broken bytes, which are shown as U+FFFD, can make a received line too long. */
export function shortened(text: string): string {
  if (text.length <= LIMIT / 3) return text
  return text.slice(0, utf8.encodeInto(text, new Uint8Array(LIMIT)).read)
}

function ends(line: string, { exactly, mentions }: Ending): boolean {
  return exactly?.includes(line) || (mentions !== undefined && line.toLowerCase().includes(mentions.toLowerCase()))
}
