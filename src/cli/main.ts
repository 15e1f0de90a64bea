import { readFileSync } from 'node:fs'
import { type Argument, Command, CommanderError, Option } from 'commander'
import { defaults } from '../server/defaults.ts'
import { EXIT } from '../terminal/trouble.ts'
import { quoted, revealed } from '../wire/visible.ts'
import type { Flags } from './config.ts'
import { complain, onMistake, outputIsLost, Usage, usageSentence, watchOutput } from './diagnostics.ts'
import { address, list, moment, namedLimit, namedPort, number, port, several, span, spanAboveZero } from './values.ts'

/** Runs a command line, `process.argv`, and ends the process with the command's exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  onMistake(() => process.exit(EXIT.trouble))
  watchOutput()
  endsWithLauncher()
  // the process may end before its command does
  process.exitCode = EXIT.trouble
  let code: number = EXIT.good
  const take = (result: number) => {
    code = result
  }
  const program = commands(take, argv[2] === undefined ? {} : { only: argv[2] })
  try {
    await program.parseAsync(argv)
  } catch (error) {
    if (error instanceof CommanderError) code = error.exitCode === 0 ? EXIT.good : EXIT.usage
    else if (error instanceof Usage) code = usage(error)
    else throw error
  }
  // what was printed must be out before the process ends
  const exit = () => setImmediate(() => process.exit(code === EXIT.good && outputIsLost() ? EXIT.trouble : code))
  if (process.stdout.writableLength === 0) exit()
  else process.stdout.write('', exit)
}

/** Ends when the older Node does that started this one (bin/relaunch.js). */
function endsWithLauncher(): void {
  if (process.env.PARLOR_RELAUNCHED === undefined) return
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
  process.channel?.unref()
}

function usage({ sentences }: Usage): number {
  for (const sentence of sentences) complain(sentence)
  return EXIT.usage
}

/**
 * The command line of Parlor: commands, options, help. Each command's code is loaded when it is used. Where `only` is the
 * name of a command, that one alone is there, because all of them take 4 ms to make. `completes` says whether the one that
 * completes all others is among them.
 */
export function commands(end: (code: number) => void, { only = '', completes = true } = {}): Command {
  const parlor = new Command('parlor')
    .description('Turn-based games and chat over plain sockets: the server, the client and the other side of every worksheet program.')
    .exitOverride()
    // with "[options]" at every command, nothing else would fit beside them on a terminal
    .helpCommand(false)
    .configureHelp({ subcommandTerm: (command) => [command.name(), ...command.registeredArguments.map(shown)].join(' ') })
    .showHelpAfterError('(--help shows how it is used)')
    .configureOutput({ outputError: (text, write) => write(revealed(`parlor: ${usageSentence(text)}`)) })
    .version(version())
  const makers = new Map<string, () => void>()
  const command = (usage: string, about: string, example: string, define: (made: Command) => Command) => {
    const make = () => define(parlor.command(usage).description(about)).addHelpText('after', `\nExamples:\n${example.replace(/^/gm, '  ')}`)
    makers.set(usage.split(' ')[0] ?? usage, make)
  }

  command(
    'serve',
    'serve all programs at once, many clients each, until Ctrl-C; the house plays the other side',
    'parlor serve\nparlor serve --host 0.0.0.0            for others in the room\nparlor serve --only guess --only chat --port guess=9000\nparlor serve --port-base 20000          other ports, beside another server\nparlor serve --iterative guess          one client at a time',
    (made) =>
      configurable(made)
        .option('--json', 'print where what listens as JSON')
        .action(async (_, command) => end(await (await import('./serve.ts')).serveCommand(typed(command)))),
  )
  command(
    'config',
    'show the settings of "serve" as a parlor.toml, and where each comes from: option, environment, file or default',
    'parlor config\nparlor config --host 0.0.0.0 --idle 20m > parlor.toml',
    (made) =>
      configurable(made)
        .option('--json', 'show them as JSON')
        .action(async (_, command) => end(await (await import('./config.ts')).configCommand(typed(command)))),
  )
  command(
    'host <program>',
    "be the server's side of a program at this terminal",
    'parlor host tictactoe                     and elsewhere: parlor join tictactoe\nparlor host guess --secret 42 --forever --concurrent\nparlor host c8/chat --host 0.0.0.0 --port 5000\nparlor host chat --tls',
    (made) =>
      repeatable(made)
        .option('--host <address>', 'listen on this address (default: as the worksheet says, 127.0.0.1)', address)
        .option('--port <n>', 'listen on this port (default: the worksheet’s); 0 for any', port)
        .option('--questions <file>', QUESTIONS)
        .option('--strict', STRICT)
        .option('--forever', 'serve client after client until Ctrl-C')
        .option('--concurrent', 'serve them all at the same time')
        .option('--cert <file>', 'with --tls: the certificate (PEM)')
        .option('--key <file>', 'with --tls: its private key (PEM)')
        .action(async (program, options) => end(await (await import('./host.ts')).hostCommand(program, options))),
  )
  command(
    'join <program>',
    "be the client's side of a program at this terminal",
    'parlor join guess\nparlor join hello 192.168.1.20 12345\nparlor join time --format "%H:%M" --format "%A"\nparlor join chat --tls --fingerprint 5A:7F:...',
    (made) =>
      repeatable(made)
        .argument('[host]', '', address)
        .argument('[port]', '', number(1, 65535))
        .option('--host <address>', 'the server’s address, as [host]', address)
        .option('--port <n>', 'the server’s port, as [port]', number(1, 65535))
        .addOption(spanned('--wait <time>', 'wait so long for a server that is not there yet', '3s'))
        .option('--recv-once', 'hello: take the first piece for all, as the worksheet’s first client does')
        .option('--format <format>', 'time: ask for this format (may be repeated)', several)
        .option('--name <name>', 'http: the host to ask for')
        .option('--fingerprint <hex>', 'with --tls: the only certificate to accept')
        .action(async (program, host, port, options) =>
          end(await (await import('./join.ts')).joinCommand(program, { ...options, place: { host, port } })),
        ),
  )
  command(
    'solo <program>',
    'play a program without a network',
    'parlor solo number\nparlor solo headtail --choices H,T,T\nparlor solo hangman --words words.txt',
    (made) =>
      chances(made)
        .option('--words <file>', 'hangman: words of your own, one a line')
        .option('--strict', STRICT)
        .action(async (program, options) => end(await (await import('./solo.ts')).soloCommand(program, options))),
  )
  command(
    'rank [game]',
    'the ladders of a server that runs here or elsewhere; where none does, those that one has kept',
    'parlor rank\nparlor rank tictactoe\nparlor rank quiz --host 192.168.1.20 --csv > quiz.csv',
    (made) =>
      made
        .option('--host <address>', 'the server’s address (default: as "serve" has it here)', address)
        .option('--port <n>', 'the port of its front door (default: as "serve" has it here)', number(1, 65535))
        .option('--limit <n>', 'how many places to show', number(1, 100), 10)
        .option('--json', 'print them as JSON')
        .option('--csv', 'print them as CSV')
        .addOption(kept('where a server has kept them'))
        .action(async (game, options, command) =>
          end(await (await import('./rank.ts')).rankCommand(game, { ...options, data: await folderOf(command), named: named(command) })),
        ),
  )
  command(
    'people <action> [name]',
    'for the operator: list the registered users; give a name a new password (reset), or forget it (remove), also while the server runs',
    'parlor people list\nparlor people reset ada\nparlor people remove ada --data /srv/parlor',
    (made) =>
      made
        .addOption(kept('where the server keeps its people'))
        .option('--json', 'list: print them as JSON')
        .option('--csv', 'list: print them as CSV')
        .action(async (action, name, { json, csv }, command) => {
          const data = await folderOf(command)
          if (action === 'list' && name === undefined) {
            return end(await (await import('./listings.ts')).peopleListCommand({ data, json, csv }))
          }
          if (json || csv) throw new Usage(`--json and --csv go with "people list", and not with ${JSON.stringify(action)}`)
          return end(await (await import('./people.ts')).peopleCommand(action, name, { data }))
        }),
  )
  command(
    'results [game]',
    'the finished games of the users, as CSV with a row for each player, also while the server runs',
    'parlor results > results.csv\nparlor results quiz --data /srv/parlor\nparlor results --json',
    (made) =>
      made
        .addOption(kept('where the server keeps its games'))
        .option('--json', 'print them as JSON, a game on a line')
        .option('--csv', 'print them as CSV (default)')
        .action(async (game, { json, csv }, command) =>
          end(await (await import('./listings.ts')).resultsCommand(game, { data: await folderOf(command), json, csv })),
        ),
  )
  command(
    'verify [file]',
    'check what a server keeps, also while it runs, or a backup: is every event there, readable, and within the rules',
    'parlor verify\nparlor verify --data /srv/parlor --json\nparlor verify /backup/parlor.db',
    (made) =>
      made
        .addOption(kept('where the server keeps it'))
        .option('--json', 'print what was found as JSON')
        .action(async (file, { json }, command) =>
          end(await (await import('./store-files.ts')).verifyCommand(file, { data: await folderOf(command), json })),
        ),
  )
  command(
    'backup <file>',
    'copy all that a server keeps to a file, also while it runs',
    'parlor backup /backup/parlor.db\nparlor backup /backup/parlor.db --data /srv/parlor',
    (made) =>
      made
        .addOption(kept('where the server keeps it'))
        .action(async (file, _, command) =>
          end(await (await import('./store-files.ts')).backupCommand(file, { data: await folderOf(command) })),
        ),
  )
  command(
    'repair',
    'go on with what can still be read of a damaged folder; all files as they were are kept beside it',
    'parlor repair\nparlor repair --data /srv/parlor',
    (made) =>
      made
        .addOption(kept('where the server keeps it'))
        .action(async (_, command) => end(await (await import('./store-files.ts')).repairCommand({ data: await folderOf(command) }))),
  )
  command(
    'protocols [name]',
    'show all programs; or one: states, messages, framing, port, source, and its diagram',
    'parlor protocols\nparlor protocols tictactoe',
    (made) => made.action(async (name) => end(await (await import('./protocols.ts')).protocolsCommand(name))),
  )
  command(
    'lookup [name]',
    'this machine’s name and addresses; or those of a name, the name of an address, the port of a service',
    'parlor lookup\nparlor lookup localhost\nparlor lookup 127.0.0.1\nparlor lookup http',
    (made) => made.action(async (name) => end(await (await import('./lookup.ts')).lookupCommand(name))),
  )
  if (completes) {
    command(
      'complete [shell]',
      'print a script that completes command lines of parlor in your shell: bash, zsh, fish or powershell',
      'parlor complete bash > ~/.local/share/bash-completion/completions/parlor\nparlor complete zsh > ~/.zfunc/_parlor\nparlor complete fish > ~/.config/fish/completions/parlor.fish',
      (made) =>
        made
          .argument('[words...]')
          .allowExcessArguments()
          .action(async (shell) =>
            end(await (await import('./completions.ts')).completeCommand(commands(end, { completes: false }), shell)),
          ),
    )
  }
  const one = makers.get(only)
  for (const make of one ? [one] : makers.values()) make()
  parlor
    .command('help [command]')
    .description('display help for command')
    .action((name) => showHelp(parlor, name))
  return parlor
}

/** `parlor help [command]`: help that was asked for goes to standard output, and is no mistake. */
async function showHelp(parlor: Command, name?: string): Promise<void> {
  const command = name === undefined ? parlor : parlor.commands.find((one) => one.name() === name)
  if (command) return command.outputHelp()
  const { closestMatch } = await import('leven')
  const meant = closestMatch(
    name ?? '',
    parlor.commands.map((one) => one.name()),
    { maxDistance: 2 },
  )
  throw new Usage(
    `there is no command ${quoted(name ?? '')}${meant === undefined ? '; all of them: parlor help' : `; did you mean ${meant}?`}`,
  )
}

const QUESTIONS = 'quiz: questions of your own, in Moodle’s GIFT, Open Trivia DB’s JSON, or CSV'
const STRICT = 'refuse a file of words or questions if one of them cannot be used (default: skip it, and say why)'

/** The options that are settings of a server: each can stand in a file or in the environment, too. */
function configurable(command: Command): Command {
  const settings = command
    .option('--host <address>', 'listen on this address; 0.0.0.0 for all of this machine', address, defaults.host)
    .option('--only <name>', 'serve this program only (may be repeated)', several)
    .option('--port <name=n>', 'the port of one program (may be repeated); or 0 alone: any free ports for all', namedPort)
    .option('--port-base <n>', 'give the programs the ports from this one on, in their order', number(1, 65535))
    .option('--iterative <name>', 'serve one client at a time with this program (may be repeated)', several)
    .addOption(spanned('--first <time>', 'how long a client may take to say something at all', defaults.first))
    .addOption(spanned('--idle <time>', 'how long a client may take to answer', defaults.idle))
    .option(
      '--wait <time>',
      'how long to wait for company before the house sits down (default: 10s at the front door, else 0; never in fh/tictactoe)',
      span('s'),
    )
    .addOption(kept('keep games, people and ranks in this folder; "none" keeps nothing'))
    .option(
      '--durable <what>',
      'process: a move that was told survives the end of the process; power: a loss of power, too',
      defaults.durable,
    )
    .option(
      '--keep <size>',
      'how large the folder may grow before finished games are dropped, oldest first; "none" for no limit',
      defaults.keep,
    )
    .option('--framing <how>', 'talk: lines, none or length (default: lines)')
    .option('--words <file>', 'hangman: words of your own, one a line')
    .option('--questions <file>', QUESTIONS)
    .option('--strict', STRICT)
    .option('--http <[address:]port>', 'metrics and health over HTTP; "none" for neither', defaults.http)
    .option('--log <form>', 'how diagnostics are written: plain or json', defaults.log)
    .option('--level <level>', 'the least that is logged: error, warn, info or debug (default: warn; as json, info)')
    .option('--limit <name=n>', 'connections, burst, messages, seats, tables or others (may be repeated; see parlor config)', namedLimit)
  return networking(settings).option('--config <file>', 'the file with settings (default: parlor.toml, if it is there)')
}

/** The options that are about the network between the two sides. What they say is checked before the command begins. */
function networking(command: Command): Command {
  return command
    .option('--split <sizes>', 'send in pieces of so many bytes: 8, 1..5, in:8 for what is read (hello-split: bytes in the first piece)')
    .option('--glue <time>', 'send together what is said within so long: 80ms, in:80ms')
    .option(
      '--delay <times>',
      'send later, and each piece so long after the one before: 5ms, 5ms..20ms, in:5ms (hello-split: between the two pieces)',
    )
    .option('--seed <n>', 'repeat what --split or --delay left to chance', number(0, 65535))
    .option('--trace', 'show each write and each read on standard error')
    .option('--secrets', 'with --trace: show passwords, too')
    .hook('preAction', async (made) => {
      const { split, glue, delay } = made.opts()
      if ([split, glue, delay].some((given) => given !== undefined)) (await import('./network.ts')).checkFaults({ split, glue, delay })
    })
}

/** The option that names the folder of a server. */
function kept(about: string): Option {
  return new Option('--data <folder>', about).default(defaults.data).env('PARLOR_DATA')
}

/** The options that stand on the command line, and not those that have a value by default or from the environment. */
function typed(command: Command): Flags {
  return Object.fromEntries(Object.entries(command.opts()).filter(([name]) => command.getOptionValueSource(name) === 'cli'))
}

/** Checks whether the command line names the folder of a server. */
function named(command: Command): boolean {
  return command.getOptionValueSource('data') === 'cli'
}

/** The folder of a server: where neither an option nor the environment names it, a file may. */
async function folderOf(command: Command): Promise<string> {
  const { data } = command.opts()
  const isGiven = command.getOptionValueSource('data') !== 'default' && data !== ''
  return isGiven ? data : (await import('./stores.ts')).usualFolder()
}

/** An option that is a time span, with its default as one would type it. */
function spanned(flags: string, about: string, usual: string): Option {
  return new Option(flags, about).argParser(span('s')).default(span('s')(usual), usual)
}

/** The options that make a game repeat, for tests and lessons. */
function chances(command: Command): Command {
  return command
    .option('--secret <secret>', 'the number or word to be guessed')
    .option('--choices <list>', 'what chance gives, in turn and again: H,T,T or Scissor,Paper', list)
    .option('--now <time>', 'the time that it is taken to be, 2024-02-29T13:05:09', moment)
}

/** The options that both sides at a terminal have. */
function repeatable(command: Command): Command {
  const sides = chances(command)
    .option('--size <n>', 'tic-tac-toe: cells in a row', number(2, 20))
    .option('--framing <how>', 'talk: lines, none or length (default: lines)')
    .option('--words <file>', 'hangman: words of your own, one a line')
    .option('--pace <time>', 'headtail, highlow: the pause between two messages', span('ms'))
    .option('--timeout <time>', 'how long the other side may be silent (default: for ever)', spanAboveZero)
  return networking(sides)
    .option('--ipv6', 'over IPv6')
    .option('--tls', 'over TLS')
    .option('--unix <path>', 'over a Unix socket')
    .option('--udp', 'over UDP (fh/hello, fh/time)')
}

function shown(argument: Argument): string {
  return argument.required ? `<${argument.name()}>` : `[${argument.name()}]`
}

function version(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  return String(version)
}
