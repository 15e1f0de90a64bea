import { z } from 'zod'
import { refusalCodes } from '../src/hall/api.ts'
import { examples, ToClient, ToServer, VERSION } from '../src/native/messages.ts'

/** Schema has the parts of a JSON Schema that this page shows, in Zod's format. */
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

/** Table formats a table in Markdown. */
type Table = (head: readonly string[], rows: readonly (readonly string[])[]) => string

const INTRODUCTION = `The front door (port 4000) serves people with plain words, and programs with this protocol. A client switches to the protocol
with the line \`style json\`. After this line, each line in both directions is one JSON object in UTF-8, and ends with LF.
The [port for browsers](gateway.md) uses this protocol over WebSockets, without \`style json\` and with one object per text message.

\`\`\`text
C  style json
S  {"type":"hello","version":1,"software":"parlor"}
C  {"type":"enter","id":1,"name":"ada"}
S  {"type":"entered","id":1,"name":"ada","registered":false,"tables":[]}
C  {"type":"seek","id":2,"game":"tictactoe"}
S  {"type":"ok","id":2}
S  {"type":"seated","table":17,"game":"tictactoe","names":["ada","grace"],"settings":{},"rated":false,"seat":0,"token":"7HZK2M9QXR4T8VB1C3D5F6G0JN"}
\`\`\`

- **Answers**: the server answers each command once, in order, with \`ok\`, with \`error\`, or with the message that the command requests.
  The answer repeats the \`id\` of the command, a number or a text of your choice. A refused command changes nothing.
- **Challenges**: a \`seek\` with \`against\` is a challenge. The server sends \`sought\` to the challenged user immediately, or after that user's next
  login. The user answers with \`accept\` or \`refuse\`.
- **Absent opponents**: if the opponent has been disconnected for 30 seconds or, in a game without a clock, has not moved for 5 minutes,
  \`claim\` wins the game and \`abort\` ends the game without a result. \`wait\` instead gives a disconnected opponent more time.
- **Bounds**: this page gives the bounds of numbers and texts; no number is beyond ±(2⁵³ - 1). The server refuses a value out of bounds
  with \`bad-message\`. A game can have narrower bounds, which \`games\` lists with the game's number of seats; the error for a value outside of these bounds is \`bad-setting\`.
- **Terms**: a user who sets no clock accepts the clock of the opponent. \`seated\` has the clock of the game, or no \`clock\` if the game has no clock.
- **Moves**: before the server answers a move with \`ok\`, the server has written the move to disk and sent the event to every client at the table.
- **Events** of a table have numbers from 1 without a gap. If an event changes the view of this client, the event has a \`sight\`.
- **Reconnecting**: send \`resume\` with the token of the seat and, as \`after\`, the number of the last event that you have received.
  The server sends the missed events again and then answers \`seated\`. If the client has missed too many events, the server answers \`resync\` with the present state.
  \`missed\` describes the missed events in words.
- **Moves without an answer**: if the connection breaks before the answer to a move, the client does not learn whether the table has the move. If the move is missing after \`resume\`, send the move again with \`after\`; if the table has the move after all, the server refuses the second move as \`stale\`.
- **Several connections**: a registered user can log in through several connections at the same time, to this protocol and at the front door. When the user gets a seat at a new table, each of these connections receives \`seated\`, also if another connection has sent \`seek\`, \`join\` or \`accept\`. Each connection may play at the table, and receives every event.
  A connection that logs in during a game resumes the seat by \`resume\`, and shares it with the other connections. The seat becomes disconnected when the last connection that shares the seat has ended. The user has one open seek, which each connection can cancel or replace; the server does not report the change to the other connections, and \`lobby\` shows the seek. The seek stays open until the last connection ends. The server sends \`sought\`, \`withdrawn\`, \`refused\` and \`told\` to all connections of the user. If a connection watches a table, leaves a table or mutes a user, the other connections of the user do not change. The limits apply to all connections of the user together. These rules do not apply to the ports of worksheets.
- **The lobby**: \`lobby\` lists the users, the open seeks and the tables once. After \`subscribe\`, whose answer is the first page of these lists, the server sends
  \`changed\` with each difference, at most once a second, so a client does not have to request the lists again.
- **Connections**: the \`links\` of a user or of a seat name the program at whose port the client is: \`parlor/web\` for browsers, \`parlor/door\` for the front door, and
  otherwise the worksheet's program. No message has the address of another client.
- **Finished games**: \`recent\` lists the finished games of all users, and \`record\` reads a game event by event, as a watcher has seen it. A choice that the rules never reveal stays secret. Only the players of a private game can read the private game.
- **Guests** log in again with the \`secret\` from \`entered\`, even while the earlier connection is open. If a guest sends no secret, the server answers \`error\` and proposes another name.
- **Tokens**: the token of a seat gives access only to that seat. Every other action of an account needs the password of the account or a session.
- **Hidden information**: a \`view\` contains only the part of the state that this seat may see at that moment.`

/** Returns the page of the native protocol, which has the protocol's schemas and examples. `note` is the first line below the title. */
export function nativePage(note: string, table: Table): string {
  return `${[
    '# The native protocol',
    note,
    `Version ${VERSION}. ${INTRODUCTION}`,
    '## Messages from the client',
    ...sections(ToServer, examples.toServer, table),
    '## Messages from the server',
    ...sections(ToClient, examples.toClient, table),
    '## Error codes',
    table(
      ['code', 'meaning'],
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
      const optional = required.includes(field) ? [] : ['optional']
      return [`\`${field}\``, kind(schema), [...optional, ...(schema.description ? [schema.description] : [])].join('; ')]
    })
    return [
      `### ${name}`,
      description,
      ...(rows.length > 0 ? [table(['field', 'type', 'description'], rows)] : []),
      `\`\`\`json\n${JSON.stringify(examples[name])}\n\`\`\``,
    ]
  })
}

/** Describes the type of a field, in a few words. */
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

/** Formats bounds, and puts the text `before` in front of them. Omits bounds of ±(2⁵³ - 1), because these bounds apply to every number. */
function span(least: number | undefined, most: number | undefined, before: string): string {
  const from = least === Number.MIN_SAFE_INTEGER ? undefined : least
  const to = most === Number.MAX_SAFE_INTEGER ? undefined : most
  if (to === undefined) return from === undefined ? '' : `${before}${from.toLocaleString('en')}${before === ' ' ? ' or more' : ''}`
  return from === undefined ? ` up to ${to.toLocaleString('en')}` : `${before}${from.toLocaleString('en')} to ${to.toLocaleString('en')}`
}
