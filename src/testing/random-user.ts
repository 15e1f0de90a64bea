import type { Random } from '../games/game.ts'
import { type Console, EndOfInput } from '../protocol/definition.ts'

/** Lines for the prompts of any program: moves, commands and nonsense. */
const TYPED = [
  ...['1', '2', '3', '4', '5', '6', '7', '8', '9', '50', '25', '75', '0', '101', '-5', '+7', 'H', 'T', 'h', 'q', 'Q'],
  ...['e', 'a', 'r', 's', 't', 'n', 'o', 'hq', 'FORWARD', 'LEFT', 'right', 'END', 'start', 'quit', 'QUIT', 'bye', '/q'],
  ...['A', 'B', 'c', 'y', 'RESUME'],
  ...['hello there', 'play scissors', 'play guess', '%H:%M', '', 'ä', 'nonsense'],
]

/** Names of the users. The names are few, so that several users try the same name. */
const NAMES = ['ada', 'ada', 'grace', 'ada @ home', '']
const PASSWORDS = ['', '', '', 'engine-1843', 'engine']

/** RandomUserOptions has the possible lines of a random user, and the wait before each line. */
export interface RandomUserOptions {
  /** The possible lines. Default: moves and commands of many programs. */
  readonly typed?: readonly string[] | undefined
  /** Waits before each line; without this function, the user types immediately. */
  readonly think?: () => Promise<void> | undefined
}

/** Returns a user who types random lines, and leaves (Ctrl-D) after `patience` lines. */
export function randomUser(random: Random, patience: number, { typed = TYPED, think }: RandomUserOptions = {}): Console {
  let left = patience
  return {
    say() {},
    async ask(prompt, atEnd, signal) {
      if (signal?.aborted) throw signal.reason
      await undefined
      const thought = think?.()
      if (thought) await thought
      if (signal?.aborted) throw signal.reason
      if (left-- > 0) return random.choice(/\bname\b.*:/.test(prompt) ? NAMES : /\bpassword\b/.test(prompt) ? PASSWORDS : typed)
      if (atEnd === undefined) throw new EndOfInput()
      return atEnd
    },
  }
}
