import { formatCount } from '../base/counts.ts'
import { formatElapsed } from './formats.ts'
import { type ClassTile, STUCK, type TileStatus } from './model/class-model.ts'

/* The texts of the class, which the page loads together with the view of the class. */

export const classTexts = {
  title: 'Class',
  noLab: 'This server does not watch its programs',
  noLabWhy: 'The operator has to start the server with --lab. The server then prints the address of this page, and the password.',
  noLabCommand: 'parlor serve --lab',
  loginTitle: 'The class is for the operator',
  loginWhy:
    'The server printed the password when it started, unless the password is in a file. Each start has a new password; with "--class-password FILE", the operator chooses the password.',
  password: 'Password of the operator',
  logIn: 'See the class',
  logOut: 'Log out',
  lost: 'Connection lost. The page shows the last state of the class.',
  ended: 'Your login has ended: you have logged out in another tab, twelve hours are over, or the server has started again.',
  loading: 'Loading the class.',
  nobody: 'No program is connected',
  nobodyWhy: 'A program appears here when it connects to a port of this server.',
  nothing: 'No program matches.',
  csv: 'CSV',
  junit: 'JUnit',
  projector: 'Projector size',
  programs: 'programs',
  browsers: 'browsers',
  statuses: { bad: 'violation', stuck: 'stuck', playing: 'playing', done: 'done', left: 'left' } satisfies Record<TileStatus, string>,
  sums: { bad: 'violation', stuck: `stuck over ${STUCK / 1000} s`, playing: 'playing', done: 'done', left: 'left' } satisfies Record<
    TileStatus,
    string
  >,
  all: 'all',
  filter: 'Show',
  layout: 'Layout',
  layouts: { wall: 'wall', list: 'list' },
  find: 'Find a desk, an address or a program',
  wall: 'Programs, with programs in trouble first',
  legend: { client: 'client', server: 'server', bad: 'violation' },
  unwatched: (count: number) => `${formatCount(count, 'further connection')} ${count === 1 ? 'is' : 'are'} not watched.`,
  violation: (title: string, sentence: string) => `Violation at ${title}: ${sentence}`,
  turns: { client: 'client’s turn', server: 'server’s turn', either: 'either side’s turn', none: 'no side’s turn' } as const,
  visited: (visited: number, states: number) => `${visited} of ${formatCount(states, 'state')} visited`,
} as const

/** Formats the sentence of a tile. The function capitalizes sentences of the server, which begin in lower case. */
export function formatSentence({ row, status, quiet }: ClassTile): string {
  const { fault, progress } = row
  if (status === 'bad' && fault) return capitalize(fault.sentence)
  if (status === 'stuck') return `Quiet for ${formatElapsed(quiet)}. ${capitalize(classTexts.turns[row.turn])}.`
  const games = progress.games > 0 ? [`${formatCount(progress.games, 'game')} finished.`] : []
  const corrected = fault ? ['The last fault is corrected.'] : []
  const turn = status === 'playing' ? [`${capitalize(classTexts.turns[row.turn])}.`] : []
  const gone = status === 'left' ? ['Closed without a finished game.'] : []
  return [...turn, ...gone, ...games, ...corrected].join(' ')
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
