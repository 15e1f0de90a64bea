import { describe, expect, test } from 'vitest'
import { connectFour } from '../../examples/plugins/connect-four.ts'
import { type AnyGame, RulesError } from '../../src/games/game.ts'
import { shippedGames } from '../../src/games/index.ts'
import { seededRandom } from '../../src/games/random.ts'
import { tictactoe } from '../../src/games/tictactoe.ts'
import { guardGame } from '../../src/plugins/guard.ts'
import { TimeLimit } from '../../src/plugins/time-limit.ts'
import { DoorUser } from '../support/door-user.ts'
import { MemoryNativeClient } from '../support/memory-native-client.ts'
import { settled, TestClock } from '../support/test-clock.ts'
import { TestLobby } from '../support/test-lobby.ts'

const random = seededRandom(1)
const limit = new TimeLimit(50)
/** A limit that a busy machine does not reach by itself. */
const patient = new TimeLimit(500)

function fail(): never {
  throw new Error('so be it')
}

function computeForEver(): never {
  for (;;);
}

/** A guarded game with some hooks replaced, and its reported failures. */
function guarded(broken: Partial<AnyGame>, game: AnyGame = connectFour, time = limit) {
  const failures: string[] = []
  return { failures, game: guardGame({ ...game, ...broken }, time, (sentence, reason) => failures.push(`${sentence}: ${reason}`)) }
}

describe.each([
  ['throws', fail, /so be it/],
  ['computes forever', computeForEver, /longer than 50 ms/],
])('a hook of a plug-in that %s', (_, broken, why) => {
  test.each(['play', 'outcome', 'toMove', 'view', 'points'] as const)('in %s refuses the move', (hook) => {
    const start = connectFour.setup({}, random)
    const { game, failures } = guarded({ [hook]: broken })
    expect(game.play(start, 0, 4, random)).toEqual({ refused: expect.stringContaining('failed at this move') })
    expect(failures).toEqual([expect.stringMatching(why)])
  })

  test.each(['setup', 'view', 'toMove', 'outcome'] as const)('in %s throws a RulesError with a sentence', (hook) => {
    const { game } = guarded({ [hook]: broken })
    expect(() => game[hook]({}, random as never, random as never)).toThrow(RulesError)
  })

  test('in a text gives another text', () => {
    const { game } = guarded({
      screen: { board: broken, last: broken, end: broken, givenUp: broken },
      notation: { parse: broken, print: broken, render: broken },
    })
    const players = { names: [], seat: 0 }
    expect([game.screen?.board?.({}, players), game.screen?.last?.({}), game.screen?.end?.({}, true), game.screen?.givenUp?.({})]).toEqual([
      undefined,
      undefined,
      '',
      '',
    ])
    expect(game.notation.parse('4')).toEqual({ refused: 'the game cannot read this text as a move' })
    expect([game.notation.print(4), game.notation.render({})]).toEqual(['', 'The board cannot be rendered.'])
  })

  test('reaches the log once for each hook', () => {
    const { game, failures } = guarded({ play: broken })
    for (let n = 0; n < 3; n++) game.play(connectFour.setup({}, random), 0, 4, random)
    expect(failures).toHaveLength(1)
  })
})

test('a guarded game plays like the game itself, and the house plays it', () => {
  const { game, failures } = guarded({}, connectFour, new TimeLimit(10_000))
  const start = game.setup({}, random)
  expect(game.play(start, 0, 4, random)).toEqual(connectFour.play(connectFour.setup({}, random), 0, 4, random))
  expect(game.play(start, 1, 4, random)).toEqual({ refused: 'it is the other player’s turn' })
  expect(game.choose?.(game.view(start, 0), 0, random)).toBeGreaterThan(0)
  expect(failures).toEqual([])
})

test('options of a plug-in that never resolve are refused after ten seconds', async () => {
  const clock = new TestClock()
  const options = () => new Promise<never>(() => {})
  const game = guardGame({ ...connectFour, options }, new TimeLimit(50, clock), () => {})
  const room = new TestLobby({ catalog: shippedGames.with([game]) })
  const client = new MemoryNativeClient(room.service)
  await client.say({ type: 'enter', name: 'ada' })
  const answer = client.say({ type: 'seek', game: 'connect-four' })
  await clock.pass(9_999)
  expect(clock.waiting).toBe(1)
  await clock.pass(1)
  expect(await answer).toMatchObject({ type: 'error', code: 'not-now' })
  expect(clock.waiting).toBe(0)
})

/** A guarded game with a large tree and short keys, and the number of moves that its rules have played. */
function withShortKeys(limit: TimeLimit, onMove: () => void = () => {}) {
  const counted = { moves: 0 }
  const rules: AnyGame = {
    ...tictactoe,
    key: (state) => String(counted.moves + JSON.stringify(state).length),
    play: (...args) => {
      counted.moves++
      onMove()
      return tictactoe.play(...(args as Parameters<typeof tictactoe.play>))
    },
  }
  const game = guardGame(rules, limit, () => {})
  const start = tictactoe.setup({ size: 10 }, random)
  return { counted, choose: () => game.choose?.(game.view(start, 0), 0, random) }
}

describe('the search in a plug-in’s game', () => {
  test('is as small as its speed demands, even if the keys of its positions are short', () => {
    const { counted, choose } = withShortKeys(new TimeLimit(10_000))
    expect(choose()).toBeDefined()
    expect(counted.moves).toBeGreaterThan(0)
    // 1,000 moves at first, in each of two phases
    expect(counted.moves).toBeLessThan(2500)
  })

  test('is smaller after it was stopped by the time limit', () => {
    const { counted, choose } = withShortKeys(new TimeLimit(400), () => {
      for (const end = performance.now() + 1; performance.now() < end; );
    })
    expect(choose()).toBeDefined()
    counted.moves = 0
    expect(choose()).toBeDefined()
    expect(counted.moves).toBeLessThan(210)
  })
})

/** Two users at the front door, in a hall with a guarded game. */
async function atTheDoor(broken: Partial<AnyGame>) {
  const { game, failures } = guarded(broken, connectFour, patient)
  const room = new TestLobby({ catalog: shippedGames.with([game]) })
  const connectUser = async (name: string) => {
    const caller = new DoorUser((line) => room.service.createSeating(line, 'parlor/door'), room.clock)
    await settled()
    await caller.type(name)
    return caller
  }
  return { room, failures, ada: await connectUser('ada'), grace: await connectUser('grace') }
}

describe('at the front door, a plug-in’s game', () => {
  test('is listed, explained, played and shown like a shipped game', async () => {
    const { ada, grace } = await atTheDoor({})
    expect(await ada.type('games')).toContain('connect-four  connect four: drop discs into columns')
    expect(await ada.type('rules four')).toContain('Two players drop a disc')
    await ada.type('play four')
    await grace.type('play connect-four')
    expect(ada.news()).toContain('you are O and begin; grace is X')
    await ada.type('4')
    grace.news()
    await grace.type('3')
    expect(ada.news()).toContain('grace has moved: 3.')
    expect(await ada.type('9')).toContain('There is no column 9')
  })

  test('that fails at a move refuses it with a sentence, and other tables continue', async () => {
    const { ada, grace, room, failures } = await atTheDoor({ play: fail })
    await ada.type('play connect-four')
    await grace.type('play connect-four')
    expect(await ada.type('4')).toContain('The rules of connect-four failed at this move')
    await ada.type('resign')
    await ada.type('play tictactoe house')
    expect(await ada.type('5')).toContain('Your move')
    expect(failures).toHaveLength(1)
    expect(room.troubles).toEqual([])
  })

  test('that cannot be set up is refused with a sentence', async () => {
    const { ada } = await atTheDoor({ setup: fail })
    expect(await ada.type('play connect-four house')).toContain('The rules of connect-four failed (setup: so be it)')
    expect(await ada.type('play tictactoe house')).toContain('Table 1')
  })

  test('that computes forever stops at its limit, and other tables continue', async () => {
    const { ada } = await atTheDoor({ play: computeForEver })
    await ada.type('play connect-four house')
    expect(await ada.type('4')).toContain('failed at this move')
    await ada.type('resign')
    expect(await ada.type('play tictactoe house')).toContain('Your move')
  })
})

describe('a restart', () => {
  test('without the plug-in, or with a changed plug-in, holds its seats, and with it the game continues', async () => {
    const { room, ada, grace } = await atTheDoor({})
    await ada.type('play connect-four')
    await grace.type('play connect-four')
    const [, token = ''] = /resume (\S+)/.exec(ada.screen + ada.news()) ?? []
    expect(token).not.toBe('')
    await ada.type('4')
    room.service.closeHall(new Error('the process ends'))
    await settled()

    const without = new TestLobby({ store: room.store })
    await without.service.hall.restore()
    expect(without.troubles).toEqual([expect.stringContaining('1 table of connect-four cannot be resumed')])
    const back = new DoorUser((line) => without.service.createSeating(line, 'parlor/door'), without.clock)
    await settled()
    expect(await back.type(`resume ${token}`)).toContain('cannot continue this game of connect-four now: it holds your seat')
    without.service.closeHall(new Error('the process ends'))

    const changed = { ...connectFour, play: () => ({ refused: 'all is different' }) }
    const other = new TestLobby({ store: room.store, catalog: shippedGames.with([changed]) })
    await other.service.hall.restore()
    expect(other.troubles).toEqual([expect.stringContaining('the server could not restore table 1')])
    other.service.closeHall(new Error('the process ends'))

    const again = new TestLobby({ store: room.store, catalog: shippedGames.with([connectFour]) })
    await again.service.hall.restore()
    expect(again.troubles).toEqual([])
    const later = new DoorUser((line) => again.service.createSeating(line, 'parlor/door'), again.clock)
    await settled()
    await later.type(`resume ${token}`)
    expect(later.screen).toContain('. . . O . . .')
  })
})

test('the list of legal moves is cut, and is empty if the game fails at it', () => {
  const endless = guarded({
    *moves() {
      for (let column = 1; ; column++) yield column
    },
  })
  expect([...(endless.game.moves?.({}, 0) ?? [])].length).toBe(100)
  const broken = guarded({ moves: fail })
  expect(broken.game.moves?.({}, 0)).toEqual([])
  expect(broken.failures).toEqual([expect.stringMatching(/^moves of the game connect-four failed: .*so be it/)])
})
