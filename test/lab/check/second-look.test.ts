import { describe, expect, test } from 'vitest'
import type { MatchEnd } from '../../../src/lab/check/match.ts'
import { lookAgain } from '../../../src/lab/check/second-look.ts'
import { ConversationMonitor, toWatchedProtocol } from '../../../src/lab/monitor/monitor.ts'
import type { Observation } from '../../../src/lab/monitor/observation.ts'
import type { Side } from '../../../src/protocol/automaton.ts'
import { encode } from '../../../src/wire/text.ts'
import { program } from '../../support/play.ts'

const tictactoe = await program('tictactoe')
const WRONG = { cause: 'wrong-rules', sentence: 'the client sent MOVE5: cell 5 is taken by O' } as const

/** What the monitor observes of these lines; a line that ends with `.` is the end of that side. */
function observe(...lines: readonly (readonly [Side, string])[]): readonly Observation[] {
  const monitor = new ConversationMonitor(toWatchedProtocol(tictactoe))
  return lines.flatMap(([from, text], at) =>
    monitor.observe(text === '.' ? { kind: 'end', at, from, how: 'finished' } : { kind: 'bytes', at, from, bytes: encode(`${text}\n`) }),
  )
}

/** Looks at a client of tic-tac-toe again. */
function look(found: Parameters<typeof lookAgain>[0], observations: readonly Observation[], match: Partial<MatchEnd>) {
  const ended = { trouble: undefined, stopped: false, state: '', inputEnded: false, typed: [], outcomes: [], board: undefined }
  const all = { ...ended, expected: [], refused: new Map(), shadowBroke: false, lines: [], ...match }
  return lookAgain(found, { role: 'client', automaton: tictactoe.protocol.automaton, observations, match: all })
}

describe('a second look', () => {
  const played = observe(['server', 'MOVE5'], ['client', 'MOVE5'])

  test('says what the worksheet’s program sends in place of a wrong move', () => {
    expect(look(WRONG, played, { expected: ['MOVE6\n'] })?.sentence).toMatch(/sent "MOVE5", but the worksheet's client sends "MOVE6"$/)
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
