import { describe, expect, test } from 'vitest'
import { loadProgram, programNames } from '../../src/programs/index.ts'
import { type Automaton, expectation, legalTransitions, type MessageSpec, parseMessage, type Side } from '../../src/protocol/automaton.ts'
import type { Program } from '../../src/protocol/definition.ts'
import { decode } from '../../src/wire/text.ts'
import { createPeer } from '../support/memory-peer.ts'

/** Messages of no protocol, except those that accept any text. */
const GARBAGE = [
  '',
  ' ',
  '\u0000',
  '\u001b[2J',
  'nonsense',
  'GUESS GUESS',
  'MOVE',
  'MOVE0',
  'MOVE-1',
  'MOVE1x',
  'move5',
  '\ufffd',
  'ä'.repeat(50),
]

/** A peer of ours in a given state, and the messages that its far end sends, each in a write of its own. */
async function hear(program: Program, side: Side, state: string, text: string) {
  const { peer, ours, theirs, incoming } = createPeer(program, side, state)
  const answer = peer.receive().then(
    (said) => ({ said }),
    (end) => ({ end }),
  )
  theirs.open({ data() {}, finished() {}, closed() {} })
  theirs.write(incoming.encode(text))
  if (incoming.alone || text.includes('\n')) theirs.finish()
  const refusal = new Promise<{ refused: string }>((resolve) => {
    const write = ours.write.bind(ours)
    ours.write = (data) => {
      write(data)
      resolve({ refused: typeof data === 'string' ? data : decode(data) })
    }
  })
  return { peer, outcome: await Promise.race([answer, refusal]) }
}

function examples(automaton: Automaton): string[] {
  const forms: MessageSpec[] = Object.values(automaton.messages)
  return forms.filter((form) => !form.closes).map((form) => form.example)
}

describe.each(programNames)('%s', async (name) => {
  const program = await loadProgram(name)
  if (!program) return void test('is played alone', () => expect(name).toBe('book/secret'))
  const { automaton } = program.protocol

  test('reports the expected messages on one line, in every state', () => {
    for (const state of Object.keys(automaton.states)) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that there are none is the point
      for (const side of ['server', 'client'] as const) expect(expectation(automaton, state, side)).not.toMatch(/[\x00-\x1f]/)
    }
  })

  test.each(['server', 'client'] as const)('refuses every illegal message on arrival at the %s, without a change', async (side) => {
    let refused = 0
    for (const state of Object.keys(automaton.states)) {
      const steps = legalTransitions(automaton, state)
      const isLegal = (text: string) =>
        steps.some(({ form, from }) => from !== side && !form.closes && parseMessage(form, text) !== undefined)
      const isRefusal = (text: string) =>
        side === 'client' &&
        automaton.refusal !== undefined &&
        parseMessage(automaton.messages[automaton.refusal] as MessageSpec, text) !== undefined
      for (const text of [...examples(automaton), ...GARBAGE]) {
        if (steps.length === 0 || isLegal(text) || isRefusal(text) || text === '') continue
        const { peer, outcome } = await hear(program, side, state, text)
        expect({ state, text, now: peer.state }).toEqual({ state, text, now: state })
        if ('refused' in outcome) expect(outcome.refused).toMatch(/^ERROR \S/)
        else expect({ state, text, reason: 'end' in outcome ? outcome.end.reason : outcome }).toEqual({ state, text, reason: 'violation' })
        refused++
      }
    }
    expect(refused > 0 || everythingIsLegal(automaton, side)).toBe(true)
  })
})

/** Returns whether a side receives only messages with any text. */
function everythingIsLegal(automaton: Automaton, side: Side): boolean {
  const heard = Object.keys(automaton.states).flatMap((state) => legalTransitions(automaton, state).filter(({ from }) => from !== side))
  return heard.every(({ form }) => form.closes || parseMessage(form, GARBAGE[4] ?? '') !== undefined)
}
