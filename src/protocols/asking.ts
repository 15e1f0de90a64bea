import type { Person } from './protocol.ts'

/** A question to a person that is taken back when `news` comes first; then the answer is `undefined`. */
export async function askUntil(
  news: Promise<unknown>,
  person: Person,
  { prompt, atEnd }: { prompt: string; atEnd: string },
): Promise<string | undefined> {
  const back = new AbortController()
  const take = () => back.abort()
  news.then(take, take)
  try {
    return await person.ask(prompt, atEnd, back.signal)
  } catch (error) {
    if (back.signal.aborted) return undefined
    throw error
  }
}
