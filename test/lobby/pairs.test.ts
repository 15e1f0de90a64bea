import { describe, expect, test } from 'vitest'
import { MemoryNativeClient } from '../support/memory-native-client.ts'
import { TestLobby } from '../support/test-lobby.ts'

/** A player at a tic-tac-toe table, with any protocol. */
interface Player {
  /** Marks a cell. */
  mark(cell: number): Promise<void>
  /** The opponent's cells that this player has received. */
  received(): number[]
  /** Whether this player has received the end of the game. */
  over(): boolean
}

/** A kind of client, and the seats that it can hold. */
interface Way {
  readonly seats: readonly number[]
  connectPlayer(lobby: TestLobby, name: string): Promise<Player>
}

/** A program that receives only the opponent's moves. */
function classroom(program: string, seat: number): Way {
  return {
    seats: [seat],
    async connectPlayer(lobby) {
      const client = await lobby.client(program)
      return {
        mark: (cell) => client.say(`MOVE${cell}\n`),
        received: () => [...client.received.matchAll(/MOVE(\d)\n/g)].map(([, cell]) => Number(cell)),
        over: () => client.gaveUp !== undefined,
      }
    },
  }
}

/** A user at the front door, whose client ends lines in the given way, and may send a text before the first. */
function person(end: string, before?: Uint8Array): Way {
  return {
    seats: [0, 1],
    async connectPlayer(lobby, name) {
      const client = await lobby.client('parlor/door')
      if (before) await client.say(before)
      const type = (line: string) => client.say(`${line}${end}`)
      await type(name)
      await type('play tictactoe')
      const received = () => {
        const cells = [...client.received.matchAll(/^ (.) \| (.) \| (.)\r?$/gm)].slice(-3).flatMap((row) => row.slice(1))
        const other = /you are (O|X)/.exec(client.received)?.[1] === 'O' ? 'X' : 'O'
        return cells.flatMap((mark, at) => (mark === other ? [at + 1] : []))
      }
      return { mark: (cell) => type(String(cell)), received, over: () => /^(You win!|\S+ wins)/m.test(client.received) }
    },
  }
}

const WAYS: Readonly<Record<string, Way>> = {
  'a classroom client that comes second': classroom('tjc/tictactoe', 1),
  'a classroom client that begins': classroom('tjc/tictactoe-alternative', 0),
  'the protocol of two clients': {
    seats: [0, 1],
    async connectPlayer(lobby, name) {
      const client = await lobby.client('fh/tictactoe')
      await client.say(`${name}\n`)
      return {
        mark: (cell) => client.say(`${cell}\n`),
        received: () =>
          [...client.received.matchAll(/^moved@\d+@([^@]+)@(\d)@/gm)].filter(([, who]) => who !== name).map(([, , cell]) => Number(cell)),
        over: () => /^GameEnd@/m.test(client.received),
      }
    },
  },
  'a person with nc at the front door': person('\n'),
  'a person with telnet at the front door': person('\r\n', Uint8Array.of(255, 251, 31, 255, 253, 3)),
  'a program in the native protocol': {
    seats: [0, 1],
    async connectPlayer(lobby, name) {
      const native = new MemoryNativeClient(lobby.service)
      await native.say({ type: 'enter', name })
      await native.say({ type: 'seek', game: 'tictactoe' })
      const moves = () =>
        native.all('event').flatMap(({ what, sight }) => {
          const view = sight?.view as { last?: number } | undefined
          return what.type === 'moved' && what.seat !== native.last('seated').seat ? [view?.last ?? 0] : []
        })
      return {
        mark: async (cell) => {
          expect(await native.say({ type: 'play', table: native.last('seated').table, move: String(cell) })).toMatchObject({ type: 'ok' })
        },
        received: moves,
        over: () => native.all('event').some(({ what }) => what.type === 'ended'),
      }
    },
  },
}

/** All pairs of opponents: the first in seat 0. */
const PAIRS = Object.entries(WAYS).flatMap(([first, one]) =>
  Object.entries(WAYS).flatMap(([second, other]) =>
    one.seats.includes(0) && other.seats.includes(1) ? ([0, 1] as const).map((waits) => ({ first, second, waits })) : [],
  ),
)

describe('every kind of client plays with every other', () => {
  test.each(PAIRS)('$first begins against: $second (the waiting user: $waits)', async ({ first, second, waits }) => {
    const lobby = new TestLobby({ wait: 60_000 })
    const ways = [WAYS[first], WAYS[second]] as const
    const alan = new MemoryNativeClient(lobby.service)
    await alan.say({ type: 'enter', name: 'alan' })
    const connectPlayer = async (at: number) => ways[at]?.connectPlayer(lobby, at === 0 ? 'ada' : 'grace')
    const players =
      waits === 0 ? [await connectPlayer(0), await connectPlayer(1)] : [await connectPlayer(1), await connectPlayer(0)].toReversed()
    const [table] = [...lobby.service.hall.tables]
    expect(table?.state.opened.seats).toHaveLength(2)
    // a client that could hold either seat begins if it was first
    const seated = waits === 1 && ways.every((way) => way?.seats.length === 2) ? players.toReversed() : players
    expect(await alan.say({ type: 'watch', table: table?.id ?? 0 })).toMatchObject({ type: 'watching' })
    for (const [at, cell] of [1, 4, 2, 5, 3].entries()) await seated[at % 2]?.mark(cell)
    expect(seated.map((player) => player?.received())).toEqual([
      [4, 5],
      [1, 2, 3],
    ])
    expect(seated.map((player) => player?.over())).toEqual([true, true])
    expect(alan.last('event')).toMatchObject({ what: { type: 'ended', outcome: { winners: [0] } } })
    expect(lobby.troubles).toEqual([])
  })
})
