import { fstatSync, writeSync } from 'node:fs'
import { formatCount } from '../base/counts.ts'
import { errorMessage } from '../base/errors.ts'
import { MIN_COLUMNS, wrap } from '../games/text/graphemes.ts'
import { escapeInvisible, quoteText } from '../wire/text.ts'

/**
 * UsageError is the error for one or more mistakes in the command line or the settings. The process prints each sentence and exits with
 * code 2.
 */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  readonly sentences: readonly string[]

  constructor(...sentences: readonly [string, ...string[]]) {
    super(sentences.join('\n'))
    this.sentences = sentences
  }
}

/**
 * Resolves to the result of `make`. If `make` rejects with a UsageError, begins each sentence with `at`, the place of the mistake,
 * such as a file and its line.
 */
export async function addOrigin<Made>(at: string, make: () => Promise<Made>): Promise<Made> {
  try {
    return await make()
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    const [first = '', ...others] = error.sentences.map((sentence) => `${at}: ${sentence}`)
    throw new UsageError(first, ...others)
  }
}

/**
 * Waits for all promises, and resolves to their values. If some promises reject with a UsageError, rejects with one UsageError that has the
 * sentences of all errors.
 */
export async function settleAll<Value>(promises: Iterable<Promise<Value>>): Promise<Value[]> {
  const settled = await Promise.allSettled(promises)
  const sentences: string[] = []
  for (const each of settled) {
    if (each.status === 'fulfilled') continue
    if (!(each.reason instanceof UsageError)) throw each.reason
    sentences.push(...each.reason.sentences)
  }
  const [first, ...others] = new Set(sentences)
  if (first !== undefined) throw new UsageError(first, ...others)
  return settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
}

/**
 * Prints a diagnostic on standard error, wrapped at blanks if standard error is a terminal. Parlor prints only diagnostics, logs and traces
 * on standard error.
 */
export function printError(sentence: string): void {
  process.stderr.write(`${formatDiagnostic(sentence, errorColumns())}\n`)
}

/** Returns the columns of the terminal on standard error; 0 if standard error is not a terminal. */
export function errorColumns(): number {
  const { isTTY, columns = 0 } = process.stderr
  return isTTY ? columns : 0
}

/** Prints one line of a log or a trace on standard error, without wrapping. */
export function printLine(line: string): void {
  process.stderr.write(`${formatDiagnostic(line, 0)}\n`)
}

/** Formats a diagnostic, wrapped to `columns`; unwrapped if `columns` is below `MIN_COLUMNS`. */
export function formatDiagnostic(sentence: string, columns: number): string {
  const whole = `parlor: ${escapeInvisible(sentence)}`
  if (columns < MIN_COLUMNS) return whole
  return whole
    .split('\n')
    .flatMap((line) => wrap(line, columns, 2))
    .join('\n')
}

/** Returns a function that prints a diagnostic on a new line, even if the terminal shows a prompt. */
export function printErrorBeside(terminal: { leaveLine(): boolean }): (sentence: string) => void {
  return (sentence) => {
    if (terminal.leaveLine() && process.stderr.isTTY) process.stderr.write('\n')
    printError(sentence)
  }
}

/** Handles uncaught exceptions, which are bugs in Parlor: calls `say` with a sentence in place of a stack trace, and then calls `then`. */
export function onCrash(then: () => void, say: (sentence: string) => void = printError): void {
  process.setUncaughtExceptionCaptureCallback(null)
  process.setUncaughtExceptionCaptureCallback((error) => {
    say(`this is a mistake in Parlor itself, please report it: ${errorMessage(error)}`)
    then()
  })
}

/** Rewrites an error of the command-line library: names the wrong value, its option and the valid values. */
export function usageSentence(text: string, command = ''): string {
  const sentence = text.replace(/^error: /, '')
  const surplus = surplusIn(sentence) ?? otherSideIn(sentence, command)
  if (surplus !== undefined) return surplus
  const missing = /^option '.*?(--[\w-]+) (\S+)' argument missing/s.exec(sentence)
  if (missing) return sentence.replace(missing[0], `${missing[1]} needs a value: ${missing[1]} ${missing[2]}`)
  const [all = '', option, optionValue, argumentValue, argument] = REFUSED_VALUE.exec(sentence) ?? []
  if (all === '') return sentence
  const where = option ?? argument ?? ''
  const why = sentence
    .slice(all.length)
    .replace(/^It must/, 'it must')
    .replace(/\.(?=\s*$)/, '')
  return `${where} cannot be ${quoteText(optionValue ?? argumentValue ?? '')}: ${why}`
}

/** Rewrites the error for too many arguments; `undefined` for any other error. */
function surplusIn(sentence: string): string | undefined {
  const [, command, count, all = ''] =
    /^too many arguments for '([\w-]+)'\. Expected (\d+) arguments? but got \d+: (.*)\.\s*$/s.exec(sentence) ?? []
  if (command === undefined) return undefined
  const number = Number(count)
  const [first = '', ...others] = all.split(', ').slice(number)
  const takes = number === 0 ? 'takes no arguments' : `takes ${formatCount(number, 'argument')}`
  const isPort = command === 'host' && /^\d{1,5}$/.test(first)
  const isPage = command === 'rank' && /^\d{1,5}$/.test(first)
  const meant = isPort ? ` as well: write a port as --port ${first}` : isPage ? ` as well: ${pagingHint(Number(first))}` : ''
  return `${command} ${takes}, and not ${quoteText([first, ...others].join(' '))}${meant}\n`
}

/** Number of places on a page of a ladder at the front door, and the maximum of `--limit`. */
const PLACES = { page: 10, most: 100 }

/** Returns advice on `--limit` for a user who has typed a page number to see more places of a ladder. */
export function pagingHint(page: number): string {
  const places = Math.min(PLACES.most, Math.max(1, page) * PLACES.page)
  return `ladders have no pages here, but --limit ${places} shows the first ${places} places`
}

/** Options, apart from the options of programs, that only `host` or only `join` has. */
const OF_ONE_SIDE: Readonly<Record<'host' | 'join', readonly string[]>> = {
  host: ['--cert', '--concurrent', '--forever', '--key', '--strict'],
  join: ['--fingerprint', '--wait'],
}

/** Rewrites the error for an option of the other side; `undefined` for any other error. */
function otherSideIn(sentence: string, command: string): string | undefined {
  const [, option = ''] = /^unknown option '(--[\w-]+)/.exec(sentence) ?? []
  if (command === 'host' && OF_ONE_SIDE.join.includes(option))
    return `${option} belongs to the client's side: parlor join PROGRAM ${option} ...\n`
  if (command === 'join' && OF_ONE_SIDE.host.includes(option))
    return `${option} belongs to the server's side: parlor host PROGRAM ${option} ...\n`
  return undefined
}

/** `option '--split <sizes>' argument '0' is invalid. `, or `command-argument value '0' is invalid for argument 'port'. ` */
const REFUSED_VALUE =
  /^(?:option '.*?(--[\w-]+)[^']*' argument '(.*)' is invalid\. |command-argument value '(.*)' is invalid for argument '([^']+)'\. )/s

/** Reasons why a write to standard output fails, by the system's error code. */
const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would be too large',
  EIO: 'the device reports an error',
}

let isLost = false
let isClosed = false

/**
 * Handles errors of standard output and standard error. The process ignores EPIPE, because a closed pipe must not end it. At the first
 * error of standard output that is not EPIPE, the process prints a sentence on standard error. After this error, `outputIsLost` returns
 * true.
 */
export function watchOutput(): void {
  process.stderr.on('error', () => {})
  process.stdout.on('error', (error) => {
    isClosed = true
    if (isReaderGone(error) || isLost) return
    isLost = true
    const code = 'code' in error ? String(error.code) : ''
    printError(`cannot write to standard output: ${REASONS[code] === undefined ? errorMessage(error) : `${REASONS[code]} (${code})`}`)
  })
  if (isFile(1)) writeWhole()
}

/** Returns true if a part of the standard output is lost. */
export function outputIsLost(): boolean {
  return isLost
}

/** Returns true if this process can write nothing more to standard output, for example because the reader has closed the pipe. */
export function outputIsClosed(): boolean {
  return isClosed
}

/** Checks whether an output error is EPIPE, which means that the reader has closed the pipe. */
export function isReaderGone(error: Error): boolean {
  return 'code' in error && error.code === 'EPIPE'
}

/**
 * Replaces the function with which Node writes standard output to a file. If the system writes only a part of the bytes, the function of
 * Node drops the rest. The new function also writes the rest, unless an error occurs.
 */
function writeWhole(): void {
  process.stdout._write = (chunk: Uint8Array, _, done) => {
    try {
      for (let from = 0; from < chunk.length; ) from += writeSync(1, chunk, from)
      done()
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)))
    }
  }
}

function isFile(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isFile()
  } catch {
    return false
  }
}
