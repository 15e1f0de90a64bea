import type { Side } from '../../protocol/message-spec.ts'

/*
 * Students name their files as they like, but most of them put the side into the name: `client.py`, `GuessServer.java`, `server_v2.c`. So
 * a file is the program of a side if its name has the word for that side, and not the other word. A file whose name is only the word for
 * the side has priority over all other files. If two files fit equally well, there is no guess, because a wrong guess would cost marks.
 *
 * The program may read its address from its arguments, and may refuse a wrong number of arguments. Its text shows which arguments it reads.
 * It gets the address in its environment and at its prompts, too.
 */

/** SourceFile is a file of a hand-in. */
export interface SourceFile {
  /** Its name in the folder, without a path. */
  readonly name: string
  /** The beginning of its text; empty for a file that is not text. */
  readonly text: string
}

/** GuessedStart is the probable start of a side of a hand-in. */
export interface GuessedStart {
  readonly command: string
  readonly build?: string
  /** The file on which the guess is based. */
  readonly file: string
}

/** Unguessed is the reason, as a clause, why a side has no guess. */
export interface Unguessed {
  readonly unclear: string
}

/** Language has the commands that build and start the programs of a file extension. */
interface Language {
  /** Returns the command that starts a file, without arguments. */
  readonly start: (file: string) => string
  /** Returns the command that builds the program from its file and the helpers. */
  readonly build?: (file: string, helpers: readonly string[]) => string
  /** Matches the names of the helpers: other files that belong to the same build. */
  readonly helpers?: RegExp
  /** Index of the first argument, as the text of a program writes it: `argv[1]`, `args[0]`. */
  readonly first: number
}

const built = (file: string) => file.replace(/\.\w+$/, '')
const compile = (compiler: string) => (file: string, helpers: readonly string[]) =>
  [compiler, '-o', quote(`${built(file)}.out`), ...[file, ...helpers].map(quote), '-lpthread'].join(' ')

const LANGUAGES: Readonly<Record<string, Language>> = {
  py: { start: (file) => `python3 ${quote(file)}`, first: 1 },
  js: { start: (file) => `node ${quote(file)}`, first: 2 },
  mjs: { start: (file) => `node ${quote(file)}`, first: 2 },
  cjs: { start: (file) => `node ${quote(file)}`, first: 2 },
  c: { start: (file) => quote(`./${built(file)}.out`), build: compile('cc'), helpers: /\.c$/i, first: 1 },
  cpp: { start: (file) => quote(`./${built(file)}.out`), build: compile('c++'), helpers: /\.cpp$/i, first: 1 },
  cc: { start: (file) => quote(`./${built(file)}.out`), build: compile('c++'), helpers: /\.cc$/i, first: 1 },
  java: {
    start: (file) => `java ${quote(built(file))}`,
    build: (file, helpers) => ['javac', ...[file, ...helpers].map(quote)].join(' '),
    helpers: /\.java$/i,
    first: 0,
  },
  rb: { start: (file) => `ruby ${quote(file)}`, first: 0 },
  pl: { start: (file) => `perl ${quote(file)}`, first: 0 },
  php: { start: (file) => `php ${quote(file)}`, first: 1 },
  sh: { start: (file) => `sh ${quote(file)}`, first: 1 },
}

const WORD: Readonly<Record<Side, RegExp>> = { client: /client/i, server: /server/i }

/** Guesses from the files of a hand-in how one of its sides is started. Returns `undefined` if no file has the name of the side. */
export function guessStart(side: Side, files: readonly SourceFile[]): GuessedStart | Unguessed | undefined {
  const script = scriptOf(side, files)
  if (script) return script
  const other = WORD[side === 'client' ? 'server' : 'client']
  const own = files.filter(({ name }) => WORD[side].test(name) && !other.test(name) && languageOf(name) !== undefined)
  const exact = own.filter(({ name }) => built(name).toLowerCase() === side)
  const [file, ...others] = exact.length > 0 ? exact : own
  const language = file && languageOf(file.name)
  if (!file || !language) return undefined
  if (others.length > 0) return { unclear: `${[file, ...others].map(({ name }) => name).join(' and ')} could both be its ${side}` }
  const command = [language.start(file.name), ...findArguments(file.text, language.first, side)].join(' ')
  if (!language.build) return { command, file: file.name }
  const helpers = files.map(({ name }) => name).filter((name) => isHelper(name, file.name, language))
  return { command, build: language.build(file.name, helpers), file: file.name }
}

/** Returns the script of package.json that has the name of a side. */
function scriptOf(side: Side, files: readonly SourceFile[]): GuessedStart | undefined {
  const text = files.find(({ name }) => name === 'package.json')?.text
  if (text === undefined) return undefined
  try {
    const script: unknown = JSON.parse(text)?.scripts?.[side]
    // as with npm, a shell runs it
    return typeof script === 'string' ? { command: `sh -c ${quote(script)}`, file: 'package.json' } : undefined
  } catch {
    // a package.json with an error gives no guess; the other files may give a guess
    return undefined
  }
}

function languageOf(name: string): Language | undefined {
  const extension = /\.(\w+)$/.exec(name)?.[1]?.toLowerCase() ?? ''
  return Object.hasOwn(LANGUAGES, extension) ? LANGUAGES[extension] : undefined
}

/** Checks whether a file is a helper of a program: its name does not assign it to one side. */
function isHelper(name: string, file: string, { helpers }: Language): boolean {
  return name !== file && helpers?.test(name) === true && !WORD.client.test(name) && !WORD.server.test(name) && !/test/i.test(name)
}

/** Guesses from the text of a program which arguments the program needs for the address. */
function findArguments(text: string, first: number, side: Side): readonly string[] {
  if (!/\b(?:argv|args|ARGV|\$[12@])/.test(text)) return []
  const reads = (at: number) => new RegExp(`\\b(?:argv|args|ARGV)\\s*\\[\\s*${at}\\s*\\]|\\$${at - first + 1}\\b`).test(text)
  if (!reads(first) || reads(first + 1)) return ['{HOST}', '{PORT}']
  const isNumber = new RegExp(`(?:int|atoi|strtol|Number|parseInt|htons)\\s*\\([^;\\n]*\\[\\s*${first}\\s*\\]`).test(text)
  return isNumber || side === 'server' ? ['{PORT}'] : ['{HOST}']
}

/** Quotes a file name for a command line. */
function quote(name: string): string {
  // a name must not become an option
  const path = name.startsWith('-') ? `./${name}` : name
  return /^[\w./+@%-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
}
