import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startFrontDoor } from '../../support/attackers.ts'
import { run } from '../../support/process.ts'
import type { Attack } from '../attack.ts'

const PASSWORD = 'correct horse'

/** A registered user who is removed during rated games continues and finishes them, to return to the ladder. */
export const attack: Attack = {
  title: 'is removed by the operator while it plays a rated game, and tries to bring it to an end',
  short: true,
  async run(cleanup) {
    const data = await mkdtemp(join(tmpdir(), 'parlor-ghost-'))
    cleanup.defer(() => rm(data, { recursive: true, force: true }))
    const { open } = await startFrontDoor(cleanup, '--data', data)
    const [ghost, grace] = [await open(), await open()]
    await ghost.link.ask({ type: 'register', name: 'ada', password: PASSWORD })
    await grace.link.ask({ type: 'register', name: 'grace', password: PASSWORD })
    for (const { link } of [ghost, grace]) await link.ask({ type: 'seek', game: 'tictactoe', rated: true })
    await grace.link.ask({ type: 'ping' })
    const seated = grace.received.find((message) => message.type === 'seated')
    const table = seated?.type === 'seated' ? seated.table : 0
    const removed = run('people', 'remove', 'ada', '--data', data)
    const acts = Array.from({ length: 20 }, (_, at) =>
      ghost.link.ask(at % 2 === 0 ? { type: 'play', table, move: String(1 + at / 2) } : { type: 'seek', game: 'tictactoe', rated: true }),
    )
    await Promise.allSettled(acts)
    assert.equal((await removed).code, 0)
    await ghost.link.gone
    await grace.link.ask({ type: 'resign', table })
    const ladder = await grace.link.ask({ type: 'ladder', game: 'tictactoe' })
    assert.ok(ladder.type === 'ladder')
    const names = ladder.best.map(({ name }) => name)
    assert.ok(!names.includes('ada'), names.join())
    return `On the ladder is ${names.join() || 'nobody'}.`
  },
}
