import { describe, expect, test } from 'vitest'
import { MessageNames } from '../../../src/lab/faults/message-names.ts'
import { type FaultContext, resolveFaults } from '../../../src/lab/faults/resolve.ts'
import type { Side } from '../../../src/protocol/message-spec.ts'
import { faultProgram, faultRules } from '../../support/faults.ts'

/** The names that the messages of one side get, one after another. */
async function names(program: string, side: Side, ...texts: string[]): Promise<string[]> {
  const namer = new MessageNames((await faultProgram(program)).automaton, side)
  return texts.map((text) => namer.name(text).join('|'))
}

describe('the names of messages', () => {
  test('come from the text, if only one message has it', async () => {
    expect(await names('guess', 'server', 'GUESS', 'LOW', 'GUESS', 'WIN')).toEqual(['GUESS', 'low', 'GUESS', 'right'])
    expect(await names('guess', 'client', '50', 'x', '')).toEqual(['guess', 'guess', 'guess'])
  })

  test('come from the message with the longest fixed text, if several have it', async () => {
    expect(await names('quiz', 'client', 'NAME ada', 'START 5', 'A', 'QUIT')).toEqual(['NAME', 'START', 'letter', 'QUIT'])
    expect(await names('hangman', 'client', 'START', 'a', 'b', 'QUIT')).toEqual(['START', 'letter', 'letter', 'QUIT'])
  })

  test('of an illegal message come from its text alone, and the names after it do not change', async () => {
    expect(await names('guess', 'server', 'WIN', 'GUESS', 'nonsense', 'HIGH')).toEqual(['right', 'GUESS', '', 'high'])
    expect(await names('hangman', 'client', 'QUIT', 'START', 'a')).toEqual(['QUIT', 'START', 'letter'])
  })

  test('distinguish a message of one state from the same text in another state', () => {
    const twice = {
      messages: {
        name: { from: 'client', text: '{name}', example: 'ada' },
        ask: { from: 'server', text: 'ASK', example: 'ASK' },
        answer: { from: 'client', text: '{answer}', example: 'A' },
      },
      start: 'new',
      states: { new: { name: 'known' }, known: { ask: 'asked' }, asked: { answer: 'known' } },
    } as const
    const namer = new MessageNames(twice, 'client')
    expect(['ada', 'A', 'B'].map((text) => namer.name(text))).toEqual([['name'], ['answer'], ['answer']])
  })
})

describe('the messages of a rule', () => {
  const at = async (name: string, side: Side | undefined, datagrams?: boolean): Promise<FaultContext> => ({
    side,
    program: await faultProgram(name),
    datagrams,
  })
  const resolve = async (rule: string, name = 'guess', side: Side | undefined = 'server') =>
    resolveFaults(faultRules(rule), await at(name, side))

  test.each<[string, string, Side | undefined, Side, string[]]>([
    ['reset before LOW', 'guess', 'client', 'server', ['low']],
    ['reset before low', 'guess', 'server', 'server', ['low']],
    ['reset before gameover', 'guess', 'server', 'server', ['GAMEOVER']],
    ['reset before Please enter number 1 to 100', 'guess', 'server', 'server', ['wasted']],
    ['reset before 50', 'guess', 'server', 'client', ['guess']],
    ['in:split 1 at 2nd LOW', 'guess', 'client', 'server', ['low']],
    ['reset before client says', 'talk', 'server', 'client', ['client says']],
    ['reset before says', 'talk', undefined, 'client', []],
    ['client:stall at START', 'quiz', undefined, 'client', ['START']],
  ])('%s, of %s, by the %s', async (rule, name, side, sender, expected) => {
    const found = resolveFaults(faultRules(rule), await at(name, side))
    if (expected.length === 0) expect(found).toHaveProperty('refused')
    else {
      expect(found).toMatchObject({ [sender]: [{ moment: { names: new Set(expected) } }], [sender === 'client' ? 'server' : 'client']: [] })
    }
  })

  test('belong to whom the rule says, if both sides send them', async () => {
    const both = await resolve('stall 1s before MOVE', 'tictactoe')
    expect(both).toMatchObject({ server: [{ verb: 'stall' }], client: [{ verb: 'stall' }] })
    expect(await resolve('stall 1s before my MOVE', 'tictactoe')).toMatchObject({ server: [{ verb: 'stall' }], client: [] })
    expect(await resolve('stall 1s before peer MOVE', 'tictactoe')).toMatchObject({ server: [], client: [{ verb: 'stall' }] })
    expect(await resolve('stall 1s before my MOVE', 'tictactoe', 'client')).toMatchObject({ server: [], client: [{ verb: 'stall' }] })
    expect(await resolve('in:stall 1s before 2nd MOVE', 'tictactoe')).toMatchObject({ server: [], client: [{ verb: 'stall' }] })
    expect(await resolve('out:stall before any')).toHaveProperty('refused')
    expect(await resolve('out:stall before message')).toMatchObject({ server: [{ moment: { names: undefined } }], client: [] })
  })

  test('without a message, a rule disturbs the bytes that this side sends; at a proxy, both directions', async () => {
    expect(await resolve('split 3')).toMatchObject({ server: [{ verb: 'split' }], client: [] })
    expect(await resolve('in:split 3')).toMatchObject({ server: [], client: [{ verb: 'split' }] })
    expect(resolveFaults(faultRules('split 3'), await at('guess', undefined))).toMatchObject({
      server: [{ verb: 'split' }],
      client: [{ verb: 'split' }],
    })
  })

  test.each<[string, Side | undefined, string]>([
    [
      'reset before LOWW',
      'server',
      'tjc/guess has no message "LOWW"; did you mean LOW? Its messages are GUESS, guess ("{number}"), low ("LOW"), high ("HIGH"), right ("WIN"), wasted ("Please enter number 1 to 100"), GAMEOVER; "message" is any of them',
    ],
    ['in:reset before LOW', 'server', '"LOW" is sent by the server, this side: "in:" does not fit'],
    ['reset before my LOW', 'client', '"LOW" is sent by the server, the other side: "my LOW" does not fit'],
    ['server:reset before guess', undefined, '"guess" is sent by the client: "server:" does not fit'],
    ['in:split 3', undefined, 'a proxy has no "in": write client: or server:, the side that sends'],
    ['reset before my guess', undefined, 'a proxy has no "my": write client or server, the side that sends'],
  ])('%s is refused with a sentence', async (rule, side, sentence) => {
    expect(resolveFaults(faultRules(rule), await at('guess', side))).toEqual({ refused: sentence })
  })

  test('need the program', () => {
    const context = { side: 'server', program: undefined, datagrams: undefined } as const
    expect(resolveFaults(faultRules('split 3'), context)).not.toHaveProperty('refused')
    const sentence = (rule: string) => `"${rule}" depends on the messages of a program: name the program`
    expect(resolveFaults(faultRules('lose 3rd'), context)).not.toHaveProperty('refused')
    for (const rule of ['reset before LOW', 'split message', 'split 1 at 3rd message', 'lose at LOW'])
      expect(resolveFaults(faultRules(rule), context)).toEqual({ refused: sentence(rule) })
  })

  test('streams and datagrams have faults of their own', async () => {
    expect(resolveFaults(faultRules('split 3'), await at('time', 'server', true))).toEqual({
      refused: 'split needs a stream: a datagram arrives whole or not at all',
    })
    expect(resolveFaults(faultRules('lose 5%'), await at('time', 'server', false))).toEqual({
      refused: 'lose needs datagrams (--udp): TCP sends lost bytes again, in order',
    })
    for (const datagrams of [true, false]) {
      expect(resolveFaults(faultRules('delay 5,stop 100'), await at('time', 'server', datagrams))).not.toHaveProperty('refused')
    }
  })
})
