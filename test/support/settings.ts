import { catalogue } from '../../src/games/catalogue.ts'
import type { SeatNumber } from '../../src/games/game.ts'
import { Classroom, Native, type Speech } from './holders.ts'
import type { Room } from './room.ts'
import type { Deal, Holder } from './secrecy.ts'

/** Setting is who sits at a table of a game, through which protocols; where nobody sits, the house does. */
export interface Setting {
  readonly name: string
  readonly game: string
  readonly seats: readonly Sitting[]
}

/** One who sits there, in the order in which they come: a worksheet's program, or one that speaks the native protocol. */
interface Sitting {
  readonly who: SeatNumber
  readonly speech: Speech | 'native'
}

const lines = (program: string, ...opening: string[]): Speech => ({ program, opening, says: (move) => `${move}\n` })
const cells = (program: string): Speech => ({ program, says: (move) => `MOVE${move}\n` })

/** The programs that can hold a seat at a game, by that seat. */
const PROGRAMS: readonly { readonly game: string; readonly who: SeatNumber; readonly speech: Speech }[] = [
  { game: 'tictactoe', who: 1, speech: cells('tjc/tictactoe') },
  { game: 'tictactoe', who: 0, speech: cells('tjc/tictactoe-alternative') },
  { game: 'hands', who: 1, speech: lines('c8/scissors') },
  { game: 'hangman', who: 0, speech: lines('fh/hangman', 'START\n') },
  { game: 'hangman', who: 0, speech: lines('cs/chat', 'play hangman\n') },
  { game: 'quiz', who: 0, speech: { ...lines('fh/quiz', 'NAME ada\n', 'START 4\n'), back: ['NAME ada\n'] } },
  { game: 'guessing', who: 0, speech: lines('tjc/guess') },
  { game: 'guessing', who: 0, speech: lines('c8/highlow') },
  { game: 'guessing', who: 0, speech: { ...lines('book/guess'), says: (move) => move, unframed: true } },
  { game: 'guessing', who: 0, speech: lines('cs/chat', 'play guess\n') },
  { game: 'coin', who: 0, speech: lines('c8/headtail') },
  { game: 'coin', who: 0, speech: lines('c8/headtail-counters') },
  { game: 'robot', who: 0, speech: lines('tjc/robot') },
  ...['tjc/chat', 'tjc/chat-quit', 'c8/chat', 'c8/chat-bye', 'cs/chat'].map((name) => ({ game: 'talk', who: 1, speech: lines(name) })),
]

/** The programs that seat nobody. */
export const WITHOUT_SEATS: readonly string[] = [
  ...['tjc/hello', 'tjc/hello-split', 'tjc/practice', 'tjc/iterative', 'c8/hello-slides', 'c8/hello', 'c8/two-clients', 'c8/hello-split'],
  ...['c8/both-ways', 'c8/iterative', 'fh/hello', 'fh/time', 'fh/http'],
]

function setting(game: string, ...seats: readonly Sitting[]): Setting {
  const names = seats.map(({ speech }) => (speech === 'native' ? 'native' : speech.program))
  return { name: `${game}: ${names.join(' and ')}`, game, seats }
}

/** The seats of the games that anybody can seek. */
const SOUGHT = catalogue.map(({ game }) => ({ game: game.name, two: game.seats.max > 1 }))

/** Every way to sit at a table: alone, or opposite somebody who speaks the native protocol, or two of the same. */
export const SETTINGS: readonly Setting[] = [
  ...SOUGHT.map(({ game }) => setting(game, { who: 0, speech: 'native' })),
  ...SOUGHT.filter(({ two }) => two).map(({ game }) => setting(game, { who: 0, speech: 'native' }, { who: 1, speech: 'native' })),
  ...PROGRAMS.map(({ game, ...sitting }) => setting(game, sitting)),
  ...PROGRAMS.filter(({ game }) => SOUGHT.some((sought) => sought.game === game && sought.two)).map(({ game, ...sitting }) =>
    setting(game, { who: 1 - sitting.who, speech: 'native' }, sitting),
  ),
  setting('tictactoe', { who: 0, speech: lines('fh/tictactoe', 'ada\n') }, { who: 1, speech: lines('fh/tictactoe', 'grace\n') }),
]

/** Lets those of a setting in, and one who watches. */
export function castOf({ game, seats }: Setting): (room: Room, deal: Deal) => Promise<readonly Holder[]> {
  return async (room, { word, questions }) => {
    const holders: Holder[] = []
    for (const { who, speech } of seats) {
      if (speech === 'native') {
        const name = who === 0 ? 'ada' : 'grace'
        const wait = seats.length > 1 ? null : 0
        const settings = game === 'quiz' ? { count: 4 } : {}
        holders.push(await new Native(room, { name, who }).arrive({ game, wait, seats: [who], settings }))
      } else holders.push(await new Classroom(room, { who, speech, options: { words: [word], questions } }).arrive())
    }
    return [...holders, await new Native(room, { name: 'alan', who: 'watcher' }).arrive()]
  }
}
