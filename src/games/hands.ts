import type { Game, Refusal, SeatNumber } from './game.ts'

/** The hands, in the order in which each beats the next, and the last the first. */
export const HANDS = ['Scissor', 'Paper', 'Stone'] as const

/** Hand is what a player shows. */
export type Hand = (typeof HANDS)[number]

/** Round is what the two players have shown: Player1 in seat 0, Player2 in seat 1. */
export type Round = readonly [Hand, Hand]

/** Rounds in a game; a draw counts. */
export const ROUNDS = 3

/** Hands is the rounds that were played, and what was chosen in the one that is open. */
export interface Hands {
  readonly rounds: readonly Round[]
  readonly chosen: Readonly<Partial<Record<SeatNumber, Hand>>>
}

/** HandsView is what one player sees: of the open round only the own hand, and who has chosen. */
export interface HandsView {
  readonly rounds: readonly Round[]
  readonly chosen: readonly SeatNumber[]
  readonly own?: Hand
}

/** hands: scissor, paper, stone. Both choose, neither sees the other's hand before both are in; three rounds. */
export const hands: Game<Hands, Hand, HandsView> = {
  name: 'hands',
  seats: { min: 2, max: 2 },
  setup: () => ({ rounds: [], chosen: {} }),
  toMove: (state) => (over(state) ? [] : [0, 1].filter((seat) => !state.chosen[seat])),
  play(state, seat, hand) {
    if (over(state)) return { refused: 'the game is over' }
    if (state.chosen[seat]) return { refused: 'you have chosen already; wait for the other' }
    if (!HANDS.includes(hand)) return NO_HAND
    const chosen = { ...state.chosen, [seat]: hand }
    const [one, two] = [chosen[0], chosen[1]]
    return one && two ? { rounds: [...state.rounds, [one, two]], chosen: {} } : { ...state, chosen }
  },
  outcome(state) {
    if (!over(state)) return undefined
    const [one, two] = score(state.rounds)
    return { winners: one === two ? [] : [one > two ? 0 : 1] }
  },
  view({ rounds, chosen }, who) {
    const own = who === 'watcher' ? undefined : chosen[who]
    const seen = { rounds, chosen: Object.keys(chosen).map(Number) }
    return own === undefined ? seen : { ...seen, own }
  },
  *moves(state, seat) {
    if (!over(state) && !state.chosen[seat]) yield* HANDS
  },
  choose: (_view, _seat, random) => random.choice(HANDS),
  notation: {
    parse: (text) => handOf(text) ?? OTHER_WORDS.get(text.trim().toLowerCase()) ?? NO_HAND,
    print: (hand) => hand,
    render: ({ rounds }) => rounds.map((round) => `${round.join(' - ')}: ${verdict(round)}\n`).join(''),
  },
}

/** The hands by the words that other rules of the game have for them, which no worksheet's program takes. */
const OTHER_WORDS: ReadonlyMap<string, Hand> = new Map([
  ['scissors', 'Scissor'],
  ['rock', 'Stone'],
])

/** The refusal of what is no hand. */
export const NO_HAND: Refusal = { refused: 'choose 1 for Scissor, 2 for Paper or 3 for Stone' }

/** The hand that a text names, by its number from 1 or as a word in any case. */
export function handOf(text: string): Hand | undefined {
  const typed = text.trim().toLowerCase()
  return HANDS.find((hand, at) => typed === String(at + 1) || typed === hand.toLowerCase())
}

/** Returns the seat that has won a round; `undefined` in a draw. */
export function winnerOf([one, two]: Round): SeatNumber | undefined {
  if (one === two) return undefined
  return (HANDS.indexOf(one) + 1) % HANDS.length === HANDS.indexOf(two) ? 0 : 1
}

/** The rounds that each player has won. */
export function score(rounds: readonly Round[]): [number, number] {
  const won = (seat: SeatNumber) => rounds.filter((round) => winnerOf(round) === seat).length
  return [won(0), won(1)]
}

/** Says how a round went, in a few words. */
export function verdict(round: Round): string {
  const winner = winnerOf(round)
  return winner === undefined ? 'Draw' : `Player${winner + 1} wins!`
}

function over({ rounds }: Hands): boolean {
  return rounds.length >= ROUNDS
}
