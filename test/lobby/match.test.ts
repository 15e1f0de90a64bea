import { describe, expect, test } from 'vitest'
import type { Store, TableLog } from '../../src/hall/ports.ts'
import { memoryStore } from '../../src/storage/memory/index.ts'
import { Disconnected } from '../../src/wire/disconnect.ts'
import { DoorUser } from '../support/door-user.ts'
import type { FakePeer } from '../support/fake-peer.ts'
import { InteractiveUser } from '../support/interactive-user.ts'
import { settled } from '../support/test-clock.ts'
import { TestLobby } from '../support/test-lobby.ts'

const FREE = '---------'

/** Returns the lines that a client has received. */
function linesOf({ received: messages }: FakePeer): string[] {
  return messages.split('\n').slice(0, -1)
}

/** Two matched clients, ada to move. */
async function matched() {
  const lobby = new TestLobby()
  const ada = await lobby.client('fh/tictactoe')
  const grace = await lobby.client('fh/tictactoe')
  await ada.say('ada\n')
  await grace.say('grace\n')
  return { lobby, ada, grace }
}

describe('fh/tictactoe: two matched clients', () => {
  test('play a whole game to its winner', async () => {
    const { lobby, ada, grace } = await matched()
    expect(ada.received).toBe(`Welcome ada\ninit@1@ada@grace\nmove@1@${FREE}\n`)
    expect(grace.received).toBe('Welcome grace\ninit@1@ada@grace\n')
    for (const [player, cell] of [
      [ada, 1],
      [grace, 5],
      [ada, 2],
      [grace, 9],
      [ada, 3],
    ] as const)
      await player.say(`${cell}\n`)
    expect(linesOf(ada).slice(3)).toEqual([
      'moved@1@ada@1@O--------',
      'moved@1@grace@5@O---X----',
      'move@1@O---X----',
      'moved@1@ada@2@OO--X----',
      'moved@1@grace@9@OO--X---X',
      'move@1@OO--X---X',
      'moved@1@ada@3@OOO-X---X',
      'GameEnd@1@ada@won',
    ])
    expect(linesOf(grace).at(-1)).toBe('GameEnd@1@ada@won')
    expect(lobby.troubles).toEqual([])
  })

  test('play a draw, and another game: the client that waited longer begins', async () => {
    const { lobby, ada, grace } = await matched()
    for (const [at, cell] of [1, 2, 3, 5, 4, 6, 8, 7, 9].entries()) await (at % 2 === 0 ? ada : grace).say(`${cell}\n`)
    for (const one of [ada, grace]) expect(linesOf(one).slice(-2)).toEqual(['moved@1@ada@9@OXOOXXXOO', 'GameEnd@1@draw@draw'])
    await grace.say('grace\n')
    await ada.say('ada\n')
    expect(linesOf(grace).slice(-3)).toEqual(['Welcome grace', 'init@2@grace@ada', `move@2@${FREE}`])
    expect([...lobby.service.hall.tables].map(({ id }) => id)).toEqual([2])
    expect(lobby.troubles).toEqual([])
  })

  test('wait for the second player without limit', async () => {
    const lobby = new TestLobby()
    const ada = await lobby.client('fh/tictactoe')
    await ada.say('ada\n')
    await lobby.clock.pass(1e9)
    expect(ada.received).toBe('Welcome ada\n')
    expect([...lobby.service.hall.openSeeks]).toHaveLength(1)
  })

  test('receive the reason when the server stops, before the connection is reset', async () => {
    const { lobby, ada, grace } = await matched()
    const waiting = await lobby.client('fh/tictactoe')
    await waiting.say('alan\n')
    const reason = new Disconnected('ours', 'the server was stopped')
    lobby.service.closeHall(reason)
    for (const one of [ada, grace, waiting]) {
      one.conversation.stop(reason)
      await one.end()
      expect([linesOf(one).slice(-1), one.gaveUp]).toEqual([['ERROR the server was stopped'], 'reset'])
      expect(one.received.match(/ERROR/g)).toHaveLength(1)
    }
    expect(lobby.troubles).toEqual([])
  })

  test('are not notified of a game that is not persisted', async () => {
    const persisted = Promise.withResolvers<void>()
    const lobby = new TestLobby({ store: waiting(memoryStore(), persisted.promise) })
    const ada = await lobby.client('fh/tictactoe')
    const grace = await lobby.client('fh/tictactoe')
    await ada.say('ada\n')
    await grace.say('grace\n')
    expect([ada.received, grace.received]).toEqual(['Welcome ada\n', 'Welcome grace\n'])
    persisted.resolve()
    await settled()
    expect(linesOf(ada).slice(1)).toEqual(['init@1@ada@grace', `move@1@${FREE}`])
  })
})

/** A store that persists nothing of tables before an event of the test. */
function waiting(store: Store, before: Promise<void>): Store {
  const { tables } = store
  const log: TableLog = {
    newTable: (lease) => tables.newTable(lease),
    claim: (...which) => tables.claim(...which),
    append: (...addition) => void before.then(() => tables.append(...addition)),
    read: (...which) => tables.read(...which),
    readAll: (which) => tables.readAll(which),
    follow: (...who) => tables.follow(...who),
    unfinished: () => tables.unfinished(),
    ended: (after) => tables.ended(after),
  }
  return { ...store, tables: log }
}

describe('names', () => {
  test.each([
    [' ada', 'a name has no blanks at its ends'],
    ['ada ', 'a name has no blanks at its ends'],
    ['ada@home', 'a name has no @ in it'],
    ['', 'a name has 1 to 20 characters'],
    ['x'.repeat(21), 'a name has 1 to 20 characters'],
    ['5', 'a name cannot be a number, because the server would mistake it for a cell'],
    ['+0042', 'a name cannot be a number, because the server would mistake it for a cell'],
    ['house', 'house cannot be a name: it is a command, or another word with a meaning here; choose another'],
    ['a\u0001da', 'a name has only visible characters'],
  ])('refuses %j with a sentence, and accepts another', async (name, sentence) => {
    const lobby = new TestLobby()
    const client = await lobby.client('fh/tictactoe')
    await client.say(`${name}\n`, 'ada\n')
    expect(linesOf(client)).toEqual([`ERROR ${sentence}`, 'Welcome ada'])
  })

  test('refuses a registered name without advice to log in, because the protocol has no message for it', async () => {
    const lobby = new TestLobby()
    const caller = new DoorUser((line) => lobby.service.createSeating(line, 'parlor/door'), lobby.clock)
    await caller.type('ada', 'register', 'engine-1843')
    await caller.send('engine-1843\n')
    await caller.until('ada is registered now')
    const client = await lobby.client('fh/tictactoe')
    await client.say('Ada\n', 'rated\n')
    expect(linesOf(client)).toEqual([
      'ERROR the name ada is registered, and this program takes no passwords: take another name',
      'Welcome rated',
    ])
  })

  test.each(['ada lovelace', 'a', 'x'.repeat(20), 'Ада', '🎲'.repeat(20), 'r2d2', '-1', '0'])('accepts %s', async (name) => {
    const { lobby, ada } = await matched()
    const client = await lobby.client('fh/tictactoe')
    await client.say(`${name}\n`)
    await ada.say('QUIT\n')
    const other = await lobby.client('fh/tictactoe')
    await other.say('alan\n')
    expect(linesOf(client).slice(0, 2)).toEqual([`Welcome ${name}`, `init@2@${name}@alan`])
  })

  test('shows a name as it is stored: composed', async () => {
    const lobby = new TestLobby()
    const client = await lobby.client('fh/tictactoe')
    await client.say('a\u0308da\n')
    expect(client.received).toBe('Welcome äda\n')
  })

  test('a name is taken while its user is online, and free afterwards', async () => {
    const { lobby, ada } = await matched()
    const other = await lobby.client('fh/tictactoe')
    await other.say('ADA\n')
    expect(other.received).toBe('ERROR ADA is taken; try ADA2\n')
    await ada.reset()
    await other.say('ADA\n')
    expect(linesOf(other).at(-1)).toBe('Welcome ADA')
  })

  test('a classroom program has a name that fits every client', async () => {
    const lobby = new TestLobby()
    const ada = await lobby.client('fh/tictactoe')
    await ada.say('ada\n')
    await lobby.client('tjc/tictactoe-alternative')
    expect(linesOf(ada)[1]).toBe('init@1@tjc/tictactoe-altern@ada')
  })
})

describe('cells', () => {
  test.each([
    ['10', 'there is no cell 10; cells go from 1 to 9'],
    ['99999999999999999999', 'there is no cell 100000000000000000000; cells go from 1 to 9'],
    ['5', 'cell 5 is taken by O'],
  ])('%s is refused with a sentence and requested again, and changes nothing', async (cell, sentence) => {
    const { lobby, ada, grace } = await matched()
    await ada.say('5\n')
    await grace.say(`${cell}\n`)
    expect(linesOf(grace).slice(-2)).toEqual([`ERROR ${sentence}`, 'move@1@----O----'])
    await grace.say('1\n')
    expect(linesOf(ada).slice(-2)).toEqual(['moved@1@grace@1@X---O----', 'move@1@X---O----'])
    expect(lobby.troubles).toEqual([])
  })

  test.each(['0', '-1', 'x', '5 5', '', 'MOVE5', '1e0'])('%j is refused as no cell, and is requested again', async (text) => {
    const { ada, grace } = await matched()
    await ada.say(`${text}\n`)
    expect(linesOf(ada).slice(-2)).toEqual([
      expect.stringMatching(
        /^ERROR ".*" does not belong here; expected a cell from 1 to 9 \(such as "5"\), or "QUIT" to stop(; an empty line .*)?$/,
      ),
      `move@1@${FREE}`,
    ])
    expect(linesOf(grace)).toHaveLength(2)
    await ada.say('5\n')
    expect(linesOf(grace).slice(-2)).toEqual(['moved@1@ada@5@----O----', 'move@1@----O----'])
  })

  test.each([' 5', '5 ', '+5', '005'])('%j is the cell 5', async (text) => {
    const { ada } = await matched()
    await ada.say(`${text}\n`)
    expect(linesOf(ada).at(-1)).toBe('moved@1@ada@5@----O----')
  })

  test('a cell out of turn is refused, and changes nothing', async () => {
    const { ada, grace } = await matched()
    await grace.say('5\n')
    expect(linesOf(grace).at(-1)).toMatch(/^ERROR "5" arrived too soon: it is not your turn yet; wait for something like "move@17@/)
    await ada.say('1\n2\n')
    expect(linesOf(grace).at(-1)).toBe('move@1@O--------')
    await grace.say('5\n')
    expect(linesOf(grace).at(-1)).toBe('moved@1@grace@5@O---X----')
  })
})

describe('a player who leaves', () => {
  const WAYS: Readonly<Record<string, (peer: FakePeer) => Promise<unknown>>> = {
    'says QUIT': (peer) => peer.say('QUIT\n'),
    closes: (peer) => peer.close(),
    resets: (peer) => peer.reset(),
  }
  /** The earlier moves, cell by cell, with ada first. */
  const BEFORE: readonly (readonly number[])[] = [[], [5], [5, 1], [5, 1, 9]]

  for (const [way, leave] of Object.entries(WAYS)) {
    test.each(BEFORE)(`and ${way} after %j loses, in either player’s turn; the opponent may play again`, async (...cells) => {
      for (const who of ['ada', 'grace'] as const) {
        const { lobby, ...players } = await matched()
        for (const [at, cell] of cells.entries()) await (at % 2 === 0 ? players.ada : players.grace).say(`${cell}\n`)
        const stays = who === 'ada' ? 'grace' : 'ada'
        await leave(players[who])
        expect(linesOf(players[stays]).at(-1)).toBe(`GameEnd@1@${stays}@left`)
        await players[stays].say(`${stays}\n`)
        expect(linesOf(players[stays]).at(-1)).toBe(`Welcome ${stays}`)
        const next = await lobby.client('fh/tictactoe')
        await next.say('alan\n')
        expect(linesOf(players[stays]).at(-1)).toBe(`move@2@${FREE}`)
        expect((await lobby.store.tables.read(1, 0)).at(-1)).toMatchObject({ type: 'ended', outcome: { left: who === 'ada' ? 0 : 1 } })
        expect(lobby.troubles).toEqual([])
      }
    })

    test(`and ${way} before there is an opponent is not matched`, async () => {
      const lobby = new TestLobby()
      const ada = await lobby.client('fh/tictactoe')
      await ada.say('ada\n')
      await leave(ada)
      expect([[...lobby.service.hall.openSeeks], [...lobby.service.people.online]]).toEqual([[], []])
      const grace = await lobby.client('fh/tictactoe')
      await grace.say('grace\n')
      expect(grace.received).toBe('Welcome grace\n')
    })
  }

  test('and has only sent a name is not matched', async () => {
    const lobby = new TestLobby()
    const grace = await lobby.client('fh/tictactoe')
    await grace.say('grace\n')
    const ghosts = await Promise.all([lobby.client('fh/tictactoe'), lobby.client('fh/tictactoe')])
    void ghosts[0]?.say('ada\nQUIT\n')
    void ghosts[1]?.say('alan\n')
    await ghosts[1]?.close()
    expect(grace.received).toBe('Welcome grace\n')
    expect(await lobby.store.tables.read(1, 0)).toEqual([])
  })

  test('in the middle of a game leaves the rest of its messages unread', async () => {
    const { ada, grace } = await matched()
    await ada.say('QUIT\n5\nada\n')
    expect(linesOf(ada)).toHaveLength(3)
    expect(linesOf(grace).at(-1)).toBe('GameEnd@1@grace@left')
  })

  test('by silence has left when the timeout of a request is over', async () => {
    const { ada, grace } = await matched()
    const limits = { first: 10_000, idle: 10_000 }
    for (const one of [ada, grace]) one.conversation.checkTimeout(one.clock.monotonic() + 10_000, limits)
    await settled()
    expect(linesOf(grace).at(-1)).toBe('GameEnd@1@grace@left')
    expect((await ada.end())?.message).toMatch(/sent nothing for 10 s; expected a cell|sent nothing for 10 s; expected/)
  })
})

describe('a cell that crosses the end', () => {
  test('is dropped if the client sent it before it received the end', async () => {
    const { lobby, ada, grace } = await matched()
    await grace.reset()
    expect(linesOf(ada).at(-1)).toBe('GameEnd@1@ada@left')
    await ada.say('5\n')
    expect(linesOf(ada).at(-1)).toBe('GameEnd@1@ada@left')
    await ada.say('ada\n')
    expect(linesOf(ada).at(-1)).toBe('Welcome ada')
    expect(lobby.troubles).toEqual([])
  })

  test('is dropped if the end is decided and not yet published', async () => {
    const { lobby, ada, grace } = await matched()
    const before = linesOf(ada).length
    await Promise.all([grace.say('QUIT\n'), ada.say('5\n')])
    expect(linesOf(ada).slice(before)).toEqual(['GameEnd@1@ada@left'])
    await ada.say('ada\n')
    expect(linesOf(ada).at(-1)).toBe('Welcome ada')
    expect(lobby.troubles).toEqual([])
  })

  test('is a name if it is a name', async () => {
    const { ada, grace } = await matched()
    await grace.reset()
    await ada.say('countess\n')
    expect(linesOf(ada).at(-1)).toBe('Welcome countess')
  })
})

describe('possible opponents', () => {
  /** The programs, the seats that their clients can hold, and their first messages. */
  const SEATS: Readonly<Record<string, readonly number[]>> = {
    'tjc/tictactoe': [1],
    'tjc/tictactoe-alternative': [0],
    'fh/tictactoe': [0, 1],
  }
  const WAIT = 60_000
  const names = Object.keys(SEATS)
  const pairs = names.flatMap((first) => names.map((second) => [first, second] as const))
  const together = pairs.filter(([first, second]) => new Set([...(SEATS[first] ?? []), ...(SEATS[second] ?? [])]).size === 2)

  /** Connects a client, which sends its name if the program asks for it. */
  async function arrives(lobby: TestLobby, program: string, name: string): Promise<{ program: string; name: string; peer: FakePeer }> {
    const peer = await lobby.client(program)
    if (program === 'fh/tictactoe') await peer.say(`${name}\n`)
    return { program, name: program === 'fh/tictactoe' ? name : program.slice(0, 20), peer }
  }

  test.each(together)('%s first and then %s: they play a whole game', async (first, second) => {
    const lobby = new TestLobby({ wait: WAIT })
    const players = [await arrives(lobby, first, 'ada'), await arrives(lobby, second, 'grace')]
    const opening = (await lobby.store.tables.read(1, 0))[0]
    if (opening?.type !== 'opened') throw new TypeError('nobody was matched')
    const seated = opening.seats.map(({ name }) => players.find((one) => one.name === name))
    expect(seated.every((one) => one !== undefined)).toBe(true)
    for (const [at, cell] of [1, 5, 2, 9, 3].entries()) {
      const [mover, other] = [seated[at % 2], seated[1 - (at % 2)]]
      await mover?.peer.say(mover.program === 'fh/tictactoe' ? `${cell}\n` : `MOVE${cell}\n`)
      const received = other?.program === 'fh/tictactoe' ? new RegExp(`moved@1@${mover?.name}@${cell}@`) : new RegExp(`^MOVE${cell}$`, 'm')
      expect(other?.peer.received).toMatch(received)
    }
    for (const { program, peer } of players) {
      if (program === 'fh/tictactoe') expect(linesOf(peer).at(-1)).toBe(`GameEnd@1@${seated[0]?.name}@won`)
      expect(await peer.close()).toBeUndefined()
    }
    expect((await lobby.store.tables.read(1, 0)).at(-1)).toMatchObject({ type: 'ended', outcome: { winners: [0] } })
    expect(lobby.troubles).toEqual([])
  })

  test.each(pairs.filter((pair) => !together.includes(pair)))(
    '%s and %s wait for others, and then the house takes the other seat',
    async (first, second) => {
      const lobby = new TestLobby({ wait: WAIT })
      for (const program of [first, second]) await arrives(lobby, program, 'ada')
      expect([...lobby.service.hall.openSeeks]).toHaveLength(2)
      await lobby.clock.pass(WAIT)
      const opposite = await Promise.all([1, 2].map((id) => lobby.store.tables.read(id, 0)))
      for (const [opened] of opposite)
        expect(opened).toMatchObject({ seats: expect.arrayContaining([expect.objectContaining({ name: 'house' })]) })
    },
  )

  test('the house plays immediately against a classroom client without a wait that is first', async () => {
    const lobby = new TestLobby()
    const second = await lobby.client('tjc/tictactoe')
    expect(second.received).toMatch(/^MOVE\d\n$/)
    const begins = await lobby.client('tjc/tictactoe-alternative')
    await begins.say('MOVE5\n')
    expect(begins.received).toMatch(/^MOVE\d\n$/)
  })

  test('seeks with different board sizes do not match', async () => {
    const lobby = new TestLobby({ wait: WAIT })
    const ada = await lobby.client('fh/tictactoe')
    await ada.say('ada\n')
    await lobby.client('tjc/tictactoe', { size: 4 })
    expect(ada.received).toBe('Welcome ada\n')
    await lobby.client('tjc/tictactoe', { framing: 'none', words: ['banana'] })
    expect(linesOf(ada).at(-1)).toBe(`move@1@${FREE}`)
  })

  test('a classroom client whose opponent has left is notified after its move, and has not broken the protocol', async () => {
    const { lobby, ada } = await matched()
    await ada.say('QUIT\n')
    const alan = await lobby.client('fh/tictactoe')
    await alan.say('alan\n')
    const classroom = await lobby.client('tjc/tictactoe')
    await alan.say('5\n')
    expect(classroom.received).toBe('MOVE5\n')
    await alan.reset()
    await classroom.say('MOVE1\n')
    expect(classroom.received).toBe('MOVE5\nEND\n')
    expect(await classroom.close()).toBeUndefined()
  })
})

describe('Parlor’s client', () => {
  test('plays, shows each event, and continues under another name', async () => {
    const lobby = new TestLobby()
    const [ada, grace] = [new InteractiveUser(), new InteractiveUser()]
    const guests = [await lobby.guest('fh/tictactoe', ada), await lobby.guest('fh/tictactoe', grace)]
    await settled()
    const name = '🎲'.repeat(20)
    await ada.type(name)
    await grace.type('ä'.normalize('NFD'))
    await settled()
    for (const [at, cell] of ['1', '5', '2', '9', '3'].entries()) {
      await (at % 2 === 0 ? ada : grace).type(cell)
      await settled()
    }
    expect(ada.screen).toContain(`${name} is O and begins, ä is X`)
    expect(ada.screen).toContain('You move: 1')
    expect(ada.screen).toContain('You win!')
    expect(grace.screen).toContain('You move: 5')
    expect(grace.screen).toContain(`${name} wins.`)
    await ada.type('')
    await grace.type('')
    await lobby.clock.pass(10_000)
    expect(await Promise.all(guests.flatMap(({ server, client }) => [server.closed, client.closed]))).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ])
    expect(lobby.troubles).toEqual([])
  })
})
