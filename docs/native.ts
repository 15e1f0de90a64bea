import { z } from 'zod'
import { refusalCodes } from '../src/protocols/lobby.ts'
import { toClient, toServer } from '../src/protocols/native/examples.ts'
import { ToClient, ToServer, VERSION } from '../src/protocols/native/messages.ts'

/** What is read of a JSON Schema, as Zod writes it. */
interface Schema {
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: Schema | boolean
  readonly description?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
}

/** Draws a table of a page. */
type Table = (head: readonly string[], rows: readonly (readonly string[])[]) => string

const INTRODUCTION = `The front door (port 4000) speaks with people in words, and with programs in this protocol, once they have said so:
the line \`style json\` changes over, and from there on every line in both directions is one JSON object in UTF-8, ended by LF.

\`\`\`text
C  style json
S  {"type":"hello","version":1,"software":"parlor"}
C  {"type":"enter","id":1,"name":"ada"}
S  {"type":"entered","id":1,"name":"ada","registered":false,"tables":[]}
C  {"type":"seek","id":2,"game":"tictactoe"}
S  {"type":"ok","id":2}
S  {"type":"seated","table":17,"game":"tictactoe","names":["ada","grace"],"settings":{},"rated":false,"seat":0,"token":"7HZK2M9QXR4T8VB1C3D5F6G0JN"}
\`\`\`

- **Commands** are answered once each, in their order, by \`ok\`, by \`error\`, or by the message that was asked for; the answer
  has the \`id\` of the command, a number or a text of your choice. Whatever was refused has changed nothing.
- **Whoever is sought by name**, with \`against\`, hears \`sought\` at once, or after coming in, and answers with \`accept\` or \`refuse\`.
- **An opponent who is absent**: \`claim\` wins and \`abort\` ends without a result a game whose opponent has been gone for 30 seconds, or has not moved
  for 5 minutes in a game without a clock.
- **Numbers and texts** have the bounds that are given here, and no number is beyond ±(2⁵³ - 1). What is out of bounds is refused: as
  \`bad-message\`, or, where a game has closer ones (\`games\` tells them, and how many seats it has), as \`bad-setting\`.
- **Terms**: who limits no time plays by the clock that the other has asked for. \`seated\` says which: \`clock\` is missing where there is none.
- **A move that was answered with \`ok\`** is on disk, and was told to everybody at the table.
- **Events** of a table are numbered from 1 without a gap. An event that brings a \`sight\` changes what is seen.
- **After a broken connection** say \`resume\` with the seat's token, and with \`after\`, the number of the last event you have seen:
  what you have missed is told again before the answer \`seated\`. Where that is too much, the answer is \`resync\`, and says how it stands.
- **A guest comes in again** with the \`secret\` of \`entered\`, while the old connection is still there, too; by name alone it does not,
  and \`error\` then proposes another name. A seat's token opens that seat and nothing else; an account's other rights take
  its password or a session.
- **A move that was sent and not answered** before the connection broke is there after \`resume\`, or it is not: then send it again,
  with \`after\`, so that it is refused as \`stale\` if it was there after all.
- **Secrets** never come before their time: a \`view\` is what this seat may see.`

/** The page of the native protocol, from its schemas and examples. */
export function nativePage(note: string, table: Table): string {
  return `${[
    '# The native protocol',
    note,
    `Version ${VERSION}. ${INTRODUCTION}`,
    '## What a client says',
    ...sections(ToServer, toServer, table),
    '## What the server says',
    ...sections(ToClient, toClient, table),
    '## What can be wrong',
    table(
      ['code', 'when'],
      Object.entries(refusalCodes).map(([code, when]) => [`\`${code}\``, when]),
    ),
  ].join('\n\n')}\n`
}

function sections(union: z.ZodType, examples: Readonly<Record<string, object>>, table: Table): string[] {
  const { oneOf = [], anyOf = oneOf } = z.toJSONSchema(union) as Schema
  return anyOf.flatMap(({ properties = {}, required = [], description = '' }) => {
    const name = String(properties.type?.const)
    const fields = Object.entries(properties).filter(([field]) => field !== 'type' && field !== 'id')
    const rows = fields.map(([field, schema]) => {
      const optional = required.includes(field) ? [] : ['may be missing']
      return [`\`${field}\``, kind(schema), [...optional, ...(schema.description ? [schema.description] : [])].join('; ')]
    })
    return [
      `### ${name}`,
      description,
      ...(rows.length > 0 ? [table(['field', '', ''], rows)] : []),
      `\`\`\`json\n${JSON.stringify(examples[name])}\n\`\`\``,
    ]
  })
}

/** What a field is, in a few words. */
function kind(schema: Schema): string {
  const { type, const: only, enum: values, anyOf, oneOf, items, properties, required = [], additionalProperties } = schema
  const choices = anyOf ?? oneOf
  if (choices) return choices.map(kind).join(', or ')
  if (only !== undefined) return `\`${JSON.stringify(only)}\``
  if (values) return values.map((value) => `\`${JSON.stringify(value)}\``).join(' or ')
  if (items) return `a list of${span(schema.minItems, schema.maxItems, ' ')}: ${kind(items)}`
  if (properties)
    return `\`{\` ${Object.entries(properties)
      .map(([name, one]) => `${name}${required.includes(name) ? '' : '?'}: ${kind(one)}`)
      .join('; ')} \`}\``
  if (typeof additionalProperties === 'object') return `names, each with: ${kind(additionalProperties)}`
  switch (type) {
    case 'integer':
      return `whole number${span(schema.minimum, schema.maximum, ' from ')}`
    case 'number':
      return `number${span(schema.minimum, schema.maximum, ' from ')}`
    case 'string':
      return schema.maxLength === undefined ? 'text' : `text of${span(schema.minLength, schema.maxLength, ' ')} characters`
    default:
      return { boolean: 'true or false', null: '`null`', array: 'list' }[type ?? ''] ?? 'anything'
  }
}

/** Bounds in words, behind `before`; no exact whole number is beyond ±(2⁵³ - 1), so that is not said. */
function span(least: number | undefined, most: number | undefined, before: string): string {
  const from = least === Number.MIN_SAFE_INTEGER ? undefined : least
  const to = most === Number.MAX_SAFE_INTEGER ? undefined : most
  if (to === undefined) return from === undefined ? '' : `${before}${from.toLocaleString('en')}${before === ' ' ? ' or more' : ''}`
  return from === undefined ? ` up to ${to.toLocaleString('en')}` : `${before}${from.toLocaleString('en')} to ${to.toLocaleString('en')}`
}
