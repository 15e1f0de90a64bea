import { isIPv4 } from 'node:net'
import { type Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { readSpan } from '../base/counts.ts'
import { pythonInt } from '../protocols/python.ts'
import { givenTwice } from '../wire/text.ts'
import { Usage } from './diagnostics.ts'

/** The library of command lines, for other files too: to find the package takes Node a millisecond for each. */
export { type Argument, Command, CommanderError, Option }

/** CommandForm is a command as `parlor help` shows it, and how its options and its action are defined. */
export interface CommandForm {
  /** Name and arguments. */
  readonly usage: string
  readonly about: string
  /** Example command lines. */
  readonly example: string
  readonly define: (made: Command) => Command
}

/** The help of --questions, which several commands have. */
export const QUESTIONS = 'quiz: questions of your own, in Moodle’s GIFT, Open Trivia DB’s JSON, or CSV'
/** The help of --strict, the same. */
export const STRICT = 'refuse a file of words or questions if one of them cannot be used (default: skip it, and say why)'

/** How a time without a unit is read, in the help of the options that have one. */
export const IN_SECONDS = 'a bare number is seconds'
export const IN_MS = 'a bare number is milliseconds'

/** A whole number from `low` to `high`, for an option or argument. */
export function number(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(/^\s*\d+\s*$/.test(text) ? text : Number.NaN)
    if (value >= low && value <= high) return value
    throw new InvalidArgumentError(`It must be a whole number from ${low} to ${high}.`)
  }
}

/** A port; 0 asks for any that is free. */
export const port = number(0, 65535)

/** An address or a name; an empty one would be every address of this machine. */
export function address(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('It must be an address such as 127.0.0.1, or a name.')
  return text.trim()
}

/** A time span in milliseconds: `100ms`, `2s`, `1m`; a bare number is in `unit`. */
export function span(unit: 'ms' | 's'): (text: string) => number {
  return (text) => {
    const ms = readSpan(text, unit)
    if (ms !== undefined) return ms
    throw new InvalidArgumentError('It must be a time such as 100ms, 2s or 1m.')
  }
}

/** A time span of more than nothing, in seconds if no unit is given. */
export function spanAboveZero(text: string): number {
  const ms = span('s')(text)
  if (ms > 0) return ms
  throw new InvalidArgumentError('It must be a time such as 100ms, 2s or 1m, longer than 0.')
}

/** A moment in local time, `2024-02-29T13:05:09`. */
export function moment(text: string): Date | undefined {
  if (text === '') return undefined
  const date = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?$/.test(text) ? new Date(text) : undefined
  // a day that its month does not have would be one of the next month
  if (date?.getDate() === Number(text.slice(8, 10))) return date
  throw new InvalidArgumentError('It must be a time such as 2024-02-29T13:05:09.')
}

/** Texts separated by commas; none for an empty one. */
export function list(text: string): readonly string[] | undefined {
  const texts = text.split(',').map((one) => one.trim())
  if (text === '') return undefined
  if (texts.includes('')) throw new InvalidArgumentError('It must be texts separated by commas, such as H,T,T.')
  return texts
}

/** Adds to what earlier uses of an option gave. */
export function several(text: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, text]
}

/** `NAME=N`, a program and its port; or a port alone, by the name `*`: 0 for any ports, or that of the only program. */
export function namedPort(text: string, earlier: Readonly<Record<string, number>> = {}): Readonly<Record<string, number>> {
  if (/^\s*\d+\s*$/.test(text)) return { ...earlier, '*': onceNamed('--port', earlier['*'], port(text)) }
  const [name = '', value = '', ...rest] = text.split('=')
  if (name === '' || pythonInt(value) === undefined || rest.length > 0)
    throw new InvalidArgumentError('It must be NAME=N, such as guess=9000; or 0, for any ports.')
  return { ...earlier, [name]: onceNamed(`--port ${name}`, earlier[name], port(value)) }
}

/** `NAME=VALUE`, a limit; what can stand there is known elsewhere. */
export function namedLimit(text: string, earlier: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const [, name, value] = /^([^=]+)=(.+)$/.exec(text) ?? []
  if (name === undefined || value === undefined) throw new InvalidArgumentError('It must be NAME=N, such as connections=500.')
  return { ...earlier, [name.trim()]: onceNamed(`--limit ${name.trim()}`, earlier[name.trim()], value.trim()) }
}

/** Options that take one value more each time. */
const LISTED: ReadonlySet<unknown> = new Set([several, namedPort, namedLimit])

/** Refuses a second value of each option of a command that holds one: the first would be dropped. */
export function refuseSecondValues(command: Command): void {
  for (const option of command.options) {
    if (LISTED.has(option.parseArg)) continue
    let given: string | undefined
    command.on(`option:${option.name()}`, (value: string | undefined) => {
      given = onceNamed(`--${option.name()}`, given, value)
    })
  }
}

/** Returns the value of an option that may be given again. Throws a usage error if another value was given before. */
function onceNamed<Value>(option: string, before: Value | undefined, value: Value): Value {
  if (before !== undefined && before !== value) throw new Usage(givenTwice(option, [before, value]))
  return value
}

/** A server's address and port, as far as a command line says them. */
export interface Where {
  readonly host: string | undefined
  readonly port: number | undefined
}

/** Returns what is given twice at most. Throws a usage error for two values. */
export function once<Value>(things: string, one: Value | undefined, other: Value | undefined): Value | undefined {
  if (one !== undefined && other !== undefined && one !== other)
    throw new Usage(`there are two ${things}, ${one} and ${other}: leave one of them out`)
  return one ?? other
}

/** Checks that an address says which network it is on, and is one of IPv6 if `--ipv6` is there too. */
export function checkFamily({ host, ipv6 = false }: { readonly host?: string | undefined; readonly ipv6?: boolean | undefined }): void {
  if (host !== undefined && /^fe[89ab][0-9a-f]:[^%]*$/i.test(host))
    throw new Usage(`${host} is an address within one network only: say by which card it is reached, such as ${host}%eth0`)
  if (ipv6 && host !== undefined && isIPv4(host))
    throw new Usage(`--ipv6 and ${host} do not go together, because that is an address of IPv4: leave --ipv6 out, or give another address`)
}

/** Parses a server's address: `host` takes `HOST`, `HOST:PORT`, `[::1]:PORT` and a port alone. Throws a usage error for two ports. */
export function whereOf({ host, port }: { readonly host?: string | undefined; readonly port?: number | undefined }): Where {
  if (host === undefined) return { host, port }
  if (/^\d+$/.test(host)) return { host: undefined, port: once('ports', portIn(host), port) }
  const [, name, inside, digits] = /^(?:([^:[\]]+)|\[(.+)\]):(\d{1,5})$/.exec(host) ?? []
  return digits === undefined ? { host, port } : { host: name ?? inside, port: once('ports', portIn(digits), port) }
}

function portIn(digits: string): number {
  const port = Number(digits)
  if (port >= 1 && port <= 65535) return port
  throw new Usage(`a port is a whole number from 1 to 65535, not ${digits}`)
}

/** An option that is a time span, with its default as one would type it. */
export function spanned(flags: string, about: string, usual: string): Option {
  return new Option(flags, about).argParser(span('s')).default(span('s')(usual), usual)
}

/** The options that are about the network between the two sides. What they say is checked before the command begins. */
export function networking(command: Command): Command {
  return command
    .option('--split <sizes>', 'send in pieces of so many bytes: 8, 1..5, in:8 for what is read (hello-split: bytes in the first piece)')
    .option('--glue <time>', `send together what is said within so long: 80ms, in:80ms; ${IN_MS}`)
    .option(
      '--delay <times>',
      `send later, and each piece so long after the one before: 5ms, 5ms..20ms, in:5ms; ${IN_MS} (hello-split: between the two pieces)`,
    )
    .option('--seed <n>', 'repeat what --split or --delay left to chance', number(0, 65535))
    .option('--trace', 'show each write and each read on standard error')
    .option('--secrets', 'with --trace: show passwords, too')
    .hook('preAction', async (made) => {
      const { split, glue, delay } = made.opts()
      if ([split, glue, delay].some((given) => given !== undefined)) (await import('./network.ts')).checkFaults({ split, glue, delay })
    })
}
