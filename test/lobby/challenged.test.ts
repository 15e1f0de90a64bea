import { describe, expect, test } from 'vitest'
import { shippedGames } from '../../src/games/index.ts'
import { MemoryNativeClient } from '../support/memory-native-client.ts'
import { startServer } from '../support/start-server.ts'
import { TestLobby } from '../support/test-lobby.ts'

const PASSWORD = 'engine-1843'
const forTwo = shippedGames.entries.filter(({ game }) => game.seats.max === 2)

describe('a challenged user at the front door', () => {
  test.each(forTwo.map(({ name }) => [name]))('is notified immediately, and plays by the displayed command: %s', async (game) => {
    const door = await startServer()
    const ada = await door.caller('ada')
    const bob = await door.caller('bob')
    await bob.type(`play ${game} ada`, /^You wait for ada/)
    const received = await ada.until(/bob/)
    expect(received).toEqual(['', `bob would like to play ${game} with you: type "accept bob" or "refuse bob".`])
    await ada.type(`play ${game} bob`, /^Table 1: .*bob/)
    await bob.until(/^Table 1: .*ada/)
  })

  test('plays by the displayed command also with settings, and for the ladder', async () => {
    const door = await startServer()
    const [ada, bob] = [await door.caller(), await door.caller('bob')]
    await ada.until(/What is your name/)
    await ada.type('ada', /^Type "play/)
    for (const one of [ada, bob]) {
      await one.type('register', /A password/)
      await one.type(PASSWORD, /once more/)
      await one.type(PASSWORD, /is registered now/)
    }
    await bob.type('play tictactoe size 12 rated minutes 5 ada', /^You wait for ada/)
    const typed = /type "([^"]*)" or/.exec((await ada.until(/type "/)).at(-1) ?? '')?.[1] ?? ''
    expect(typed).toBe('accept bob')
    await ada.type(typed, /^bob, with 5:00 left, is to move/)
  })

  test.each(['student 7', 'size4', 'Ada Lovelace'])('plays with a user of any name: %s', async (name) => {
    const door = await startServer()
    const [ada, other] = [await door.caller('ada'), await door.caller(name)]
    await other.type('play tictactoe ada', /^You wait for ada/)
    const typed = /type "([^"]*)" or/.exec((await ada.until(/type "/)).at(-1) ?? '')?.[1] ?? ''
    await ada.type(typed, /^Table 1: /)
  })

  test('is notified when the challenge is canceled, and when the challenger disconnects', async () => {
    const door = await startServer()
    const ada = await door.caller('ada')
    const bob = await door.caller('bob')
    await bob.type('play scissors ada', /^You wait/)
    await ada.until(/would like/)
    await bob.type('cancel', /^You no longer wait/)
    expect(await ada.until(/bob/)).toEqual(['', 'bob no longer waits for you.'])
    await bob.type('play scissors ada', /^You wait/)
    await ada.until(/would like/)
    await bob.leave()
    expect(await ada.until(/bob/)).toEqual(['', 'bob no longer waits for you.'])
  })

  test('is not notified when both play', async () => {
    const door = await startServer()
    const ada = await door.caller('ada')
    const bob = await door.caller('bob')
    await bob.type('play tictactoe ada', /^You wait/)
    await ada.until(/would like/)
    await ada.type('play tictactoe bob', /^Table 1/)
    await bob.until(/^Your move/)
    await bob.type('resign', /"rematch"/)
    await bob.type('cancel', /^You do not wait for an opponent/)
    await ada.type('who', /^ada/)
    expect(ada.lines.filter((line) => line.includes('no longer waits'))).toEqual([])
  })

  test('is notified on every connection, and after entering again', async () => {
    const door = await startServer()
    const first = await door.program()
    await first.ask({ type: 'register', name: 'ada', password: PASSWORD })
    const second = await door.caller()
    await second.until(/What is your name/)
    await second.type('ada', /^ada is registered. What is the password/)
    await second.type(PASSWORD, /^Type "play/)
    const bob = await door.caller('bob')
    await bob.type('play tictactoe ada', /^You wait for ada/)
    expect(await first.first('sought')).toMatchObject({ name: 'bob', game: 'tictactoe' })
    await second.until(/^bob would like to play tictactoe with you/)
    const third = await door.caller()
    await third.until(/What is your name/)
    await third.type('ada', /^ada is registered. What is the password/)
    expect(await third.type(PASSWORD, /^Type "play/)).toContain(
      'bob would like to play tictactoe with you: type "accept bob" or "refuse bob".',
    )
  })

  test('sees a few challenges on entering, before other open seeks', async () => {
    const door = await startServer()
    const [first, open] = [await door.caller('ada'), await door.program('open')]
    await open.ask({ type: 'seek', game: 'scissors', wait: null })
    for (const name of ['bob', 'carl', 'dora', 'emil']) {
      await (await door.program(name)).ask({ type: 'seek', game: 'tictactoe', against: 'ada' })
    }
    const again = await door.program()
    await first.leave()
    await again.ask({ type: 'enter', name: 'ada' })
    await again.until(() => again.all('sought').length === 4)
    expect(again.all('sought').map(({ name }) => name)).toEqual(['bob', 'carl', 'dora', 'emil'])
    await again.ask({ type: 'enter', name: 'zoe' })
    const ada = await door.caller()
    await ada.until(/What is your name/)
    const welcome = await ada.type('ada', /^Type "play/)
    expect(welcome.slice(1, -1)).toEqual([
      ...['bob', 'carl', 'dora'].map((name) => `${name} would like to play tictactoe with you: type "accept ${name}" or "refuse ${name}".`),
      'open waits for an opponent: "play scissors open"',
    ])
    const grace = await door.caller()
    await grace.until(/What is your name/)
    expect((await grace.type('grace', /^Type "play/)).slice(1, -1)).toEqual(['open waits for an opponent: "play scissors open"'])
  })
})

describe('a challenged user in the native protocol', () => {
  test.each(forTwo.map(({ name }) => [name]))('is notified immediately, and plays by an equal seek: %s', async (game) => {
    const door = await startServer()
    const [ada, bob] = [await door.program('ada'), await door.program('bob')]
    await bob.ask({ type: 'seek', game, against: 'ada' })
    const { name, settings, rated } = await ada.first('sought')
    expect([name, rated]).toEqual(['bob', false])
    await ada.ask({ type: 'seek', game, settings, rated, against: name })
    expect((await bob.first('seated')).names).toEqual(['bob', 'ada'])
    expect([...ada.all('withdrawn'), ...bob.all('sought')]).toEqual([])
  })

  test('receives the settings', async () => {
    const door = await startServer()
    const [ada, bob] = [await door.program('ada'), await door.program('bob')]
    await bob.ask({ type: 'seek', game: 'tictactoe', settings: { size: 5 }, against: 'ada' })
    expect(await ada.first('sought')).toEqual({ type: 'sought', name: 'bob', game: 'tictactoe', settings: { size: 5 }, rated: false })
  })

  test('is notified of a cancellation: by a command, by a disconnection, by another name', async () => {
    const door = await startServer()
    const ada = await door.program('ada')
    const ways = [
      async (bob: Awaited<ReturnType<typeof door.program>>) => bob.ask({ type: 'cancel' }),
      async (bob: Awaited<ReturnType<typeof door.program>>) => bob.leave(),
      async (bob: Awaited<ReturnType<typeof door.program>>) => bob.ask({ type: 'enter', name: 'bobby' }),
    ]
    for (const [at, way] of ways.entries()) {
      const bob = await door.program(`bob ${at}`)
      await bob.ask({ type: 'seek', game: 'tictactoe', against: 'ada' })
      await way(bob)
      await ada.until(() => ada.all('withdrawn').length > at)
    }
    expect(ada.received.filter(({ type }) => type !== 'entered').map((one) => [one.type, 'name' in one ? one.name : ''])).toEqual(
      ways.flatMap((_, at) => ['sought', 'withdrawn'].map((type) => [type, `bob ${at}`])),
    )
  })

  test('is notified after the answer to its entry: as a guest, by a session, by the token of a seat', async () => {
    const door = await startServer()
    const [ada, grace, bob, carl] = [
      await door.program(),
      await door.program('grace'),
      await door.program('bob'),
      await door.program('carl'),
    ]
    await ada.ask({ type: 'register', name: 'ada', password: PASSWORD })
    const opened = await ada.ask({ type: 'session' })
    const session = opened.type === 'session' ? opened.session : ''
    await ada.ask({ type: 'seek', game: 'scissors' })
    await grace.ask({ type: 'seek', game: 'scissors' })
    const { token = '' } = await grace.first('seated')
    const { secret = '' } = await grace.first('entered')
    await bob.ask({ type: 'seek', game: 'tictactoe', against: 'ada' })
    await carl.ask({ type: 'seek', game: 'tictactoe', against: 'grace' })
    for (const [command, from] of [
      [{ type: 'return', session }, 'bob'],
      [{ type: 'resume', token }, 'carl'],
      [{ type: 'enter', name: 'grace', secret }, 'carl'],
    ] as const) {
      const back = await door.program()
      const answer = await back.ask(command)
      expect(answer.type).toMatch(/^(entered|seated)$/)
      expect((await back.first('sought')).name).toBe(from)
      expect(back.received.findIndex(({ type }) => type === 'sought')).toBeGreaterThan(back.received.indexOf(answer))
    }
  })

  test('is not notified of a seek with a code', async () => {
    const door = await startServer()
    const [ada, bob] = [await door.program('ada'), await door.program('bob')]
    const { code = '' } = (await bob.ask({ type: 'seek', game: 'tictactoe', against: 'ada', private: true })) as { code?: string }
    await bob.ask({ type: 'cancel' })
    expect(code).toMatch(/-/)
    await ada.ask({ type: 'ping' })
    expect([...ada.all('sought'), ...ada.all('withdrawn')]).toEqual([])
  })

  test('a user cannot challenge itself, and a user who cancels too often has to wait', async () => {
    const door = await startServer()
    const [ada, bob] = [await door.program('ada'), await door.program('bob')]
    const seek = { type: 'seek', game: 'tictactoe', against: 'ada' } as const
    expect(await ada.ask(seek)).toMatchObject({ code: 'not-now', message: 'you cannot challenge yourself: name another user' })
    for (let times = 0; times < 20; times++) {
      expect(await bob.ask(seek)).toMatchObject({ type: 'ok' })
      await bob.ask({ type: 'cancel' })
    }
    expect(await bob.ask(seek)).toMatchObject({
      code: 'throttled',
      message: expect.stringMatching(/^too many canceled challenges to ada: try again in \d+ seconds$/),
    })
    expect(await bob.ask({ ...seek, against: undefined })).toMatchObject({ type: 'ok' })
  })

  test('is not an earlier user of the name, or a user whose connection has closed', async () => {
    const { service } = new TestLobby()
    const [renamed, dropped, ada, bob] = Array.from({ length: 4 }, () => new MemoryNativeClient(service))
    await renamed?.say({ type: 'enter', name: 'ada' })
    await renamed?.say({ type: 'enter', name: 'zoe' })
    await dropped?.say({ type: 'enter', name: 'ada' })
    dropped?.drop()
    await ada?.say({ type: 'enter', name: 'ada' })
    await bob?.say({ type: 'enter', name: 'bob' })
    await bob?.say({ type: 'seek', game: 'tictactoe', against: 'ada' })
    expect([renamed, dropped, ada].map((one) => one?.all('sought').length)).toEqual([0, 0, 1])
  })

  test('is not notified while the server stops', async () => {
    const door = await startServer()
    const [bob, ada] = [await door.program('bob'), await door.program('ada')]
    await bob.ask({ type: 'seek', game: 'tictactoe', against: 'ada' })
    await ada.first('sought')
    const gone = ada.gone()
    await door.server.stop()
    await gone
    expect(ada.received.map(({ type }) => type)).toEqual(['entered', 'sought', 'bye'])
  })
})
