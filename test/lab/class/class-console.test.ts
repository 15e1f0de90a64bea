import { describe, expect, test } from 'vitest'
import { type ClassChange, toClassVerdict } from '../../../src/lab/class/class-view.ts'
import { Roster } from '../../../src/lab/class/roster.ts'
import { toWatchedProtocol } from '../../../src/lab/monitor/monitor.ts'
import { program } from '../../support/play.ts'
import { settled } from '../../support/test-clock.ts'
import { WatchedClass } from '../../support/watched-class.ts'

describe('a row of the class console', () => {
  test('has the address, the program, the state, the turn and the progress of a connection', async () => {
    const room = new WatchedClass()
    const client = await room.connect('guess')
    expect(room.row(client)).toMatchObject({ state: 'start', turn: 'server', progress: { visited: 1, states: 5, games: 0 } })
    await room.clock.pass(1500)
    await room.exchange(client, '<GUESS\n')
    await room.clock.pass(500)
    expect(room.row(client)).toEqual({
      ...{
        connection: 1,
        program: 'tjc/guess',
        host: '127.0.0.1',
        port: 50_001,
        transport: 'tcp',
        isOpen: true,
        isOver: false,
        isLost: false,
      },
      ...{ state: 'guessing', turn: 'client', progress: { visited: 2, states: 5, games: 0 }, observations: 1, trace: [-6] },
      ...{ openedAt: 1_700_000_000_000, lastAt: 1_700_000_001_500, quietFor: 500 },
    })
  })

  test('has the name that the client has given', async () => {
    const room = new WatchedClass()
    const quiz = await room.connect('quiz')
    await room.exchange(quiz, '>NAME ada\n')
    const guess = await room.connect('guess')
    room.console.seat(guess.connection, 7, 'grace')
    expect([room.row(quiz).name, room.row(guess).name]).toEqual(['ada', 'grace'])
  })

  test('has the last fault, which remains until the client sends a legal message', async () => {
    const room = new WatchedClass()
    const client = await room.connect('hangman')
    await room.exchange(client, '>begin\n')
    const sentence = expect.stringContaining('the client sent "begin"')
    expect(room.row(client).fault).toEqual({ sentence, at: 0, stands: true })
    expect(toClassVerdict(room.row(client))).toBe('failed')
    await room.exchange(client, '<ERROR what?\n', '>START\n')
    expect(room.row(client).fault).toEqual({ sentence, at: 0, stands: false })
    expect(toClassVerdict(room.row(client))).toBe('none')
  })

  test('has a message that the rules of the game refuse, until the client sends another message; talk is not quoted', async () => {
    const room = new WatchedClass()
    const [guess, chat] = [await room.connect('guess'), await room.connect('chat')]
    await room.exchange(guess, '<GUESS\n', '>low\n')
    room.console.refuseMessage(guess.connection, 'the client sent "low": expected a number from 1 to 100')
    expect(room.row(guess).fault).toEqual({ sentence: 'the client sent "low": expected a number from 1 to 100', at: 0, stands: true })
    await room.exchange(guess, '<LOW\n', '<GUESS\n', '>50\n')
    expect(room.row(guess).fault?.stands).toBe(false)
    room.console.refuseMessage(chat.connection, 'the client sent "my private talk"')
    expect(room.row(chat).fault?.sentence).toBe('the server refused a message of the client, which is not shown')
  })

  test('has the sizes of the last messages as they are shown, with the direction of each, and 0 for a violation', async () => {
    const room = new WatchedClass()
    const quiz = await room.connect('quiz')
    await room.exchange(quiz, '>LOGIN ada engine-1843\n', '<ERROR wrong password\n', '>DANCE\n')
    const shown = room.console.observations(1).map(({ observation }) => ('bytes' in observation ? observation.bytes.length : undefined))
    expect(room.row(quiz).trace).toEqual([shown[0], -(shown[1] ?? 0), 0])
    expect(shown[0]).toBe('LOGIN ***'.length)
    for (let n = 0; n < 30; n++) await room.exchange(quiz, '>DANCE\n', '<ERROR what?\n')
    expect(room.row(quiz).trace).toHaveLength(40)
  })

  test('has the desk of the roster, and a new desk with a new roster', async () => {
    const room = new WatchedClass()
    const [one, other] = [await room.connect('quiz'), await room.connect('guess')]
    await room.exchange(one, '>NAME ada\n')
    expect(room.row(one)).not.toHaveProperty('desk')
    const changes: ClassChange[] = []
    room.console.subscribe((change) => changes.push(change))
    room.console.setRoster(new Roster('desk,name\nthe window,ada\n'))
    expect(changes.map(({ connection }) => connection)).toEqual([1, 2])
    expect(room.console.list().map(({ desk }) => desk)).toEqual(['the window', undefined])
    room.console.setRoster(new Roster('desk,address\nthe door,127.0.0.1\n'))
    expect([room.row(one).desk, room.row(other).desk]).toEqual(['the door', 'the door'])
  })

  test('names an unfinished message after two seconds, without another byte', async () => {
    const room = new WatchedClass()
    const client = await room.connect('guess')
    await room.exchange(client, '<GUESS\n', '>50')
    await room.clock.pass(1000)
    expect(room.row(client)).not.toHaveProperty('fault')
    await room.clock.pass(2000)
    expect(room.row(client).fault?.sentence).toBe('the client has sent "50" and no line end (\\n)')
    await room.exchange(client, '>\n')
    expect(room.row(client).fault?.stands).toBe(false)
  })

  test('counts the games that end at the table of the client, if no player has given up', async () => {
    const room = new WatchedClass()
    const [one, other] = [await room.connect('guess'), await room.connect('guess')]
    room.console.seat(one.connection, 3)
    room.console.seat(other.connection, 4)
    room.console.endGame(3, true)
    room.console.endGame(4, false)
    room.console.endGame(3, true)
    expect([one, other].map((client) => room.row(client).progress.games)).toEqual([1, 0])
    expect([one, other].map((client) => toClassVerdict(room.row(client)))).toEqual(['passed', 'none'])
  })

  test('has passed at the end of a conversation without a game', async () => {
    const room = new WatchedClass()
    const client = await room.connect('hello')
    await room.exchange(client, '<Hello from server')
    await room.clock.pass(1000)
    client.server.finish()
    client.client.finish()
    await settled()
    expect(room.row(client)).toMatchObject({ isOpen: false, isOver: true, turn: 'none' })
    expect(toClassVerdict(room.row(client))).toBe('passed')
  })

  test('has not passed if it leaves its game, although the protocol lets it close there', async () => {
    const room = new WatchedClass()
    const [idle, done] = [await room.connect('tictactoe'), await room.connect('tictactoe')]
    for (const [table, client] of [idle, done].entries()) {
      room.console.seat(client.connection, table)
      await room.exchange(client, '<MOVE5\n')
    }
    room.console.endGame(1, true)
    for (const client of [idle, done]) {
      client.client.finish()
      client.server.finish()
    }
    await settled()
    expect([idle, done].map((client) => room.row(client))).toMatchObject([
      { isOpen: false, isOver: false },
      { isOpen: false, isOver: true },
    ])
    expect([idle, done].map((client) => toClassVerdict(room.row(client)))).toEqual(['none', 'passed'])
  })

  test('has what only the server knows at the end: a timeout, or a move against the rules', async () => {
    const room = new WatchedClass()
    const [late, cheat, chat, fine] = await Promise.all(['guess', 'guess', 'chat', 'guess'].map((name) => room.connect(name)))
    if (!late || !cheat || !chat || !fine) throw new Error('four clients connect')
    await room.exchange(late, '<GUESS\n')
    await room.clock.pass(7000)
    room.console.endConversation(late.connection, 'late', 'the other side has sent "5" for 7 s')
    room.console.endConversation(cheat.connection, 'violation', 'the client sent "200", which is too much')
    room.console.endConversation(chat.connection, 'violation', 'the client sent "my talk"')
    room.console.endConversation(fine.connection, 'ours', 'the server was stopped')
    expect(room.row(late).fault).toEqual({
      sentence: 'the client sent nothing until the timeout, in the state "guessing"',
      at: 7000,
      stands: true,
    })
    expect(room.row(cheat).fault?.sentence).toBe('the client sent "200", which is too much')
    expect(room.row(chat).fault?.sentence).toBe('the client broke the rules of its protocol; its message is not shown')
    expect(room.row(fine)).not.toHaveProperty('fault')
  })

  test('names a client that closes too early, if the server and the protocol have an end', async () => {
    const room = new WatchedClass()
    const [early, second, chat] = [await room.connect('guess'), await room.connect('guess'), await room.connect('chat')]
    for (const client of [early, second]) await room.exchange(client, '<GUESS\n')
    second.server.finish()
    for (const { client } of [early, second, chat]) client.finish()
    await settled()
    expect(room.row(early).fault?.sentence).toMatch(
      /^the client closed the connection before the end of the conversation: expected a number/,
    )
    expect(room.row(second)).not.toHaveProperty('fault')
    expect(room.row(chat)).not.toHaveProperty('fault')
  })
})

describe('the class console', () => {
  test('finds the newest connection of an address, and its observations after a number', async () => {
    const room = new WatchedClass()
    const client = await room.connect('guess')
    await room.exchange(client, '<GUESS\n', '>50\n', '<LOW\n')
    expect(room.console.find({ host: '127.0.0.1', port: 50_001 })?.connection).toBe(1)
    expect(room.console.find({ host: '127.0.0.1', port: 50_002 })).toBeUndefined()
    expect(room.console.observations(1).map(({ number }) => number)).toEqual([1, 2, 3])
    expect(room.console.observations(1, 2)).toMatchObject([{ number: 3, observation: { kind: 'message', text: 'LOW' } }])
  })

  test('notifies its subscribers of changes', async () => {
    const room = new WatchedClass({ closed: 1 })
    const changes: ClassChange[] = []
    const end = room.console.subscribe((change) => changes.push(change))
    const [one, other] = [await room.connect('guess'), await room.connect('guess')]
    await room.exchange(other, '<GUESS\n')
    expect(changes.splice(0).map(({ connection }) => connection)).toEqual([1, 2, 2])
    for (const { client } of [one, other]) client.reset()
    await settled()
    expect(changes.at(-1)).toEqual({ connection: 1, isGone: true })
    end()
    const count = changes.length
    await room.connect('guess')
    expect(changes).toHaveLength(count)
  })

  test('changes no byte, and no end', async () => {
    const room = new WatchedClass()
    const client = await room.connect('guess')
    await room.exchange(client, '>5', '>0\n', '<GUESS\n')
    client.server.finish()
    await settled()
    expect(client.received).toEqual(['5', '0\n'])
    expect(client.client.closeKind).toBeUndefined()
    client.client.finish()
    await settled()
    expect(room.row(client).isOpen).toBe(false)
  })

  test('continues without a monitor that fails, and logs the first failure only', async () => {
    const room = new WatchedClass()
    const guess = toWatchedProtocol(await program('guess'))
    const broken = {
      ...guess,
      automaton: {
        ...guess.automaton,
        secrets() {
          throw new Error('no secrets today')
        },
      },
    }
    const [one, other] = [await room.connect(broken), await room.connect(broken)]
    for (const client of [one, other]) await room.exchange(client, '>50\n', '>51\n', '<GUESS\n')
    expect([one.received, other.received]).toEqual([
      ['50\n', '51\n'],
      ['50\n', '51\n'],
    ])
    expect(room.warnings).toEqual([expect.stringMatching(/monitor of tjc\/guess has failed, .*: no secrets today$/)])
    expect(room.row(one)).toMatchObject({ isLost: true, isOpen: true, turn: 'none' })
  })
})

describe('the memory of the class console', () => {
  test('has the last observations of a connection, and at most so many bytes', async () => {
    const room = new WatchedClass({ observations: 5, bytes: 8000 })
    const client = await room.connect('guess')
    for (let n = 0; n < 20; n++) await room.exchange(client, '<GUESS\n', `>${n}\n`, '<LOW\n')
    expect(room.console.observations(1).map(({ number }) => number)).toEqual([56, 57, 58, 59, 60])
    expect(room.row(client).observations).toBe(60)
    for (let n = 0; n < 5; n++) await room.exchange(client, `>${'x'.repeat(4000)}\n`)
    const kept = room.console.observations(1)
    expect(kept.length).toBeGreaterThan(0)
    expect(kept.length).toBeLessThan(5)
    expect(JSON.stringify(kept).length).toBeLessThan(20_000)
  })

  test('has a message in many reads with few of them', async () => {
    const room = new WatchedClass()
    const client = await room.connect('guess')
    await room.exchange(client, ...Array.from({ length: 300 }, () => '>1'), '>\n')
    const [one] = room.console.observations(1)
    expect(one?.observation.kind === 'message' && one.observation.segments.length).toBe(8)
  })

  test('loses closed connections after an hour, and when there are too many', async () => {
    const room = new WatchedClass({ closed: 3 })
    const clients = await Promise.all(Array.from({ length: 5 }, () => room.connect('guess')))
    for (const { client } of clients) client.reset()
    await settled()
    expect(room.console.list().map(({ connection }) => connection)).toEqual([3, 4, 5])
    await room.clock.pass(3_600_000)
    expect(room.console.list()).toEqual([])
  })

  test('has no connection beyond the limit of open connections, and counts those that it lacks', async () => {
    const room = new WatchedClass({ open: 2 })
    const clients = await Promise.all(Array.from({ length: 4 }, () => room.connect('guess')))
    const last = clients.at(-1)
    if (last) await room.exchange(last, '>50\n')
    expect(last?.received).toEqual(['50\n'])
    expect(room.console.list()).toHaveLength(2)
    expect(room.console.unwatched).toBe(2)
    expect(room.warnings).toHaveLength(1)
  })

  test('is bounded for a thousand connections: quiet connections lose their observations first', async () => {
    const allBytes = 1_000_000
    const room = new WatchedClass({ allBytes })
    const guess = toWatchedProtocol(await program('guess'))
    const clients = await Promise.all(Array.from({ length: 1000 }, () => room.connect(guess)))
    for (let round = 0; round < 4; round++) {
      for (const { server, client } of clients) {
        server.write('GUESS\n')
        client.write(`${round + 40}\n`)
      }
      await settled()
    }
    const kept = clients.map(({ connection }) => room.console.observations(connection).length)
    const all = kept.reduce((sum, count) => sum + count, 0)
    // an observation counts at least 400 bytes
    expect(all).toBeLessThan(allBytes / 400)
    expect(all).toBeGreaterThan(500)
    expect(kept.at(-1)).toBeGreaterThan(0)
    expect(room.console.list()).toHaveLength(1000)
    const counts = new Set(clients.map((client) => room.row(client).observations))
    expect([...counts].filter((count) => count < 8)).toEqual([])
    for (const { client } of clients) client.reset()
    await settled()
    expect(room.console.list().filter(({ isOpen }) => isOpen)).toEqual([])
    room.console.stop()
  })
})
