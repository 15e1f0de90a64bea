import { z } from 'zod'
import { accountCommands, accountMessages } from './commands/account.ts'
import { actCommands } from './commands/acts.ts'
import { browseCommands, browseMessages } from './commands/browse.ts'
import { basicMessages, connectionCommands, connectionMessages } from './commands/connection.ts'
import { recordCommands, recordMessages } from './commands/records.ts'
import { seekCommands, seekMessages } from './commands/seek.ts'
import { tableCommands, tableMessages } from './commands/table.ts'
import { talkCommands, talkMessages } from './commands/talk.ts'
import type { AnswerSchemas, CommandDeclaration, MessageDeclaration } from './declaration.ts'

export { VERSION } from './commands/connection.ts'

/** All commands, in the order of the documentation. */
const commands = [
  ...accountCommands,
  ...browseCommands,
  ...recordCommands,
  ...seekCommands,
  ...tableCommands,
  ...talkCommands,
  ...actCommands,
  ...connectionCommands,
] as const

/** All messages from the server, in the order of the documentation. */
const messages = [
  ...basicMessages,
  ...accountMessages,
  ...browseMessages,
  ...recordMessages,
  ...seekMessages,
  ...talkMessages,
  ...tableMessages,
  ...connectionMessages,
] as const

type SchemasOf<Declared extends readonly MessageDeclaration[]> = { -readonly [At in keyof Declared]: Declared[At]['schema'] }

function schemasOf<Declared extends readonly MessageDeclaration[]>(declared: Declared): SchemasOf<Declared> {
  // TypeScript does not give the result of `map` the type of a tuple
  return declared.map(({ schema }) => schema) as unknown as SchemasOf<Declared>
}

/**
 * The schema of a message from the client. The server answers each message once: with `ok`, with `error`, or with the message that
 * it requests.
 */
export const ToServer = z.discriminatedUnion('type', schemasOf(commands))

/** The schema of a message from the server. */
export const ToClient = z.discriminatedUnion('type', schemasOf(messages))

/** ToServer is a message from the client. */
export type ToServer = z.infer<typeof ToServer>
/** ToClient is a message from the server. */
export type ToClient = z.infer<typeof ToClient>

type ExamplesOf<Message extends { readonly type: string }> = {
  readonly [Type in Message['type']]: Extract<Message, { readonly type: Type }>
}

/** An example of every message, by its type. */
export const examples = {
  toServer: Object.fromEntries(commands.map(({ type, example }) => [type, example])) as ExamplesOf<ToServer>,
  toClient: Object.fromEntries(messages.map(({ type, example }) => [type, example])) as ExamplesOf<ToClient>,
}

/** NativeCommand is the declaration of a command, with the answers of all commands. */
export type NativeCommand = CommandDeclaration<z.ZodType, AnswerSchemas<typeof commands>>

const declared: readonly NativeCommand[] = commands

/** The declaration of each command, by its type. */
export const commandsByType = Object.fromEntries(declared.map((one) => [one.type, one])) as {
  readonly [Type in ToServer['type']]: NativeCommand
}
