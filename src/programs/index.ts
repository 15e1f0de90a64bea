import type { Program, SoloProgram } from '../protocol/definition.ts'

/** ProgramFile has the exports of a file of programs. */
export interface ProgramFile {
  readonly programs?: readonly Program[]
  readonly solos?: readonly SoloProgram[]
}

/** LoadedPrograms has programs with a network, and programs without a network. */
export type LoadedPrograms = Required<ProgramFile>

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

/** Programs by short name. If a program has several editions, its short name means the default edition. */
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

/** ProgramRegistry finds the programs of one process by name. A registry never changes: `with` returns another registry. */
export class ProgramRegistry {
  readonly #files: Readonly<Record<string, () => Promise<ProgramFile>>>
  readonly #aliases: Readonly<Record<string, string>>
  /** The names of all programs: the shipped programs in the order of the worksheets, and then the programs of plug-ins. */
  readonly names: readonly string[]
  readonly shortNames: readonly string[]

  /** `files` loads the file of each program by its name; `aliases` has the full name for each short name. */
  constructor(files: Readonly<Record<string, () => Promise<ProgramFile>>>, aliases: Readonly<Record<string, string>>) {
    this.#files = files
    this.#aliases = aliases
    this.names = Object.keys(files)
    this.shortNames = Object.keys(aliases)
  }

  /** Returns a registry with all programs of this registry, and with the given programs after them. */
  with({ programs = [], solos = [] }: ProgramFile): ProgramRegistry {
    const files = [...programs, ...solos].map(({ name }) => [name, () => Promise.resolve({ programs, solos })] as const)
    const aliases = [...programs, ...solos].flatMap(({ name, short }) => (short === undefined ? [] : [[short, name] as const]))
    return new ProgramRegistry({ ...this.#files, ...Object.fromEntries(files) }, { ...this.#aliases, ...Object.fromEntries(aliases) })
  }

  /** Finds the short name of a program; `undefined` for a program without a short name. */
  findShortName(name: string): string | undefined {
    return this.shortNames.find((short) => this.#aliases[short] === name)
  }

  /** Converts a short name to the full name; returns any other name unchanged. */
  toFullName(name: string): string {
    return Object.hasOwn(this.#aliases, name) ? (this.#aliases[name] ?? name) : name
  }

  /** Checks whether there is a program with a name or short name, in the exact spelling. */
  has(name: string): boolean {
    return Object.hasOwn(this.#files, this.toFullName(name))
  }

  /** Loads the networked program with a name or short name; `undefined` for an unknown name. */
  async load(name: string): Promise<Program | undefined> {
    const full = this.toFullName(name)
    return (await this.#load(full))?.programs?.find((program) => program.name === full)
  }

  /** Loads the solo program with a name or short name; `undefined` for an unknown name. */
  async loadSolo(name: string): Promise<SoloProgram | undefined> {
    const full = this.toFullName(name)
    return (await this.#load(full))?.solos?.find((solo) => solo.name === full)
  }

  /** Loads every networked program. */
  async all(): Promise<Program[]> {
    return [...(await this.loadNamed()).programs]
  }

  /** Loads the programs with these names or short names, by default all programs, in the given order. Ignores names without a program. */
  async loadNamed(names: readonly string[] = this.names): Promise<LoadedPrograms> {
    const [programs, solos] = await Promise.all([
      Promise.all(names.map((name) => this.load(name))),
      Promise.all(names.map((name) => this.loadSolo(name))),
    ])
    return { programs: programs.filter((program) => program !== undefined), solos: solos.filter((solo) => solo !== undefined) }
  }

  async #load(full: string): Promise<ProgramFile | undefined> {
    return Object.hasOwn(this.#files, full) ? this.#files[full]?.() : undefined
  }
}

/** The shipped programs. */
export const shippedPrograms: ProgramRegistry = new ProgramRegistry(FILES, ALIASES)

/** The names of all shipped programs, in the order of the worksheets. */
export const programNames: readonly string[] = shippedPrograms.names

/** Finds the short name of a shipped program; `undefined` for a program without a short name. */
export function findShortName(name: string): string | undefined {
  return shippedPrograms.findShortName(name)
}

/** Loads the shipped networked program with a name or short name; `undefined` for an unknown name. */
export function loadProgram(name: string): Promise<Program | undefined> {
  return shippedPrograms.load(name)
}

/** Loads the shipped solo program with a name or short name; `undefined` for an unknown name. */
export function loadSolo(name: string): Promise<SoloProgram | undefined> {
  return shippedPrograms.loadSolo(name)
}

/** Loads the shipped programs with these names or short names, by default all shipped programs; see `ProgramRegistry.loadNamed`. */
export function loadPrograms(names?: readonly string[]): Promise<LoadedPrograms> {
  return shippedPrograms.loadNamed(names)
}

/** Loads every shipped networked program. */
export function allPrograms(): Promise<Program[]> {
  return shippedPrograms.all()
}
