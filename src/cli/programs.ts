import { programNames, programOf, shortNames, soloOf } from '../protocols/index.ts'
import type { Options, Program, Solo } from '../protocols/protocol.ts'
import { Usage } from './diagnostics.ts'

/** The networked program of a name. Throws a usage error with the nearest name where there is none. */
export async function networked(name: string): Promise<Program> {
  const found = await programOf(name)
  if (found) return found
  if (await soloOf(name)) throw new Usage(`${name} has no network; play it with: parlor solo ${name}`)
  throw await unknown(name)
}

/** The program without a network of a name. */
export async function alone(name: string): Promise<Solo> {
  const found = await soloOf(name)
  if (found) return found
  if (await programOf(name))
    throw new Usage(`${name} takes two sides; try: parlor host ${name}, and in another window: parlor join ${name}`)
  throw await unknown(name)
}

/** The program names that are spelt nearly as what was typed; `undefined` if none is. */
async function nearest(name: string): Promise<string | undefined> {
  const lower = name.toLowerCase()
  const ending = programNames.filter((one) => one.split('/')[1] === lower)
  if (ending.length > 0) return ending.join(' or ')
  const { closestMatch } = await import('leven')
  const near = (word: string) =>
    closestMatch(word, [...shortNames, ...programNames], { maxDistance: Math.max(2, Math.floor(word.length / 3)) })
  return near(lower) ?? near(lower.slice(lower.indexOf('/') + 1))
}

async function unknown(name: string): Promise<Usage> {
  const meant = await nearest(name)
  const guess = meant === undefined ? '.' : `; did you mean ${meant}?`
  return new Usage(`there is no program ${JSON.stringify(name)}${guess} All of them: parlor protocols`)
}

/** How options of programs are spelt on the command line, where that is not their own name. */
const SPELT: Readonly<Partial<Record<keyof Options, string>>> = { recvOnce: 'recv-once', formats: 'format' }

/** Checks that a program takes the options it was given. */
export function checkOptions(
  program: Pick<Program, 'name' | 'takes' | 'check'> & Partial<Pick<Program, 'protocol'>>,
  options: Options,
): void {
  const { name, takes = [], check, protocol } = program
  const [stray, ...others] = (Object.keys(options) as (keyof Options)[])
    .filter((option) => !takes.includes(option) && !(option === 'pace' && protocol?.paced))
    .map((option) => `${name} takes no --${SPELT[option] ?? option}`)
  if (stray !== undefined) throw new Usage(stray, ...others)
  const wrong = check?.(options)
  if (wrong) throw new Usage(wrong)
}

/** Checks that a program takes the options at the client's side, after `checkOptions`. */
export function checkClientOptions({ name, clientTakes = [] }: Pick<Program, 'name' | 'clientTakes'>, options: Options): void {
  const [stray, ...others] = (Object.keys(options) as (keyof Options)[])
    .filter((option) => !clientTakes.includes(option))
    .map((option) => `--${SPELT[option] ?? option} belongs to the server's side: parlor host ${name} --${SPELT[option] ?? option} ...`)
  if (stray !== undefined) throw new Usage(stray, ...others)
}
