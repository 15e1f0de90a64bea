import type { FaultProgram } from '../../src/lab/faults/faulty-transport.ts'
import { parseFaults } from '../../src/lab/faults/grammar.ts'
import type { FaultRule } from '../../src/lab/faults/rule.ts'
import { program } from './play.ts'

/** Returns the rules of a text; an invalid text fails the test. */
export function faultRules(text: string): readonly FaultRule[] {
  if (text === '') return []
  const rules = parseFaults(text)
  if ('refused' in rules) throw new Error(rules.refused)
  return rules
}

/** Returns a program by its name, as faults need to know it. */
export async function faultProgram(name: string): Promise<FaultProgram> {
  const { name: full, protocol, defaults = {} } = await program(name)
  return { name: full, automaton: protocol.automaton, ...protocol.framing(defaults) }
}
