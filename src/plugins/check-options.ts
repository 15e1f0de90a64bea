import { isRecord } from '../base/records.ts'
import type { ProgramOption } from '../protocol/option.ts'

/** Matches the name of an option; the setting of the option has the same name. */
const NAME = /^[a-z][A-Za-z0-9]*$/
/** Matches the spelling of an option on the command line, without dashes. */
const SPELLING = /^[a-z][a-z0-9-]*$/
const KINDS: readonly unknown[] = ['text', 'flag', 'file']
const SIDES: readonly unknown[] = ['server', 'client', 'both']

/** Returns the end of a sentence that names a fault in the options of a program; `undefined` for valid options. */
export function findTakesFault(takes: unknown): string | undefined {
  if (takes === undefined) return undefined
  if (!Array.isArray(takes)) return 'has "takes" that is not a list of options'
  for (const option of takes) {
    const fault = findOptionFault(option)
    if (fault !== undefined) return fault
  }
  return undefined
}

function findOptionFault(option: unknown): string | undefined {
  if (!isRecord(option)) return 'has an option that is not an object'
  const { name, spelling = name, kind, side, about, metavar, expected } = option
  if (typeof name !== 'string' || !NAME.test(name)) return `has an option with the name ${JSON.stringify(name)}`
  if (typeof spelling !== 'string' || !SPELLING.test(spelling)) return `has an option with the spelling ${JSON.stringify(spelling)}`
  if (!KINDS.includes(kind)) return `has the option ${name} without a kind: text, flag or file`
  if (!SIDES.includes(side)) return `has the option ${name} without a side: server, client or both`
  if (typeof about !== 'string') return `has the option ${name} without a description`
  const isText = typeof metavar === 'string' && typeof expected === 'string' && typeof option.parse === 'function'
  if (kind === 'text' && !isText) return `has the option ${name} without metavar, expected or parse`
  return kind === 'file' && typeof option.read !== 'function' ? `has the option ${name} without read` : undefined
}

/**
 * Returns the end of a sentence that explains why an option conflicts with an option of another program. The command line reads all
 * options of one spelling in the same way, and a setting belongs to one declaration. Two options are the same option
 * only if they are the same object.
 */
export function findClash(option: ProgramOption, others: readonly ProgramOption[]): string | undefined {
  const spelled = spellingOf(option)
  for (const other of others) {
    if (other === option) continue
    if (spellingOf(other) === spelled && formOf(other) !== formOf(option))
      return `takes the option --${spelled}, which another program declares in another form`
    if (option.setting && other.setting && other.name === option.name)
      return `has the setting ${option.name}, which another program declares`
  }
  return undefined
}

function spellingOf({ name, spelling = name }: ProgramOption): string {
  return spelling
}

/** Returns the parts of a declaration that the command line needs before it has read the name of the program. */
function formOf(option: ProgramOption): string {
  return option.kind === 'text' ? `text ${option.metavar}` : option.kind
}
