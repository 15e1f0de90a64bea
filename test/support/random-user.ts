import type { Random } from '../../src/games/game.ts'
import { type Console, EndOfInput } from '../../src/protocol/definition.ts'
import { turn } from './test-clock.ts'

/** Input for prompts of any program: moves, commands, nonsense. */
const TYPED = [
  ...['1', '2', '3', '4', '5', '6', '7', '8', '9', '50', '25', '75', '0', '101', '-5', '+7', 'H', 'T', 'h', 'q', 'Q'],
  ...['e', 'a', 'r', 's', 't', 'n', 'o', 'hq', 'FORWARD', 'LEFT', 'right', 'END', 'start', 'quit', 'QUIT', 'bye', '/q'],
  ...['A', 'B', 'c', 'y', 'RESUME'],
  ...['hello there', 'play scissors', 'play guess', '%H:%M', '', 'ä', 'nonsense'],
]

/** Names of the users: few enough that they meet. */
const NAMES = ['ada', 'ada', 'grace', 'ada @ home', '']
const PASSWORDS = ['', '', '', 'engine-1843', 'engine']

/**
 * Returns a user who types random lines, and leaves (Ctrl-D) after a number of lines; before each, it waits for up to `thinking`
 * turns of the event loop.
 */
export function randomUser(random: Random, patience: number, thinking = 0): Console {
  let left = patience
  return {
    say() {},
    async ask(prompt, atEnd, signal) {
      if (signal?.aborted) throw signal.reason
      await undefined
      for (let turns = random.integer(0, thinking); turns > 0; turns--) await turn()
      if (signal?.aborted) throw signal.reason
      if (left-- > 0) return random.choice(/\bname\b.*:/.test(prompt) ? NAMES : /\bpassword\b/.test(prompt) ? PASSWORDS : TYPED)
      if (atEnd === undefined) throw new EndOfInput()
      return atEnd
    },
  }
}
