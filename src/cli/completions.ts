import type { Complete } from '@bomb.sh/tab'
import tab from '@bomb.sh/tab/commander'
import type { Command } from 'commander'
import { catalogue } from '../games/catalogue.ts'
import { programNames, shortNameOf } from '../protocols/index.ts'
import { Terminal } from '../terminal/terminal.ts'
import { EXIT } from '../terminal/trouble.ts'
import { Usage } from './diagnostics.ts'

/** The shells for which there are completions. */
const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const

/**
 * The script for bash: that of the library needs the package bash-completion, cannot be read twice, and evaluates what is typed.
 * A word ends at a blank, and what stands behind "=" in it is a word of its own to bash.
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

/** Programs by the names that people type. */
const programs = () => programNames.flatMap((name) => [shortNameOf(name) ?? name, name])

/** Values that can stand in place of an argument or of an option's value: by its name, or by that of its command and its own. */
const VALUES: Readonly<Record<string, () => readonly string[]>> = {
  program: programs,
  'protocols name': programs,
  'people action': () => ['list', 'reset', 'remove'],
  game: () => catalogue.map(({ name }) => name),
  only: programs,
  iterative: programs,
  framing: () => ['lines', 'none', 'length'],
  log: () => ['plain', 'json'],
  level: () => ['error', 'warn', 'info', 'debug'],
  durable: () => ['process', 'power'],
}

/**
 * `parlor complete SHELL` prints a script that teaches the shell to complete command lines of `parlor`; the script asks
 * `parlor complete -- WORDS...` for what fits. `parlor` are all commands but this one; resolves to the exit code.
 */
export async function completeCommand(parlor: Command, shell: string | undefined): Promise<number> {
  const asks = process.argv.indexOf('--') >= 0
  if (!asks && !SHELLS.some((one) => one === shell)) throw new Usage(`say for which shell: parlor complete ${SHELLS.join('|')}`)
  if (!asks && shell === 'bash') {
    new Terminal().write(BASH)
    return EXIT.good
  }
  const completion = tab(parlor)
  const names = () => parlor.commands.map((one) => one.name())
  for (const command of completion.commands.values()) {
    for (const argument of command.arguments.values())
      argument.handler =
        (command.value === 'help' ? adding(names) : handlerOf(command.value, argument.name)) ?? argument.handler ?? (() => {})
    for (const option of command.options.values()) {
      const handler = option.isBoolean ? undefined : handlerOf(command.value, option.value)
      if (handler) option.handler = handler
    }
  }
  await parlor.parseAsync(process.argv)
  return EXIT.good
}

function handlerOf(command: string, name: string): ((add: Complete) => void) | undefined {
  const values = VALUES[`${command} ${name}`] ?? VALUES[name]
  return values && adding(values)
}

function adding(values: () => readonly string[]): (add: Complete) => void {
  return (add) => {
    for (const value of new Set(values())) add(value, '')
  }
}
