import { defaults } from '../config/defaults.ts'
import { describeEngines } from '../storage/index.ts'
import type { Flags } from './config.ts'
import { UsageError } from './diagnostics.ts'
import {
  addNetworkOptions,
  appendValue,
  type Command,
  type CommandForm,
  DeclaredOption,
  durationOption,
  durationParser,
  givenOptions,
  IN_SECONDS,
  numberParser,
  Option,
  PLUGIN,
  parseAddress,
  parseFixedPort,
  parseNamedLimit,
  parseNamedPort,
  STRICT,
} from './option-parsers.ts'

/** Returns the commands for operators: these commands run a server, and read, copy or repair its data. */
export function operatorCommands(end: (code: number) => void): readonly CommandForm[] {
  return [
    {
      usage: 'serve',
      about: 'serve all programs together, with many clients per program, until Ctrl-C; the house plays the other side',
      has: 'settings',
      carriedFor: 'serve',
      example:
        'parlor serve\nparlor serve --host 0.0.0.0 for other machines\nparlor serve --only guess --only chat --port guess=9000\nparlor serve --port-base 20000          other ports, beside another server\nparlor serve --iterative guess          one client at a time\nparlor serve --tls --cert cert.pem --key key.pem\nparlor serve --unix /run/parlor         sockets instead of ports',
      define: (made) =>
        configurable(made)
          .option('--json', 'print the listening addresses as JSON')
          .action(async (_, command) => end(await (await import('./serve.ts')).serveCommand(typed(command)))),
    },
    {
      usage: 'config',
      about: 'show the settings of "serve" as a parlor.toml, and the source of each setting: option, environment, file or default',
      has: 'settings',
      carriedFor: 'serve',
      example: 'parlor config\nparlor config --host 0.0.0.0 --idle 20m > parlor.toml',
      define: (made) =>
        configurable(made)
          .option('--json', 'print the settings as JSON')
          .action(async (_, command) => end(await (await import('./config.ts')).configCommand(typed(command)))),
    },
    {
      usage: 'rank [game]',
      about: 'show the ladders of a server that runs here or elsewhere; if no server runs, show the ladders in its folder',
      example: 'parlor rank\nparlor rank tictactoe\nparlor rank quiz --host 192.168.1.20 --csv > quiz.csv',
      define: (made) =>
        made
          .option('--host <address>', 'the server’s address (default: the address that "serve" would use here)', parseAddress)
          .option('--port <n>', 'the port of its front door (default: the port that "serve" would use here)', parseFixedPort)
          .option('--limit <n>', 'how many places to show', numberParser(1, 100), 10)
          .option('--json', 'print them as JSON')
          .option('--csv', 'print them as CSV')
          .addOption(dataOption('the folder of the server'))
          .option('--plugin <file>', PLUGIN, appendValue)
          .action(async (game, options, command) =>
            end(await (await import('./rank.ts')).rankCommand(game, { ...options, data: await folderOf(command), named: named(command) })),
          ),
    },
    {
      usage: 'people <action> [name]',
      about:
        'for the operator: list the registered users, give a user a new password (reset), or delete a user (remove), even while the server runs',
      example: 'parlor people list\nparlor people reset ada\nparlor people remove ada --data /srv/parlor',
      define: (made) =>
        made
          .addOption(dataOption('the folder of the server'))
          .option('--json', 'list: print them as JSON')
          .option('--csv', 'list: print them as CSV')
          .option('--plugin <file>', PLUGIN, appendValue)
          .action(async (action, name, { plugin, json, csv }, command) => {
            const data = await folderOf(command)
            if (action === 'list' && name === undefined) {
              return end(await (await import('./history-commands.ts')).peopleListCommand({ data, json, csv }))
            }
            if (json || csv) throw new UsageError(`--json and --csv are for "people list", and not for ${JSON.stringify(action)}`)
            return end(await (await import('./people.ts')).peopleCommand(action, name, { data, plugin }))
          }),
    },
    {
      usage: 'class [client]',
      about:
        'for the operator: the connections of a server with --lab, live: state, turn, progress and last fault; or the messages of one connection',
      example:
        'parlor class\nparlor class 127.0.0.1:50123          its last messages as a diagram\nparlor class --once\nparlor class --csv class.csv --junit class.xml',
      define: (made) =>
        made
          .option('--once', 'print it once, and end')
          .option('--csv <file>', 'write the connections to this file as CSV')
          .option('--junit <file>', 'write the connections to this file as JUnit XML: one test case per connection')
          .addOption(dataOption('the folder of the server'))
          .action(async (client, { once, csv, junit }, command) =>
            end(await (await import('./class.ts')).classCommand(client, { data: await folderOf(command), once, csv, junit })),
          ),
    },
    {
      usage: 'wire-code [address]',
      about:
        'for the operator: a one-time code, with which a browser sees the bytes of the programs at an address or, with --lab, of all programs',
      example: 'parlor wire-code 192.168.1.37\nparlor wire-code                       all programs, of a server with --lab',
      define: (made) =>
        made
          .addOption(dataOption('the folder of the server'))
          .action(async (address, _, command) =>
            end(await (await import('./wire-code.ts')).wireCodeCommand(address, { data: await folderOf(command) })),
          ),
    },
    {
      usage: 'results [game]',
      about: 'the finished games of the users, as CSV with a row for each player, even while the server runs',
      example: 'parlor results > results.csv\nparlor results quiz --data /srv/parlor\nparlor results --json',
      define: (made) =>
        made
          .addOption(dataOption('the folder of the server'))
          .option('--json', 'print the results as JSON, one game on each line')
          .option('--csv', 'print them as CSV (default)')
          .option('--plugin <file>', PLUGIN, appendValue)
          .action(async (game, { plugin, json, csv }, command) =>
            end(await (await import('./history-commands.ts')).resultsCommand(game, { data: await folderOf(command), plugin, json, csv })),
          ),
    },
    {
      usage: 'export [game]',
      about: 'the finished games of the users, as JSON with all moves, one game on each line, also while the server runs',
      example: 'parlor export > games.jsonl\nparlor export tictactoe --data /srv/parlor\nparlor export --csv > results.csv',
      define: (made) =>
        made
          .addOption(dataOption('the folder of the server'))
          .option('--csv', 'print the results alone, as CSV with a row for each player')
          .option('--plugin <file>', PLUGIN, appendValue)
          .action(async (game, { plugin, csv }, command) =>
            end(await (await import('./export.ts')).exportCommand(game, { data: await folderOf(command), plugin, csv })),
          ),
    },
    {
      usage: 'verify [file]',
      about: 'check the data of a server, even while it runs, or a backup: is every event present, readable, and within the rules',
      example: 'parlor verify\nparlor verify --data /srv/parlor --json\nparlor verify /backup/parlor.db',
      define: (made) =>
        made
          .addOption(dataOption('the folder of the server'))
          .option('--json', 'print the findings as JSON')
          .option('--plugin <file>', PLUGIN, appendValue)
          .action(async (file, { plugin, json }, command) =>
            end(await (await import('./store-files.ts')).verifyCommand(file, { data: await folderOf(command), plugin, json })),
          ),
    },
    {
      usage: 'backup <file>',
      about: 'copy all data of a server to a file, even while it runs',
      example: 'parlor backup /backup/parlor.db\nparlor backup /backup/parlor.db --data /srv/parlor',
      define: (made) =>
        made
          .addOption(dataOption('the folder of the server'))
          .action(async (file, _, command) =>
            end(await (await import('./store-files.ts')).backupCommand(file, { data: await folderOf(command) })),
          ),
    },
    {
      usage: 'repair',
      about: 'rebuild a damaged folder from its readable part; the command archives the original files beside the folder',
      example: 'parlor repair\nparlor repair --data /srv/parlor',
      define: (made) =>
        made
          .addOption(dataOption('the folder of the server'))
          .action(async (_, command) => end(await (await import('./store-files.ts')).repairCommand({ data: await folderOf(command) }))),
    },
  ]
}

/** Adds the options that are settings of a server. A settings file or the environment can also give these settings. */
function configurable(command: Command): Command {
  const settings = command
    .option('--host <address>', 'listen on this address; 0.0.0.0 means all addresses of this machine', parseAddress, defaults.host)
    .option('--plugin <file>', PLUGIN, appendValue)
    .option('--only <name>', 'serve this program only (may be repeated)', appendValue)
    .option(
      '--port <name=n>',
      'the port of one program, as NAME=PORT (may be repeated); 0 without a name means a free port for each program',
      parseNamedPort,
    )
    .option('--port-base <n>', 'the port of the first program; the other programs follow in their order', parseFixedPort)
    .option('--iterative <name>', 'serve one client at a time with this program (may be repeated)', appendValue)
    .addOption(durationOption('--first <time>', `timeout for the first message of a client; ${IN_SECONDS}`, defaults.first))
    .addOption(
      durationOption(
        '--idle <time>',
        `timeout for each further message of a client; at the front door at least 1h; ${IN_SECONDS}`,
        defaults.idle,
      ),
    )
    .option(
      '--wait <time>',
      `how long to wait for an opponent before the house plays; ${IN_SECONDS} (default: 10s at the front door, else 0; never in fh/tictactoe)`,
      durationParser('s'),
    )
    .addOption(dataOption(`store games, users and ladders ${describeEngines()}`))
    .option('--durable <what>', 'process: a published move survives the end of the process; power: also a loss of power', defaults.durable)
    .option(
      '--keep <size>',
      'size limit of the folder, or "none"; beyond the limit, the server drops the oldest finished games',
      defaults.keep,
    )
    .option('--strict', STRICT)
    .option('--lab', 'watch all connections for "parlor class" and the class page')
    .option('--class-password <file>', 'with --lab: the password of the class page (default: a new password, which the server prints)')
    .option('--roster <file>', 'with --lab: the desks of the class, as CSV with the columns desk, address and name')
    .option('--http <[address:]port>', 'metrics and health over HTTP; "none" means neither', defaults.http)
    .option(
      '--web <[address:]port>',
      'the port for browsers; without an address, at the address of --host; "none" means no port',
      defaults.web,
    )
    .option('--web-prefix <path>', 'the path of the port for browsers behind a proxy, such as /parlor')
    .option(
      '--web-host <name>',
      'another name under which browsers reach this server, such as school.example (may be repeated)',
      appendValue,
    )
    .option(
      '--web-origin <origin>',
      'another origin whose pages may play here, such as https://school.example (may be repeated)',
      appendValue,
    )
    .option(
      '--web-proxy <address>',
      'a proxy, or a range of proxies, whose X-Forwarded headers the server trusts (may be repeated)',
      appendValue,
    )
    .option('--log <form>', 'format of diagnostics: plain or json', defaults.log)
    .option('--level <level>', 'lowest level that is logged: error, warn, info or debug (default: warn; as json, info)')
    .option(
      '--limit <name=n>',
      'connections, burst, messages, seats, tables or others (may be repeated; see parlor config)',
      parseNamedLimit,
    )
  return addNetworkOptions(settings).option('--config <file>', 'the file with settings (default: parlor.toml, if it is there)')
}

/** Creates the option that names the folder of a server. */
function dataOption(about: string): Option {
  return new Option('--data <folder>', about).default(defaults.data).env('PARLOR_DATA')
}

/**
 * Returns the options that the user typed on the command line, without the options whose value is a default or comes from the environment.
 */
function typed(command: Command): Flags {
  const own = command.options
    .filter((option) => !(option instanceof DeclaredOption))
    .map((option) => option.attributeName())
    .filter((name) => command.getOptionValueSource(name) === 'cli')
  return { ...Object.fromEntries(own.map((name) => [name, command.getOptionValue(name)])), given: givenOptions(command) }
}

/** Checks whether the command line names the folder of a server. */
function named(command: Command): boolean {
  return command.getOptionValueSource('data') === 'cli'
}

/**
 * Resolves to the folder of a server: from an option, from the environment, or else from a settings file. If this source gives a word or a
 * URL that names no folder, resolves to that word or URL. Rejects with a UsageError for an invalid URL.
 */
async function folderOf(command: Command): Promise<string> {
  const { data } = command.opts()
  const isGiven = command.getOptionValueSource('data') !== 'default' && data !== ''
  const { findDefaultFolder, toDataFolder } = await import('./stores.ts')
  const found: string = isGiven ? data : await findDefaultFolder()
  return toDataFolder(found) ?? found
}
