import { isIPv4 } from 'node:net'
import { type Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { parseWhole } from '../base/counts.ts'
import { parseSpan } from '../base/durations.ts'
import { pythonInt } from '../programs/python/values.ts'
import type { ProgramOption } from '../protocol/option.ts'
import { formatDuplicate } from '../wire/text.ts'
import type { Address } from '../wire/transport.ts'
import { UsageError } from './diagnostics.ts'

/** The command-line library, exported for other files, because each file that imports the package costs a millisecond. */
export { type Argument, Command, CommanderError, Option }

/** CommandForm is a command in the help, with the function that defines its options and its action. */
export interface CommandForm {
  /** Name and arguments of the command, such as `rank [game]`. */
  readonly usage: string
  readonly about: string
  /** Command lines as examples, each on a line of its own. */
  readonly example: string
  readonly define: (made: Command) => Command
  /** The options of programs that the command accepts in addition to its own options. */
  readonly has?: OptionRole
  /** The options of transports that the command accepts in addition to its own options. */
  readonly carriedFor?: TransportUse
}

/** TransportUse is the kind of use that a command makes of a transport. */
export type TransportUse = 'host' | 'join' | 'serve'

/**
 * OptionRole says which options of programs a command has: the options of one side, the options of both sides (`check`), the options of
 * programs without a network (`solo`), or the options that are settings.
 */
export type OptionRole = 'server' | 'client' | 'check' | 'solo' | 'settings'

/**
 * GivenOption is an option of a program with its value from the command line. If the option takes a file, the value is the name of the
 * file.
 */
export interface GivenOption {
  readonly option: ProgramOption
  readonly value: unknown
}

/** The help of `--plugin`, the same for several commands. */
export const PLUGIN = 'add the games and programs of this file, a plug-in (may be repeated)'
/** The help of `--strict`, the same for several commands. */
export const STRICT = 'refuse a file with an unusable word or question (default: skip the word or question, and say why)'

/** Texts for the help of options that take a time. They name the unit of a number that the user types without a unit. */
export const IN_SECONDS = 'a bare number is seconds'
const IN_MS = 'a bare number is milliseconds'

/** Returns a parser of whole numbers from `low` to `high`, for an option or argument. */
export function numberParser(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = parseWhole(text.trim(), { min: low, max: high })
    if (value !== undefined) return value
    throw new InvalidArgumentError(`It must be a whole number from ${low} to ${high}.`)
  }
}

/** Parses a port at which a server can listen: never 0. */
export const parseFixedPort = numberParser(1, 65535)

/** Parses a port; 0 means any free port. */
export const parsePort = numberParser(0, 65535)

/** Parses `[HOST:]PORT`; without a host, 127.0.0.1. An IPv6 address is in brackets. */
export function parsePlace(text: string): Address {
  const [, name, inside, digits = ''] = /^(?:(?:([^:[\]\s]+)|\[([^[\]\s]+)\]):)?(\d{1,5})$/.exec(text.trim()) ?? []
  const port = parseWhole(digits, { min: 0, max: 65_535 })
  if (port === undefined) throw new InvalidArgumentError('It must be HOST:PORT or a port, such as 127.0.0.1:3456, [::1]:3456 or 3456.')
  return { host: name ?? inside ?? '127.0.0.1', port }
}

/** Parses an address or a name. Throws for an empty text, because the system treats an empty text as all addresses of this machine. */
export function parseAddress(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('It must be an address such as 127.0.0.1, or a name.')
  return text.trim()
}

/** Returns a parser of durations such as `100ms`, `2s`, `1m`, in milliseconds; a bare number is in `unit`. */
export function durationParser(unit: 'ms' | 's'): (text: string) => number {
  return (text) => {
    const ms = parseSpan(text, unit)
    if (ms !== undefined) return ms
    throw new InvalidArgumentError('It must be a time such as 100ms, 2s or 1m.')
  }
}

/** Parses a duration longer than 0, in milliseconds; a bare number is in seconds. */
export function parsePositiveDuration(text: string): number {
  const ms = durationParser('s')(text)
  if (ms > 0) return ms
  throw new InvalidArgumentError('It must be a time such as 100ms, 2s or 1m, longer than 0.')
}

/** Returns the spelling of an option on the command line, with dashes. */
export function spellOption({ name, spelling = name }: Pick<ProgramOption, 'name' | 'spelling'>): string {
  return `--${spelling}`
}

/** The value of an option for which the user has typed an empty text, if an empty text means that the option is absent. */
const ABSENT = Symbol('absent')

/** DeclaredOption is the command-line form of an option that a program declares. */
export class DeclaredOption extends Option {
  readonly declared: ProgramOption

  /** If `raw` is true, the values stay texts, because the settings parse the values later. */
  constructor(declared: ProgramOption, raw = false) {
    const { kind, about, unset } = declared
    const place = kind === 'flag' ? '' : ` <${kind === 'file' ? 'file' : declared.metavar}>`
    super(`${spellOption(declared)}${place}`, `${about}${unset === undefined ? '' : ` (default: ${unset})`}`)
    this.declared = declared
    if (kind === 'text' && !raw) this.argParser((text: string, earlier: unknown) => this.#parse(text, earlier))
  }

  /** True if the user may repeat the option with different values. */
  get repeats(): boolean {
    return this.declared.kind === 'text' && this.declared.repeats === true
  }

  #parse(text: string, earlier: unknown): unknown {
    const { declared } = this
    if (declared.kind !== 'text') return text
    if (text === '' && declared.emptyIsAbsent) return ABSENT
    const value = declared.parse(text, declared.repeats ? earlier : undefined)
    if (value === undefined) throw new InvalidArgumentError(`It must be ${declared.expected}.`)
    return value
  }
}

/** Returns the options of programs that the user typed, in their order on the command line. */
export function givenOptions(command: Command): GivenOption[] {
  const declared = new Map(command.options.map((option) => [option.attributeName(), option]))
  return Object.entries<unknown>(command.opts()).flatMap(([name, value]) => {
    const option = declared.get(name)
    return option instanceof DeclaredOption && value !== ABSENT ? [{ option: option.declared, value }] : []
  })
}

/** Parses an option that the user may repeat: appends its value to the values of earlier uses. */
export function appendValue(text: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, text]
}

/**
 * Parses `NAME=N`, a program and its port. Also parses a port alone, which gets the key `*`: 0 means any free ports, and another number is
 * the port of the only program.
 */
export function parseNamedPort(text: string, earlier: Readonly<Record<string, number>> = {}): Readonly<Record<string, number>> {
  if (/^\s*\d+\s*$/.test(text)) return { ...earlier, '*': onceNamed('--port', earlier['*'], parsePort(text)) }
  const [name = '', value = '', ...rest] = text.split('=')
  if (name === '' || pythonInt(value) === undefined || rest.length > 0)
    throw new InvalidArgumentError('It must be NAME=N, such as guess=9000; or 0, for any ports.')
  return { ...earlier, [name]: onceNamed(`--port ${name}`, earlier[name], parsePort(value)) }
}

/** Parses `NAME=VALUE`, a limit. The settings check the name and the value. */
export function parseNamedLimit(text: string, earlier: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const [, name, value] = /^([^=]+)=(.+)$/.exec(text) ?? []
  if (name === undefined || value === undefined) throw new InvalidArgumentError('It must be NAME=N, such as connections=500.')
  return { ...earlier, [name.trim()]: onceNamed(`--limit ${name.trim()}`, earlier[name.trim()], value.trim()) }
}

/** Parsers of options that the user may repeat with different values. */
const LISTED: ReadonlySet<unknown> = new Set([appendValue, parseNamedPort, parseNamedLimit])

/** Makes a command refuse a second, different value of each option that takes one value; the library would drop the first value. */
export function refuseSecondValues(command: Command): void {
  for (const option of command.options) {
    if (LISTED.has(option.parseArg) || (option instanceof DeclaredOption && option.repeats)) continue
    let given: string | undefined
    command.on(`option:${option.name()}`, (value: string | undefined) => {
      given = onceNamed(`--${option.name()}`, given, value)
    })
  }
}

/** Returns `value`, the later value of the option. Throws a UsageError if the user has typed a different value before. */
function onceNamed<Value>(option: string, before: Value | undefined, value: Value): Value {
  if (before !== undefined && before !== value) throw new UsageError(formatDuplicate(option, [before, value]))
  return value
}

/** ServerAddress is the host and port of a server; `undefined` for a part that the command line omits. */
export interface ServerAddress {
  readonly host: string | undefined
  readonly port: number | undefined
}

/** Returns the value that at least one of two sources gives. Throws a UsageError if the two sources give different values. */
export function takeOnce<Value>(things: string, one: Value | undefined, other: Value | undefined): Value | undefined {
  if (one !== undefined && other !== undefined && one !== other)
    throw new UsageError(`there are two ${things}, ${one} and ${other}: leave one of them out`)
  return one ?? other
}

/** Throws a UsageError for a link-local address without its interface, and for an IPv4 address together with `--ipv6`. */
export function checkFamily({ host, ipv6 = false }: { readonly host?: string | undefined; readonly ipv6?: boolean | undefined }): void {
  if (host !== undefined && /^fe[89ab][0-9a-f]:[^%]*$/i.test(host))
    throw new UsageError(`${host} is an address within one network only: name the network interface, too, such as ${host}%eth0`)
  if (ipv6 && host !== undefined && isIPv4(host))
    throw new UsageError(
      `--ipv6 and ${host} exclude each other, because the address is an IPv4 address: leave --ipv6 out, or give another address`,
    )
}

/** Parses the address of a server: `host` is `HOST`, `HOST:PORT`, `[::1]:PORT` or a port alone. Throws a UsageError for two ports. */
export function parseServerAddress({
  host,
  port,
}: {
  readonly host?: string | undefined
  readonly port?: number | undefined
}): ServerAddress {
  if (host === undefined) return { host, port }
  if (/^\d+$/.test(host)) return { host: undefined, port: takeOnce('ports', portIn(host), port) }
  const [, name, inside, digits] = /^(?:([^:[\]]+)|\[(.+)\]):(\d{1,5})$/.exec(host) ?? []
  return digits === undefined ? { host, port } : { host: name ?? inside, port: takeOnce('ports', portIn(digits), port) }
}

function portIn(digits: string): number {
  const port = Number(digits)
  if (port >= 1 && port <= 65535) return port
  throw new UsageError(`a port is a whole number from 1 to 65535, not ${digits}`)
}

/** Creates an option that takes a duration. The default has the spelling of the command line. */
export function durationOption(flags: string, about: string, usual: string): Option {
  return new Option(flags, about).argParser(durationParser('s')).default(durationParser('s')(usual), usual)
}

/** Adds the options for the network between the two sides. Parlor checks their values before the command runs. */
export function addNetworkOptions(command: Command): Command {
  return addFaultOptions(command, {
    split: 'send in pieces of this many bytes: 8, 1..5; use in:8 for received bytes',
    glue: 'join the bytes that are sent within this time: 80ms, in:80ms',
    fault: '"split char", "in:reset before GAMEOVER", "lose 20%"',
    delay: 'send each piece at least this long after the previous piece: 5ms, 5ms..20ms, in:5ms',
  })
    .option('--trace', 'show each write and each read on standard error')
    .option('--secrets', 'with --trace: show passwords, too')
}

/** Adds the options for the faults of a proxy. A fault disturbs both directions unless its rule names one direction. */
export function addProxyFaults(command: Command): Command {
  return addFaultOptions(command, {
    split: 'forward in pieces of this many bytes: 8, 1..5; use server:8 for the bytes of the server',
    glue: 'join the bytes that one side sends within this time: 80ms, client:80ms',
    fault: '"split char", "client:stall 2s", "reset before GAMEOVER"',
    delay: 'forward bytes with this delay: 5ms, 5ms..20ms, server:5ms',
  })
}

function addFaultOptions(command: Command, about: Readonly<Record<'split' | 'glue' | 'delay' | 'fault', string>>): Command {
  return command
    .option('--split <sizes>', about.split)
    .option('--glue <time>', `${about.glue}; ${IN_MS}`)
    .option('--delay <times>', `${about.delay}; ${IN_MS}`)
    .option('--fault <rule>', `disturb the network: ${about.fault}; docs/faults.md (may be repeated)`, appendValue)
    .option('--seed <n>', 'repeat the random decisions of --split, --delay or --fault', numberParser(0, 65535))
    .hook('preAction', async (made) => {
      const { split, glue, delay, fault } = made.opts()
      if ([split, glue, delay, fault].some((given) => given !== undefined))
        (await import('./network.ts')).checkFaults({ split, glue, delay, fault })
    })
}
