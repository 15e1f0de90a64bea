import { describe, expect, test } from 'vitest'
import { programNames } from '../../src/programs/index.ts'
import { legalTransitions } from '../../src/protocol/automaton.ts'
import { explainIllegal } from '../../src/protocol/conversation-state.ts'
import { type MessageSpec, parseMessage, type Side } from '../../src/protocol/message-spec.ts'
import { program } from '../support/play.ts'

/** Returns the report about a text that a side may not send in a state. */
async function said(name: string, state: string, peer: Side, text: string): Promise<string> {
  const { automaton } = (await program(name)).protocol
  return explainIllegal({ automaton, state, steps: legalTransitions(automaton, state), peer, last: '', unended: false, early: false }, text)
}

/** Returns a message without its last field, and the name of that field; undefined if it does not begin with a word. */
function cut({ text, example }: MessageSpec): { readonly without: string; readonly field: string } | undefined {
  const [, field] = /^[A-Za-z].*[^}\w]?\{(\w+)\}$/.exec(text) ?? []
  const fields = [...text.matchAll(/\{\w+\}/g)].length
  const signs = text.replace(/\{\w+\}$/, '').replace(/\W+$/, '')
  if (field === undefined) return undefined
  const without = fields === 1 ? signs.trimEnd() : example.split(/[ @]/).slice(0, text.split(/[ @]/).length - 1)
  return { without: typeof without === 'string' ? without : without.join(text.includes('@') ? '@' : ' '), field }
}

describe('a message without a field', () => {
  test.each([
    ['hangman', 'starting', 'server', 'WORD 5', 'expected something like "WORD 6 8"; its field "misses" is missing'],
    ['hangman', 'starting', 'server', 'WORD', 'its fields "length" and "misses" are missing'],
    ['hangman', 'judging', 'server', 'MISS ', 'expected something like "MISS 7"; its field "left" is missing'],
    ['match', 'waiting', 'server', 'init@1@bob', 'expected something like "init@17@ada@grace"; its field "X" is missing'],
    ['quiz', 'judging', 'server', 'RIGHT', 'expected something like "RIGHT 2"; its field "points" is missing'],
    [
      'quiz',
      'nameless',
      'client',
      'LOGIN ada',
      'expected something like "LOGIN ada engine-1843", or "QUIT" to stop; its field "password" is missing',
    ],
    ['quiz', 'nameless', 'client', 'login', 'write "LOGIN", and not "login"; its fields "name" and "password" are missing'],
    ['quiz', 'ready', 'client', 'START', 'expected something like "START 5", or "QUIT" to stop; its field "n" is missing'],
    ['scissors', 'chosen', 'server', 'ROUND Stone', 'its field "Player2" is missing'],
    ['tictactoe', 'server moves', 'server', 'MOVE', 'expected something like "MOVE5", or "END" to stop; its field "cell" is missing'],
    ['tictactoe', 'server moves', 'server', '5', 'expected something like "MOVE5", or "END" to stop; "MOVE" is missing before it'],
  ] as const)('%s, "%s", %s: the missing field of %s is named', async (name, state, side, text, sentence) => {
    expect(await said(name, state, side, text)).toMatch(new RegExp(`${RegExp.escape(sentence)}$`))
  })

  test.each([
    ['hangman', 'starting', 'server', 'WORD five 8', 'its field "length" cannot be "five"'],
    ['hangman', 'starting', 'server', 'WORD 5 8 9', 'its field "misses" cannot be "8 9"'],
    ['quiz', 'ready', 'client', 'START five', 'its field "n" cannot be "five"'],
    ['quiz', 'starting', 'server', 'QUESTION 1 what', 'its field "n" cannot be "what", and its field "text" is missing'],
    ['tictactoe', 'server moves', 'server', 'MOVE5.5', 'its field "cell" cannot be "5.5"'],
    ['match', 'waiting', 'server', 'init 1 ada bob', '"@" is missing after "init"'],
  ] as const)('%s, "%s", %s: the wrong field of %s is named', async (name, state, side, text, sentence) => {
    expect(await said(name, state, side, text)).toMatch(new RegExp(`; ${RegExp.escape(sentence)}$`))
  })

  test('is recognized in every state of every program', async () => {
    let tried = 0
    for (const name of programNames.filter((one) => one !== 'book/secret')) {
      const { automaton } = (await program(name)).protocol
      for (const state of Object.keys(automaton.states)) {
        for (const { form, from } of legalTransitions(automaton, state)) {
          const { without, field } = cut(form) ?? {}
          if (
            without === undefined ||
            legalTransitions(automaton, state).some((step) => step.from === from && parseMessage(step.form, without))
          )
            continue
          tried++
          expect(await said(name, state, from, without), `${name}, ${state}`).toMatch(
            new RegExp(`fields? (".*" and )?"${field}" (is|are) missing$`),
          )
        }
      }
    }
    expect(tried).toBeGreaterThan(20)
  })

  test('never quotes a password', async () => {
    expect(await said('quiz', 'nameless', 'client', 'LOGIN ada  engine-1843')).not.toContain('engine-1843;')
    expect((await said('quiz', 'nameless', 'client', 'LOGIN ada  hunter22')).includes('hunter22')).toBe(false)
    expect((await said('quiz', 'nameless', 'client', 'login  ada hunter22')).includes('hunter22')).toBe(false)
  })
})

describe('a message at the wrong place', () => {
  test.each([
    ['quiz', 'asked', 'client', '1', 'expected a letter (such as "A"), or "QUIT" to stop'],
    ['match', 'judging', 'client', '', 'an empty line is often one line end too many'],
    ['match', 'waiting', 'client', '', 'an empty line is often one line end too many'],
    ['tictactoe', 'server moves', 'server', 'MOVE\ufffd4', 'its field "cell" has an invalid value'],
  ] as const)('%s, "%s", %s: no misleading hint is given for %j', async (name, state, side, text, sentence) => {
    expect(await said(name, state, side, text)).toMatch(new RegExp(`${RegExp.escape(sentence)}$`))
  })

  test.each([
    ['hangman', 'judging', 'server', 'END WON banana', 'it belongs after something like "AT 2 4 6"'],
    ['hangman', 'judging', 'server', 'END WON', 'it belongs after something like "AT 2 4 6", and its field "word" is missing'],
    ['hangman', 'judging', 'server', 'END LOST banana', 'it belongs after something like "MISS 7"'],
    ['quiz', 'nameless', 'client', 'START 5', 'it belongs after something like "Welcome ada" or "RANK 2 17"'],
    ['scissors', 'choosing', 'server', 'ROUND Stone Stone', 'it belongs after a hand (such as "1")'],
  ] as const)('%s, "%s", %s: the place of %s is named', async (name, state, side, text, sentence) => {
    expect(await said(name, state, side, text)).toMatch(new RegExp(`; ${RegExp.escape(sentence)}$`))
  })

  test('is not expected if neither side sends it', async () => {
    expect(await said('hangman', 'judging', 'server', 'HELLO')).toMatch(/expected something like "AT 2 4 6" or "MISS 7"$/)
  })
})
