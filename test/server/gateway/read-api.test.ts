import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, test } from 'vitest'
import { type StartedGateway, startGateway } from '../../support/start-gateway.ts'
import type { WebClient } from '../../support/web-client.ts'

const PASSWORD = 'engine-1843'

/** Reads a path of the API: its status and its answer. */
async function read(gateway: StartedGateway, path: string): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${gateway.url}${path}`)
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

/** Lets two browsers play a game of three moves of ada and two of bob; returns the number of its table. */
async function playGame(ada: WebClient, bob: WebClient, terms: { rated?: boolean; private?: boolean } = {}): Promise<number> {
  const opened = await ada.ask({ type: 'seek', game: 'tictactoe', wait: null, seats: [0], ...terms })
  const code = opened.type === 'ok' ? opened.code : undefined
  await bob.ask(code === undefined ? { type: 'seek', game: 'tictactoe', wait: null, ...terms } : { type: 'join', code })
  await ada.until(() => ada.all('seated').length > 0)
  const { table } = ada.all('seated').at(-1) ?? { table: 0 }
  await bob.until(() => bob.all('seated').some((one) => one.table === table))
  for (const [who, move] of [
    [ada, '1'],
    [bob, '4'],
    [ada, '2'],
    [bob, '5'],
    [ada, '3'],
  ] as const) {
    expect(await who.ask({ type: 'play', table, move })).toMatchObject({ type: 'ok' })
  }
  return table
}

describe('the read API', () => {
  test('lists games, open tables, a ladder, the games of a user, and the record of a finished game', async () => {
    const gateway = await startGateway()
    const [ada, bob] = [await gateway.browser(), await gateway.browser()]
    await ada.ask({ type: 'register', name: 'ada', password: PASSWORD })
    await bob.ask({ type: 'register', name: 'bob', password: PASSWORD })
    const table = await playGame(ada, bob, { rated: true })
    await ada.first('recorded')
    const { games } = (await read(gateway, '/api/games')).body as { games: { game: string }[] }
    expect(games.map(({ game }) => game)).toEqual(expect.arrayContaining(['tictactoe', 'hangman', 'scissors']))
    expect((await read(gateway, '/api/tables')).body).toEqual({ tables: [], total: 0 })
    const { body: ladder } = await read(gateway, '/api/games/tictactoe/ladder?limit=1')
    expect(ladder).toMatchObject({ game: 'tictactoe', best: [{ rank: 1, name: 'ada', games: 1 }] })
    const { body: history } = await read(gateway, '/api/users/ADA/games')
    expect(history).toMatchObject({ name: 'ada', total: 1, games: [{ table, seat: 0, outcome: { winners: [0] }, rated: true }] })
    const { body: record } = await read(gateway, `/api/tables/${table}/record`)
    expect(record).toMatchObject({ table, game: 'tictactoe', names: ['ada', 'bob'], outcome: { winners: [0] }, rated: true })
    const events = record.events as { n: number; what: { type: string }; view?: { cells: string } }[]
    expect(events.map(({ n, what }) => `${n} ${what.type}`)).toEqual(['1 opened', ...'23456'.split('').map((n) => `${n} moved`), '7 ended'])
    expect(events.at(-1)?.view?.cells).toBe('OOOXX----')
    expect((await read(gateway, '/api/recent')).body).toMatchObject({ total: 1, games: [{ table, names: ['ada', 'bob'] }] })
  })

  test('has the record of a finished game as text, in the notation of the game', async () => {
    const gateway = await startGateway()
    const table = await playGame(await gateway.browser({ name: 'ada' }), await gateway.browser({ name: 'bob' }))
    const { body } = await read(gateway, `/api/tables/${table}/record?boards=true&after=5`)
    const boards = (body.events as { board?: string }[]).map(({ board }) => board)
    expect(boards.map((board) => board?.match(/[OX]/g)?.join(''))).toEqual(['OOOXX', 'OOOXX'])
    const response = await fetch(`${gateway.url}/api/tables/${table}/record.txt`)
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    const text = await response.text()
    expect(text.replaceAll(/\d{4}-\S+Z/g, 'TIME')).toBe(`Game: tictactoe
Table: ${table}
Seat 0: ada
Seat 1: bob
Rated: no
Began: TIME
Ended: TIME
Result: won by ada

1. ada: 1
2. bob: 4
3. ada: 2
4. bob: 5
5. ada: 3

 O | O | O
-----------
 X | X | 6
-----------
 7 | 8 | 9
`)
    expect(await read(gateway, '/api/tables/987/record.txt')).toMatchObject({ status: 404, body: { code: 'no-such-table' } })
  })

  test('pages the events of a record, without a gap', async () => {
    const gateway = await startGateway()
    const table = await playGame(await gateway.browser({ name: 'ada' }), await gateway.browser({ name: 'bob' }))
    const found: unknown[] = []
    let after = 0
    for (let pages = 0; pages < 4; pages++) {
      const { body } = await read(gateway, `/api/tables/${table}/record?after=${after}&limit=2`)
      found.push(...(body.events as { n: number }[]).map(({ n }) => n))
      after = Number(body.next ?? -1)
    }
    expect(found).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(after).toBe(-1)
  })

  test('has no record of a game that is not over, and no trace of a private game', async () => {
    const gateway = await startGateway()
    const [ada, bob] = [await gateway.browser({ name: 'ada' }), await gateway.browser({ name: 'bob' })]
    await ada.ask({ type: 'seek', game: 'scissors', wait: null })
    await bob.ask({ type: 'seek', game: 'scissors', wait: null })
    const { table } = await ada.first('seated')
    await ada.ask({ type: 'play', table, move: 'rock' })
    const { status, body } = await read(gateway, `/api/tables/${table}/record`)
    expect([status, body]).toEqual([409, { code: 'not-now', message: expect.stringMatching(/not over/) }])
    expect(JSON.stringify((await read(gateway, '/api/tables')).body)).not.toContain('rock')
    const hidden = await playGame(await gateway.browser({ name: 'cyd' }), await gateway.browser({ name: 'dan' }), { private: true })
    const [there, nowhere] = [await read(gateway, `/api/tables/${hidden}/record`), await read(gateway, '/api/tables/987/record')]
    expect([there.status, nowhere.status]).toEqual([404, 404])
    expect(String(there.body.message).replace(`${hidden}`, '987')).toBe(nowhere.body.message)
    expect((await read(gateway, '/api/users/cyd/games')).body).toMatchObject({ games: [], total: 0 })
  })

  test.each([
    ['/api/games/nothing/ladder', 404, 'no-such-game'],
    ['/api/tables/x/record', 400, 'bad-request'],
    ['/api/tables/9007199254740993/record', 400, 'bad-request'],
    ['/api/tables?limit=101', 400, 'bad-request'],
    ['/api/tables?limit=0', 400, 'bad-request'],
    ['/api/tables?from=-1', 400, 'bad-request'],
    ['/api/tables?other=1', 400, 'bad-request'],
    [`/api/users/${'a'.repeat(81)}/games`, 400, 'bad-request'],
    [`/api/users/${'a'.repeat(1001)}/games`, 400, 'bad-request'],
    ['/api/users/%E0%A4%A/games', 400, 'bad-request'],
    ['/api/nothing', 404, 'not-found'],
  ])('refuses %s with %i and the code %s', async (path, status, code) => {
    const gateway = await startGateway()
    const answer = await read(gateway, path)
    expect(answer).toEqual({ status, body: { code, message: expect.any(String) } })
  })

  test.each([
    ['/api/tables?limit=ten', '"limit" in the query must be a whole number from 1 to 100'],
    ['/api/tables?limit=101', '"limit" in the query must be a whole number from 1 to 100'],
    ['/api/tables?limit=1&limit=2', '"limit" in the query must be a whole number from 1 to 100'],
    ['/api/tables?other=1', 'the query has "other", but it can have only "from" and "limit"'],
    ['/api/tables/x/record', '"table" in the path must be a whole number from 1 to 9007199254740991'],
    ['/api/tables/1/record?boards=yes', '"boards" in the query must be "true" or "false"'],
    [`/api/users/${'a'.repeat(81)}/games`, '"name" in the path must be a text of 1 to 80 characters'],
  ])('says for %s what is valid', async (path, message) => {
    const gateway = await startGateway()
    expect((await read(gateway, path)).body).toEqual({ code: 'bad-request', message })
  })

  test('has a valid OpenAPI document, which names each route', async () => {
    const gateway = await startGateway({ prefix: '/parlor' })
    const { body } = await read(gateway, '/api/openapi.json')
    expect(await new Validator().validate(body)).toMatchObject({ valid: true })
    expect(Object.keys(body.paths as object).toSorted()).toEqual([
      '/parlor/api/class',
      '/parlor/api/class/class.csv',
      '/parlor/api/class/class.xml',
      '/parlor/api/class/session',
      '/parlor/api/games',
      '/parlor/api/games/{game}/ladder',
      '/parlor/api/protocols',
      '/parlor/api/protocols/{name}',
      '/parlor/api/recent',
      '/parlor/api/session',
      '/parlor/api/tables',
      '/parlor/api/tables/{table}/record',
      '/parlor/api/tables/{table}/record.txt',
      '/parlor/api/users/{name}/games',
    ])
  })
})
