import type { Options } from '../../src/protocol/definition.ts'
import type { Side } from '../../src/protocol/message-spec.ts'
import { HOSTS, JOINS } from './suite.ts'

/** JudgedOriginal is an original program, and how `parlor check` judges it. */
export interface JudgedOriginal {
  readonly original: string
  readonly program: string
  readonly side: Side
  /** The words behind `--client` or `--server`: address and port are in the environment, or typed at the prompts. */
  readonly command: string
  readonly options?: Options
}

/**
 * Originals that are judged by another program than the program of their recorded session: the client without a protocol shows its flaw
 * with the server that splits its message.
 */
const OTHERS: Readonly<Record<string, string>> = { d001_p2_client_noprotocol: 'c8/hello' }

/** Options of the judge's side, by program. */
const OPTIONS: Readonly<Record<string, Options>> = { 'cs/chat': { framing: 'none' } }

function judged(side: Side, table: Readonly<Record<string, string>>): readonly JudgedOriginal[] {
  return Object.entries(table).map(([original, words]) => {
    const program = OTHERS[original] ?? words.split(' ')[0] ?? ''
    const options = OPTIONS[program]
    return { original, program, side, command: `python3 ${original}.py`, ...(options && { options }) }
  })
}

/** Every networked original in its role. */
export const JUDGED: readonly JudgedOriginal[] = [...judged('server', HOSTS), ...judged('client', JOINS)]

/** Finds how an original is judged. Throws a RangeError for an unknown name. */
export function findJudged(original: string): JudgedOriginal {
  const found = JUDGED.find((one) => one.original === original)
  if (!found) throw new RangeError(`no program is known for ${original}`)
  return found
}
