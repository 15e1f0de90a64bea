import { expect } from 'vitest'
import { type Play, type Played, play } from './play.ts'

/** The text that a person sees when the talk begins. */
export const INTRODUCTION =
  'Type /q to quit\nEnter message to send. Please wait for input prompt before entering message...\n' +
  'Note: Type "play tictactoe" to start a game of tictactoe\n'
/** The prompts of a person. */
export const PROMPT = 'Enter Input >'
/** The framings of the talk. */
export const FRAMINGS = ['lines', 'none', 'length'] as const

/** Plays a talk that must end without an error. */
export async function playTalk(terms: Omit<Play, 'program'>): Promise<Played> {
  const played = await play({ program: 'talk', ...terms })
  expect([played.hostEnd, played.joinEnd]).toEqual([undefined, undefined])
  return played
}
