import { isTemporary } from '../hall/ports.ts'
import type { Lobby } from '../protocols/lobby.ts'
import { UNAVAILABLE } from './refusals.ts'

/** Answers with a refusal where a store cannot write just now. Rejects with all other errors. */
export async function survived<Answer>(answer: Promise<Answer>): Promise<Answer | typeof UNAVAILABLE> {
  try {
    return await answer
  } catch (reason) {
    if (isTemporary(reason)) return UNAVAILABLE
    throw reason
  }
}

/** The same lobby, all of whose commands answer with a refusal where the store cannot write just now: none rejects therefore. */
export function surviving(lobby: Lobby): Lobby {
  return new Proxy(lobby, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value !== 'function') return value
      return (...args: unknown[]) => {
        const answer: unknown = value.apply(target, args)
        return answer instanceof Promise ? survived(answer) : answer
      }
    },
  })
}
