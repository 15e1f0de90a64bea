/*
 * An attack is a program that acts on a real server, over real sockets, as a hostile or unlucky client would, and measures
 * the effects on other clients. Each is a file in `attacks/` that exports `attack`. All are bounded in count and
 * time and use loopback only. `npm run test:attack` runs all of them, or those that are named; `attack.test.ts` runs the
 * short attacks in `npm test`.
 *
 * An attack fails when it succeeds: `run` throws (`node:assert`) if a promise of docs/security.md is broken, and otherwise
 * returns one sentence with its measurements.
 */

/** One attack on a running server. */
export interface Attack {
  /** The acts of the attacker, as a sentence: "asks 600 times who is online, with 1,000 users online". */
  readonly title: string
  /** Whether `npm test` runs it, too: it takes less than 5 s on two busy cores, and asserts no speed that depends on the machine. */
  readonly short: boolean
  /** The timeout in milliseconds: 60,000 by default. */
  readonly limit?: number
  /**
   * Attacks; returns a sentence with the measurements. Rejects if the attack succeeds. Processes and files are disposed of with `cleanup`.
   */
  run(cleanup: AsyncDisposableStack): Promise<string>
}

/** The default timeout in milliseconds. */
export const LIMIT = 60_000

/** Runs an attack within its timeout, and cleans up after it. Resolves to its sentence; rejects if the attack succeeds or times out. */
export async function launch({ title, limit = LIMIT, run }: Attack): Promise<string> {
  await using cleanup = new AsyncDisposableStack()
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`the attack took longer than ${limit / 1000} s: ${title}`)), limit)
  cleanup.defer(() => clearTimeout(timer))
  return await Promise.race([run(cleanup), late.promise])
}
