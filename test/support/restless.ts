import type { Random } from '../../src/games/game.ts'
import { EndOfInput, type Person } from '../../src/protocols/person.ts'

/** What people type at prompts of any program: moves, words, nonsense. */
const TYPED = [
  ...['1', '2', '3', '4', '5', '6', '7', '8', '9', '50', '25', '75', '0', '101', '-5', '+7', 'H', 'T', 'h', 'q', 'Q'],
  ...['e', 'a', 'r', 's', 't', 'n', 'o', 'FORWARD', 'LEFT', 'right', 'END', 'start', 'quit', 'QUIT', 'bye', '/q'],
  ...['hello there', 'play scissors', 'play guess', '%H:%M', '', 'ä', 'nonsense'],
]

/** Somebody who types one thing after the other by chance, and leaves (Ctrl-D) after so many lines. */
export function restless(random: Random, patience: number): Person {
  let left = patience
  return {
    say() {},
    async ask(_prompt, atEnd, signal) {
      if (signal?.aborted) throw signal.reason
      await undefined
      if (left-- > 0) return random.choice(TYPED)
      if (atEnd === undefined) throw new EndOfInput()
      return atEnd
    },
  }
}
