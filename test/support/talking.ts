import { expect } from 'vitest'
import { type Play, type Played, play } from './play.ts'

/** What a person is told when the talk begins. */
export const INTRODUCTION =
  'Type /q to quit\nEnter message to send. Please wait for input prompt before entering message...\n' +
  'Note: Type "play tictactoe" to start a game of tictactoe\n'
/** What stands before what a person types. */
export const PROMPT = 'Enter Input >'
/** The framings that the talk can have. */
export const FRAMINGS = ['lines', 'none', 'length'] as const

/** A talk in which nothing goes wrong. */
export async function talk(terms: Omit<Play, 'program'>): Promise<Played> {
  const played = await play({ program: 'talk', ...terms })
  expect([played.hostEnd, played.joinEnd]).toEqual([undefined, undefined])
  return played
}
