import type { Game, Players, Refusal, SeatNumber } from './game.ts'

/** The hands, ordered so that each hand beats the next hand, and the last hand beats the first hand. */
export const HANDS = ['Scissor', 'Paper', 'Stone'] as const

/** Hand is the choice of a player in a round. */
export type Hand = (typeof HANDS)[number]

/** Round has the hands of both players in a finished round: Player1 in seat 0, Player2 in seat 1. */
export type Round = readonly [Hand, Hand]

/** Number of rounds in a game, including drawn rounds. */
export const ROUNDS = 3

/** Hands is the state of a game: the finished rounds, and the choices in the open round. */
export interface Hands {
  readonly rounds: readonly Round[]
  readonly chosen: Readonly<Partial<Record<SeatNumber, Hand>>>
}

/** HandsView is the view of one player: in the open round it has only the player's own hand, and the seats that have chosen. */
export interface HandsView {
  readonly rounds: readonly Round[]
  readonly chosen: readonly SeatNumber[]
  readonly own?: Hand
}

/**
 * hands: scissor, paper, stone in three rounds. No player sees the hand of the other player before both players have chosen.
 */
export const hands: Game<Hands, Hand, HandsView> = {
  name: 'hands',
  publicName: 'scissors',
  aliases: ['rps', 'rock', 'paper', 'stone', 'scissor', 'rock paper scissors', 'scissor paper stone', 'scissors paper stone'],
  title: 'scissor, paper, stone: three rounds; both players choose at the same time',
  rules:
    'Two players choose scissor, paper or stone at the same time, and neither player sees the choice of the other player. Scissor cuts paper, paper wraps stone, stone breaks scissor; two equal choices are a draw. After three rounds, the player with more won rounds wins.',
  moveHint: '1 for scissor, 2 for paper, 3 for stone; or the word',
  options: () => undefined,
  screen: { board: ({ rounds }, players) => rounds.map((round) => describeRound(round, players)).join('\n') },
  seats: { min: 2, max: 2 },
  setup: () => ({ rounds: [], chosen: {} }),
  toMove: (state) => (isOver(state) ? [] : [0, 1].filter((seat) => !state.chosen[seat])),
  play(state, seat, hand) {
    if (isOver(state)) return { refused: 'the game is over' }
    if (state.chosen[seat]) return { refused: 'you have chosen already; wait for the other player' }
    if (!HANDS.includes(hand)) return NO_HAND
    const chosen = { ...state.chosen, [seat]: hand }
    const [one, two] = [chosen[0], chosen[1]]
    return one && two ? { rounds: [...state.rounds, [one, two]], chosen: {} } : { ...state, chosen }
  },
  outcome(state) {
    if (!isOver(state)) return undefined
    const [one, two] = countWins(state.rounds)
    return { winners: one === two ? [] : [one > two ? 0 : 1] }
  },
  view({ rounds, chosen }, viewer) {
    const own = viewer === 'watcher' ? undefined : chosen[viewer]
    const seen = { rounds, chosen: Object.keys(chosen).map(Number) }
    return own === undefined ? seen : { ...seen, own }
  },
  // the opponent's choice in the open round is secret
  withOtherSecrets(state, viewer, random) {
    const chosen = Object.entries(state.chosen).map(([seat, hand]) => [seat, Number(seat) === viewer ? hand : random.choice(HANDS)])
    return { ...state, chosen: Object.fromEntries(chosen) }
  },
  *moves(state, seat) {
    if (!isOver(state) && !state.chosen[seat]) yield* HANDS
  },
  choose: (_view, _seat, random) => random.choice(HANDS),
  notation: {
    parse: (text) => parseHand(text) ?? OTHER_WORDS.get(text.trim().toLowerCase()) ?? NO_HAND,
    print: (hand) => hand,
    render: ({ rounds }) => rounds.map((round) => `${round.join(' - ')}: ${formatRound(round)}\n`).join(''),
  },
}

/** Other common words for the hands; the worksheet programs do not accept them. */
const OTHER_WORDS: ReadonlyMap<string, Hand> = new Map([
  ['scissors', 'Scissor'],
  ['rock', 'Stone'],
])

export const NO_HAND: Refusal = { refused: 'choose 1 for Scissor, 2 for Paper or 3 for Stone' }

/** Parses a hand: its number from 1, or its word in upper or lower case. Returns `undefined` for other text. */
export function parseHand(text: string): Hand | undefined {
  const typed = text.trim().toLowerCase()
  return HANDS.find((hand, at) => typed === String(at + 1) || typed === hand.toLowerCase())
}

/** Returns the seat that won a round; `undefined` for a draw. */
export function findWinner([one, two]: Round): SeatNumber | undefined {
  if (one === two) return undefined
  return (HANDS.indexOf(one) + 1) % HANDS.length === HANDS.indexOf(two) ? 0 : 1
}

/** Returns the number of rounds that each player won. */
export function countWins(rounds: readonly Round[]): [number, number] {
  const won = (seat: SeatNumber) => rounds.filter((round) => findWinner(round) === seat).length
  return [won(0), won(1)]
}

/** Formats the result of a round in a few words. */
export function formatRound(round: Round): string {
  const winner = findWinner(round)
  return winner === undefined ? 'Draw' : `Player${winner + 1} wins!`
}

/** Formats a round for one user: the choice of each player, and the winner. */
function describeRound(round: Round, { names, seat }: Players): string {
  const shown = names.map((name, one) => (one === seat ? 'you' : name))
  const winner = findWinner(round)
  const won = winner === undefined ? 'a draw' : winner === seat ? 'you win' : `${shown[winner]} wins`
  return `${round.map((hand, one) => `${shown[one]} ${hand}`).join(', ')}: ${won}`
}

function isOver({ rounds }: Hands): boolean {
  return rounds.length >= ROUNDS
}
