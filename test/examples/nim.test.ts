import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Nim, nim, type Take } from '../../examples/games/nim.ts'
import { programs } from '../../examples/protocols/nim.ts'
import { playSeat } from '../../src/games/ai/house.ts'
import { isRefusal, type Outcome, type SituationObserver } from '../../src/games/game.ts'
import { LocalTable } from '../../src/games/local-table.ts'
import { seededRandom } from '../../src/games/random.ts'
import { formatReference } from '../../src/lab/reference.ts'
import { Conversation } from '../../src/protocol/conversation.ts'
import type { Program } from '../../src/protocol/definition.ts'
import type { OpponentFor } from '../../src/protocol/seating.ts'
import { judgeRecording, recordWrites } from '../../src/testing/wire-recorder.ts'
import { memoryPair } from '../../src/wire/transports/memory.ts'
import { ScriptedUser } from '../support/scripted-user.ts'

const random = seededRandom(1)
const [first] = programs
if (!first) throw new Error('no program')
const program: Program = first

/** Returns the number of games from a state on. */
function count(state: Nim): number {
  if (nim.outcome(state)) return 1
  let sum = 0
  for (const move of nim.moves?.(state, state.turn) ?? []) {
    const next = nim.play(state, state.turn, move, random)
    if (isRefusal(next)) throw new Error(next.refused)
    sum += count(next)
  }
  return sum
}

describe('the game of CONTRIBUTING: Nim', () => {
  // Games of heaps a, b, c: the ways to split each heap into moves, times the orders in which these can be made.
  test.each([
    { heaps: [2, 2], games: 14 },
    { heaps: [1, 2, 3], games: 182 },
    { heaps: [2, 3, 4], games: 8523 },
    { heaps: [3, 4, 5], games: 431_128 },
  ])('has the computed number of games: $heaps, $games', ({ heaps, games }) => {
    expect(count(nim.setup({ heaps }, random))).toBe(games)
  })

  test('refuses illegal moves with a sentence', () => {
    const start = nim.setup({}, random)
    expect(nim.play(start, 1, { heap: 1, count: 1 }, random)).toEqual({ refused: 'it is the other player’s turn' })
    expect(nim.play(start, 0, { heap: 4, count: 1 }, random)).toEqual({ refused: 'there is no heap 4; heaps go from 1 to 3' })
    expect(nim.play(start, 0, { heap: 1, count: 4 }, random)).toEqual({ refused: 'heap 1 has 3 stones; take at least 1 of them' })
    expect(nim.play(start, 0, { heap: 1, count: 0 }, random)).toEqual({ refused: 'heap 1 has 3 stones; take at least 1 of them' })
    expect(nim.play({ heaps: [0], turn: 0 }, 0, { heap: 1, count: 1 }, random)).toEqual({ refused: 'the game is over' })
  })

  test('notation parses what it prints', () => {
    const move = fc.record({ heap: fc.integer({ min: 0, max: 9999 }), count: fc.integer({ min: 0, max: 9999 }) })
    fc.assert(
      fc.property(move, (take) => {
        expect(nim.notation.parse(nim.notation.print(take))).toEqual(take)
      }),
    )
    for (const text of ['', '1', '1 2 3', 'one two', '-1 2', '1.5 2']) expect(nim.notation.parse(text)).toHaveProperty('refused')
    expect(nim.notation.render({ heaps: [3, 0, 1], turn: 0 })).toBe('1: ooo\n2: \n3: o\n')
  })

  test('the house wins every winnable game, without code for Nim', async () => {
    for (const heaps of [
      [3, 4, 5],
      [1, 2, 3],
      [2, 2],
      [1, 3, 3],
      [5, 1],
    ]) {
      const table = new LocalTable(nim, { heaps }, random)
      const outcomes: (Outcome | undefined)[] = []
      const seat = table.seat(0)
      const watch = ({ see, closed }: SituationObserver<Nim>) =>
        seat.observe({
          see(situation) {
            outcomes.push(situation.outcome)
            see(situation)
          },
          closed,
        })
      const watched = {
        number: 0,
        next: () => seat.next(),
        turn: () => seat.turn(),
        observe: watch,
        play: (take: Take) => seat.play(take),
        leave: () => seat.leave(),
      }
      await Promise.all([playSeat(nim, watched, random), playSeat(nim, table.seat(1), random)])
      // two perfect players: the first wins unless the heaps, taken as binary numbers, cancel out
      const first = heaps.reduce((sum, stones) => sum ^ stones, 0) !== 0
      expect({ heaps, outcome: outcomes.at(-1) }).toEqual({ heaps, outcome: { winners: [first ? 0 : 1] } })
    }
  })
})

const house: OpponentFor = (game) => (seat) => playSeat(game, seat, random)

async function converse(typed: { host?: readonly string[]; join: readonly string[] }) {
  const [server, client] = memoryPair()
  const events = recordWrites(server, client)
  const atHost = new ScriptedUser(typed.host)
  const atJoin = new ScriptedUser(typed.join)
  const terms = { program, options: {}, random }
  const opposite = typed.host ? {} : { opponentFor: house }
  const sides = [
    new Conversation({ ...terms, side: 'server', transport: server, console: atHost, ...opposite }),
    new Conversation({ ...terms, side: 'client', transport: client, console: atJoin }),
  ]
  const ends = await Promise.all(sides.map(({ closed }) => closed))
  return { ends, host: atHost.screen, join: atJoin.screen, ...judgeRecording(program, {}, events) }
}

describe('the protocol of CONTRIBUTING: Nim over a network', () => {
  test('two people play, each at a terminal', async () => {
    const { ends, host, join: screen, illegal, steps } = await converse({ host: ['nothing', '9 9', '1 3', '3 4'], join: ['2 4', '3 1'] })
    expect({ ends, illegal }).toEqual({ ends: [undefined, undefined], illegal: undefined })
    expect(steps.map(({ from, name }) => `${from} ${name}`)).toEqual(['server TAKE', 'client TAKE', 'server TAKE', 'client TAKE'])
    const prompt = 'Heap and number of stones (END to give up): '
    expect(host).toBe(
      `1: ooo\n2: oooo\n3: ooooo\n\n${prompt}nothing\n${prompt}9 9\n${prompt}1 3\n1: \n2: \n3: ooooo\n\n${prompt}3 4\nYou lose.\n`,
    )
    expect(screen).toBe(`1: \n2: oooo\n3: ooooo\n\n${prompt}2 4\n1: \n2: \n3: o\n\n${prompt}3 1\nYou win!\n`)
  })

  test('the house plays against a client, and wins', async () => {
    const typed = Array.from({ length: 60 }, (_, at) => `${1 + (at % 3)} 1`)
    const { ends, join: screen, illegal, steps } = await converse({ join: typed })
    expect({ ends, illegal }).toEqual({ ends: [undefined, undefined], illegal: undefined })
    expect(steps.map(({ name }) => name)).not.toContain('END')
    expect(screen).toMatch(/You lose\.\n$/)
  })

  test('either side may give up', async () => {
    const atOnce = await converse({ host: ['end'], join: [] })
    expect(atOnce.ends).toEqual([undefined, undefined])
    expect([atOnce.host, atOnce.join].map((screen) => screen.split('\n').at(-2))).toEqual(['You lose.', 'You win!'])
    const later = await converse({ host: ['1 1'], join: ['END'] })
    expect(later.ends).toEqual([undefined, undefined])
    expect([later.host, later.join].map((screen) => screen.split('\n').at(-2))).toEqual(['You win!', 'You lose.'])
  })

  test.each(['TAKE 1 9', 'TAKE 4 1', 'TAKE 1', 'take 1 1', 'HELLO'])(
    '%s is refused: the host ends the game, and says why',
    async (said) => {
      const [server, client] = memoryPair()
      const terms = { program, options: {}, random, opponentFor: house }
      const conversation = new Conversation({ ...terms, side: 'server', transport: server })
      client.open({ data: () => client.write(`${said}\n`), finished() {}, closed() {} })
      expect(await conversation.ended).toMatchObject({ name: 'Disconnected', reason: 'violation' })
    },
  )

  test('derives its reference page and its diagram from the automaton', () => {
    const page = formatReference(program)
    expect(page).toContain('The two sides take stones in turn')
    expect(page).toMatch(/\|<-+ TAKE \{heap\} \{count\} -+\| {4}client takes/)
  })
})
