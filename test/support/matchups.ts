import type { SeatNumber } from '../../src/games/game.ts'
import { shippedGames } from '../../src/games/index.ts'
import { DoorParticipant, LegacyClient, type LegacyMessages, NativeParticipant } from './participants.ts'
import type { Deal, Participant } from './secrecy.ts'
import type { TestLobby } from './test-lobby.ts'

/** Matchup lists the players at a table of a game, and their protocols; the house takes each empty seat. */
export interface Matchup {
  readonly name: string
  readonly game: string
  readonly seats: readonly MatchupPlayer[]
}

/** One player, in order of arrival: a worksheet's program, a program in the native protocol, or a user at the front door. */
interface MatchupPlayer {
  readonly who: SeatNumber
  readonly speech: LegacyMessages | 'native' | 'door'
  /** The first or a later connection of a registered user, who has several in this seat. */
  readonly connection?: 'first' | 'later'
}

/** Returns the name of a player by seat and protocol. */
export function playerName({ who, speech, connection }: MatchupPlayer): string {
  if (typeof speech !== 'string') return `seat ${who}, through ${speech.program}`
  const shown = speech === 'native' ? 'the native protocol' : 'the front door'
  return `seat ${who}, through ${shown}${connection === 'later' ? ', again' : ''}`
}

/** The watchers at every table. */
export const WATCHERS = { native: 'alan, through the native protocol', door: 'eve, through the front door' } as const

const lines = (program: string, ...opening: string[]): LegacyMessages => ({ program, opening, says: (move) => `${move}\n` })
const cells = (program: string): LegacyMessages => ({ program, says: (move) => `MOVE${move}\n` })

/** The programs that can hold a seat at a game, by that seat. */
const PROGRAMS: readonly { readonly game: string; readonly who: SeatNumber; readonly speech: LegacyMessages }[] = [
  { game: 'tictactoe', who: 1, speech: cells('tjc/tictactoe') },
  { game: 'tictactoe', who: 0, speech: cells('tjc/tictactoe-alternative') },
  { game: 'tictactoe', who: 0, speech: lines('cs/chat', 'play tictactoe\n') },
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

/** The programs that seat no client. */
export const WITHOUT_SEATS: readonly string[] = [
  ...['tjc/hello', 'tjc/hello-split', 'tjc/practice', 'tjc/iterative', 'c8/hello-slides', 'c8/hello', 'c8/two-clients', 'c8/hello-split'],
  ...['c8/both-ways', 'c8/iterative', 'fh/hello', 'fh/time', 'fh/http'],
]

function setting(game: string, ...seats: readonly MatchupPlayer[]): Matchup {
  const names = seats.map(({ speech, connection }) =>
    typeof speech === 'string' ? `${speech}${connection === 'later' ? ' again' : ''}` : speech.program,
  )
  return { name: `${game}: ${names.join(' and ')}`, game, seats }
}

/** The games that users can seek, and which of them have two players. */
const SOUGHT = shippedGames.entries.map(({ name, game }) => ({ name, game: game.name, two: game.seats.max > 1 }))
const FOR_TWO = SOUGHT.filter(({ two }) => two)

/** The front door and the native protocol, which can hold any seat. */
const ANY = ['native', 'door'] as const

/** Every combination of players at a table: one alone, one with an opponent that can hold any seat, or two of the same kind. */
export const MATCHUPS: readonly Matchup[] = [
  ...SOUGHT.flatMap(({ game }) => ANY.map((speech) => setting(game, { who: 0, speech }))),
  ...FOR_TWO.flatMap(({ game }) =>
    ANY.flatMap((first) => ANY.map((second) => setting(game, { who: 0, speech: first }, { who: 1, speech: second }))),
  ),
  ...PROGRAMS.map(({ game, ...sitting }) => setting(game, sitting)),
  ...PROGRAMS.filter(({ game }) => FOR_TWO.some((sought) => sought.game === game)).flatMap(({ game, ...sitting }) =>
    ANY.map((speech) => setting(game, { who: 1 - sitting.who, speech }, sitting)),
  ),
  ...ANY.map((speech) =>
    setting(
      'hands',
      { who: 0, speech: 'native', connection: 'first' },
      { who: 0, speech: 'native', connection: 'later' },
      { who: 1, speech },
    ),
  ),
  setting('tictactoe', { who: 0, speech: lines('fh/tictactoe', 'ada\n') }, { who: 1, speech: lines('fh/tictactoe', 'grace\n') }),
]

/** The programs whose server seats its client. */
export const SEATING_PROGRAMS: readonly string[] = [
  ...new Set(MATCHUPS.flatMap(({ seats }) => seats.flatMap(({ speech }) => (typeof speech === 'string' ? [] : speech.program)))),
]

/** Connects the players of a setting, and the watchers. */
export function connectCast({ game, seats }: Matchup): (lobby: TestLobby, deal: Deal) => Promise<readonly Participant[]> {
  const alone = seats.length === 1
  const sought = SOUGHT.find((one) => one.game === game)
  const connectPlayer = (lobby: TestLobby, { word, questions }: Deal, { who, speech, connection }: MatchupPlayer): Promise<Participant> => {
    const name = who === 0 ? 'ada' : 'grace'
    if (typeof speech !== 'string') return new LegacyClient(lobby, { who, speech, options: { words: [word], questions } }).arrive()
    const settings = game === 'quiz' ? { count: 4 } : {}
    if (connection === 'later') return new NativeParticipant(lobby, { name, who, connection }).arrive()
    if (speech === 'native')
      return new NativeParticipant(lobby, { name, who, connection }).arrive({ game, wait: alone ? 0 : null, seats: [who], settings })
    const command = `play ${sought?.name}${game === 'quiz' ? ' count 4' : ''}${alone && sought?.two ? ' against house' : ''}`
    return new DoorParticipant(lobby, { name, who }).arrive([command])
  }
  return async (lobby, deal) => {
    const holders: Participant[] = []
    for (const sitting of seats) holders.push(await connectPlayer(lobby, deal, sitting))
    holders.push(await new NativeParticipant(lobby, { name: 'alan', who: 'watcher' }).arrive())
    holders.push(await new DoorParticipant(lobby, { name: 'eve', who: 'watcher' }).arrive())
    return holders
  }
}
