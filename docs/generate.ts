import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Argument, Command, Option } from 'commander'
import { commands } from '../src/cli/main.ts'
import { diagram } from '../src/lab/diagram.ts'
import { facts, messages, sentence } from '../src/lab/reference.ts'
import { type Automaton, legal } from '../src/protocols/automaton.ts'
import { allPrograms, programNames, shortNameOf, soloOf } from '../src/protocols/index.ts'
import type { Options, Program, Solo } from '../src/protocols/protocol.ts'
import { nativePage } from './native.ts'

/** The folder that the paths of pages begin in. */
export const root = join(import.meta.dirname, '..')

const NOTE = '<!-- Made by "npm run docs" from the code; do not edit. -->'

/** What the numbers in sources mean. */
const DOCUMENTS = [
  ['000', 'TJC notes: socket programming in Python'],
  ['001', 'C8 slides: sockets, with projects and assignments'],
  ['002', 'CS project 4: a chat with a game inside'],
  ['003', 'FH slides: networking with Python'],
  ['004', 'book chapter: a networked game'],
]

/** How options of a program are spelt on the command line, where that is not their own name. */
const SPELT: Readonly<Partial<Record<keyof Options, string>>> = { recvOnce: 'recv-once', formats: 'format' }

/** Every page that is made from the code: its text by its path. */
export async function pages(): Promise<ReadonlyMap<string, string>> {
  const made = new Map<string, string>()
  const networked = new Map((await allPrograms()).map((program) => [program.name, program]))
  for (const name of programNames) made.set(`docs/protocols/${fileOf(name)}`, page(name, networked.get(name), await soloOf(name)))
  made.set('docs/protocols/README.md', await index(networked))
  made.set('docs/options.md', await optionPage())
  made.set('docs/native-protocol.md', nativePage(NOTE, table))
  made.set('CONTRIBUTING.md', await withFiles(await readFile(join(root, 'CONTRIBUTING.md'), 'utf8')))
  return made
}

/** The pages of programs that are in the folder and that nothing makes any more. */
export async function leftOver(made: ReadonlyMap<string, string>): Promise<string[]> {
  const there = await readdir(join(root, 'docs/protocols')).catch(() => [])
  return there.map((file) => `docs/protocols/${file}`).filter((path) => !made.has(path))
}

function fileOf(name: string): string {
  return `${name.replace('/', '-')}.md`
}

function page(name: string, program: Program | undefined, solo: Solo | undefined): string {
  const short = shortNameOf(name)
  const called = short ?? name
  const title = program?.protocol.title ?? solo?.title ?? ''
  const ways = [
    ...(program ? [program.needs && !program.host ? `npx parlor serve --only ${called}` : `npx parlor host ${called}`] : []),
    ...(program ? [`npx parlor join ${called}`] : []),
    ...(solo ? [`npx parlor solo ${called}`] : []),
  ]
  const takes = [...new Set([...(program?.takes ?? []), ...(solo?.takes ?? [])])]
  const rows = (program ? facts(program, short) : [['source', solo?.source ?? '']]).map(([fact = '', value = '']) => [
    fact,
    fact === 'source' ? sourceOf(value) : value,
  ])
  return `${[
    `# ${name}`,
    NOTE,
    sentence(title),
    `\`\`\`sh\n${ways.join('\n')}\n\`\`\``,
    table(['', ''], rows),
    ...(takes.length > 0 ? [`Options of its own: ${takes.map((option) => `\`--${SPELT[option] ?? option}\``).join(', ')}.`] : []),
    ...(program ? conversation(program.protocol.automaton) : []),
    '[All programs](README.md) · [All options](../options.md)',
  ].join('\n\n')}\n`
}

/** A source with the document that its number stands for, if it has one. */
function sourceOf(source: string): string {
  const [, document] = DOCUMENTS.find(([number = '']) => source.startsWith(number)) ?? []
  return document === undefined ? source : `${source} (${document})`
}

function conversation(automaton: Automaton): string[] {
  const said = messages(automaton).map(([name = '', from = '', text = '', notes = '']) => [name, from, code(text), notes])
  return [
    '## Messages',
    'Fields stand in braces. A field is a word; the last one is the rest of the text.',
    table(['name', 'said by', 'text', ''], said),
    '## States',
    table(['in', 'says', 'what', 'then'], states(automaton)),
    '## Conversations',
    'One after the other, until everything that can be said was said once; on the right is the state that each message leads to.',
    `\`\`\`text\n${diagram(automaton)}\n\`\`\``,
  ]
}

function states(automaton: Automaton): string[][] {
  return Object.keys(automaton.states).flatMap((state) => {
    const steps = legal(automaton, state)
    const first = state === automaton.start ? `${state} (start)` : state
    if (steps.length === 0) return [[first, '', '', 'the end']]
    const rows = steps.map(({ name, form, from, next }) => [from, form.closes ? '(closes)' : name, next])
    if (automaton.quiet?.includes(state)) rows.push(['both', '(close)', 'the end, when the game is over'])
    return rows.map((row, at) => [at === 0 ? first : '', ...row])
  })
}

async function index(networked: ReadonlyMap<string, Program>): Promise<string> {
  const rows = await Promise.all(
    programNames.map(async (name) => {
      const program = networked.get(name)
      const solo = await soloOf(name)
      const ways = [...(program ? (program.needs && !program.host ? ['join'] : ['host', 'join']) : []), ...(solo ? ['solo'] : [])]
      const title = program?.protocol.title ?? solo?.title ?? ''
      const ports = program ? [String(program.port), String(program.servePort ?? program.port)] : ['', '']
      return [
        `[${name}](${fileOf(name)})`,
        shortNameOf(name) ?? '',
        ...ports,
        ways.join(', '),
        title,
        program?.source ?? solo?.source ?? '',
      ]
    }),
  )
  return `${[
    '# The programs',
    NOTE,
    [
      'A program is a worksheet’s pair of server and client. Programs with different names may be the same on the wire, and differ in what they print.',
      '`host` is the server’s side, `join` the client’s, `solo` the version without a network. "Port" is the worksheet’s own, "in serve" the one in `parlor serve`.',
    ].join('\n'),
    table(['program', 'short', 'port', 'in serve', 'with', 'what it is', 'source'], rows),
    'Sources begin with the number of the document that they stand in:',
    table(['', 'document'], DOCUMENTS),
  ].join('\n\n')}\n`
}

async function optionPage(): Promise<string> {
  const parlor = await commands(() => {})
  const own = parlor.commands.filter((command) => command.name() !== 'help')
  return `${[
    '# Commands and options',
    NOTE,
    'In a clone every command begins with `npx parlor`; where Parlor is installed, with `parlor`. A time is `100ms`, `2s` or `1m`; a bare number is\nseconds, but milliseconds in `--pace`, `--glue` and `--delay`.',
    ...own.flatMap(commandSection),
  ].join('\n\n')}\n`
}

function commandSection(command: Command): string[] {
  const args = command.registeredArguments.map((argument: Argument) =>
    argument.required ? `<${argument.name()}>` : `[${argument.name()}]`,
  )
  const options = command.options.map((option) => [code(option.flags), option.description, defaultOf(option)])
  return [
    `## \`parlor ${[command.name(), ...args].join(' ')}\``,
    sentence(command.description()),
    ...(options.length > 0 ? [table(['option', '', 'if not given'], options)] : []),
    `\`\`\`sh\n${examplesOf(command)}\n\`\`\``,
  ]
}

function defaultOf({ defaultValue, defaultValueDescription }: Option): string {
  if (defaultValueDescription !== undefined) return defaultValueDescription
  return defaultValue === undefined ? '' : String(defaultValue)
}

/** The examples at the end of a command's help. */
function examplesOf(command: Command): string {
  let help = ''
  command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp()
  return (help.split('Examples:\n')[1] ?? '').trimEnd().replaceAll(/^ {2}/gm, '')
}

/** A page in which every `<!-- file: PATH -->` is followed by that file, as it is. */
async function withFiles(text: string): Promise<string> {
  const parts = await Promise.all(
    text.split(/(<!-- file: \S+ -->\n+```ts\n[\s\S]*?```\n)/).map(async (part) => {
      const path = /^<!-- file: (\S+) -->/.exec(part)?.[1]
      return path === undefined ? part : `<!-- file: ${path} -->\n\n\`\`\`ts\n${await readFile(join(root, path), 'utf8')}\`\`\`\n`
    }),
  )
  return parts.join('')
}

/** A table as the formatter has it, each column as wide as its widest cell. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head, ...rows].map((row) => row.map(cellOf))
  const widths = head.map((_, at) => Math.max(3, ...cells.map((row) => row[at]?.length ?? 0)))
  const line = (row: readonly string[]) => `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`
  const [first = '', ...others] = cells.map(line)
  return [first, line(widths.map((width) => '-'.repeat(width))), ...others].join('\n')
}

function cellOf(text: string): string {
  const safe = text.startsWith('`') ? text : text.replaceAll('<', '&lt;')
  return safe.replaceAll('|', '\\|')
}

function code(text: string): string {
  return text === '' ? '' : `\`${text}\``
}

if (import.meta.main) {
  const made = await pages()
  await mkdir(join(root, 'docs/protocols'), { recursive: true })
  for (const path of await leftOver(made)) await rm(join(root, path))
  for (const [path, text] of made) await writeFile(join(root, path), text)
  console.log(`${made.size} pages are as the code has it.`)
}
