import type { Lobby } from '../hall/api.ts'
import { isTemporary } from '../hall/ports.ts'
import { UNAVAILABLE } from './errors.ts'

/** Resolves with a refusal if the store cannot write at the moment. Rejects with all other errors. */
export async function catchUnavailable<Answer>(answer: Promise<Answer>): Promise<Answer | typeof UNAVAILABLE> {
  try {
    return await answer
  } catch (reason) {
    if (isTemporary(reason)) return UNAVAILABLE
    throw reason
  }
}

/** Wraps a lobby so that its methods resolve with a refusal, instead of rejecting, if the store cannot write at the moment. */
export function refuseWhenUnavailable(lobby: Lobby): Lobby {
  return new Proxy(lobby, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value !== 'function') return value
      return (...args: unknown[]) => {
        const answer: unknown = value.apply(target, args)
        return answer instanceof Promise ? catchUnavailable(answer) : answer
      }
    },
  })
}
