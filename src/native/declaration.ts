import { z } from 'zod'
import type { Lobby, LobbyRefusal } from '../hall/api.ts'
import { count, id, list, seekInfo, text } from './fields.ts'

/*
 * The declarations of the messages of the native protocol. A command is one declaration: its schema, an example, its cost, its answer
 * and its handler. `messages.ts` collects the declarations of all groups (`commands/`); the parser, the session, the documentation and the
 * tests use these declarations.
 */

/** MessageDeclaration declares a message: its schema, and an example for the documentation. */
export interface MessageDeclaration<Schema extends z.ZodType = z.ZodType> {
  readonly type: string
  readonly schema: Schema
  readonly example: z.infer<Schema>
}

/** AnswerOf is a refusal, or a message that answers a command, without the command's `id`. */
export type AnswerOf<Schema extends z.ZodType> = WithoutId<z.infer<Schema>> | LobbyRefusal
type WithoutId<Message> = Message extends unknown ? Omit<Message, 'id'> : never

/** CommandDeclaration declares a message from the client. The server answers each command once: with its `answer`, or with `error`. */
export interface CommandDeclaration<Schema extends z.ZodType = z.ZodType, Answer extends z.ZodType = z.ZodType>
  extends MessageDeclaration<Schema> {
  /**
   * Cost of the command for the budget of the connection, in addition to 1 for the message. The cost is an estimate of the work of the
   * server: building and writing a list, hashing a password, opening a table, reading a log. The server charges for long
   * answers separately.
   */
  readonly cost: number
  /** Schema of the answer. If several answers are possible, it is the union of their schemas. */
  readonly answer: Answer
  /** Executes the command. */
  run(lobby: Lobby, command: z.infer<Schema>): AnswerOf<Answer> | Promise<AnswerOf<Answer>>
}

/** AnswerSchemas are the schemas of all answers of some commands. */
export type AnswerSchemas<Commands extends readonly CommandDeclaration[]> = Commands[number]['answer']

function toSchema<Type extends string, Shape extends z.core.$ZodLooseShape>(type: Type, about: string, shape: Shape) {
  return z.strictObject({ type: z.literal(type), ...shape }).meta({ description: about })
}
type MessageSchema<Type extends string, Shape extends z.core.$ZodLooseShape> = ReturnType<typeof toSchema<Type, Shape>>

function toCommandSchema<Type extends string, Shape extends z.core.$ZodLooseShape>(type: Type, about: string, shape: Shape) {
  return z.strictObject({ type: z.literal(type), id: id.optional(), ...shape }).meta({ description: about })
}
type CommandSchema<Type extends string, Shape extends z.core.$ZodLooseShape> = ReturnType<typeof toCommandSchema<Type, Shape>>

/** Declares a message from the server, with an example. */
export function message<Type extends string, Shape extends z.core.$ZodLooseShape>(
  type: Type,
  about: string,
  shape: Shape,
  example: Omit<z.infer<MessageSchema<Type, Shape>>, 'type'>,
): MessageDeclaration<MessageSchema<Type, Shape>> {
  const schema = toSchema(type, about, shape)
  return { type, schema, example: { type, ...example } as unknown as z.infer<typeof schema> }
}

/** Declares a message from the client. Each command may have an `id`, which its answer repeats. */
export function command<Type extends string, Shape extends z.core.$ZodLooseShape, Answer extends z.ZodType>(
  type: Type,
  about: string,
  shape: Shape,
  declared: {
    readonly example: Omit<z.infer<CommandSchema<Type, Shape>>, 'type'>
    readonly cost: number
    readonly answer: Answer
    run(lobby: Lobby, command: z.infer<CommandSchema<Type, Shape>>): AnswerOf<Answer> | Promise<AnswerOf<Answer>>
  },
): CommandDeclaration<CommandSchema<Type, Shape>, Answer> {
  const schema = toCommandSchema(type, about, shape)
  return { ...declared, type, schema, example: { type, ...declared.example } as unknown as z.infer<typeof schema> }
}

/** Creates the answer of a command; the server adds the command's `id`. */
export function toAnswer<Schema extends z.ZodType>(
  { type }: MessageDeclaration<Schema>,
  fields: Omit<z.infer<Schema>, 'type' | 'id'>,
): WithoutId<z.infer<Schema>> {
  return { type, ...fields } as unknown as WithoutId<z.infer<Schema>>
}

/** The answer of a command that has no other answer. */
export const ok = message(
  'ok',
  'The server has executed a command.',
  {
    id: id.optional(),
    code: text.optional().meta({ description: 'the invitation code of a private seek, in words that are easy to say aloud' }),
    near: list(z.strictObject(seekInfo))
      .optional()
      .meta({ description: 'a few other open seeks for the same game, which differ from this seek only in their terms' }),
    connections: count.optional().meta({ description: 'the number of other connections of the account that the server has closed' }),
    sessions: count.optional().meta({ description: 'the number of sessions of the account that the server has ended' }),
  },
  { id: 12 },
)

/** Returns the refusal of a command; `ok` if the lobby did not refuse the command. */
export function done(refusal: LobbyRefusal | undefined): AnswerOf<typeof ok.schema> {
  return refusal ?? toAnswer(ok, {})
}
