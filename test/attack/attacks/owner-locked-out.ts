import assert from 'node:assert/strict'
import { startFrontDoor } from '../../support/attackers.ts'
import type { Attack } from '../attack.ts'

const PASSWORD = 'correct horse'
const ADDRESSES = 10
const ROUNDS = 15

/** Guesses at a password from many addresses, so that the rate limit refuses its owner. */
export const attack: Attack = {
  title: `guesses at one password from ${ADDRESSES} addresses at the same time, while the owner logs in from its own`,
  short: true,
  async run(cleanup) {
    const { open } = await startFrontDoor(cleanup)
    const { link: first } = await open()
    await first.ask({ type: 'register', name: 'ada', password: PASSWORD })
    const minted = await first.ask({ type: 'session' })
    assert.ok(minted.type === 'session')
    const attackers = await Promise.all(Array.from({ length: ADDRESSES }, async (_, at) => (await open(`127.0.1.${at + 1}`)).link))
    let [guesses, throttled, logins] = [0, 0, 0]
    const guess = async (link: (typeof attackers)[number]) => {
      for (let tries = 0; tries < 10; tries++) {
        const answer = await link.ask({ type: 'enter', name: 'ada', password: `guess ${guesses++}` })
        assert.ok(answer.type === 'error')
        if (answer.code === 'throttled') throttled++
      }
    }
    for (let round = 0; round < ROUNDS; round++) {
      const guessing = Promise.all(attackers.map(guess))
      const { link: owner } = await open()
      if ((await owner.ask({ type: 'enter', name: 'ada', password: PASSWORD })).type === 'entered') logins++
      owner.close()
      await guessing
    }
    assert.equal(logins, ROUNDS)
    const { link: elsewhere } = await open('127.0.2.1')
    assert.equal((await elsewhere.ask({ type: 'return', session: minted.session })).type, 'entered')
    return `The owner got in ${logins} of ${ROUNDS} times, and by a session from elsewhere, while ${throttled} of ${guesses} guesses were refused unheard.`
  },
}
