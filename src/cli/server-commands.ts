import { defaults } from '../server/defaults.ts'
import type { Flags } from './config.ts'
import { Usage } from './diagnostics.ts'
import {
  address,
  type Command,
  type CommandForm,
  IN_SECONDS,
  namedLimit,
  namedPort,
  networking,
  number,
  Option,
  QUESTIONS,
  STRICT,
  several,
  span,
  spanned,
} from './values.ts'

/** The commands of those who run a server: they serve, and read or mend what a server has kept. */
export function serverCommands(end: (code: number) => void): readonly CommandForm[] {
  return [
    {
      usage: 'serve',
      about: 'serve all programs at once, many clients each, until Ctrl-C; the house plays the other side',
      example:
        'parlor serve\nparlor serve --host 0.0.0.0            for others in the room\nparlor serve --only guess --only chat --port guess=9000\nparlor serve --port-base 20000          other ports, beside another server\nparlor serve --iterative guess          one client at a time',
      define: (made) =>
        configurable(made)
          .option('--json', 'print where what listens as JSON')
          .action(async (_, command) => end(await (await import('./serve.ts')).serveCommand(typed(command)))),
    },
    {
      usage: 'config',
      about: 'show the settings of "serve" as a parlor.toml, and where each comes from: option, environment, file or default',
      example: 'parlor config\nparlor config --host 0.0.0.0 --idle 20m > parlor.toml',
      define: (made) =>
        configurable(made)
          .option('--json', 'show them as JSON')
          .action(async (_, command) => end(await (await import('./config.ts')).configCommand(typed(command)))),
    },
    {
      usage: 'rank [game]',
      about: 'the ladders of a server that runs here or elsewhere; where none does, those that one has kept',
      example: 'parlor rank\nparlor rank tictactoe\nparlor rank quiz --host 192.168.1.20 --csv > quiz.csv',
      define: (made) =>
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
    },
    {
      usage: 'people <action> [name]',
      about:
        'for the operator: list the registered users; give a name a new password (reset), or forget it (remove), also while the server runs',
      example: 'parlor people list\nparlor people reset ada\nparlor people remove ada --data /srv/parlor',
      define: (made) =>
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
    },
    {
      usage: 'results [game]',
      about: 'the finished games of the users, as CSV with a row for each player, also while the server runs',
      example: 'parlor results > results.csv\nparlor results quiz --data /srv/parlor\nparlor results --json',
      define: (made) =>
        made
          .addOption(kept('where the server keeps its games'))
          .option('--json', 'print them as JSON, a game on a line')
          .option('--csv', 'print them as CSV (default)')
          .action(async (game, { json, csv }, command) =>
            end(await (await import('./listings.ts')).resultsCommand(game, { data: await folderOf(command), json, csv })),
          ),
    },
    {
      usage: 'verify [file]',
      about: 'check what a server keeps, also while it runs, or a backup: is every event there, readable, and within the rules',
      example: 'parlor verify\nparlor verify --data /srv/parlor --json\nparlor verify /backup/parlor.db',
      define: (made) =>
        made
          .addOption(kept('where the server keeps it'))
          .option('--json', 'print what was found as JSON')
          .action(async (file, { json }, command) =>
            end(await (await import('./store-files.ts')).verifyCommand(file, { data: await folderOf(command), json })),
          ),
    },
    {
      usage: 'backup <file>',
      about: 'copy all that a server keeps to a file, also while it runs',
      example: 'parlor backup /backup/parlor.db\nparlor backup /backup/parlor.db --data /srv/parlor',
      define: (made) =>
        made
          .addOption(kept('where the server keeps it'))
          .action(async (file, _, command) =>
            end(await (await import('./store-files.ts')).backupCommand(file, { data: await folderOf(command) })),
          ),
    },
    {
      usage: 'repair',
      about: 'go on with what can still be read of a damaged folder; all files as they were are kept beside it',
      example: 'parlor repair\nparlor repair --data /srv/parlor',
      define: (made) =>
        made
          .addOption(kept('where the server keeps it'))
          .action(async (_, command) => end(await (await import('./store-files.ts')).repairCommand({ data: await folderOf(command) }))),
    },
  ]
}

/** The options that are settings of a server: each can stand in a file or in the environment, too. */
function configurable(command: Command): Command {
  const settings = command
    .option('--host <address>', 'listen on this address; 0.0.0.0 for all of this machine', address, defaults.host)
    .option('--only <name>', 'serve this program only (may be repeated)', several)
    .option('--port <name=n>', 'the port of one program (may be repeated); or 0 alone: any free ports for all', namedPort)
    .option('--port-base <n>', 'give the programs the ports from this one on, in their order', number(1, 65535))
    .option('--iterative <name>', 'serve one client at a time with this program (may be repeated)', several)
    .addOption(spanned('--first <time>', `how long a client may take to say something at all; ${IN_SECONDS}`, defaults.first))
    .addOption(
      spanned(
        '--idle <time>',
        `how long a client may take to answer; at the front door an hour, if that is more; ${IN_SECONDS}`,
        defaults.idle,
      ),
    )
    .option(
      '--wait <time>',
      `how long to wait for company before the house sits down; ${IN_SECONDS} (default: 10s at the front door, else 0; never in fh/tictactoe)`,
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
