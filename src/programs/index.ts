import type { Program, SoloProgram } from '../protocol/definition.ts'

interface ProgramFile {
  readonly programs?: readonly Program[]
  readonly solos?: readonly SoloProgram[]
}

/** The file of each program, in the order of the worksheets. A command loads only the files that it needs. */
const FILES: Readonly<Record<string, () => Promise<ProgramFile>>> = {
  'tjc/hello': () => import('./hello.ts'),
  'tjc/hello-split': () => import('./hello.ts'),
  'tjc/practice': () => import('./practice.ts'),
  'tjc/iterative': () => import('./hello.ts'),
  'tjc/robot': () => import('./robot.ts'),
  'tjc/chat': () => import('./chat.ts'),
  'tjc/chat-quit': () => import('./chat.ts'),
  'tjc/tictactoe': () => import('./tictactoe.ts'),
  'tjc/tictactoe-alternative': () => import('./tictactoe.ts'),
  'tjc/guess': () => import('./guess.ts'),
  'c8/hello-slides': () => import('./hello.ts'),
  'c8/hello': () => import('./hello.ts'),
  'c8/two-clients': () => import('./hello.ts'),
  'c8/hello-split': () => import('./hello.ts'),
  'c8/both-ways': () => import('./both-ways.ts'),
  'c8/iterative': () => import('./hello.ts'),
  'c8/chat': () => import('./chat.ts'),
  'c8/chat-bye': () => import('./chat.ts'),
  'c8/headtail': () => import('./headtail.ts'),
  'c8/headtail-counters': () => import('./headtail.ts'),
  'c8/highlow': () => import('./highlow.ts'),
  'c8/scissors': () => import('./scissors.ts'),
  'cs/chat': () => import('./talk/talk.ts'),
  'fh/hello': () => import('./fh-hello.ts'),
  'fh/time': () => import('./time.ts'),
  'fh/http': () => import('./http.ts'),
  'fh/quiz': () => import('./quiz.ts'),
  'fh/hangman': () => import('./hangman.ts'),
  'fh/tictactoe': () => import('./tictactoe-matched.ts'),
  'book/guess': () => import('./book-guess.ts'),
  'book/secret': () => import('./book-guess.ts'),
  'parlor/door': () => import('../door/door.ts'),
}

/** Program by short name: of several editions, the default. */
const ALIASES: Readonly<Record<string, string>> = {
  hello: 'tjc/hello',
  practice: 'tjc/practice',
  robot: 'tjc/robot',
  chat: 'tjc/chat',
  tictactoe: 'tjc/tictactoe',
  guess: 'tjc/guess',
  headtail: 'c8/headtail',
  highlow: 'c8/highlow',
  scissors: 'c8/scissors',
  talk: 'cs/chat',
  time: 'fh/time',
  http: 'fh/http',
  quiz: 'fh/quiz',
  hangman: 'fh/hangman',
  match: 'fh/tictactoe',
  number: 'book/guess',
  door: 'parlor/door',
}

/** The names of all programs, in the order of the worksheets. */
export const programNames: readonly string[] = Object.keys(FILES)

export const shortNames: readonly string[] = Object.keys(ALIASES)

/** Finds the short name of a program; `undefined` if it has none. */
export function findShortName(name: string): string | undefined {
  return shortNames.find((short) => ALIASES[short] === name)
}

/** Loads the networked program of a name or short name; `undefined` if there is none. */
export async function loadProgram(name: string): Promise<Program | undefined> {
  const { full, file } = await loadFile(name)
  return file?.programs?.find((program) => program.name === full)
}

/** Loads the solo program of a name or short name; `undefined` if there is none. */
export async function loadSolo(name: string): Promise<SoloProgram | undefined> {
  const { full, file } = await loadFile(name)
  return file?.solos?.find((solo) => solo.name === full)
}

/** Loads every networked program. */
export async function allPrograms(): Promise<Program[]> {
  return [...(await loadPrograms()).programs]
}

/** LoadedPrograms are programs with a network, and programs without one. */
export type LoadedPrograms = Required<ProgramFile>

/** Loads the programs of names or short names, by default all, in the given order. Ignores names without a program. */
export async function loadPrograms(names: readonly string[] = programNames): Promise<LoadedPrograms> {
  const [programs, solos] = await Promise.all([Promise.all(names.map(loadProgram)), Promise.all(names.map(loadSolo))])
  return { programs: programs.filter((program) => program !== undefined), solos: solos.filter((solo) => solo !== undefined) }
}

async function loadFile(name: string): Promise<{ full: string; file: ProgramFile | undefined }> {
  const full = Object.hasOwn(ALIASES, name) ? (ALIASES[name] ?? name) : name
  return { full, file: Object.hasOwn(FILES, full) ? await FILES[full]?.() : undefined }
}
