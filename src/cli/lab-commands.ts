import {
  addProxyFaults,
  appendValue,
  type Command,
  type CommandForm,
  durationOption,
  givenOptions,
  IN_SECONDS,
  numberParser,
  PLUGIN,
  parseFixedPort,
  parsePlace,
  parsePositiveDuration,
  STRICT,
} from './option-parsers.ts'

const RECORD = 'write a recording: .pcapng, .jsonl, .html or .svg'
const SECRETS = 'show and record passwords, too'

/** Returns the commands of the laboratory. Each command loads its code when it runs. */
export function labCommands(end: (code: number) => void): readonly CommandForm[] {
  return [
    {
      usage: 'tap [program]',
      about: 'a proxy that shows, judges and disturbs the messages between a client and a server',
      has: 'check',
      example:
        'parlor tap guess --listen 9000 --to 9999   and elsewhere: parlor join guess --port 9000\nparlor tap --listen 0.0.0.0:9000 --to 192.168.1.20:3456\nparlor tap quiz --listen 9000 --to 3456 --record quiz.pcapng\nparlor tap guess --listen 9000 --to 9999 --split 1..3 --fault "reset before 2nd LOW"',
      define: (made) =>
        addProxyFaults(forRecordings(made))
          .requiredOption('--listen <place>', 'the address to which clients connect: [HOST:]PORT; port 0 means any free port', parsePlace)
          .requiredOption('--to <place>', 'the address at which the server listens: [HOST:]PORT', parsePlace)
          .option('--udp', 'over UDP')
          .option('--connections <n>', 'end after this many connections (default: at Ctrl-C)', numberParser(1, 1_000_000))
          .action(async (program, options, command) =>
            end(await (await import('./tap.ts')).tapCommand(program, { ...options, given: givenOptions(command) })),
          ),
    },
    {
      usage: 'show <file> [program]',
      about: 'draw a recording, also one of tcpdump or Wireshark, or convert it with --record',
      has: 'check',
      example: 'parlor show quiz.pcapng\nparlor show capture.pcap guess\nparlor show quiz.jsonl --record quiz.html',
      define: (made) =>
        forRecordings(made)
          .option('--connection <n>', 'only this connection', numberParser(1, 1_000_000))
          .action(async (file, program, options, command) =>
            end(await (await import('./show.ts')).showCommand(file, program, { ...options, given: givenOptions(command) })),
          ),
    },
    {
      usage: 'rerun <file> [program]',
      about: 'play the other side of a recording against a program in a sandbox, and mark the first difference',
      has: 'check',
      example:
        'parlor rerun quiz.pcapng --client "python3 client.py {HOST} {PORT}"\nparlor rerun guess.jsonl guess --server "./server {PORT}" --connection 2',
      define: (made) =>
        made
          .option('--client <command>', 'the command that starts the client; {HOST} and {PORT} in it are the address of the server')
          .option('--server <command>', 'the command that starts the server; {PORT} in it is the port at which it must listen')
          .option('--folder <folder>', 'the program’s folder, in which its command runs (default: the current folder)')
          .option('--port <n>', 'the port that is built into the program (default: the port of the recording)', parseFixedPort)
          .option('--connection <n>', 'the connection of the recording (default: the first connection)', numberParser(1, 1_000_000))
          .addOption(durationOption('--wait <time>', `how long the program may take to connect or to listen; ${IN_SECONDS}`, '5s'))
          .option(
            '--timeout <time>',
            `how long the program may be silent when it must send; ${IN_SECONDS} (default: 5s)`,
            parsePositiveDuration,
          )
          .option('--strict', STRICT)
          .option('--plugin <file>', PLUGIN, appendValue)
          .action(async (file, program, options, command) =>
            end(await (await import('./rerun.ts')).rerunCommand(file, program, { ...options, given: givenOptions(command) })),
          ),
    },
  ]
}

/** Adds the options of commands that draw and write recordings. */
function forRecordings(command: Command): Command {
  return command
    .option('--record <file>', RECORD)
    .option('--secrets', SECRETS)
    .option('--strict', STRICT)
    .option('--plugin <file>', PLUGIN, appendValue)
}
