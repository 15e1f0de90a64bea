import type { LobbyRefusal } from '../lobby.ts'
import type { Visit } from './visit.ts'

/** Hint that an empty line ends a question for a secret. */
const BACK = '(An empty line goes back.)'

/** Question for a secret, and whether the user is warned that the secret shows on the screen. */
interface Question {
  readonly question: string
  readonly warns?: boolean
}

/** Finds what is wrong with a password that was typed. */
type Check = (password: string) => LobbyRefusal | undefined | Promise<LobbyRefusal | undefined>

/**
 * Asks for a password until `check` refuses nothing; each refusal is said, and the question comes again, so that no password
 * is read as a name or a command. `undefined` if an empty line went back, or the visit is over.
 */
export function askPassword(visit: Visit, question: string, check: Check): Promise<string | undefined> {
  return visit.hide(() => askUntil(visit, { question }, check))
}

/** Asks for a new password, twice, until both are the same and it can be one. */
export function askNewPassword(visit: Visit, { question, warns = true }: Question): Promise<string | undefined> {
  return visit.hide(async () => {
    for (let wrong: string | undefined; ; wrong = 'The two are not the same.') {
      const asked = { question, warns: warns && wrong === undefined, wrong }
      const password = await askUntil(visit, asked, (typed) => visit.lobby.checkPassword(typed))
      const again = password === undefined ? undefined : await visit.askSecret(['The same once more?'], false)
      if (again === undefined || again === password) return again
    }
  })
}

/** `wrong` is what is said before the first question. */
async function askUntil(
  visit: Visit,
  asked: Question & { readonly wrong?: string | undefined },
  check: Check,
): Promise<string | undefined> {
  const { question, warns = true } = asked
  for (let { wrong } = asked, first = true; ; first = false) {
    const password = await visit.askSecret([...(wrong === undefined ? [] : [wrong]), `${question} ${BACK}`], warns && first)
    const refusal = password === undefined ? undefined : await check(password)
    if (visit.over) return undefined
    if (!refusal) return password
    wrong = visit.sentence(refusal.refused)
  }
}
