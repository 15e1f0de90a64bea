import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { secretToken } from '../hall/codes.ts'
import { Passwords } from '../hall/passwords.ts'
import { People } from '../hall/people.ts'
import { Terminal } from '../terminal/terminal.ts'
import { EXIT } from '../terminal/trouble.ts'
import { wallClock } from '../wire/clock.ts'
import { complain, Usage } from './diagnostics.ts'
import { storeIn } from './stores.ts'

/** Characters of a password that is made up: 60 bits. */
const MADE_UP = 12

/** `parlor people reset|remove NAME`: what the operator does for the owners of registered names, while no server runs. */
export async function peopleCommand(action: string, name: string, { data }: { readonly data: string }): Promise<number> {
  if (action !== 'reset' && action !== 'remove') throw new Usage(`people can be reset or removed, not ${JSON.stringify(action)}`)
  if (!existsSync(data)) throw new Usage(`there is no folder ${data} here; --data names another`)
  const store = await storeIn(data)
  try {
    const people = new People({ accounts: store.accounts, passwords: new Passwords({ random: randomBytes }), clock: wallClock })
    const password = secretToken(randomBytes).slice(0, MADE_UP)
    const refusal = action === 'reset' ? await people.setPassword(name, password) : await people.remove(name)
    if (refusal) {
      complain(refusal.refused)
      return EXIT.trouble
    }
    new Terminal().say(action === 'reset' ? `The password of ${name} is now ${password}` : `${name} is no longer registered`)
    return EXIT.good
  } finally {
    await store.close()
  }
}
