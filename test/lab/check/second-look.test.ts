import { describe, expect, test } from 'vitest'
import type { MatchEnd } from '../../../src/lab/check/match.ts'
import { lookAgain, lookAtStopped } from '../../../src/lab/check/second-look.ts'
import { ConversationMonitor, toWatchedProtocol } from '../../../src/lab/monitor/monitor.ts'
import type { Observation } from '../../../src/lab/monitor/observation.ts'
import type { Side } from '../../../src/protocol/message-spec.ts'
import { encode } from '../../../src/wire/text.ts'
import { program } from '../../support/play.ts'

const tictactoe = await program('tictactoe')
const chat = await program('chat')
const scissors = await program('scissors')
const ENDED: MatchEnd = {
  ...{ trouble: undefined, stopped: false, state: '', inputEnded: false, typed: [], outcomes: [], board: undefined, expected: [] },
  ...{
    lineFor: new Map(),
    prompts: { first: '', latest: '', last: '' },
    refused: new Map(),
    shadowBroke: false,
    said: [],
    complaints: [],
    lines: [],
  },
}
const WRONG = { cause: 'wrong-rules', sentence: 'the client sent MOVE5: cell 5 is taken by O' } as const

/** What the monitor observes of these lines; a line that ends with `.` is the end of that side. */
function observe(...lines: readonly (readonly [Side, string])[]): readonly Observation[] {
  return observeIn(tictactoe, ...lines)
}

function observeIn(subject: typeof tictactoe, ...lines: readonly (readonly [Side, string])[]): readonly Observation[] {
  const monitor = new ConversationMonitor(toWatchedProtocol(subject))
  return lines.flatMap(([from, text], at) =>
    monitor.observe(text === '.' ? { kind: 'end', at, from, how: 'finished' } : { kind: 'bytes', at, from, bytes: encode(`${text}\n`) }),
  )
}

/** Looks at a client of a chat that has sent a text for the typed line, in a conversation that the judge has stopped. */
function lookAtText(line: string, ...sent: readonly string[]) {
  const said = sent.map((text) => ['client', text] as const)
  const observations = observeIn(chat, ['server', 'Hello'], ...said, ['server', 'Hello'])
  const played = {
    typed: [line],
    lineFor: new Map([[0, line]]),
    expected: [`${line}\n`],
    prompts: { first: 'You: ', latest: 'You: ', last: '' },
  }
  return lookAtStopped({ role: 'client', automaton: chat.protocol.automaton, observations, match: { ...ENDED, ...played } })
}

/** Looks at a client of tic-tac-toe again. */
function look(found: Parameters<typeof lookAgain>[0], observations: readonly Observation[], match: Partial<MatchEnd>) {
  const all = { ...ENDED, ...match }
  return lookAgain(found, { role: 'client', automaton: tictactoe.protocol.automaton, observations, match: all })
}

describe('the judgment by the typed lines', () => {
  const played = observe(['server', 'MOVE5'], ['client', 'MOVE5'])

  test('says what the worksheet’s program sends in place of a wrong move', () => {
    expect(look(WRONG, played, { expected: ['MOVE6\n'] })?.sentence).toMatch(/sent "MOVE5", but the worksheet's client sends "MOVE6"$/)
  })

  test('does not compare a server that shows no prompt with a role that reads lines', () => {
    const sent = observeIn(scissors, ['server', 'CHOOSE'], ['client', '1'], ['server', 'ROUND Stone Scissor'])
    const found = { cause: 'wrong-rules', sentence: 'the server sent END 1 2' } as const
    const lookAtServer = (match: Partial<MatchEnd>) =>
      lookAgain(found, {
        role: 'server',
        automaton: scissors.protocol.automaton,
        observations: sent,
        match: { ...ENDED, typed: ['3'], ...match },
      })
    const expected = ['CHOOSE\n', 'ROUND Paper Scissor\n']
    expect(lookAtServer({ expected })).toBe(found)
    const prompts = { first: 'Hand: ', latest: 'Hand: ', last: '' }
    expect(lookAtServer({ expected, prompts })?.sentence).toMatch(/but the worksheet's server sends "ROUND Paper Scissor"$/)
    const refused = ['CHOOSE\n', 'ERROR "1" arrived too soon: it is not your turn yet\n']
    expect(lookAtServer({ expected: refused, prompts, shadowBroke: true })).toBe(found)
  })

  test('says that the program has to ask again for a line that the game does not allow', () => {
    const match = { expected: ['MOVE9\n'], refused: new Map([[0, '5']]) }
    expect(look(WRONG, played, match)?.sentence).toMatch(
      /"5" was typed, which the game does not allow now: the program must not send it, and has to ask again/,
    )
  })

  test('finds a move after the end of the game, and none in a game that a player has left', () => {
    const after = observe(['server', 'MOVE5'], ['client', 'MOVE1'], ['server', 'MOVE6'], ['server', '.'], ['client', 'MOVE2'])
    expect(look(undefined, after, { outcomes: ['the server wins'] })).toMatchObject({
      cause: 'wrong-rules',
      sentence: 'the client sent "MOVE2" after the game was over: the server wins',
    })
    expect(look(undefined, after, { outcomes: ['the client quits'] })).toBeUndefined()
    expect(look(undefined, played, { outcomes: ['the server wins'] })).toBeUndefined()
  })

  test('distinguishes two sides that play different games from a program that hangs', () => {
    const hangs = { cause: 'hangs', sentence: 'the client sent nothing' } as const
    expect(look(hangs, played, { expected: ['MOVE6\n'], shadowBroke: true })).toMatchObject({ cause: 'wrong-rules' })
    expect(look(hangs, played, { expected: ['MOVE6\n'] })).toBe(hangs)
    expect(look(hangs, played, { expected: ['MOVE5\n'], shadowBroke: true })).toBe(hangs)
  })
})

describe('the judgment of a typed text', () => {
  test.each([
    ['doubled-newline', 'one two', ['one two', ''], /sent an empty line after "one two"/],
    ['answered-twice', 'one two', ['one two', 'one two'], /sent "one two" twice/],
    ['wrong-serialization', 'one two', ['one two\0'], /bytes of value 0|NUL/],
    ['crlf', 'one two', ['one two\r'], /ends in \\r\\n/],
    ['prompt-on-wire', 'one two', ['You: one two'], /with "You:" before it/],
    ['wrong-encoding', 'Zoë, one', ['Zo, one'], /without the character "ë"/],
    ['altered-line', 'one two', ['one'], /its first word only/],
    ['altered-line', 'one two', ['one tw'], /its first 6 characters only/],
    ['altered-line', 'one  two', ['one two'], /the blanks between the words/],
    ['altered-line', 'one two', ['one twoone two'], /with more than the line in it/],
    ['altered-line', 'one two', ['ONE TWO'], /upper and lower case/],
  ] as const)('finds %s if %j becomes %j', (cause, line, sent, says) => {
    const found = lookAtText(line, ...sent)
    expect(found).toMatchObject({ cause, shownBy: expect.any(Number) })
    expect(found?.sentence).toMatch(says)
  })

  /** Looks at a client that has sent a line of 14 characters whole, and then this part of a line of 14 characters and 19 bytes. */
  const lookAfterWhole = (sent: string) => {
    const lines = ['one, two three', 'Zoë – 🙂 hello']
    const observations = observeIn(chat, ['server', 'Hello'], ['client', 'one, two three'], ['server', 'Hello'], ['client', sent])
    const played = { typed: lines, lineFor: new Map(lines.entries()), expected: lines.map((line) => `${line}\n`) }
    return lookAtStopped({ role: 'client', automaton: chat.protocol.automaton, observations, match: { ...ENDED, ...played } })
  }

  test.each(['Zoë – 🙂', 'Zoë', 'Zoë –'])('finds a length in characters if lines of ASCII arrive whole, and a line becomes %j', (sent) => {
    expect(lookAfterWhole(sent)).toMatchObject({ cause: 'wrong-encoding', sentence: expect.stringMatching(/of 19 bytes: a character/) })
  })

  test('finds a length in characters if a text has as many bytes as the typed text has characters', () => {
    expect(lookAtText('Zoë – 🙂 international', 'Zoë – 🙂 internat')).toMatchObject({ cause: 'wrong-encoding' })
    expect(lookAtText('Zoë – 🙂 international', 'Zoë – 🙂 inter')).toMatchObject({ cause: 'altered-line' })
  })

  test('does not speak of words if the text that was cut has a blank', () => {
    expect(lookAtText('one two three', 'one two')?.sentence).toMatch(/its first 7 characters only/)
  })

  test('finds a text that was cut, although its rest follows as the next message', () => {
    expect(lookAtText('one two', 'one', 'two')?.sentence).toMatch(/its first word only/)
  })

  test('finds nothing in a text that has nothing to do with the line, because the program chooses it', () => {
    expect(lookAtText('one two', 'Hello')).toBeUndefined()
    expect(lookAtText('Zoë – 🙂', 'Hello')).toBeUndefined()
  })

  test('finds nothing in a text that was sent as it was typed, or with a blank at its end', () => {
    expect(lookAtText('one two', 'one two')).toBeUndefined()
    expect(lookAtText('one two', 'one two ')).toBeUndefined()
  })
})

describe('the judgment of a typed move', () => {
  /** Looks at a client for which these lines were typed, and which has sent these messages after moves of the server. */
  const typed = (...moves: readonly (readonly [line: string, sent: string])[]) => typedAt('Move: ', ...moves)
  const typedAt = (first: string, ...moves: readonly (readonly [line: string, sent: string])[]) =>
    look(undefined, observe(...moves.flatMap(([, sent], at) => [['server', `MOVE${at + 1}`] as const, ['client', sent] as const])), {
      typed: moves.map(([line]) => line),
      lineFor: new Map(moves.map(([line], at) => [at, line])),
      expected: moves.map(([line]) => `MOVE${line}\n`),
      prompts: { first, latest: first, last: '' },
    })

  test('finds numbers that are not the typed numbers', () => {
    expect(typed(['6', 'MOVE5'], ['9', 'MOVE8'])?.sentence).toMatch(
      /"6" was typed, and the client sent "MOVE5" in place of "MOVE6": the number is off by one/,
    )
  })

  test('finds nothing in numbers that a program chooses itself', () => {
    expect(typed(['6', 'MOVE5'], ['9', 'MOVE4'])).toBeUndefined()
    expect(typed(['6', 'MOVE5'])).toBeUndefined()
    expect(typedAt('', ['6', 'MOVE5'], ['9', 'MOVE8'])).toBeUndefined()
  })

  test('accepts the number in another spelling', () => {
    expect(typed(['6', 'MOVE06'], ['9', 'MOVE9'])).toBeUndefined()
    expect(typed(['6', 'MOVE 6'], ['9', 'MOVE9'])).toBeUndefined()
  })

  test('distinguishes a client that refuses a legal move from a client that hangs', () => {
    const hangs = { cause: 'hangs', sentence: 'the client sent nothing' } as const
    const match = { typed: ['6'], lineFor: new Map([[0, '6']]), expected: ['MOVE6\n'] }
    const asked = observe(['server', 'MOVE5'])
    expect(look(hangs, asked, { ...match, prompts: { first: 'Move: ', latest: 'Move: ', last: 'Move: ' } })).toMatchObject({
      cause: 'wrong-rules',
      sentence: 'the client asked again after "6", which the game allows here: the worksheet\'s client sends "MOVE6"',
    })
    const other = look(hangs, asked, { ...match, prompts: { first: 'Move: ', latest: 'Move: ', last: 'Sure? ' } })
    expect(other).toMatchObject({ cause: 'hangs', sentence: expect.stringMatching(/waits at the prompt "Sure\? " for another line/) })
    expect(look(hangs, asked, match)).toBe(hangs)
  })

  test('finds a client that waits for a further message in its turn, and not a client that hangs after its prompt', () => {
    const hangs = { cause: 'hangs', sentence: 'the client sent nothing' } as const
    const match = { typed: ['6', '7'], lineFor: new Map([[1, '7']]), expected: ['MOVE6\n', 'MOVE7\n'] }
    const asked = observe(['server', 'MOVE5'], ['client', 'MOVE6'], ['server', 'MOVE1'])
    expect(look(hangs, asked, { ...match, prompts: { first: 'Move: ', latest: '', last: '' } })).toEqual({
      cause: 'hangs',
      sentence: 'the client sent nothing; the client shows no prompt after "MOVE1", so it waits for a further message in its own turn',
    })
    expect(look(hangs, asked, { ...match, prompts: { first: 'Move: ', latest: 'Move: ', last: '' } })).toBe(hangs)
  })
})
