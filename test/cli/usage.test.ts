import { execFile } from 'node:child_process'
import { cpSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { programNames } from '../../src/programs/index.ts'
import { cannotConnect } from '../../src/terminal/system-errors.ts'
import { folder } from '../support/folders.ts'
import { run } from '../support/process.ts'

/** A file that exists. */
const FILE = fileURLToPath(import.meta.url)

describe('the command line', () => {
  test('has help with examples for every command', async () => {
    const { output, code } = await run('--help')
    expect(code).toBe(0)
    const commands = [...output.matchAll(/^ {2}(\w+) (?:\[|<|\s)/gm)].map(([, name = '']) => name).filter((name) => name !== 'help')
    expect(commands).toEqual(
      'serve config host join solo tap show rerun check class rank people results export verify backup repair protocols lookup complete'.split(
        ' ',
      ),
    )
    for (const command of commands) {
      const help = await run(command, '--help')
      expect(help.code).toBe(0)
      expect(help.output).toContain(`Examples:\n  parlor ${command}`)
    }
  })

  test.each([
    [['host', 'tictacto'], /did you mean tictactoe\?/],
    [['join', 'tjc/ges'], /did you mean tjc\/guess\?/],
    [['host', 'GUESS'], /did you mean guess\?/],
    [['host', 'hang'], /did you mean hangman\?/],
    [['host', 'hangman', '--secret', 'a\nb'], /^parlor: a word to guess must not contain a line end\n$/],
    [['people', 'reset', ''], /^parlor: the name is empty; add the name: parlor people reset NAME\n$/],
    [['host', 'both-ways'], /did you mean c8\/both-ways\?/],
    [['host', 'zzzzzz'], /^parlor: there is no program "zzzzzz"\. All programs: parlor protocols\n$/],
    [['solo', 'tictactoe'], /parlor host tictactoe/],
    [['host', 'book/secret'], /parlor solo book\/secret/],
    [['protocols', 'hangmen'], /did you mean hangman\?/],
    [['serv'], /Did you mean serve\?/],
    [['help', 'serv'], /^parlor: there is no command "serv"; did you mean serve\?\n$/],
    [['help', 'zzzzzz'], /^parlor: there is no command "zzzzzz"; all commands: parlor help\n$/],
    [['rank', 'nosuch'], /^parlor: there is no game "nosuch"; there are tictactoe, scissors, hangman, quiz, guess, headtail\n$/],
    [['rank', 'scisors'], /^parlor: there is no game "scisors"; did you mean scissors\?\n$/],
    [['results', 'nosuch'], /^parlor: there is no game "nosuch"; there are tictactoe, scissors, hangman, quiz, guess, headtail\n$/],
    [['results', '--data', '/no/such/folder'], /^parlor: there is no folder \/no\/such\/folder here; --data names another\n$/],
    [['host', 'guess', '--port', '70000'], /whole number from 0 to 65535/],
    [['host', 'guess', '--port', '70000'], /^parlor: --port cannot be "70000": it must be a whole number from 0 to 65535\n/],
    [['join', 'guess', '127.0.0.1', '99999'], /^parlor: port cannot be "99999": it must be a whole number from 1 to 65535\n/],
    [['host', 'guess', '--split', '0'], /^parlor: --split takes a number of bytes .*, not "0"\n/],
    [['host', 'guess', '--delay', "x'y"], /^parlor: --delay takes a time .*, not "x'y"\n/],
    [['join', 'guess', '--wait'], /^parlor: --wait needs a value: --wait <time>\n/],
    [['host', 'guess', '33720'], /^parlor: host takes 1 argument, and not "33720" as well: write a port as --port 33720\n\(--help/],
    [['rank', '2'], /^parlor: there is no game "2"; ladders have no pages here, but --limit 20 shows the first 20 places\n$/],
    [
      ['rank', 'tictactoe', '3'],
      /^parlor: rank takes 1 argument, and not "3" as well: ladders have no pages here, but --limit 30 shows the first 30 places\n\(--help/,
    ],
    [['rank', 'tictactoe', '11'], /, but --limit 100 shows the first 100 places\n/],
    [['host', 'guess', 'chat'], /^parlor: host takes 1 argument, and not "chat"\n/],
    [['serve', '4000', '5000'], /^parlor: serve takes no arguments, and not "4000 5000"\n/],
    [['host', 'guess', '--prot', '7000'], /Did you mean --port\?/],
    [['host', 'guess', '--size', '4'], /tjc\/guess takes no --size/],
    [['host', 'hello', '--secret', '3'], /^parlor: tjc\/hello takes no --secret\n$/],
    [['join', 'chat', '--choices', 'H,T'], /tjc\/chat takes no --choices/],
    [['host', 'guess', '--now', '2024-02-29T13:05:09'], /tjc\/guess takes no --now/],
    [['host', 'guess', '--pace', '5ms'], /tjc\/guess takes no --pace/],
    [['solo', 'headtail', '--secret', '3'], /c8\/headtail takes no --secret/],
    [['host', 'hello', '--secret', '3', '--size', '4'], /^parlor: tjc\/hello takes no --secret\nparlor: tjc\/hello takes no --size\n$/],
    [['host', 'guess', '--secret', 'abc'], /secret is a whole number from 1 to 100/],
    [['host', 'highlow', '--secret', '101'], /secret is a whole number from 1 to 100/],
    [['host', 'headtail', '--choices', 'H,X'], /H or T, not "X"/],
    [['solo', 'scissors', '--choices', 'Stone,Rock'], /a hand is Scissor, Paper, Stone, not "Rock"/],
    [['host', 'tictactoe', '--concurrent'], /one client at a time/],
    [['host', 'guess', '--udp'], /does not run over UDP/],
    [['host', 'time', '--format', '%H'], /^parlor: --format belongs to the client's side: parlor join PROGRAM --format \.\.\.\n/],
    [['host', 'http', '--name', 'x'], /^parlor: --name belongs to the client's side/],
    [['join', 'guess', '--strict'], /^parlor: --strict belongs to the server's side: parlor host PROGRAM --strict \.\.\.\n/],
    [['join', 'guess', '--strct'], /^parlor: unknown option '--strct'/],
    [['guess'], /unknown command 'guess'[\s\S]*guess is a program: parlor host guess, or parlor join guess\n$/],
    [['play', 'hangman'], /hangman is a program: parlor host hangman, or parlor join hangman, or parlor solo hangman\n$/],
    [['match'], /match is a program: parlor serve --only match, or parlor join match\n$/],
    [['solo', 'match'], /match is for several clients; try: parlor serve --only match, and in another window: parlor join match/],
    [['host', 'guess', '--tls', '--unix', '/tmp/x'], /exclude each other/],
    [['host', 'guess', '--key', 'x'], /need --tls/],
    [['host', 'guess', '--tls', '--cert', 'no.such.pem', '--key', 'x'], /cannot read "no\.such\.pem": there is no such file/],
    [['join', 'guess', '127.0.0.1', 'abc'], /whole number from 1 to 65535/],
    [['join', 'hello', '--tls', '--fingerprint', 'abc'], /64 hexadecimal digits/],
    [['host', 'time', '--now', 'yesterday'], /such as 2024-02-29T13:05:09/],
    [['host', 'time', '--now', '2023-02-29T13:05:09'], /such as 2024-02-29T13:05:09/],
    [
      ['join', 'guess', 'fe80::1', '31409'],
      /^parlor: fe80::1 is an address within one network only: name the network interface, too, .*fe80::1%eth0\n$/,
    ],
    [['host', 'guess', '--host', 'fe80::1'], /fe80::1%eth0\n$/],
    [['solo', 'match'], /parlor serve --only match/],
    [['host', 'guess', '--words', '/no/such/file'], /^parlor: tjc\/guess takes no --words\n$/],
    [['join', 'guess', '--words', '/no/such/file'], /^parlor: tjc\/guess takes no --words\n$/],
    [['solo', 'number', '--words', '/no/such/file'], /^parlor: .*takes no --words\n$/],
    [['config', '--questions', '/no/such/file'], /^parlor: questions \(from --questions\): cannot read ".*": there is no such file\n$/],
    [
      ['serve', '--port', '0', '--data', `${FILE}/x`],
      /the folder .*\/x cannot be made: ENOTDIR, a part of its path is a file, and not a folder/,
    ],
    [['lookup', ''], /the name to look up is empty/],
    [['host', 'hello-split'], /tjc\/hello-split or c8\/hello-split/],
    [['host', 'talk', '--framing', 'morse'], /lines, none or length/],
    [['host', 'hangman', '--words', '/no/such/file'], /cannot read "\/no\/such\/file": there is no such file/],
    [['serve', '--only', 'guess', '--port', 'chat=1'], /not served/],
    [['serve', '--port', 'guess'], /NAME=N/],
    [['serve', '--port', 'guess=1=2'], /NAME=N/],
    [['serve', '--host', ''], /must be an address/],
    [['host', 'guess', '--host', ''], /must be an address/],
    [['join', 'guess', ''], /must be an address/],
    [
      ['host', 'guess', '--split', 'in:'],
      /^parlor: --split takes a number of bytes from 1 to 65536, a range such as 1\.\.5, "char" or "message", not "in:"\n$/,
    ],
    [['host', 'guess', '--delay', '20..5'], /^parlor: --delay 20\.\.5 has its range in the wrong order: write 5\.\.20\n$/],
    [['serve', '--split', 'in:5..1'], /^parlor: --split 5\.\.1 has its range in the wrong order: write 1\.\.5\n$/],
    [['host', 'guess', '--split', ''], /^parlor: --split takes a number of bytes .*, not ""\n$/],
    [['host', 'guess', '--delay', '5 ms'], /^parlor: --delay takes a time .*, not "5 ms"\n$/],
    [['host', 'guess', '--split', '8,'], /^parlor: --split takes a number of bytes .*, not "8,"\n$/],
    [['host', 'guess', '--timeout', '0'], /^parlor: --timeout cannot be "0": it must be a time .* longer than 0\n/],
    [['join', 'guess', '--secret', '5'], /^parlor: --secret belongs to the server's side: parlor host tjc\/guess --secret \.\.\.\n$/],
    [['join', 'headtail', '--choices', 'H'], /--choices belongs to the server's side/],
    [['join', 'hangman', '--words', 'LICENSE'], /--words belongs to the server's side/],
    [['join', 'time', '--now', '2024-02-29T13:05:09'], /--now belongs to the server's side/],
    [['join', 'highlow', '--pace', '5ms'], /--pace belongs to the server's side/],
    [['join', 'number', '--secret', '5'], /--secret belongs to the server's side/],
    [['host', 'guess', '--strict'], /^parlor: --strict needs --words or --questions\n$/],
    [['solo', 'hangman', '--strict'], /--strict needs --words/],
    [['host', 'hangman', '--secret', 'x', '--words', 'words.txt'], /--secret and --words exclude each other/],
    [['join', 'match', 'localhost', '31328', '--port', '31329'], /^parlor: there are two ports, 31328 and 31329: leave one of them out\n$/],
    [['join', 'match', 'localhost:31328', '--port', '31329'], /there are two ports, 31328 and 31329/],
    [['join', 'match', '31328', '--port', '31329'], /there are two ports, 31328 and 31329/],
    [['join', 'match', 'localhost', '--host', '127.0.0.1'], /there are two addresses, localhost and 127\.0\.0\.1/],
    [['host', 'hello', '--host', '127.0.0.1:31328', '--port', '31329'], /there are two ports/],
    [['join', 'hello', '--ipv6', '--host', '127.0.0.1'], /^parlor: --ipv6 and 127\.0\.0\.1 exclude each other/],
    [['join', 'hello', '127.0.0.1', '--ipv6'], /--ipv6 and 127\.0\.0\.1 exclude each other/],
    [['host', 'hello', '--ipv6', '--host', '0.0.0.0'], /--ipv6 and 0\.0\.0\.0 exclude each other/],
    [['host', 'hello', '--unix', '/tmp/x', '--port', '5000'], /--unix replaces the address and the port/],
    [['join', 'hello', '--unix', '/tmp/x', '--host', 'localhost'], /--unix replaces the address and the port/],
    [
      ['host', 'hello', '--port', '5000', '--port', '5001'],
      /^parlor: --port is given twice, as "5000" and "5001": leave one of them out\n$/,
    ],
    [['join', 'hello', '--wait=1s', '--wait', '2s'], /--wait is given twice, as "1s" and "2s"/],
    [['solo', 'headtail', '--choices', 'H', '--choices', 'T'], /--choices is given twice, as "H" and "T"/],
    [['serve', '--host', '127.0.0.1', '--host', '::1'], /--host is given twice/],
    [['config', '--port', 'guess=5000', '--port', 'guess=5001'], /--port guess is given twice, as "5000" and "5001"/],
    [
      ['config', '--port', 'guess=5000', '--port', 'tjc/guess=5001'],
      /ports\.tjc\/guess \(from --port\) is given twice, as "5000" and "5001": leave one of them out\n$/,
    ],
    [['config', '--limit', 'tables=5', '--limit', 'tables=6'], /--limit tables is given twice, as "5" and "6"/],
    [['config', '--data', 'a', '--data', 'b'], /--data is given twice/],
    [['rank', '--limit', '5', '--limit', '6'], /--limit is given twice/],
    [['people', 'list', '--data', 'a', '--data', 'b'], /--data is given twice/],
    [['results', '--data', 'a', '--data', 'b'], /--data is given twice/],
    [['rank', '--json', '--csv'], /^parlor: --json and --csv exclude each other: leave one of them out\n$/],
    [['people', 'list', '--json', '--csv'], /--json and --csv exclude each other/],
    [['results', '--json', '--csv'], /--json and --csv exclude each other/],
    [['people', 'reset', 'ada', '--json'], /--json and --csv are for "people list"/],
  ])('%j is a usage error with advice', async (args, sentence) => {
    const { errors, output, code } = await run(...args)
    expect({ code, output }).toEqual({ code: 2, output: '' })
    expect(errors).toMatch(sentence)
    expect(errors).toMatch(/^parlor: /)
  })

  test('accepts repeatable options, and refuses other repeated options', async () => {
    const args = '--only guess --only hello --port guess=5000 --port hello=5001 --limit seats=5 --limit tables=6 --host ::1 --host ::1'
    const { code, output, errors } = await run('config', '--json', '--json', ...args.split(' '))
    expect({ code, errors }).toEqual({ code: 0, errors: '' })
    expect(JSON.parse(output)).toMatchObject({
      'ports.tjc/guess': { value: 5000 },
      'ports.tjc/hello': { value: 5001 },
      'limits.seats': { value: 5 },
      'limits.tables': { value: 6 },
    })
  })

  test('prints requested help on standard output, and ends with 0', async () => {
    const asked = [await run('help'), await run('help', 'serve'), await run('help', 'help')]
    expect(asked.map(({ code, errors }) => ({ code, errors }))).toEqual(asked.map(() => ({ code: 0, errors: '' })))
    expect(asked.map(({ output }) => output.split('\n')[0])).toEqual([
      'Usage: parlor [options] [command]',
      'Usage: parlor serve [options]',
      'Usage: parlor help [options] [command]',
    ])
    expect(asked[0]?.output).toBe((await run('--help')).output)
  })

  test('reports a port in use, and a missing server, in one line each', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => other.once('listening', resolve))
    const port = String((other.address() as { port: number }).port)
    const host = await run('host', 'guess', '--port', port)
    expect(host).toEqual({ code: 1, output: '', errors: expect.stringMatching(/^parlor: cannot listen on .*in use.*--port\n$/) })
    await new Promise((resolve) => other.close(resolve))
    const join = await run('join', 'guess', '127.0.0.1', port, '--wait', '0')
    expect(join).toEqual({ code: 1, output: '', errors: expect.stringMatching(/^parlor: cannot connect to .*no server listens.*\n$/) })
  })

  test('shows an unusable path as a path, with advice about paths', async () => {
    const nowhere = await run('join', 'guess', '--unix', 'no.such.socket', '--wait', '0')
    expect(nowhere).toMatchObject({
      code: 1,
      errors: expect.stringMatching(/cannot connect to .\/no\.such\.socket: there is no such socket/),
    })
    const folder = await run('host', 'guess', '--unix', 'no/such/folder/socket')
    expect(folder).toMatchObject({ code: 1, errors: expect.stringMatching(/cannot listen on no\/such\/folder\/socket: .*folder/) })
    expect(folder.errors).not.toContain('port')
  })

  test('prints the list of programs, and each program, within 80 columns', async () => {
    for (const args of [[], ...programNames.map((name) => [name]), ['robot'], ['practice']]) {
      const { code, output } = await run('protocols', ...args)
      expect(code).toBe(0)
      expect(output.split('\n').filter((line) => line.length > 80)).toEqual([])
    }
  })

  test('prints the commands within 80 columns', async () => {
    const { output } = await run('--help')
    expect(output.split('\n').length).toBeGreaterThan(20)
    for (const line of output.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  })

  test('prints no table without a program', async () => {
    const served = await run('serve', '--only', 'guess', '--host', 'no.such.name.invalid')
    expect(served).toEqual({
      code: 1,
      output: '',
      errors: expect.stringMatching(/^parlor: [\d-]{10} [\d:]{8} tjc\/guess is not served: [^\n]+\n$/),
    })
  })

  test('shows every program, and each by itself, with protocols', async () => {
    const all = await run('protocols')
    for (const name of programNames) expect(all.output).toContain(name)
    const one = await run('protocols', 'guess')
    expect(one.output).toMatch(/GUESS[\s\S]*guessing[\s\S]*client {2,}server/)
  })

  test('distinguishes a name from an invalid address, and a name without IPv6 from an unknown name', async () => {
    expect(cannotConnect({ host: '256.1.1.1', port: 1 }, Object.assign(new Error(), { code: 'ENOTFOUND' }), 0)).toContain(
      'that is not an address: its four numbers must be from 0 to 255',
    )
    const { errors, code } = await run('join', 'guess', 'no.such.name.invalid', '31409', '--ipv6')
    expect(errors).toMatch(/that name is not known, or has no address of IPv6; leave --ipv6 out|this machine cannot look up names now/)
    expect(code).toBe(1)
  })

  test('reports words with a blank or another sign, because a client has to send it, too', async () => {
    const file = join(folder(), 'words.txt')
    writeFileSync(file, 'banana\nice cream\nx-ray\n')
    const terms = ['host', 'hangman', '--port', '0', '--timeout', '50ms']
    const said = 'a client of fh/hangman has to guess this character, too, to find the word\n'
    expect((await run(...terms, '--secret', "it's")).errors).toContain(`--secret: "it's" has a "'"; ${said}`)
    expect((await run(...terms, '--words', file)).errors).toContain(`words.txt: "ice cream" has a blank, as 1 other has; ${said}`)
    expect((await run(...terms, '--secret', 'année')).errors).not.toContain(said)
  })

  test.each([
    [['host', 'guess', '--secret', '4 0'], 'the secret is a whole number from 1 to 100, not "4 0"'],
    [['host', 'guess', '--secret=40=3'], 'the secret is a whole number from 1 to 100, not "40=3"'],
    [['host', 'number', '--secret', '1=2'], 'the secret is a whole number from 1 to 100, not "1=2"'],
    [['host', 'chat', '--secret', '4 0'], 'tjc/chat takes no --secret'],
    [['join', 'hangman', '--secret', "it's"], "--secret belongs to the server's side: parlor host fh/hangman --secret ..."],
  ])('%j reports the fault in the secret, and nothing about words', async (line, sentence) => {
    expect(await run(...line)).toEqual({ code: 2, output: '', errors: `parlor: ${sentence}\n` })
  })

  test('reports each reason in a line for a file without a usable word', async () => {
    const file = join(folder(), 'huge.txt')
    writeFileSync(file, `${'x'.repeat(200)}\n12\n`)
    const reasons = [
      `${file}, skipped: line 1: a word to guess has at most 100 characters, and this word has 200`,
      `${file}, skipped: line 2: a word to guess needs at least one letter, and "12" has none`,
      `${file}: the file contains no word to guess; expected one word per line, and # before a comment`,
    ]
    const lines = (all: readonly string[]) => all.map((one) => `parlor: ${one}\n`).join('')
    expect(await run('solo', 'hangman', '--words', file)).toEqual({ code: 2, output: '', errors: lines(reasons) })
    const served = await run('serve', '--only', 'hangman', '--data', 'none', '--port', '0', '--words', file)
    expect(served).toEqual({ code: 2, output: '', errors: lines(reasons.map((one) => `words (from --words): ${one}`)) })
  })

  test('names a certificate in DER, with the command to convert it', async () => {
    const file = join(folder(), 'cert.der')
    writeFileSync(file, Uint8Array.of(0x30, 0x82, 1, 0, 0x30))
    const { errors, code } = await run('host', 'guess', '--tls', '--cert', file, '--key', file)
    expect(errors).toContain(`cert.der is in DER, and not in PEM; convert it: openssl x509 -inform der -in ${file} -out`)
    expect(code).toBe(2)
  })

  test('looks up this machine, names, addresses and services', async () => {
    expect((await run('lookup', 'http')).output).toMatch(/^The service http has port 80$/m)
    expect((await run('lookup', 'localhost')).output).toMatch(/^IPv4 {2}127\.0\.0\.1$/m)
    expect((await run('lookup', '127.0.0.1')).output).toMatch(/^127\.0\.0\.1 is called /)
    expect(await run('lookup', 'no.such.name.invalid')).toMatchObject({ code: 1, errors: expect.stringMatching(/nothing is known/) })
  })
})

test('on a Node that is too old, a package without a Node prints one sentence', async () => {
  const old = 'data:text/javascript,Object.defineProperty(process, "versions", { value: { ...process.versions, node: "24.6.0" } })'
  const bin = join(import.meta.dirname, '../../bin')
  const alone = folder()
  for (const file of ['parlor.js', 'relaunch.js']) cpSync(join(bin, file), join(alone, file))
  writeFileSync(join(alone, 'package.json'), '{ "type": "module" }')
  const started = promisify(execFile)(process.execPath, ['--import', old, join(alone, 'parlor.js'), '--help'])
  await expect(started).rejects.toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^parlor needs Node 24\.7 or newer, but this is 24\.6\.0\. [^\n]+\n$/),
  })
})
