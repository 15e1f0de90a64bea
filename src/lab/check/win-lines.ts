import type { Side } from '../../protocol/message-spec.ts'
import type { Rehearsal } from './rehearsal.ts'

/*
 * A game can be won in several ways, for example by a row, a column or a diagonal, and a program may miss some of them. No protocol names
 * these ways, but the rehearsals show them. In such a game, both sides send one kind of message with a number, and each number only once,
 * so each side collects numbers, such as the cells of a board. A group of numbers wins if a side wins with the last number of the group, and if no
 * side has the whole group in a game without a win. Two groups have the same kind if the distances between their numbers are the same.
 */

/**
 * `MOST_NUMBERS` is the maximum of numbers that a winner has in a game, and `MOST_KINDS` is the maximum number of kinds; larger values show
 * nothing.
 */
const MOST_NUMBERS = 6
const MOST_KINDS = 8

const SIDES: readonly Side[] = ['client', 'server']

/** Collected has the numbers of each side in a game, and the side that has won with its last number. */
interface Collected {
  readonly rehearsal: Rehearsal
  readonly numbers: Readonly<Record<Side, readonly number[]>>
  readonly winner: Side | undefined
}

/** WinLine is a group of numbers that wins, such as the cells of a row. */
export interface WinLine {
  readonly winner: Side
  /** The winner and the distances of the numbers, in words that are the same for groups of one kind. */
  readonly kind: string
  /** Ascending. */
  readonly numbers: readonly number[]
}

/**
 * Returns a map from rehearsals to the groups that have won in them. Leaves out a rehearsal that shows no such group, and returns an empty
 * map for another kind of game.
 */
export function findWinLines(rehearsals: readonly Rehearsal[]): ReadonlyMap<Rehearsal, WinLine> {
  const games = rehearsals.map(toCollected)
  const isOnce = games.every(({ numbers: { client, server } }) => new Set([...client, ...server]).size === client.length + server.length)
  if (!isOnce) return new Map()
  const unwon = games.flatMap(({ numbers, winner }) =>
    SIDES.map((side) => new Set(side === winner ? numbers[side].slice(0, -1) : numbers[side])),
  )
  const found = new Map<Rehearsal, WinLine>()
  for (const { rehearsal, numbers, winner } of games) {
    const group = winner && findGroup(numbers[winner], unwon)
    if (group) found.set(rehearsal, { winner, kind: `${winner} ${formatDistances(group)}`, numbers: group })
  }
  return new Set([...found.values()].map(({ kind }) => kind)).size > MOST_KINDS ? new Map() : found
}

function toCollected(rehearsal: Rehearsal): Collected {
  const { messages, outcomes } = rehearsal
  const isShared = (name: string | undefined) => SIDES.every((side) => messages.some((one) => one.from === side && one.name === name))
  const moves = messages.flatMap(({ from, name, text }) => {
    const number = isShared(name) ? /^\D*(\d+)\D*$/.exec(text)?.[1] : undefined
    return number === undefined ? [] : [{ from, number: Number(number) }]
  })
  const numbersOf = (side: Side) => moves.filter(({ from }) => from === side).map(({ number }) => number)
  const last = moves.at(-1)?.from
  const winner = last !== undefined && outcomes.has(`the ${last} wins`) ? last : undefined
  return { rehearsal, numbers: { client: numbersOf('client'), server: numbersOf('server') }, winner }
}

/**
 * Returns the smallest group that wins and has the last number, in ascending order; `undefined` if there are several such groups, or none.
 */
function findGroup(numbers: readonly number[], unwon: readonly ReadonlySet<number>[]): readonly number[] | undefined {
  const last = numbers.at(-1)
  if (last === undefined || numbers.length > MOST_NUMBERS) return undefined
  const groups = groupsOf(numbers.slice(0, -1)).map((group) => [...group, last])
  const winning = groups.filter((group) => group.length > 1 && !unwon.some((set) => group.every((number) => set.has(number))))
  const fewest = Math.min(...winning.map(({ length }) => length))
  const [group, ...others] = winning.filter(({ length }) => length === fewest)
  return group && others.length === 0 ? group.toSorted((one, other) => one - other) : undefined
}

function formatDistances(group: readonly number[]): string {
  return group
    .slice(1)
    .map((number, at) => number - (group[at] ?? 0))
    .join(' ')
}

/** Returns all groups of some numbers, the empty group included. */
function groupsOf(numbers: readonly number[]): readonly (readonly number[])[] {
  return numbers.reduce<readonly (readonly number[])[]>((groups, number) => groups.concat(groups.map((group) => [...group, number])), [[]])
}
