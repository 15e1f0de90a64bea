import type { LobbyRefusal } from '../hall/api.ts'
import type { DoorSession } from './session.ts'

const CANCEL = '(An empty line cancels.)'

/** A question for a password. If `warns` is true, a warning follows the question: it says whether the screen shows the password. */
interface Question {
  readonly question: string
  readonly warns?: boolean
}

/** Returns the refusal of an invalid password; `undefined` for a valid password. */
type Check = (password: string) => LobbyRefusal | undefined | Promise<LobbyRefusal | undefined>

/**
 * Asks for a password until `check` accepts it. After a refusal, repeats the question, so that the server never reads a
 * password as a name or a command. Returns `undefined` if the user cancels with an empty line, or the session ends.
 */
export function askPassword(session: DoorSession, question: string, check: Check): Promise<string | undefined> {
  return session.withHiddenInput(() => askUntil(session, { question }, check))
}

/** Asks for a new password twice, and repeats until the two passwords are equal and valid. Returns `undefined` if the user cancels. */
export function askNewPassword(session: DoorSession, { question, warns = true }: Question): Promise<string | undefined> {
  return session.withHiddenInput(async () => {
    for (let wrong: string | undefined; ; wrong = 'The passwords are not the same.') {
      const asked = { question, warns: warns && wrong === undefined, wrong }
      const password = await askUntil(session, asked, (typed) => session.lobby.checkPassword(typed))
      const again = password === undefined ? undefined : await session.askSecret(['The same password once more?'], false)
      if (again === undefined || again === password) return again
    }
  })
}

/** Prints `wrong`, and asks until `read` accepts an answer. */
async function askUntil(
  session: DoorSession,
  asked: Question & { readonly wrong?: string | undefined },
  check: Check,
): Promise<string | undefined> {
  const { question, warns = true } = asked
  for (let { wrong } = asked, first = true; ; first = false) {
    const password = await session.askSecret([...(wrong === undefined ? [] : [wrong]), `${question} ${CANCEL}`], warns && first)
    const refusal = password === undefined ? undefined : await check(password)
    if (session.over) return undefined
    if (!refusal) return password
    wrong = session.sentence(refusal.refused)
  }
}
