import assert from 'node:assert/strict'
import { startFrontDoor } from '../../support/attackers.ts'
import type { Attack } from '../attack.ts'

const STUDENTS = 200

/** Legitimate load that must not be treated as an attack: a year of students behind one address registers, and logs in, in a burst. */
export const attack: Attack = {
  title: `registers ${STUDENTS} names, and logs in to all of them, in a burst from one address`,
  short: false,
  async run(cleanup) {
    const { open } = await startFrontDoor(cleanup)
    const each = async (type: 'register' | 'enter') => {
      const since = performance.now()
      const links = await Promise.all(Array.from({ length: STUDENTS }, async () => (await open('127.0.3.1')).link))
      const answers = await Promise.all(links.map((link, at) => link.ask({ type, name: `student${at}x`, password: 'correct horse' })))
      assert.deepEqual(
        answers.filter(({ type }) => type !== 'entered'),
        [],
      )
      for (const link of links) link.close()
      return Math.round(performance.now() - since)
    }
    return `Registering took all of them ${await each('register')} ms, logging in ${await each('enter')} ms.`
  },
}
