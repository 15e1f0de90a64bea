import { chooseLine } from './ai/chatbot.ts'
import type { Game, SeatNumber } from './game.ts'

/** TalkEnding describes the lines that end a talk. */
export interface TalkEnding {
  /** The talk ends with a line that equals one of these texts. */
  readonly exactly?: readonly string[]
  /** The talk ends with a line that contains this word, in upper or lower case. */
  readonly mentions?: string
}

/** TurnTalk is the state of a talk in which two players write a line in turn. */
export interface TurnTalk {
  readonly turn: SeatNumber
  readonly ending: TalkEnding
  /** Number of lines so far. */
  readonly said: number
  /** The last line; the other seat has written it. */
  readonly line?: string
  readonly over: boolean
}

/**
 * TurnTalkOptions configure a talk: the seat that begins, the ending, and the number of earlier lines if the talk continues an
 * earlier talk.
 */
export interface TurnTalkOptions {
  readonly first?: SeatNumber
  readonly ending?: TalkEnding
  readonly said?: number
}

/** Maximum number of bytes in one line, in UTF-8. */
const LIMIT = 4096

const utf8 = new TextEncoder()

/** talk: two players write a line in turn, until a line ends the talk. The game has no winner. */
export const talk: Game<TurnTalk, string, TurnTalk, TurnTalkOptions> = {
  name: 'talk',
  isUnlisted: true,
  seats: { min: 2, max: 2 },
  setup: ({ first = 0, ending = {}, said = 0 }) => ({ turn: first, ending, said, over: false }),
  toMove: ({ turn, over }) => (over ? [] : [turn]),
  play(state, seat, line) {
    if (state.over) return { refused: 'the talk is over' }
    if (seat !== state.turn) return { refused: 'it is the other player’s turn to write' }
    if (line.includes('\n')) return { refused: 'one line at a time' }
    if (truncateLine(line) !== line) return { refused: `a line has at most ${LIMIT} bytes` }
    return { ...state, turn: 1 - seat, said: state.said + 1, line, over: isEnding(line, state.ending) }
  },
  outcome: ({ over }) => (over ? { winners: [] } : undefined),
  view: (state) => state,
  choose: ({ said, line, ending }, _seat, random) => chooseLine({ lastLine: line, said }, (text) => isEnding(text, ending), random),
  notation: { parse: (text) => text, print: (line) => line, render: ({ line = '' }) => line },
}

/**
 * Cuts a text to 4,096 bytes of UTF-8. A received line can be longer, because each invalid byte becomes U+FFFD, which takes three
 * bytes.
 */
export function truncateLine(text: string): string {
  if (text.length <= LIMIT / 3) return text
  return text.slice(0, utf8.encodeInto(text, new Uint8Array(LIMIT)).read)
}

function isEnding(line: string, { exactly, mentions }: TalkEnding): boolean {
  return exactly?.includes(line) || (mentions !== undefined && line.toLowerCase().includes(mentions.toLowerCase()))
}
