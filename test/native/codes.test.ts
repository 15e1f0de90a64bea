import { describe, expect, test } from 'vitest'
import type { RefusalCode } from '../../src/hall/api.ts'
import { openBreakableStore } from '../support/breakable-store.ts'
import { type StartedServer, startServer } from '../support/start-server.ts'

describe('over a socket, each error code occurs', () => {
  const PASSWORD = 'engine-1843'
  const seek = { type: 'seek', game: 'tictactoe' } as const

  /** Two clients in a game, ada to move. */
  async function playing(door: StartedServer) {
    const [ada, grace] = [await door.program('ada'), await door.program('grace')]
    await ada.ask(seek)
    await grace.ask(seek)
    const { table } = await ada.first('seated')
    return { ada, grace, table }
  }

  const cases: { readonly [Code in RefusalCode]: Readonly<Record<string, (door: StartedServer) => Promise<unknown>>> } = {
    'bad-message': {
      'a seat that is resumed in two ways in one message': async (door) =>
        (await door.program()).ask({ type: 'resume', token: 'nonsense', table: 1 }),
    },
    'who-are-you': {
      'nobody yet': async (door) => (await door.program()).ask(seek),
      'a guest in a rated game': async (door) => (await door.program('ada')).ask({ ...seek, rated: true }),
      'a guest who wants a session': async (door) => (await door.program('ada')).ask({ type: 'session' }),
      'a guest who wants another password': async (door) =>
        (await door.program('ada')).ask({ type: 'password', old: PASSWORD, password: PASSWORD }),
    },
    'bad-name': {
      'to come in': async (door) => (await door.program()).ask({ type: 'enter', name: 'a@b' }),
      'with a password': async (door) => (await door.program()).ask({ type: 'enter', name: 'house', password: PASSWORD }),
      'to be registered': async (door) => (await door.program()).ask({ type: 'register', name: ' ada', password: PASSWORD }),
    },
    'name-taken': {
      'by a guest who is here': async (door) => {
        await door.program('ada')
        return (await door.program()).ask({ type: 'enter', name: 'Ada' })
      },
      'by a guest who is here, to register it': async (door) => {
        await door.program('ada')
        return (await door.program()).ask({ type: 'register', name: 'Ada', password: PASSWORD })
      },
      'by somebody with a password': async (door) => {
        await (await door.program()).ask({ type: 'register', name: 'ada', password: PASSWORD })
        return (await door.program()).ask({ type: 'enter', name: 'ada', again: true })
      },
      'by somebody with a password, to register it': async (door) => {
        await (await door.program()).ask({ type: 'register', name: 'ada', password: PASSWORD })
        return (await door.program()).ask({ type: 'register', name: 'ada', password: 'compiler-1952' })
      },
    },
    'bad-password': {
      'of a name that nobody has': async (door) => (await door.program()).ask({ type: 'enter', name: 'ada', password: PASSWORD }),
      'of somebody else': async (door) => {
        await (await door.program()).ask({ type: 'register', name: 'ada', password: PASSWORD })
        return (await door.program()).ask({ type: 'enter', name: 'ada', password: 'engine-1844' })
      },
      'to register with': async (door) => (await door.program()).ask({ type: 'register', name: 'ada', password: 'short' }),
      'for another': async (door) => {
        const ada = await door.program()
        await ada.ask({ type: 'register', name: 'ada', password: PASSWORD })
        return ada.ask({ type: 'password', old: 'engine-1844', password: 'compiler-1952' })
      },
    },
    muted: {
      'a message': async (door) => {
        const [ada, eve] = [await door.program('ada'), await door.program('eve')]
        await ada.ask({ type: 'mute', name: 'Eve' })
        return eve.ask({ type: 'tell', name: 'ada', text: 'hello' })
      },
      'a seek': async (door) => {
        const [ada, eve] = [await door.program('ada'), await door.program('eve')]
        await ada.ask({ type: 'mute', name: 'eve' })
        return eve.ask({ type: 'seek', game: 'tictactoe', against: 'ada' })
      },
    },
    throttled: {
      'guesses at a password': async (door) => {
        const eve = await door.program()
        for (let tries = 0; tries < 10; tries++) await eve.ask({ type: 'enter', name: 'ada', password: `guess number ${tries}` })
        return eve.ask({ type: 'enter', name: 'ada', password: PASSWORD })
      },
      'guesses at a code': async (door) => {
        const eve = await door.program('eve')
        for (let tries = 0; tries < 20; tries++) await eve.ask({ type: 'join', code: 'amber amber amber' })
        return eve.ask({ type: 'join', code: 'amber amber amber' })
      },
    },
    'no-such-game': {
      'to be played': async (door) => (await door.program('ada')).ask({ type: 'seek', game: 'chess' }),
      'with a ladder': async (door) => (await door.program('ada')).ask({ type: 'ladder', game: 'chess' }),
    },
    'bad-setting': {
      'that is too large': async (door) => (await door.program('ada')).ask({ ...seek, settings: { size: 21 } }),
    },
    'no-such-person': {
      'to be sought': async (door) => (await door.program('ada')).ask({ ...seek, against: 'grace' }),
    },
    'no-such-table': {
      'to be watched': async (door) => (await door.program('ada')).ask({ type: 'watch', table: 7 }),
    },
    'no-such-code': {
      'that anybody has': async (door) => (await door.program('ada')).ask({ type: 'join', code: 'amber amber amber' }),
    },
    'bad-token': {
      'of a seat': async (door) => (await door.program()).ask({ type: 'resume', token: 'nonsense' }),
      'of a session': async (door) => (await door.program()).ask({ type: 'return', session: 'nonsense' }),
    },
    'not-seated': {
      'to move': async (door) => (await door.program('ada')).ask({ type: 'play', table: 7, move: '1' }),
      'to go away': async (door) => (await door.program('ada')).ask({ type: 'leave', table: 7 }),
    },
    'illegal-move': {
      'out of turn': async (door) => {
        const { grace, table } = await playing(door)
        await grace.first('seated')
        return grace.ask({ type: 'play', table, move: '1' })
      },
    },
    stale: {
      'after what was seen': async (door) => {
        const { ada, table } = await playing(door)
        await ada.ask({ type: 'play', table, move: '1' })
        return ada.ask({ type: 'play', table, move: '2', after: 1 })
      },
    },
    'not-now': {
      'to take back what was never wanted': async (door) => (await door.program('ada')).ask({ type: 'cancel' }),
      'to seek twice': async (door) => {
        const ada = await door.program('ada')
        await ada.ask(seek)
        return ada.ask(seek)
      },
    },
    unavailable: {
      'a name, and a game, while the store cannot write': async () => {
        const data = await openBreakableStore()
        const door = await startServer('parlor/door', { store: data.store })
        const ada = await door.program('ada')
        data.break()
        const refused = await (await door.program()).ask({ type: 'register', name: 'grace', password: PASSWORD })
        expect(await ada.ask(seek)).toMatchObject({ type: 'error', code: 'unavailable' })
        return refused
      },
    },
    'too-many': {
      seats: async (door) => {
        const { ada } = await playing(door)
        return ada.ask(seek)
      },
    },
  }

  test.each(Object.entries(cases).flatMap(([code, whens]) => Object.entries(whens).map(([when, ask]) => [code, when, ask] as const)))(
    '%s: %s',
    async (code, _, ask) => {
      const door = await startServer('parlor/door', { limits: { seats: 1, tables: 100 } })
      expect(await ask(door)).toMatchObject({ type: 'error', code, message: expect.stringMatching(/ /) })
    },
  )

  test('a line that is not a command is answered, too', async () => {
    const reader = await (await startServer()).caller()
    await reader.type('style json', /"hello"/)
    const answer = (await reader.type('dance', /^{/)).at(-1) ?? ''
    expect(JSON.parse(answer)).toMatchObject({ type: 'error', code: 'bad-message' })
  })
})
