import { isRefusal } from '../games/game.ts'
import type { InviteCodeLimit } from '../hall/accounts/invite-code-limiter.ts'
import { makeInviteCode, parseInviteCode } from '../hall/accounts/tokens.ts'
import type { LobbyRefusal } from '../hall/api.ts'
import type { OpenSeek } from '../hall/open-seek.ts'
import type { SessionContext } from './context.ts'
import { NO_INVITATION, toAuthRefusal, toLobbyRefusal } from './errors.ts'

/** InvitationCodes finds and makes the codes of private seeks for one session, and limits the codes that the client can guess. */
export class InvitationCodes {
  readonly #session: SessionContext
  #tries: InviteCodeLimit | undefined

  constructor(session: SessionContext) {
    this.#session = session
  }

  /** Finds the open seek that has a typed code; returns the seek, and the code in its normal spelling. */
  find(typed: string): { readonly seek: OpenSeek; readonly code: string } | LobbyRefusal {
    const code = parseInviteCode(typed)
    if (isRefusal(code)) return toLobbyRefusal('no-such-code', code)
    const denial = this.#limit.denial()
    if (denial) return toAuthRefusal(denial)
    const seek = this.#session.context.hall.findInvitation(code)
    if (seek) return { seek, code }
    this.#limit.failed()
    return NO_INVITATION
  }

  /**
   * Makes the code of a private seek. The user may have sent the code of an earlier seek to a friend before the connection was lost, so the
   * new seek gets the same code, unless another open seek has it. The limiter counts each request for a particular code as a wrong guess,
   * because a client could otherwise find the codes of other users by such requests.
   */
  make(former: string | undefined): string {
    const { context, user } = this.#session
    const code = former === undefined ? undefined : parseInviteCode(former)
    if (typeof code === 'string' && !this.#limit.denial()) {
      this.#limit.failed()
      const seek = context.hall.findInvitation(code)
      if (!seek || seek.person === user?.person) return code
    }
    return makeInviteCode(context.bytes)
  }

  get #limit(): InviteCodeLimit {
    this.#tries ??= this.#session.context.people.codeTries(this.#session.peer.address)
    return this.#tries
  }
}
