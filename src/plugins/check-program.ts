import { errorMessage } from '../base/errors.ts'
import { isRecord } from '../base/records.ts'
import { legalTransitions } from '../protocol/automaton.ts'
import { findStandstill } from '../protocol/automaton-faults.ts'
import type { Program } from '../protocol/definition.ts'
import { findTakesFault } from './check-options.ts'

/** Matches the name of a program: `example/connect-four`. */
const NAME = /^[a-z0-9-]+\/[a-z0-9-]+$/
/** Matches the short name of a program. */
const SHORT = /^[a-z][a-z0-9-]*$/
const SIDES: readonly unknown[] = ['server', 'client', 'either']

/** Returns the end of a sentence that names a fault of a program; `undefined` for a valid program. */
export function findProgramFault(program: unknown): string | undefined {
  if (!isRecord(program)) return 'is not an object'
  const { name, short, port, servePort, protocol, takes } = program
  if (typeof name !== 'string' || !NAME.test(name)) return `has the name ${JSON.stringify(name)}; a name has the form of example/nim`
  if (short !== undefined && !(typeof short === 'string' && SHORT.test(short))) return `has the short name ${JSON.stringify(short)}`
  for (const one of [port, servePort ?? 0]) {
    if (!(Number.isInteger(one) && Number(one) >= 0 && Number(one) <= 65_535)) return `has the port ${one}; a port is from 1 to 65535`
  }
  if (!isRecord(protocol)) return 'has no protocol'
  const missing = ['server', 'client', 'framing'].find((part) => typeof protocol[part] !== 'function')
  if (missing) return `has a protocol without a function ${missing}`
  if (typeof protocol.title !== 'string') return 'has a protocol without a title'
  return findTakesFault(takes) ?? findAutomatonFault(protocol.automaton) ?? findTrial(program as unknown as Program)
}

/** Returns the first mistake in an automaton, as the end of a sentence. */
function findAutomatonFault(automaton: unknown): string | undefined {
  if (!isRecord(automaton)) return 'has a protocol without an automaton'
  const { messages, states, start, always = {}, quiet = [], turns = {}, refusal } = automaton
  if (!isRecord(messages) || !isRecord(states)) return 'has an automaton without messages or states'
  for (const [name, form] of Object.entries(messages)) {
    if (!isRecord(form) || typeof form.text !== 'string' || typeof form.example !== 'string' || !SIDES.includes(form.from))
      return `has a message ${name} without a text, an example or a side`
  }
  const isState = (state: unknown) => typeof state === 'string' && Object.hasOwn(states, state)
  if (!isState(start)) return `has an automaton that begins in ${JSON.stringify(start)}, which is not a state`
  for (const [state, steps] of [...Object.entries(states), ['always', always] as const]) {
    if (!isRecord(steps)) return `has a state "${state}" that is not an object`
    for (const [message, next] of Object.entries(steps)) {
      if (!Object.hasOwn(messages, message)) return `has a state "${state}" with ${message}, which is not a message`
      if (!isState(next)) return `has a state "${state}" in which ${message} leads to ${JSON.stringify(next)}, which is not a state`
    }
  }
  const unknown = [...(Array.isArray(quiet) ? quiet : []), ...Object.keys(isRecord(turns) ? turns : {})].find((state) => !isState(state))
  if (unknown !== undefined) return `has an automaton that mentions "${unknown}", which is not a state`
  if (refusal !== undefined && !(typeof refusal === 'string' && Object.hasOwn(messages, refusal)))
    return `has the refusal ${JSON.stringify(refusal)}, which is not a message`
  return undefined
}

/** Calls the functions of a program that the server calls at its start. */
function findTrial({ protocol, defaults = {} }: Program): string | undefined {
  try {
    const { toServer, toClient } = protocol.framing(defaults)
    for (const framing of [toServer, toClient]) framing.decoder()
    for (const state of Object.keys(protocol.automaton.states)) legalTransitions(protocol.automaton, state)
    return findStandstill(protocol.automaton)
  } catch (reason) {
    return `cannot be started: ${errorMessage(reason)}`
  }
}
