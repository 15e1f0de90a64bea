import { Ended } from '../wire/ends.ts'
import { quoted } from '../wire/visible.ts'

/** The end of a conversation whose server has broken the rules of the game: what it said, and why that cannot be. */
export function breach(text: string, why: string): Ended {
  return new Ended('violation', `the server said ${quoted(text)}, but ${why}`)
}
