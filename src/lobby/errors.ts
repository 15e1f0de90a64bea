import { type Refusal, RulesError } from '../games/game.ts'
import type { AuthError, AuthErrorCode } from '../hall/accounts/auth-errors.ts'
import type { Lobby, LobbyRefusal, RefusalCode } from '../hall/api.ts'
import { CapacityError } from '../hall/capacity.ts'
import { isTemporary, UNWRITABLE } from '../hall/ports.ts'

/** The refusal for a client that has given no name yet. */
export const NAME_REQUIRED: LobbyRefusal = { code: 'who-are-you', refused: 'give a name first' }

/** The refusal of a request while the store cannot write. */
export const UNAVAILABLE: LobbyRefusal = { code: 'unavailable', refused: UNWRITABLE }

/** The refusal of a rated game to a guest. */
export const UNREGISTERED: LobbyRefusal = { code: 'who-are-you', refused: 'rated games are for registered names: register first' }

/** The refusal of a code that belongs to no open invitation. */
export const NO_INVITATION: LobbyRefusal = {
  code: 'no-such-code',
  refused: 'no open invitation has this code: it was used or canceled, or the code is wrong',
}

/** Adds the code of the native protocol to a refusal. */
export function toLobbyRefusal(code: RefusalCode, { refused }: Refusal): LobbyRefusal {
  return { code, refused }
}

/** The native protocol's code for each AuthError. */
const CODES: Readonly<Record<AuthErrorCode, RefusalCode>> = {
  'bad-name': 'bad-name',
  'name-taken': 'name-taken',
  'bad-password': 'bad-password',
  throttled: 'throttled',
  'bad-token': 'bad-token',
  unregistered: 'who-are-you',
}

/** Converts an AuthError to a refusal with the code of the native protocol. */
export function toAuthRefusal({ code, refused, proposal }: AuthError): LobbyRefusal {
  return { code: CODES[code], refused, ...(proposal === undefined ? {} : { proposal }) }
}

/** Returns the refusal for a game that the catalog does not have. */
export function noGame(name: string): LobbyRefusal {
  return { code: 'no-such-game', refused: `there is no game ${name}: see the games` }
}

/** Returns the refusal for a user who is not online. */
export function notHere(name: string): LobbyRefusal {
  return { code: 'no-such-person', refused: `there is no user "${name}" here: list the users` }
}

/** Returns the refusal for a table that does not exist, or that the user may not see. */
export function noTable(id: number): LobbyRefusal {
  return { code: 'no-such-table', refused: `there is no table ${id} that is open to you: see the tables` }
}

/** Returns the refusal for a table that this server cannot restore. */
export function noRules(game: string): LobbyRefusal {
  return { code: 'not-now', refused: `this server cannot continue this game of ${game} now: it holds your seat until it can` }
}

/** Returns the refusal for a command that needs a seat at the table. */
export function noSeat(id: number): LobbyRefusal {
  return { code: 'not-seated', refused: `you have no seat at table ${id}` }
}

/**
 * Returns the refusal of a seek that has failed with an error of the rules, or because of a limit. Throws all
 * other errors.
 */
export function toSeekRefusal(reason: unknown): LobbyRefusal {
  if (reason instanceof RulesError) return { code: 'not-now', refused: reason.message }
  if (reason instanceof CapacityError) return { code: 'too-many', refused: reason.message }
  throw reason
}

/** Returns the sentence that explains to the owner why the server has closed an open seek. */
export function explainFailure(reason: unknown): string {
  if (reason instanceof RulesError || reason instanceof CapacityError) return reason.message
  return isTemporary(reason) ? UNWRITABLE : 'the server could not open a table: try again'
}

/** Resolves to a refusal if the store cannot write at the moment. Rejects with all other errors. */
export async function catchUnavailable<Answer>(answer: Promise<Answer>): Promise<Answer | typeof UNAVAILABLE> {
  try {
    return await answer
  } catch (reason) {
    if (isTemporary(reason)) return UNAVAILABLE
    throw reason
  }
}

/** Wraps a lobby so that its methods resolve to a refusal, instead of rejecting, while the store cannot write. */
export function refuseWhenUnavailable<Session extends Lobby>(lobby: Session): Session {
  return new Proxy<Session>(lobby, REFUSING)
}

/** The handler is the same object for the lobbies of all sessions. */
const REFUSING: ProxyHandler<Lobby> = {
  get(target, name) {
    const value: unknown = Reflect.get(target, name, target)
    if (typeof value !== 'function') return value
    return (...args: unknown[]) => {
      const answer: unknown = value.apply(target, args)
      return answer instanceof Promise ? catchUnavailable(answer) : answer
    }
  },
}
