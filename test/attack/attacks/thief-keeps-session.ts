import assert from 'node:assert/strict'
import { startFrontDoor } from '../../support/attackers.ts'
import type { Attack } from '../attack.ts'

const PASSWORD = 'correct horse'
const THEFTS = 20

/** A client that knows a password creates sessions and holds connections and seats, and tries all of them after a password change. */
export const attack: Attack = {
  title: `logs in with a stolen password ${THEFTS} times, and mints sessions before, while and after the owner changes it`,
  short: true,
  async run(cleanup) {
    const { open } = await startFrontDoor(cleanup)
    const { link: owner, received } = await open()
    await owner.ask({ type: 'register', name: 'ada', password: PASSWORD })
    await owner.ask({ type: 'seek', game: 'tictactoe', wait: 0 })
    await owner.ask({ type: 'ping' })
    const seated = received.find((message) => message.type === 'seated')
    const tokens = [seated?.type === 'seated' ? (seated.token ?? '') : '']
    const sessions: string[] = []
    const mint = async (link: (typeof thieves)[number]) => {
      const minted = await link.ask({ type: 'session' })
      if (minted.type === 'session') sessions.push(minted.session)
    }
    const thieves = await Promise.all(Array.from({ length: THEFTS }, async () => (await open()).link))
    for (const thief of thieves) await thief.ask({ type: 'enter', name: 'ada', password: PASSWORD })
    await Promise.all(thieves.map(mint))
    assert.equal(sessions.length, THEFTS)
    const racing = thieves.map((thief) => mint(thief))
    const changed = await owner.ask({ type: 'password', old: PASSWORD, password: 'another horse' })
    await Promise.allSettled([...racing, ...thieves.map(mint)])
    await Promise.all(thieves.map(({ gone }) => gone))
    assert.ok(changed.type === 'ok' && changed.connections === THEFTS, JSON.stringify(changed))
    const { link } = await open()
    for (const session of sessions) assert.equal((await link.ask({ type: 'return', session })).type, 'error')
    for (const token of tokens) assert.equal((await link.ask({ type: 'resume', token })).type, 'error')
    return `${changed.connections} connections and ${changed.sessions} sessions were ended; none of ${sessions.length} sessions and ${tokens.length} seat tokens worked after.`
  },
}
