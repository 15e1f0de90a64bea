import { readFileSync } from 'node:fs'
import { MIN_COLUMNS, terminalColumns, wrap } from '../games/text/graphemes.ts'
import { EXIT } from '../terminal/exit-codes.ts'
import { quoteText } from '../wire/text.ts'
import { errorColumns, formatDiagnostic, onCrash, outputIsLost, printError, UsageError, usageSentence, watchOutput } from './diagnostics.ts'
import {
  type Argument,
  addNetworkOptions,
  appendValue,
  Command,
  CommanderError,
  type CommandForm,
  durationOption,
  givenOptions,
  IN_SECONDS,
  numberParser,
  Option,
  PLUGIN,
  parseAddress,
  parsePort,
  parsePositiveDuration,
  refuseSecondValues,
  STRICT,
} from './option-parsers.ts'
import type { NeededPrograms } from './program-options.ts'

/** Runs a command line, `process.argv`, and ends the process with the command's exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  onCrash(() => process.exit(EXIT.trouble))
  watchOutput()
  endsWithLauncher()
  // the process may end before its command returns
  process.exitCode = EXIT.trouble
  let code: number = EXIT.good
  const take = (result: number) => {
    code = result
  }
  const [, , only = '', ...typed] = argv
  try {
    // "help" shows the options of all programs
    const program = await createCommands(take, only === 'help' ? {} : { only, typed })
    await program.parseAsync(argv)
  } catch (error) {
    if (error instanceof CommanderError) {
      code = error.exitCode === 0 ? EXIT.good : EXIT.usage
      if (error.code === 'commander.unknownCommand') await nameProgram(argv.slice(2))
    } else if (error instanceof UsageError) code = usage(error)
    else throw error
  }
  // the process must write its output before it ends, and a view writes the lines of a turn at the end of the turn
  const exit = () => setImmediate(() => process.exit(code === EXIT.good && outputIsLost() ? EXIT.trouble : code))
  setImmediate(() => {
    if (process.stdout.writableLength === 0) exit()
    else process.stdout.write('', exit)
  })
}

/** Ends this process when its parent process, which runs an older Node, ends (bin/relaunch.js). */
function endsWithLauncher(): void {
  if (process.env.PARLOR_RELAUNCHED === undefined) return
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
  process.channel?.unref()
}

function usage({ sentences }: UsageError): number {
  for (const sentence of sentences) printError(sentence)
  return EXIT.usage
}

/** CommandsOptions select the commands and options that `createCommands` creates. */
export interface CommandsOptions extends NeededPrograms {
  /** The name of a command, if the function must create only this command, because creating all commands takes 4 ms. */
  readonly only?: string
  /** False if `createCommands` must not create the command `complete`. */
  readonly completes?: boolean
}

/** Creates the command line of Parlor: commands, options, help. A command loads its code when it runs. */
export async function createCommands(
  end: (code: number) => void,
  { only = '', completes = true, ...needed }: CommandsOptions = {},
): Promise<Command> {
  const parlor = new Command('parlor')
    .description('Turn-based games and chat over plain sockets: the server, the client and the other side of every worksheet program.')
    .exitOverride()
    // the usages have no "[options]", because then the descriptions would not fit beside the usages
    .helpCommand(false)
    .configureHelp({
      subcommandTerm: (command) => [command.name(), ...command.registeredArguments.map(shown)].join(' '),
      minWidthToWrap: MIN_COLUMNS,
      styleUsage: (usage) => wrap(usage, terminalColumns(process.stdout) - USAGE.length).join(`\n${' '.repeat(USAGE.length)}`),
      formatItem: helpItem,
    })
    .showHelpAfterError('(--help shows its usage)')
    .configureOutput({
      getOutHelpWidth: () => terminalColumns(process.stdout),
      outputError: (text, write) => write(formatDiagnostic(usageSentence(text, only), errorColumns())),
    })
    .option('-V, --version', 'output the version number')
    .on('option:version', printVersion)
  const forms = playersCommands(end).filter((form) => completes || nameOf(form) !== 'complete')
  const one = forms.find((form) => nameOf(form) === only)
  for (const { usage, about, example, define, has, carriedFor } of one ? [one] : await withOtherCommands(forms, end, only)) {
    const made = define(parlor.command(usage).description(about))
    if (carriedFor) (await import('./transports.ts')).addTransportOptions(made, carriedFor)
    if (has) await (await import('./program-options.ts')).addProgramOptions(made, has, needed)
    refuseSecondValues(made)
    made.addHelpText('after', `\nExamples:\n${example.replace(/^/gm, '  ')}`)
  }
  if (!one) {
    parlor
      .command('help [command]')
      .description('display help for command')
      .action((name) => showHelp(parlor, name))
  }
  return parlor
}

/** The order of the commands in the help. */
const ORDER =
  'serve config host join solo tap show rerun check class rank people results export verify backup repair protocols lookup complete'.split(
    ' ',
  )

/**
 * Adds the commands of the operator and of the laboratory to the other commands, in the order of the help. If `only` names one of these
 * commands, returns that command alone.
 */
async function withOtherCommands(
  others: readonly CommandForm[],
  end: (code: number) => void,
  only: string,
): Promise<readonly CommandForm[]> {
  const [{ operatorCommands }, { labCommands }] = await Promise.all([import('./operator-commands.ts'), import('./lab-commands.ts')])
  const forms = [...operatorCommands(end), ...labCommands(end)]
  const one = forms.find((form) => nameOf(form) === only)
  return one ? [one] : [...others, ...forms].sort((one, other) => ORDER.indexOf(nameOf(one)) - ORDER.indexOf(nameOf(other)))
}

function nameOf({ usage }: CommandForm): string {
  return usage.split(' ')[0] ?? usage
}

/** Returns the commands for players, and the commands that look up names and programs. */
function playersCommands(end: (code: number) => void): readonly CommandForm[] {
  return [
    {
      usage: 'host <program>',
      about: "be the server's side of a program at this terminal",
      has: 'server',
      carriedFor: 'host',
      example:
        'parlor host tictactoe                     and elsewhere: parlor join tictactoe\nparlor host guess --secret 42 --forever --concurrent\nparlor host c8/chat --host 0.0.0.0 --port 5000\nparlor host chat --tls',
      define: (made) =>
        forBothSides(made)
          .option('--host <address>', 'listen on this address (default: the worksheet’s, 127.0.0.1)', parseAddress)
          .option('--port <n>', 'listen on this port (default: the worksheet’s); 0 means any free port', parsePort)
          .option('--strict', STRICT)
          .option('--forever', 'serve client after client until Ctrl-C')
          .option('--concurrent', 'serve all clients at the same time')
          .action(async (program, options, command) =>
            end(await (await import('./host.ts')).hostCommand(program, { ...options, given: givenOptions(command) })),
          ),
    },
    {
      usage: 'join <program>',
      about: "be the client's side of a program at this terminal",
      has: 'client',
      carriedFor: 'join',
      example:
        'parlor join guess\nparlor join hello 192.168.1.20 12345\nparlor join time --format "%H:%M" --format "%A"\nparlor join chat --tls --fingerprint 5A:7F:...',
      define: (made) =>
        forBothSides(made)
          .argument('[host]', '', parseAddress)
          .argument('[port]', '', numberParser(1, 65535))
          .option('--host <address>', 'the server’s address, as [host]', parseAddress)
          .option('--port <n>', 'the server’s port, as [port]', numberParser(1, 65535))
          .addOption(durationOption('--wait <time>', `how long to retry until the server listens; ${IN_SECONDS}`, '3s'))
          .action(async (program, host, port, options, command) =>
            end(
              await (await import('./join.ts')).joinCommand(program, { ...options, given: givenOptions(command), place: { host, port } }),
            ),
          ),
    },
    {
      usage: 'solo <program>',
      about: 'play a program without a network',
      has: 'solo',
      example: 'parlor solo number\nparlor solo headtail --choices H,T,T\nparlor solo hangman --words words.txt',
      define: (made) =>
        made
          .option('--strict', STRICT)
          .option('--plugin <file>', PLUGIN, appendValue)
          .action(async (program, { strict, plugin }, command) =>
            end(await (await import('./solo.ts')).soloCommand(program, { strict, plugin, given: givenOptions(command) })),
          ),
    },
    {
      usage: 'check [program]',
      about: 'judge the client or the server that you have written for a program, offline',
      has: 'check',
      example:
        'parlor check guess --client "python3 client.py"\nparlor check guess --server "./server {PORT}" --level robust\nparlor check c8/chat --client "java Client" --json\nparlor check guess --matrix hand-ins --html class.html',
      define: (made) =>
        made
          .option('--client <command>', 'the command that starts the client; {HOST} and {PORT} in it are the address of the server')
          .option('--server <command>', 'the command that starts the server; {PORT} in it is the port at which it must listen')
          .option('--build <command>', 'the command that builds the program, before the program starts')
          .option('--folder <folder>', 'the program’s folder, in which its command runs (default: the current folder)')
          .option('--port <n>', 'the port that is built into the program (default: the worksheet’s)', numberParser(1, 65535))
          .option('--udp', 'over UDP (fh/hello, fh/time)')
          .addOption(
            new Option(
              '--level <level>',
              'the level of the checks: the checks that the worksheet’s program passes, or also the checks with bad networks and peers (default: worksheet)',
            ).choices(['worksheet', 'robust']),
          )
          .option('--only <check>', 'run this check alone')
          .addOption(new Option('--seed <n>', 'repeat the random choices of a run').argParser(numberParser(0, 65535)).default(1))
          .option('--json', 'print the report as one JSON object')
          .addOption(new Option('--format <format>', 'print the report in this format').choices(['tap']))
          .option('--junit <file>', 'write the report as JUnit XML')
          .option('--gradescope <file>', 'write the report as Gradescope’s results.json')
          .option('--matrix <folder>', 'judge a class: each folder in it is a hand-in, and the clients play the servers')
          .option('--csv <file>', 'with --matrix: write the results as CSV, for a spreadsheet')
          .option('--html <file>', 'with --matrix: write the results as a page')
          .option(
            '--jobs <n>',
            'with --matrix: conversations at a time (default: two for each core of the processor)',
            numberParser(1, 256),
          )
          .option('--no-pairs', 'with --matrix: judge each hand-in, and play no pairs')
          .option('--hand-in <name>', 'with --matrix: judge this hand-in alone')
          .option('--pair <client/server>', 'with --matrix: play only the pair of these two hand-ins')
          .option('--strict', STRICT)
          .option('--plugin <file>', PLUGIN, appendValue)
          .action(async (program, options, command) => {
            const given = { ...options, given: givenOptions(command) }
            if (options.matrix === undefined) end(await (await import('./check.ts')).checkCommand(program, given))
            else end(await (await import('./matrix.ts')).matrixCommand(program, given))
          }),
    },
    {
      usage: 'protocols [name]',
      about: 'show all programs; or one: states, messages, framing, port, source, and its diagram',
      example: 'parlor protocols\nparlor protocols tictactoe',
      define: (made) =>
        made
          .option('--plugin <file>', PLUGIN, appendValue)
          .action(async (name, options) => end(await (await import('./protocols.ts')).protocolsCommand(name, options))),
    },
    {
      usage: 'lookup [name]',
      about: 'this machine’s name and addresses; or the addresses of a name, the name of an address, the port of a service',
      example: 'parlor lookup\nparlor lookup localhost\nparlor lookup 127.0.0.1\nparlor lookup http',
      define: (made) => made.action(async (name) => end(await (await import('./lookup.ts')).lookupCommand(name))),
    },
    {
      usage: 'complete [shell]',
      about: 'print a script that completes command lines of parlor in your shell: bash, zsh, fish or powershell',
      example:
        'parlor complete bash > ~/.local/share/bash-completion/completions/parlor\nparlor complete zsh > ~/.zfunc/_parlor\nparlor complete fish > ~/.config/fish/completions/parlor.fish',
      define: (made) =>
        made
          .argument('[words...]')
          .allowExcessArguments()
          .action(async (shell) => {
            const { completeCommand } = await import('./completions.ts')
            end(await completeCommand((needed) => createCommands(end, { completes: false, ...needed }), shell))
          }),
    },
  ]
}

/** Prints how to start a program if the user has typed the program's name in place of a command, alone or after "play". */
async function nameProgram(words: readonly string[]): Promise<void> {
  const [first = '', second = ''] = words
  const name = first === 'play' ? second : first
  const { valuesOf } = await import('./program-options.ts')
  const programs = await (await import('./program-options.ts')).loadRegistry(valuesOf('--plugin', words), [name])
  const program = await programs.load(name)
  const alone = (await programs.loadSolo(name)) ? [`parlor solo ${name}`] : []
  const ways =
    program && !(program.needs && !program.host)
      ? [`parlor host ${name}`, `parlor join ${name}`]
      : program
        ? [`parlor serve --only ${name}`, `parlor join ${name}`]
        : []
  if (program || alone.length > 0) printError(`${name} is a program: ${[...ways, ...alone].join(', or ')}`)
}

/** Runs `parlor help [command]`: prints the help on standard output, because the user requested it, and ends with exit code 0. */
async function showHelp(parlor: Command, name?: string): Promise<void> {
  const command = name === undefined ? parlor : parlor.commands.find((one) => one.name() === name)
  if (command) return command.outputHelp()
  const { closestMatch } = await import('leven')
  const meant = closestMatch(
    name ?? '',
    parlor.commands.map((one) => one.name()),
    { maxDistance: 2 },
  )
  throw new UsageError(
    `there is no command ${quoteText(name ?? '')}${meant === undefined ? '; all commands: parlor help' : `; did you mean ${meant}?`}`,
  )
}

/** Adds the options that `host` and `join` have for every program. */
function forBothSides(command: Command): Command {
  const sides = command.option(
    '--timeout <time>',
    `how long the other side may be silent; ${IN_SECONDS} (default: forever)`,
    parsePositiveDuration,
  )
  return addNetworkOptions(sides).option('--plugin <file>', PLUGIN, appendValue)
}

/** The word before the usage in the help. */
const USAGE = 'Usage: '

/** Formats an option or a command of the help. The description is beside the term or, on a narrow terminal, below the term. */
function helpItem(term: string, termWidth: number, description: string): string {
  const columns = terminalColumns(process.stdout)
  const indent = termWidth + 4
  if (columns - indent >= MIN_COLUMNS)
    return `  ${term.padEnd(termWidth)}  ${wrap(description, columns - indent).join(`\n${' '.repeat(indent)}`)}`.trimEnd()
  return [`  ${term}`, ...wrap(`      ${description}`, columns)].join('\n').trimEnd()
}

function shown(argument: Argument): string {
  return argument.required ? `<${argument.name()}>` : `[${argument.name()}]`
}

/**
 * Prints the version and ends the command line. The function reads the version only when a user requests it, because reading
 * package.json takes time.
 */
function printVersion(): never {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  process.stdout.write(`${version}\n`)
  throw new CommanderError(EXIT.good, 'commander.version', String(version))
}
