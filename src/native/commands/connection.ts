import { z } from 'zod'
import { type RefusalCode, refusalCodes } from '../../hall/api.ts'
import { command, done, message, ok, toAnswer } from '../declaration.ts'
import { count, id, text } from '../fields.ts'

/** Version of the native protocol. The version changes if a client of the earlier version would no longer understand the server. */
export const VERSION = 1

const code = z.enum(Object.keys(refusalCodes) as RefusalCode[])

/** The messages with which the server begins the conversation and answers commands. */
export const basicMessages = [
  message(
    'hello',
    'The first message of the server.',
    {
      version: count,
      software: text,
      name: text.optional(),
      door: count.optional().meta({ description: 'over a WebSocket: the TCP port of the front door, if the server has this port' }),
    },
    { version: VERSION, software: 'parlor' },
  ),
  ok,
  message(
    'error',
    'The server refuses a command and changes nothing, or the line is not a valid command.',
    {
      id: id.optional(),
      code: code.meta({ description: 'the error code, which does not change between versions' }),
      message: text.meta({ description: 'a sentence for people, which may change' }),
      proposal: text.optional().meta({ description: 'a free name, if the requested name is taken' }),
    },
    { id: 12, code: 'illegal-move', message: 'cell 5 is taken by X' },
  ),
] as const

const pong = message('pong', 'The server answers a `ping`.', { id: id.optional() }, { id: 17 })

/** The messages from the server about the connection. */
export const connectionMessages = [
  pong,
  message('bye', 'The server ends the conversation; `message` says why.', { message: text }, { message: 'the server was stopped' }),
] as const

/** The commands about the connection. */
export const connectionCommands = [
  command(
    'ping',
    'Checks that the server answers. The answer is `pong`.',
    {},
    { example: { id: 17 }, cost: 0, answer: pong.schema, run: () => toAnswer(pong, {}) },
  ),
  // the session closes the connection after the answer
  command(
    'quit',
    'Ends the conversation. The server answers `ok` and closes the connection.',
    {},
    { example: { id: 18 }, cost: 0, answer: ok.schema, run: () => done(undefined) },
  ),
] as const
