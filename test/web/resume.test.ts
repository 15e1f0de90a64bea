import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fold } from '../../src/web/model/fold.ts'
import { type MessageOf, omit } from '../../src/web/model/messages.ts'
import { emptyModel, type Input, type Model } from '../../src/web/model/model.ts'
import type { TableModel } from '../../src/web/model/table-model.ts'
import { MemoryStore, PageUser } from '../support/page-user.ts'
import { type StartedServer, startServer } from '../support/start-server.ts'

/** The moves of a game that seat 0 wins, with talk between them: the actor and the act. */
const GAME = [
  ['ada', 'move', '5'],
  ['grace', 'move', '1'],
  ['ada', 'say', 'good luck'],
  ['ada', 'move', '3'],
  ['grace', 'say', 'hm'],
  ['grace', 'move', '9'],
  ['ada', 'move', '7'],
] as const
/** Number of this user's acts. */
const OWN_ACTS = GAME.filter(([name]) => name === 'ada').length

/** When a connection breaks at an act: before it, right after the server has got it, or so that the server does not get it. */
type Cut = 'before' | 'after' | 'lost' | undefined

/** Plays the game between two pages; the connection of the first breaks as `cuts` says for each of its acts. */
async function playGame(server: StartedServer, cuts: readonly Cut[]): Promise<PageUser> {
  const [ada, grace] = [new PageUser(server.port), new PageUser(server.port)]
  const users = { ada, grace }
  await Promise.all([ada.enter('ada'), grace.enter('grace')])
  ada.client.send({ type: 'seek', game: 'tictactoe', wait: null, seats: [0] })
  await ada.until(({ seek }) => seek?.state === 'open')
  grace.client.send({ type: 'seek', game: 'tictactoe', wait: null, seats: [1] })
  await Promise.all([ada, grace].map((user) => user.until(() => user.table?.sight !== undefined)))
  let own = 0
  for (const [name, act, text] of GAME) {
    const user = users[name]
    const cut = name === 'ada' ? cuts[own++] : undefined
    const isPlayed = act === 'move'
    const count = () => (isPlayed ? user.table?.moves.length : user.table?.talk.length) ?? 0
    await user.until(() => user.table?.joined === 'yes' && (!isPlayed || user.table.sight?.turn === true))
    if (cut === 'before') await user.cut()
    await user.until(() => user.table?.joined === 'yes' && !user.table.pending)
    const before = count()
    const table = user.table?.table ?? 0
    if (isPlayed && cut === 'lost') user.lose()
    if (isPlayed) user.client.send({ type: 'play', table, move: text })
    else user.client.send({ type: 'say', table, text })
    // a lost move is sent again, a lost message is not: the server must have it before the cut
    if (!isPlayed) await user.until(() => count() > before)
    if (cut === 'after' || cut === 'lost') await user.cut()
    await user.until(() => count() > before && !user.table?.pending)
    expect(count()).toBe(before + 1)
  }
  await Promise.all([ada, grace].map((user) => user.until(() => user.table?.sight?.outcome !== undefined)))
  return ada
}

/** What a table shows, without numbers of events and times, which a lost connection changes. */
function shown(table: TableModel | undefined) {
  const { names, seat, sight, offers, moves, talk, pending, refusal } = table ?? {}
  return {
    ...{ names, seat, offers, pending, refusal, view: sight?.view, outcome: sight?.outcome },
    moves: moves?.map(({ seat, text, view }) => ({ seat, text, view })),
    talk: talk?.map(({ name, seat, text }) => ({ name, seat, text })),
  }
}

test('a game with lost connections ends in the same model as a game without, and each move is played once', async () => {
  const whole = shown((await playGame(await startServer(), [])).table)
  expect(whole.moves?.length).toBe(5)
  expect(whole.outcome).toEqual({ winners: [0] })
  const cut = fc.constantFrom<Cut>('before', 'after', 'lost', undefined)
  const property = fc.asyncProperty(fc.array(cut, { minLength: OWN_ACTS, maxLength: OWN_ACTS }), async (cuts) => {
    const ada = await playGame(await startServer(), cuts)
    expect(shown(ada.table)).toEqual(whole)
  })
  const everywhere = (one: Cut): [Cut[]] => [Array.from({ length: OWN_ACTS }, () => one)]
  await fc.assert(property, { numRuns: 6, examples: [everywhere('before'), everywhere('after'), everywhere('lost')] })
})

test('a move whose answer is lost counts once, in a game in which it could count twice', async () => {
  const server = await startServer()
  const ada = new PageUser(server.port)
  await ada.enter('ada')
  ada.client.send({ type: 'seek', game: 'headtail' })
  await ada.until(() => ada.table?.sight !== undefined)
  for (const [at, cut] of (['after', 'lost', 'after', 'lost'] as const).entries()) {
    if (cut === 'lost') ada.lose()
    ada.client.send({ type: 'play', table: ada.table?.table ?? 0, move: 'H' })
    await ada.cut()
    await ada.until(() => ada.table?.joined === 'yes' && ada.table.moves.length > at && !ada.table.pending)
    expect(ada.table?.sight?.view).toMatchObject({ guesses: at + 1 })
    expect(ada.table?.refusal).toBeUndefined()
  }
})

const fresh: Input = { type: 'received', message: { type: 'hello', version: 1, software: 'parlor' }, at: 0, wall: 0 }

function foldAll(inputs: readonly Input[], before: Model = emptyModel): Model {
  return inputs.reduce(fold, before)
}

function isEvent(input: Input): input is Input & { readonly message: MessageOf<'event'> } {
  return input.type === 'received' && input.message.type === 'event'
}

/**
 * Cuts a log: the connection is lost after `cut` inputs. The server sends the missed events up to the input `later` again, and before them
 * some that the page has already. The page sends nothing while it is not connected, so the gap ends at its next command.
 */
function cutLog(log: readonly Input[], cut: number, later: number, overlap: number): readonly Input[] {
  const next = log.findIndex(({ type }, at) => at >= cut && type === 'sent')
  const back = next < 0 ? later : Math.min(later, next)
  const start = foldAll(log.slice(0, cut))
  const [table] = start.tables.values()
  const { n = 0 } = table ?? {}
  const seated = log.find((input) => input.type === 'received' && input.message.type === 'seated')
  const now = foldAll(log.slice(0, back)).tables.get(table?.table ?? 0)
  if (!table || !now?.sight || seated?.type !== 'received' || seated.message.type !== 'seated') return log
  const missed = log.slice(0, back).filter((input) => isEvent(input) && input.message.n > n - overlap)
  const snapshot = { ...seated.message, id: 999, n: now.n, sight: now.sight, offers: [...now.offers] }
  return [
    ...log.slice(0, cut),
    { type: 'lost', retryAt: 0 },
    { type: 'connecting' },
    fresh,
    { type: 'sent', command: { type: 'resume', id: 999, token: table.token ?? '', after: n } },
    ...missed,
    { type: 'received', message: snapshot, at: 0, wall: 0 },
    ...log.slice(back),
  ]
}

test('a page has no old position of a game that has ended while the page was not connected', async () => {
  const server = await startServer()
  const [ada, grace, eve] = [new PageUser(server.port), new PageUser(server.port), new PageUser(server.port)]
  await Promise.all([ada.enter('ada'), grace.enter('grace'), eve.enter('eve')])
  ada.client.send({ type: 'seek', game: 'tictactoe', wait: null })
  await ada.until(({ seek }) => seek?.state === 'open')
  grace.client.send({ type: 'seek', game: 'tictactoe', against: 'ada' })
  await Promise.all([ada, grace].map((user) => user.until(() => user.table?.joined === 'yes')))
  const table = ada.table?.table ?? 0
  eve.client.tell({ type: 'opening', table })
  await eve.until(() => eve.table?.joined === 'yes')
  await eve.cut(() =>
    grace.cut(async () => {
      ada.client.send({ type: 'resign', table })
      await ada.until(() => ada.table?.sight?.outcome !== undefined)
      // without players and watchers, the server has no table any more
      ada.client.send({ type: 'leave', table })
      await ada.until(({ tables }) => !tables.has(table))
    }),
  )
  for (const user of [grace, eve]) {
    await user.until(() => user.table?.closed !== undefined)
    expect(user.table).toMatchObject({ table, game: '' })
    expect(user.table?.sight).toBeUndefined()
  }
})

/** Lists tables without the parts that no event has: the page requests these parts again after a lost answer. */
function listTables(tables: Model['tables']): readonly Omit<TableModel, 'owners' | 'missedAfter' | 'missed'>[] {
  return Array.from(tables.values(), (table) => omit(table, 'owners', 'missedAfter', 'missed'))
}

test('any cut of a recorded log, with events that the server repeats, gives the same table', async () => {
  const { log } = await playGame(await startServer(), [])
  const { tables } = foldAll(log)
  expect(log.filter(isEvent).length).toBeGreaterThan(GAME.length)
  const place = fc.nat({ max: log.length })
  fc.assert(
    fc.property(place, place, fc.nat({ max: 4 }), (one, other, overlap) => {
      const cut = cutLog(log, Math.min(one, other), Math.max(one, other), overlap)
      expect(listTables(foldAll(cut).tables)).toEqual(listTables(tables))
    }),
    { numRuns: 500 },
  )
})

test('an invitation has the same code after a lost connection and after a reload, and a friend joins by it', async () => {
  const server = await startServer()
  const store = new MemoryStore()
  const ada = new PageUser(server.port, store)
  await ada.enter('ada')
  ada.client.send({ type: 'seek', game: 'tictactoe', private: true, wait: null })
  await ada.until(({ seek }) => seek?.state === 'open')
  const { code = '' } = ada.model.seek ?? {}
  expect(code).toMatch(/^\w+-\w+-\w+$/)
  await ada.cut()
  expect(ada.model.seek?.code).toBe(code)
  await ada.until(({ seek }) => seek?.state === 'open')
  expect(ada.model.seek?.code).toBe(code)
  ada.client.stop()
  const again = new PageUser(server.port, store)
  await again.until(({ seek }) => seek?.state === 'open')
  expect(again.model.seek?.code).toBe(code)
  expect(again.model).not.toHaveProperty('notice')
  const bob = new PageUser(server.port)
  await bob.enter('bob')
  bob.client.send({ type: 'join', code })
  await again.until(() => again.table?.sight !== undefined)
  expect(again.table).toMatchObject({ private: true, names: expect.arrayContaining(['ada', 'bob']) })
  expect(again.model).not.toHaveProperty('seek')
})

test('an invitation that the server refuses, or whose form the user closes, stays until it is accepted or dismissed', async () => {
  const server = await startServer()
  const bob = new PageUser(server.port)
  await bob.until(({ greeted }) => greeted)
  bob.client.want({ type: 'join', code: 'amber-otter-seven' })
  bob.client.tell({ type: 'unwished' })
  expect(bob.model.invitation).toEqual({ code: 'amber-otter-seven' })
  await bob.enter('bob')
  bob.client.want({ type: 'join', code: 'amber-otter-seven' })
  await bob.until(({ invitation }) => invitation?.refusal !== undefined)
  expect(bob.model.invitation?.refusal).toMatch(/^The invitation is not open now\./)
  bob.client.tell({ type: 'dismissed' })
  expect(bob.model).not.toHaveProperty('invitation')
})
