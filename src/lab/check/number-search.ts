import type { Random } from '../../games/game.ts'
import type { Console } from '../../protocol/definition.ts'
import { decode } from '../../wire/text.ts'
import { TransportFilter } from '../../wire/transport-filter.ts'
import type { MessageObservation } from '../monitor/observation.ts'

/*
 * If the judge chooses numbers at random, it almost never finds the secret number of a server. Then no conversation reaches the server's code for
 * a right number. But the answers to small numbers differ from the answers to large numbers, and rehearsals show both answers. So the
 * judge can search for the number by halves. The search needs no knowledge of the game.
 */

/** Directions are the answers of a server to a number that is too small, and to a number that is too large. */
export interface Directions {
  readonly low: string
  readonly high: string
}

/**
 * `ENOUGH` is the minimum number of pairs of a number and its answer. `PART` is the part of the pairs whose numbers the judge treats as
 * small, and also the part whose numbers it treats as large.
 */
const ENOUGH = 40
const PART = 0.1
/** Minimum number of different numbers for a search; if there are fewer, the numbers probably stand for choices. */
const FEWEST = 10

/**
 * Finds the answers to small and to large numbers in rehearsals; `undefined` if the client sends no numbers, or if the answers are the
 * same.
 */
export function findDirections(rehearsals: readonly { readonly messages: readonly MessageObservation[] }[]): Directions | undefined {
  const pairs = rehearsals
    .flatMap(({ messages }) => messages.map((one, at) => ({ number: Number(one.text), from: one.from, answer: messages[at + 1] })))
    .filter(({ from, number, answer }) => from === 'client' && Number.isInteger(number) && answer?.from === 'server')
    .toSorted((one, other) => one.number - other.number)
  if (pairs.length < ENOUGH || new Set(pairs.map(({ number }) => number)).size < FEWEST) return undefined
  const answers = pairs.map(({ answer }) => answer?.text ?? '')
  const count = Math.ceil(answers.length * PART)
  const [low, high] = [findMostFrequent(answers.slice(0, count)), findMostFrequent(answers.slice(-count))]
  return low === undefined || high === undefined || low === high ? undefined : { low, high }
}

function findMostFrequent(texts: readonly string[]): string | undefined {
  const groups = [...Map.groupBy(texts, (text) => text)].toSorted(([, some], [, others]) => others.length - some.length)
  return groups[0]?.[0]
}

/** ReceivedText collects the text that a side receives. */
export class ReceivedText extends TransportFilter {
  #text = ''

  override data(bytes: Uint8Array): void {
    this.#text += decode(bytes)
    super.data(bytes)
  }

  /** Returns the text since the last call. */
  take(): string {
    const text = this.#text
    this.#text = ''
    return text
  }
}

export interface NumberSearchOptions {
  readonly directions: Directions
  readonly received: ReceivedText
  /** Returns the lines that a person may type now. */
  readonly lines: () => readonly string[]
  /** The person who types in every state in which numbers are not the only lines. */
  readonly typist: Console
  readonly random: Random
  readonly typed?: ((line: string | undefined, prompt: string) => Promise<void>) | undefined
}

/** NumberSearch is a person at a console who searches for a number by halves, each time at another place near the middle. */
export class NumberSearch implements Console {
  readonly #options: NumberSearchOptions
  #above = Number.NEGATIVE_INFINITY
  #below = Number.POSITIVE_INFINITY
  #last: number | undefined

  constructor(options: NumberSearchOptions) {
    this.#options = options
  }

  say(): void {}

  async ask(prompt: string, atEnd?: string, signal?: AbortSignal): Promise<string> {
    const { directions, received, lines, typist, random, typed } = this.#options
    // the role may ask before its conversation is complete
    await undefined
    if (signal?.aborted) throw signal.reason
    const text = received.take()
    // a role that asks again without an answer of the server has refused the number, and would refuse the next number, too
    if (this.#last !== undefined && text === '') return typist.ask(prompt, atEnd, signal)
    const [answer] = text.split(/\r?\n/)
    if (this.#last !== undefined && answer === directions.low) this.#above = this.#last
    if (this.#last !== undefined && answer === directions.high) this.#below = this.#last
    const numbers = lines().map(Number)
    const open = numbers.filter((number) => number > this.#above && number < this.#below).toSorted((one, other) => one - other)
    // a server with a fixed number needs another search each time
    const spread = open.length >> 3
    const next = open[(open.length >> 1) + random.integer(-spread, spread)]
    if (next === undefined || !numbers.every(Number.isInteger)) return typist.ask(prompt, atEnd, signal)
    this.#last = next
    await typed?.(String(next), prompt)
    return String(next)
  }
}
