import { z } from 'zod'
import { joinWords } from '../base/counts.ts'
import { findNearest } from '../base/nearest.ts'
import type { LobbyRefusal } from '../hall/api.ts'
import { CommandId } from './fields.ts'
import { ToServer } from './messages.ts'

/** Malformed is the refusal of a line that is not a command. It has the line's `id` if that `id` is valid. */
type Malformed = LobbyRefusal & { readonly id: { id?: string | number } }

/** Parses a line as a command, or explains why the line is not a command. */
export function parseCommand(line: string): ToServer | Malformed {
  let json: unknown
  try {
    json = JSON.parse(line)
  } catch {
    return { code: 'bad-message', refused: `${NO_COMMAND}${whyNoJson(line)}`, id: {} }
  }
  const command = ToServer.safeParse(json)
  if (command.success) return command.data
  const refused = refusalOfType(json) ?? refusalOfFields(json as { readonly type: string }, command.error.issues)
  return { code: 'bad-message', refused, id: idOf(json) }
}

const NO_COMMAND = 'a command is one line of JSON, such as {"type":"games"}'
const OPTIONS: ReadonlyMap<string, (typeof ToServer.options)[number]> = new Map(
  ToServer.options.map((option) => [option.shape.type.value, option]),
)
/** Maximum number of characters of a name in an error, because the client has chosen the name. */
const SHOWN = 40

/**
 * The usual mistakes in a line that is not JSON, with the most likely mistake first. A mistake has a pattern, and the end of an error
 * sentence.
 */
const NO_JSON: readonly (readonly [RegExp, string])[] = [
  [/^\ufeff/, 'leave out the byte order mark (BOM)'],
  [/\0/, 'UTF-16 has a NUL beside each letter: send UTF-8'],
  [/^[A-Z]{3,7} \S+ HTTP\//, 'this is an HTTP request'],
  [/^\s*\{\s*'|:\s*'/, 'put names and texts in double quotes, as json.dumps(x) of Python does, unlike str(x)'],
  [/[:,[]\s*(?:True|False|None)\b/, 'JSON has true, false and null'],
  [/^\s*\{\s*\w+\s*:/, 'put names in double quotes'],
  [/,\s*[}\]]/, 'remove the comma before } or ]'],
  [/^\s*(?:"\w+"\s*:.*|[}\]],?)\s*$/, 'write the whole object on one line'],
  [/\}\s*\{/, 'send one command on each line, with \\n after each command'],
  [/^\s*\{(?:(?!\}\s*$).)*$/s, 'write the whole object on one line'],
]

function whyNoJson(line: string): string {
  const [, why] = NO_JSON.find(([pattern]) => pattern.test(line)) ?? []
  return why === undefined ? '' : `; ${why}`
}

/** Explains what is wrong with the type of a command; `undefined` for a known type. */
function refusalOfType(json: unknown): string | undefined {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return `${NO_COMMAND}; the line is JSON, but not an object in { }`
  const type = 'type' in json ? json.type : undefined
  if (typeof type !== 'string') return 'a command needs a "type", a text, such as {"type":"games"}'
  if (OPTIONS.has(type)) return undefined
  const meant = MEANT.get(type.toLowerCase())
  return `there is no command of type ${shown(type)}${meant === undefined ? didYouMean(type, [...OPTIONS.keys()]) : ask(meant)}`
}

/** Commands by their names in other protocols and at the front door. */
const MEANT: ReadonlyMap<string, ToServer['type']> = new Map([
  ...(['move', 'go', 'turn', 'put'] as const).map((word) => [word, 'play'] as const),
  ...(['login', 'name', 'hello', 'connect', 'auth', 'user'] as const).map((word) => [word, 'enter'] as const),
  ...(['exit', 'bye', 'disconnect', 'close', 'end'] as const).map((word) => [word, 'quit'] as const),
  ...(['chat', 'talk'] as const).map((word) => [word, 'say'] as const),
  ...(['message', 'msg', 'whisper'] as const).map((word) => [word, 'tell'] as const),
  ...(['who', 'list', 'tables', 'users', 'people', 'seeks'] as const).map((word) => [word, 'lobby'] as const),
  ...(['find', 'start', 'new', 'challenge', 'invite'] as const).map((word) => [word, 'seek'] as const),
  ...(['draw', 'rematch'] as const).map((word) => [word, 'offer'] as const),
  ...(['rank', 'ranking', 'leaderboard'] as const).map((word) => [word, 'ladder'] as const),
  ...(['spectate', 'observe'] as const).map((word) => [word, 'watch'] as const),
])

/** Explains what is wrong with the fields of a command. A misspelled field name has priority over all other mistakes. */
function refusalOfFields(json: { readonly type: string }, issues: readonly z.core.$ZodIssue[]): string {
  const { type } = json
  const unknown = issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' ? issue.keys.map((key) => ({ key, path: issue.path })) : [],
  )
  const sentences = unknown.map(({ key, path }) => {
    const known = Object.keys(nodeAt(type, path)?.properties ?? {})
    const meant = didYouMean(key, known)
    const owner = path.length === 0 ? type : nameOf(path)
    return { meant, text: `${shown(key)} is not a field of ${owner}${meant || `, which has ${joinWords(known, 'and')}`}` }
  })
  const [first] = issues
  const near = sentences.find(({ meant }) => meant !== '')
  if (near) return near.text
  if (!first || first.code === 'unrecognized_keys') return sentences[0]?.text ?? NO_COMMAND
  if (first.code === 'custom') return `${nameOf(first.path)} ${first.message}`
  if (first.code === 'invalid_key') return `${nameOf(first.path.slice(0, -1))} must have names of at most ${SHOWN} characters`
  const value = valueAt(json, first.path)
  const node = nodeAt(type, first.path)
  return `${nameOf(first.path)} ${value === undefined ? 'is missing: it must' : 'must'} be ${describeValues(node)}${hintFor(node, value)}`
}

/** Returns the end of an error sentence that names the usual mistake with such a value; `''` without a usual mistake. */
function hintFor(node: Node | undefined, value: unknown): string {
  if (value === '' && node?.type === 'string') return ', and is empty; the server may have removed bytes that are not UTF-8'
  const isQuoted =
    typeof value === 'string' &&
    ((isNumber(node) && /^\s*-?\d+(?:\.\d+)?\s*$/.test(value)) || (node?.type === 'boolean' && /^(?:true|false)$/i.test(value)))
  return isQuoted ? `: write ${value.trim().toLowerCase()} without quotation marks` : ''
}

function isNumber(node: Node | undefined): boolean {
  return node?.type === 'number' || node?.type === 'integer' || node?.anyOf?.some((one) => isNumber(one as Node)) === true
}

/** Node is a part of the JSON Schema of a command. */
type Node = z.core.JSONSchema.BaseSchema

function nodeAt(type: string, path: readonly PropertyKey[]): Node | undefined {
  let node: Node | undefined = schemaOf(type)
  for (const part of path) {
    const inner: unknown = Object.hasOwn(node?.properties ?? {}, part)
      ? node?.properties?.[String(part)]
      : (node?.items ?? node?.additionalProperties)
    node = typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? (inner as Node) : undefined
  }
  return node
}

/** Cache of `schemaOf`. */
const schemas = new WeakMap<object, Node>()

function schemaOf(type: string): Node | undefined {
  const option = OPTIONS.get(type)
  if (!option) return undefined
  const schema = schemas.get(option) ?? z.toJSONSchema(option, { io: 'input' })
  schemas.set(option, schema)
  return schema
}

function valueAt(json: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce((value, part) => (value as Readonly<Record<PropertyKey, unknown>> | undefined)?.[part], json)
}

/** Describes the values that a part of a JSON Schema allows, as a noun: "a whole number from 0 to 7". */
export function describeValues(node: Node | undefined): string {
  if (node?.anyOf)
    return joinWords(
      node.anyOf.map((one) => describeValues(one as Node)),
      'or',
    )
  if (node?.enum)
    return joinWords(
      node.enum.map((one) => JSON.stringify(one)),
      'or',
    )
  const { minimum = 0, maximum = 0, minLength = 0, maxLength, minItems = 0, maxItems, properties, items } = node ?? {}
  switch (node?.type) {
    case 'string':
      return maxLength === undefined ? 'a text' : `a text of ${minLength > 0 ? `${minLength} to` : 'at most'} ${maxLength} characters`
    case 'integer':
      return `a whole number from ${minimum} to ${maximum}`
    case 'number':
      if (minimum === Number.MIN_SAFE_INTEGER && maximum === Number.MAX_SAFE_INTEGER) return 'a number'
      return `a number from ${minimum} to ${maximum}`
    case 'boolean':
      return 'true or false'
    case 'null':
      return 'null'
    case 'array':
      return `a list of ${minItems} to ${maxItems} items, each ${describeValues(items as Node)}`
    default:
      return properties ? `an object with the fields ${joinWords(Object.keys(properties), 'or')}` : 'an object'
  }
}

/** Formats the path of a value: `seats[1]`, `clock.total`. */
function nameOf(path: readonly PropertyKey[]): string {
  return path
    .map((part, at) =>
      typeof part === 'number'
        ? `[${part}]`
        : `${at > 0 ? '.' : ''}${/^\w{1,40}$/.test(String(part)) ? String(part) : shown(String(part))}`,
    )
    .join('')
}

function didYouMean(typed: string, known: readonly string[]): string {
  const meant = findNearest(typed, known)
  return meant === undefined ? '' : ask(meant)
}

function ask(meant: string): string {
  return `: did you mean "${meant}"?`
}

function shown(text: string): string {
  return JSON.stringify(text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}...`)
}

/** Returns the `id` of a line that is not a command; `undefined` without a valid `id`. */
function idOf(json: unknown): { id?: string | number } {
  if (typeof json !== 'object' || json === null || !('id' in json)) return {}
  const { data } = CommandId.safeParse(json.id)
  return data === undefined ? {} : { id: data }
}
