import { fstatSync, writeSync } from 'node:fs'
import { counted } from '../base/counts.ts'
import { LEAST_COLUMNS, wrap } from '../games/characters.ts'
import { messageOf } from '../terminal/trouble.ts'
import { quoted, revealed } from '../wire/text.ts'

/** Usage is a mistake in the command line, or several: each sentence is printed, and the exit code is 2. */
export class Usage extends Error {
  override readonly name = 'Usage'
  readonly sentences: readonly string[]

  constructor(...sentences: readonly [string, ...string[]]) {
    super(sentences.join('\n'))
    this.sentences = sentences
  }
}

/** Resolves with all values. Rejects with one Usage of all sentences if there are mistakes. */
export async function allOf<Value>(promises: Iterable<Promise<Value>>): Promise<Value[]> {
  const settled = await Promise.allSettled(promises)
  const sentences: string[] = []
  for (const each of settled) {
    if (each.status === 'fulfilled') continue
    if (!(each.reason instanceof Usage)) throw each.reason
    sentences.push(...each.reason.sentences)
  }
  const [first, ...others] = new Set(sentences)
  if (first !== undefined) throw new Usage(first, ...others)
  return settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
}

/** Prints a diagnostic on standard error, broken at blanks where that is a terminal; nothing else of Parlor goes there. */
export function complain(sentence: string): void {
  process.stderr.write(`${lineOf(sentence, errorColumns())}\n`)
}

/** Columns of the terminal that standard error is; 0 if it is none. */
export function errorColumns(): number {
  const { isTTY, columns = 0 } = process.stderr
  return isTTY ? columns : 0
}

/** Prints a line of a log or a trace on standard error: it stays one line, however long. */
export function printLine(line: string): void {
  process.stderr.write(`${lineOf(line, 0)}\n`)
}

/** A diagnostic as it is printed, in lines of so many columns; as one line for fewer than are worth it. */
export function lineOf(sentence: string, columns: number): string {
  const whole = `parlor: ${revealed(sentence)}`
  if (columns < LEAST_COLUMNS) return whole
  return whole
    .split('\n')
    .flatMap((line) => wrap(line, columns, 2))
    .join('\n')
}

/** Complains beside a terminal: the sentence does not continue the line of a prompt. */
export function complainBeside(terminal: { leaveLine(): boolean }): (sentence: string) => void {
  return (sentence) => {
    if (terminal.leaveLine() && process.stderr.isTTY) process.stderr.write('\n')
    complain(sentence)
  }
}

/** Says what became of mistakes in Parlor itself: one sentence to `say`, and `then`, in place of a stack trace. */
export function onMistake(then: () => void, say: (sentence: string) => void = complain): void {
  process.setUncaughtExceptionCaptureCallback(null)
  process.setUncaughtExceptionCaptureCallback((error) => {
    say(`this is a mistake in Parlor itself, please report it: ${messageOf(error)}`)
    then()
  })
}

/** Turns the library's refusal of a command line into a sentence: which value, where, and what can stand there. */
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
  return `${where} cannot be ${quoted(optionValue ?? argumentValue ?? '')}: ${why}`
}

/** Explains that a command has arguments that it does not take; `undefined` if the refusal is another one. */
function surplusIn(sentence: string): string | undefined {
  const [, command, count, all = ''] =
    /^too many arguments for '([\w-]+)'\. Expected (\d+) arguments? but got \d+: (.*)\.\s*$/s.exec(sentence) ?? []
  if (command === undefined) return undefined
  const number = Number(count)
  const [first = '', ...others] = all.split(', ').slice(number)
  const takes = number === 0 ? 'takes no arguments' : `takes ${counted(number, 'argument')}`
  const isPort = command === 'host' && /^\d{1,5}$/.test(first)
  const isPage = command === 'rank' && /^\d{1,5}$/.test(first)
  const meant = isPort ? ` as well: a port is said as --port ${first}` : isPage ? ` as well: ${placesOf(Number(first))}` : ''
  return `${command} ${takes}, and not ${quoted([first, ...others].join(' '))}${meant}\n`
}

/** Places of a ladder that a page of it has at the front door, and that are shown at most. */
const PLACES = { page: 10, most: 100 }

/** Says how a user who has typed the number of a page is shown more of a ladder. */
export function placesOf(page: number): string {
  const places = Math.min(PLACES.most, Math.max(1, page) * PLACES.page)
  return `ladders have no pages here, but --limit ${places} shows the first ${places} places`
}

/** Options that one side of a program has, and the other has not. */
const OF_ONE_SIDE: Readonly<Record<'host' | 'join', readonly string[]>> = {
  host: ['--cert', '--concurrent', '--forever', '--key', '--questions', '--strict'],
  join: ['--fingerprint', '--format', '--name', '--recv-once', '--wait'],
}

/** Explains that an option is one of the other side's; `undefined` if the refusal is another one. */
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

/** Why standard output takes nothing more, by the code of the system's error. */
const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would be too large',
  EIO: 'the device reports an error',
}

let isLost = false

/**
 * Watches standard output and standard error. A reader that is gone (EPIPE) is no mistake, and the program lives on. Another
 * error at standard output is printed on standard error, once, and `outputIsLost` is true from then on.
 */
export function watchOutput(): void {
  process.stderr.on('error', () => {})
  process.stdout.on('error', (error) => {
    if (isReaderGone(error) || isLost) return
    isLost = true
    const code = 'code' in error ? String(error.code) : ''
    complain(`what is printed cannot be written: ${REASONS[code] === undefined ? messageOf(error) : `${REASONS[code]} (${code})`}`)
  })
  if (isFile(1)) writeWhole()
}

/** True if a part of what was printed is lost. */
export function outputIsLost(): boolean {
  return isLost
}

/** Checks whether an error at an output says that its reader is gone. */
export function isReaderGone(error: Error): boolean {
  return 'code' in error && error.code === 'EPIPE'
}

/** Node's stream of a file takes a write of which the disk took a part for a whole one, so this one writes on until an error. */
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
