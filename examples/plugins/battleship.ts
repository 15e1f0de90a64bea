import { defineTurnGame, type SeatNumber } from 'parlor'
import { ALL, drawSea, parseCell, placeLike, placeShips, printCell, type Shot } from './sea.ts'

/** Sea is the state: for each seat, the cells of its ships and the cells at which it has shot. */
interface Sea {
  readonly fleets: readonly (readonly number[])[]
  readonly shots: readonly (readonly number[])[]
  readonly turn: SeatNumber
}

/**
 * SeaView is the view of one player: the shots of both players with their hits, and the ships of the opponent only at the
 * end.
 */
export interface SeaView {
  readonly fleets: readonly (readonly number[])[]
  readonly shots: readonly (readonly Shot[])[]
  readonly seat: SeatNumber
  readonly turn: SeatNumber
}

/** Battleship: two players shoot in turn at ships that they do not see. */
export const battleship = defineTurnGame<Sea, number, SeaView>({
  name: 'battleship',
  aliases: ['ships', 'sink'],
  title: 'battleship: find the three ships of the opponent first',
  rules: 'Each player has ships of 3, 2 and 2 cells, at random places. Shoot at cells in turn. The player who hits all cells first wins.',
  moveHint: 'a cell, such as b4',
  setup: (_, random) => ({ fleets: [placeShips(random), placeShips(random)], shots: [[], []], turn: 0 }),
  move(sea, seat, cell) {
    const own = sea.shots[seat] ?? []
    if (!ALL.includes(cell)) return { refused: 'there is no such cell' }
    if (own.includes(cell)) return { refused: `you have shot at ${printCell(cell)} already` }
    return { ...sea, shots: sea.shots.with(seat, [...own, cell]) }
  },
  outcome({ fleets, shots }) {
    const winner = [0, 1].find((seat) => fleets[1 - seat]?.every((cell) => shots[seat]?.includes(cell)))
    return winner === undefined ? undefined : { winners: [winner] }
  },
  view: ({ fleets, shots, turn }, viewer, outcome) => ({
    fleets: fleets.map((fleet, seat) => (outcome || seat === viewer ? fleet : [])),
    shots: shots.map((cells, seat) => cells.map((cell) => ({ cell, hit: fleets[1 - seat]?.includes(cell) === true }))),
    seat: viewer === 'watcher' ? 0 : viewer,
    turn,
  }),
  // the ships of the opponent are secret: other ships with the same hits and misses must look the same
  withOtherSecrets(sea, viewer, random) {
    const fleets = sea.fleets.map((fleet, seat) => (seat === viewer ? fleet : placeLike(fleet, sea.shots[1 - seat] ?? [], random)))
    return { ...sea, fleets }
  },
  moves: ({ shots }, seat) => ALL.filter((cell) => !shots[seat]?.includes(cell)),
  choose: ({ shots }, seat, random) => random.choice(ALL.filter((cell) => !shots[seat]?.some((shot) => shot.cell === cell))),
  notation: {
    parse: (text) => parseCell(text) ?? { refused: 'type a cell, such as b4' },
    print: printCell,
    render: ({ fleets, shots, seat }) => [1 - seat, seat].map((one) => drawSea(fleets[one] ?? [], shots[1 - one] ?? [])).join('\n'),
  },
})

/** A plug-in exports its games. */
export const games = [battleship]
