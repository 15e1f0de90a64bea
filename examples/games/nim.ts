import type { Game, SeatNumber } from '../../src/games/game.ts'

/** Nim is the state of a game: the heaps of stones, and the seat that moves next unless the game is over. */
export interface Nim {
  readonly heaps: readonly number[]
  readonly turn: SeatNumber
  /** The last move; the opponent of the seat in `turn` made it. */
  readonly last?: Take
}

/** Take is a move: it removes `count` stones from one heap; heaps are numbered from 1. */
export interface Take {
  readonly heap: number
  readonly count: number
}

/** nim is a game: two players take stones in turn, as many as they like from one heap; the player who takes the last stone wins. */
export const nim: Game<Nim, Take, Nim, { heaps?: readonly number[] }> = {
  name: 'nim',
  seats: { min: 2, max: 2 },
  setup: ({ heaps = [3, 4, 5] }) => ({ heaps, turn: 0 }),
  toMove: (state) => (over(state) ? [] : [state.turn]),
  play(state, seat, take) {
    const { heap, count } = take
    const stones = state.heaps[heap - 1]
    if (over(state)) return { refused: 'the game is over' }
    if (seat !== state.turn) return { refused: 'it is the other player’s turn' }
    if (stones === undefined) return { refused: `there is no heap ${heap}; heaps go from 1 to ${state.heaps.length}` }
    if (!(count >= 1 && count <= stones)) return { refused: `heap ${heap} has ${stones} stones; take at least 1 of them` }
    return { heaps: state.heaps.with(heap - 1, stones - count), turn: 1 - seat, last: take }
  },
  outcome: (state) => (over(state) ? { winners: [1 - state.turn] } : undefined),
  view: (state) => state,
  whole: (view) => view,
  key: ({ heaps, turn }) => [...heaps, turn].join(' '),
  *moves({ heaps }) {
    for (const [at, stones] of heaps.entries()) for (let count = 1; count <= stones; count++) yield { heap: at + 1, count }
  },
  notation: {
    parse(text) {
      const [, heap, count] = /^\s*(\d{1,4})\s+(\d{1,4})\s*$/.exec(text) ?? []
      return heap && count ? { heap: Number(heap), count: Number(count) } : { refused: 'type a heap and a number of stones, such as 2 3' }
    },
    print: ({ heap, count }) => `${heap} ${count}`,
    render: ({ heaps }) => heaps.map((stones, at) => `${at + 1}: ${'o'.repeat(stones)}\n`).join(''),
  },
}

function over({ heaps }: Nim): boolean {
  return heaps.every((stones) => stones === 0)
}
