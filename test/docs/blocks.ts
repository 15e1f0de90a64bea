import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export const root = join(import.meta.dirname, '../..')

/**
 * Block is a fenced block of commands in a Markdown file, after a comment `<!-- test: ... -->` that contains, separated
 * by commas:
 *
 * - `background as NAME`: it runs during other blocks; `beside NAME and NAME`: these blocks are running, in that order;
 * - `ready when it listens`, `ready after its first line`: what follows a block in the background starts then, and not immediately;
 * - `types "a" "b"`: what a person types; `at a terminal`: it runs at a terminal with 80 columns, and not on pipes;
 * - `exit N`: its exit code, 0 by default; of a block in the background: it ends by itself, with that code;
 * - `in any order`: its lines, without leading times; `times and ports vary`: they are not compared;
 * - `silent peer`: a client connects and sends nothing;
 * - `with "a" as "b"`: a replacement in the commands, so that a test is not slow.
 *
 * In the output that a page shows, a line `...` stands for any lines, and `[...]` for any text in a line.
 */
export interface Block {
  readonly line: number
  /** Each command with its expected output; undefined if the page shows none. */
  readonly commands: readonly BlockCommand[]
  readonly name?: string
  readonly beside: readonly string[]
  readonly ready?: string
  readonly typed: readonly string[]
  readonly isAtTerminal: boolean
  readonly exit?: number
  readonly anyOrder: boolean
  readonly varies: boolean
  readonly silentPeer: boolean
}

/** BlockCommand is a command of a block, with the output that the page shows. */
export interface BlockCommand {
  readonly command: string
  readonly prints: string | undefined
}

/** Returns the text of a file of this repository, with LF at the end of each line. */
export function readPage(file: string): string {
  return readFileSync(join(root, file), 'utf8').replaceAll('\r\n', '\n')
}

/** Returns the blocks of a Markdown file that are marked for testing. */
export function blocksOf(file: string): Block[] {
  const text = readPage(file)
  return [...text.matchAll(/<!-- test(?:: (.*?))? -->\n+```(sh|console)\n([\s\S]*?)```\n/g)].map((found) => {
    const [, directives = '', language, content = ''] = found
    const said = (pattern: RegExp) => pattern.exec(directives)?.[1]
    const [, from, to] = /with "([^"]*)" as "([^"]*)"/.exec(directives) ?? []
    const [name, ready, exit] = [said(/background as (\w+)/), said(/ready (when it listens|after its first line)/), said(/exit (\d+)/)]
    const commands = language === 'sh' ? plain(content) : transcript(content)
    return {
      line: text.slice(0, found.index).split('\n').length,
      commands: commands.map(({ command, prints }) => ({ command: from && to ? command.replace(from, to) : command, prints })),
      ...(name === undefined ? {} : { name }),
      ...(ready === undefined ? {} : { ready }),
      ...(exit === undefined ? {} : { exit: Number(exit) }),
      beside: said(/beside (\w+(?: and \w+)*)/)?.split(' and ') ?? [],
      typed: [...(said(/types ((?:"[^"]*" ?)+)/) ?? '').matchAll(/"([^"]*)"/g)].map(([, line = '']) => line),
      isAtTerminal: directives.includes('at a terminal'),
      anyOrder: directives.includes('in any order'),
      varies: directives.includes('times and ports vary'),
      silentPeer: directives.includes('silent peer'),
    }
  })
}

function plain(content: string): BlockCommand[] {
  const lines = content.split('\n').map((line) => line.replace(/\s+# .*$/, ''))
  return lines.filter((line) => line !== '').map((command) => ({ command, prints: undefined }))
}

function transcript(content: string): BlockCommand[] {
  return content
    .split(/^\$ /m)
    .slice(1)
    .map((part) => ({ command: part.slice(0, part.indexOf('\n')), prints: part.slice(part.indexOf('\n') + 1) }))
}

/** Returns the output of a page as a pipe delivers it: without the typed text, because no terminal echoes it. */
export function withoutTyped(prints: string, typed: readonly string[]): string {
  let at = 0
  let left = ''
  for (const line of typed) {
    const found = prints.indexOf(`${line}\n`, at)
    if (found < 0) throw new Error(`the page does not show that ${line} is typed`)
    left += prints.slice(at, found)
    at = found + line.length + 1
    // what is left out begins in the line of the prompt
    if (prints.startsWith('...\n', at)) left += '[...]\n'
  }
  return left + prints.slice(at)
}

/** Normalizes output: ignores blanks if a column is as wide as its ports, and what a page declares to vary. */
export function comparable(output: string, { anyOrder, varies }: Pick<Block, 'anyOrder' | 'varies'>): string[] {
  const lines = output.split('\n').map((line) => {
    const fixed = varies ? line.replaceAll(/\b\d+\.\d{3}\b/g, '0.000').replaceAll(/(?<=127\.0\.0\.1:|'127\.0\.0\.1', )\d+/g, 'PORT') : line
    return fixed.replace(anyOrder ? /^ *\d+\.\d s/ : /$^/, '').replace(/ +/g, ' ')
  })
  return anyOrder ? lines.sort() : lines
}

/** Checks whether output is what a page shows, both normalized: `...` stands for any lines, and `[...]` for any text in a line. */
export function isAsShown(output: readonly string[], shown: readonly string[]): boolean {
  const pattern = shown.map((line) => (line === '...' ? '(?:.*\\n)*?' : `${line.split('[...]').map(RegExp.escape).join('.*')}\\n`)).join('')
  return new RegExp(`^${pattern}$`).test(`${output.join('\n')}\n`)
}
