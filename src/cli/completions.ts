import type { Complete } from '@bomb.sh/tab'
import tab from '@bomb.sh/tab/commander'
import type { Command } from 'commander'
import type { Catalog } from '../games/catalog.ts'
import type { ProgramRegistry } from '../programs/index.ts'
import { EXIT } from '../terminal/exit-codes.ts'
import { Terminal } from '../terminal/terminal.ts'
import { UsageError } from './diagnostics.ts'
import { DeclaredOption } from './option-parsers.ts'
import { loadCatalog } from './plugins.ts'
import { loadRegistry, type NeededPrograms, valuesOf } from './program-options.ts'

/** The shells for which `parlor complete` prints a script. */
const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const

/**
 * The script for bash. The script of the library needs the package bash-completion, fails if a shell sources it twice, and
 * evaluates the text that the user typed. Parlor's script splits the line at blanks by itself, because bash also splits words at "=".
 */
const BASH = `# bash completion for parlor; it needs bash 3.2 or newer, and no other package
__parlor_complete() {
    local line=\${COMP_LINE:0:COMP_POINT} words value
    COMPREPLY=()
    read -ra words <<< "$line"
    [[ $line == *[[:space:]] ]] && words+=('')
    local current=\${words[\${#words[@]}-1]}
    while IFS=$'\\t' read -r value _; do
        [[ $value != :* && $value == "\${current##*=}"* ]] && COMPREPLY+=("$value")
    done < <(parlor complete -- "\${words[@]:1}" 2>/dev/null)
}
complete -o default -F __parlor_complete parlor
`

/**
 * Values has the completions of arguments and of option values. A key is the name of the argument or option, or the name of the command and
 * the name of the argument.
 */
type Values = Readonly<Record<string, readonly string[]>>

/** Returns the completions. They include the short and full names of these programs, and the names of these games. */
function valuesFor(registry: ProgramRegistry, { entries }: Catalog): Values {
  const programs = registry.names.flatMap((name) => [registry.findShortName(name) ?? name, name])
  return {
    program: programs,
    'protocols name': programs,
    'people action': ['list', 'reset', 'remove'],
    game: entries.map(({ name }) => name),
    only: programs,
    iterative: programs,
    log: ['plain', 'json'],
    level: ['error', 'warn', 'info', 'debug'],
    durable: ['process', 'power'],
  }
}

/**
 * Runs `parlor complete SHELL`: prints a script that makes the shell complete command lines of `parlor`. The printed script runs
 * `parlor complete -- WORDS...` for the candidates. `create` creates all commands except `complete`, because the candidates for `complete`
 * come from these commands. Resolves to the exit code.
 */
export async function completeCommand(create: CreateCommands, shell: string | undefined): Promise<number> {
  const start = process.argv.indexOf('--')
  const asks = start >= 0
  if (!asks && !SHELLS.some((one) => one === shell)) throw new UsageError(`name the shell: parlor complete ${SHELLS.join('|')}`)
  if (!asks && shell === 'bash') {
    new Terminal().write(BASH)
    return EXIT.good
  }
  const words = asks ? process.argv.slice(start + 1) : []
  const plugins = valuesOf('--plugin', words.slice(0, -1))
  const registry = await loadRegistry(plugins)
  const values = valuesFor(registry, await loadCatalog(plugins))
  const parlor = await create(asks ? neededFor(words, registry) : { typed: [] })
  const completion = tab(parlor)
  const names = () => parlor.commands.map((one) => one.name())
  for (const command of completion.commands.values()) {
    const made = parlor.commands.find((one) => one.name() === command.value)
    for (const argument of command.arguments.values())
      argument.handler =
        (command.value === 'help' ? adding(names()) : handlerOf(values, made, argument.name)) ?? argument.handler ?? (() => {})
    for (const option of command.options.values()) {
      const handler = option.isBoolean ? undefined : handlerOf(values, made, option.value)
      if (handler) option.handler = handler
    }
  }
  await parlor.parseAsync(process.argv)
  return EXIT.good
}

/** CreateCommands creates the commands, with the options of the needed programs. */
type CreateCommands = (needed: NeededPrograms) => Promise<Command>

/**
 * Returns the programs whose options the typed words need. If the user completes an option and has named no program, returns all programs.
 */
function neededFor(words: readonly string[], programs: ProgramRegistry): NeededPrograms {
  const last = words.at(-1) ?? ''
  const before = words.slice(0, -1)
  return last.startsWith('-') && !before.some((word) => programs.has(word))
    ? { load: (names) => programs.loadNamed(names) }
    : { typed: before }
}

function handlerOf(all: Values, command: Command | undefined, name: string): ((add: Complete) => void) | undefined {
  const option = command?.options.find((one) => one.name() === name)
  const declared = option instanceof DeclaredOption && option.declared.kind === 'text' ? option.declared.values : undefined
  const values = declared ?? all[`${command?.name()} ${name}`] ?? all[name]
  return values && adding(values)
}

function adding(values: readonly string[]): (add: Complete) => void {
  return (add) => {
    for (const value of new Set(values)) add(value, '')
  }
}
