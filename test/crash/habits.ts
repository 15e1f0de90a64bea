import type { Random } from '../../src/games/game.ts'
import { HANDS } from '../../src/games/scissors.ts'
import type { Command } from '../support/native-link.ts'
import type { Rendezvous, World } from './world.ts'

/** Habits are the preferences of a bot. */
export interface Habits {
  /** The password of a registered user. */
  readonly password?: string
  /** Returns the next seek. */
  seek(): Promise<Command | undefined>
  /** Called with the code of an invitation. */
  invite?(code: string): void
  /** Called if a code was refused. */
  refused?(code: string): void
  /** Returns whether it wants a rematch at a table. */
  again?(table: number): boolean
  /** Returns its move; undefined to resign. */
  move(game: string, view: unknown): string | undefined
}

const LETTERS = [...'abcdefghijklmnopqrstuvwxyz']
/** The largest number that can be guessed, many more than the tries of a game. */
const NUMBERS = 100
/** The number of tosses after which a bot resigns. */
const TOSSES = 6

/** The fields of any game's view that a bot uses. */
interface View {
  readonly cells?: string
  readonly tried?: readonly string[]
  readonly guesses?: number
}

/** Returns a random legal move; no number is guessed twice at one table, so that the moves can be distinguished. */
function moves(random: Random): Habits['move'] {
  let guess = random.integer(1, NUMBERS)
  return (game, view) => {
    const { cells = '', tried = [], guesses = 0 } = view as View
    switch (game) {
      case 'tictactoe':
        return String(random.choice([...cells].flatMap((cell, at) => (cell === '-' ? [at + 1] : []))))
      case 'hands':
        return random.choice(HANDS)
      case 'hangman':
        return random.choice(LETTERS.filter((letter) => !tried.includes(letter)))
      case 'guessing':
        guess = (guess % NUMBERS) + 1
        return String(guess)
      case 'quiz':
        return random.choice(['A', 'B'])
      default:
        return guesses < TOSSES ? random.choice(['H', 'T']) : undefined
    }
  }
}

/** Returns the habits of a registered user who plays for the ladder. */
export function ratedPlayer({ random }: World, password: string): Habits {
  const seek = async (): Promise<Command> => ({ type: 'seek', game: random.choice(['tictactoe', 'scissors']), rated: true, wait: null })
  return { password, seek, move: moves(random) }
}

/** Returns the habits of a guest who plays with any opponent, or soon with the house. */
export function guest({ random }: World): Habits {
  const seek = async (): Promise<Command> => ({
    type: 'seek',
    game: random.choice(['tictactoe', 'scissors']),
    wait: random.choice([0, 20, 200]),
  })
  return { seek, move: moves(random) }
}

/** Returns the habits of a user who plays solo games, against the house's secrets. */
export function alone({ random }: World): Habits {
  const wishes = [
    { game: 'hangman', settings: {} },
    { game: 'guess', settings: { tries: 12 } },
    { game: 'quiz', settings: { count: 4 } },
    { game: 'headtail', settings: {} },
  ]
  return { seek: async () => ({ type: 'seek', ...random.choice(wishes) }), move: moves(random) }
}

/** Returns the habits of one of two friends, who invite each other and play rematches. */
export function friend(world: World, { rendezvous, leads }: { rendezvous: Rendezvous; leads: boolean }): Habits {
  const { random } = world
  const handled = new Set<number>()
  return {
    async seek() {
      if (leads) return { type: 'seek', game: 'tictactoe', private: true }
      const code = await Promise.race([rendezvous.look(), world.stopped])
      return code ? { type: 'join', code } : undefined
    },
    refused: (code) => rendezvous.forget(code),
    invite: (code) => rendezvous.leave(code),
    again: (table) => handled.add(table).size % 4 !== 0,
    move: moves(random),
  }
}
