import type { Console } from './definition.ts'

/** Asks a person, but withdraws the question when `interruption` settles first. Resolves with the answer; `undefined` if withdrawn. */
export async function askUntil(
  interruption: Promise<unknown>,
  person: Console,
  { prompt, atEnd }: { prompt: string; atEnd: string },
): Promise<string | undefined> {
  const controller = new AbortController()
  const withdraw = () => controller.abort()
  interruption.then(withdraw, withdraw)
  try {
    return await person.ask(prompt, atEnd, controller.signal)
  } catch (error) {
    if (controller.signal.aborted) return undefined
    throw error
  }
}
