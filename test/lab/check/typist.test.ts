import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../../src/games/random.ts'
import { candidateLines, Typist } from '../../../src/lab/check/typist.ts'
import { defineAutomaton } from '../../../src/protocol/automaton.ts'
import { EndOfInput } from '../../../src/protocol/definition.ts'
import { client, clientCloses, server } from '../../../src/protocol/message-spec.ts'

const automaton = defineAutomaton({
  messages: {
    ask: server('ASK'),
    move: client('MOVE{cell}', { example: 'MOVE5' }),
    guess: client('{number}', { example: '50' }),
    drop: client('DROP {column}', { example: 'DROP 4', accepts: /^DROP ([1-7])$/ }),
    take: client('TAKE {heap} {count}', { example: 'TAKE 2 3', accepts: /^TAKE (\d) (\d)$/ }),
    letter: client('{letter}', { example: 'a' }),
    head: client('H'),
    tail: client('T'),
    text: client('{text}', { example: 'Hello', free: true }),
    quit: client('QUIT', { bye: true }),
    closes: clientCloses,
  },
  start: 'moving',
  states: {
    moving: { move: 'moving', quit: 'end' },
    guessing: { guess: 'moving' },
    dropping: { drop: 'moving' },
    taking: { take: 'taking' },
    spelling: { letter: 'spelling' },
    tossing: { head: 'moving', tail: 'moving' },
    talking: { text: 'talking', quit: 'end' },
    waiting: { ask: 'moving' },
    asking: { text: 'asking', closes: 'end' },
    end: {},
  },
})

describe('the lines for a state', () => {
  test.each([
    ['moving', ['5', '1', '2', '3', '4', '5', '6', '7', '8', '9'], ['QUIT']],
    ['dropping', ['4', '1', '2', '3', '4', '5', '6', '7'], []],
    ['spelling', [...'abcdefghijklmnopqrstuvwxyz'], []],
    ['tossing', ['H', 'T'], []],
    ['talking', ['Hello', 'Zoë – 🙂 international', 'one  two three', expect.stringMatching(/^.{60}$/)], ['QUIT']],
    ['waiting', [], []],
  ] as const)('follow from its messages: %s', (state, lines, byes) => {
    expect(candidateLines(automaton, state, 'client')).toEqual({ lines, byes })
  })

  test('are numbers of the size of the example', () => {
    const { lines } = candidateLines(automaton, 'guessing', 'client')
    expect(lines).toContain('50')
    expect(Math.max(...lines.map(Number))).toBe(99)
    expect(Math.min(...lines.map(Number))).toBe(1)
  })
})

test('the lines for several numbers are their combinations', () => {
  const { lines } = candidateLines(automaton, 'taking', 'client')
  expect(lines.slice(0, 3)).toEqual(['2 3', '1 1', '1 2'])
  expect(lines).toContain('10 10')
  expect(new Set(lines).size).toBe(100)
})

describe('a typist', () => {
  const typist = (state: string, more = {}) =>
    new Typist({ automaton, side: 'client', random: seededRandom(1), state: () => state, ...more })

  test('does not repeat a line that is asked for again, and then ends its input', async () => {
    const user = typist('tossing')
    const typed = [await user.ask(''), await user.ask('')]
    expect(typed.sort()).toEqual(['H', 'T'])
    await expect(user.ask('')).rejects.toThrow(EndOfInput)
    expect(await user.ask('', 'at the end')).toBe('at the end')
  })

  test('types old lines again when the conversation continues, but new ones first', async () => {
    const user = typist('tossing')
    const typed: string[] = []
    for (let turn = 0; turn < 4; turn++) {
      typed.push(await user.ask(''))
      user.progress()
    }
    expect(typed.slice(0, 2).sort()).toEqual(['H', 'T'])
    expect(typed.slice(2).every((line) => line === 'H' || line === 'T')).toBe(true)
  })

  test('quits after some lines, with the line that the program takes at the end of its input', async () => {
    const user = typist('moving', { quitsAfter: 1 })
    expect(await user.ask('', '0')).toMatch(/^\d$/)
    expect(await user.ask('', '0')).toBe('0')
    expect(await user.ask('')).toBe('QUIT')
  })

  test('types an empty line only if the other lines of a state were refused', async () => {
    const user = typist('talking', { declared: { talking: ['', 'ada'] } })
    expect([await user.ask(''), await user.ask('')]).toEqual(['ada', ''])
  })

  test('ends its input in place of a goodbye that is not among the declared lines', async () => {
    const typed: (string | undefined)[] = []
    const typing = { quitsAfter: 0, typed: async (line: string | undefined) => void typed.push(line) }
    const user = typist('talking', { ...typing, declared: { talking: ['ada', 'eve'] } })
    expect(await user.ask('', 'QUIT')).toBe('QUIT')
    expect(typed).toEqual([undefined])
  })

  test('types wrong lines after its first line', async () => {
    const user = typist('moving', { wrong: ['10', 'x'] })
    expect(await user.ask('')).toMatch(/^\d$/)
    expect([await user.ask(''), await user.ask('')]).toEqual(['10', 'x'])
    expect(await user.ask('')).toMatch(/^\d$/)
  })

  test('prefers some lines of a state, but types no line twice if others are left', async () => {
    const user = typist('moving', { aims: (state: string) => (state === 'moving' ? ['9', '1'] : []) })
    const typed: string[] = []
    for (let turn = 0; turn < 3; turn++) {
      typed.push(await user.ask(''))
      user.progress()
    }
    expect(typed).toEqual(['9', '1', expect.stringMatching(/^[2-8]$/)])
  })

  test('prefers the same lines again after a state with other lines, which begins another game', async () => {
    let state = 'talking'
    const lines: Readonly<Record<string, readonly string[]>> = { talking: ['e', 'n', 'y'], asking: ['y', 'n'] }
    const more = { declared: lines, aims: (now: string) => lines[now] ?? [], state: () => state }
    const user = new Typist({ automaton, side: 'client', random: seededRandom(1), ...more })
    const typed: string[] = []
    for (const next of ['talking', 'talking', 'asking', 'talking']) {
      state = next
      typed.push(await user.ask(''))
      user.progress()
    }
    expect(typed).toEqual(['e', 'n', 'y', 'e'])
  })

  test('types the lines that a program declares', async () => {
    expect(await typist('talking', { declared: { talking: ['declared'] } }).ask('')).toBe('declared')
  })

  test('types the same lines again with the same seed', async () => {
    const play = async () => {
      const user = typist('guessing')
      return [await user.ask(''), await user.ask(''), await user.ask('')]
    }
    expect(await play()).toEqual(await play())
  })

  test('ends its input soon if its side ends so, and nothing new is left to type', async () => {
    const user = typist('asking')
    let lines = 0
    while ((await user.ask('', 'at the end')) !== 'at the end') {
      lines++
      user.progress()
    }
    expect(lines).toBeGreaterThan(1)
    expect(lines).toBeLessThan(10)
  })

  test('reports that it types no more', async () => {
    const typed: (string | undefined)[] = []
    const user = typist('moving', { enough: 1, typed: async (line: string | undefined) => void typed.push(line) })
    await user.ask('')
    await expect(user.ask('')).rejects.toThrow(EndOfInput)
    expect(typed).toEqual([expect.any(String), undefined])
  })
})
