import { cpSync, readdirSync, readFileSync, watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { folder } from '../support/folders.ts'
import { Parlor, run } from '../support/process.ts'
import { handIn, hasNamespaces, hasPython } from '../support/sandboxes.ts'

const examples = join(import.meta.dirname, '../../examples/python')
const CLIENT = `python3 ${examples}/guess_client.py {HOST} {PORT}`
const SERVER = `python3 ${examples}/guess_server.py {HOST} {PORT}`

describe.skipIf(!hasPython)('parlor check', () => {
  test('judges a client, prints what it proves, and exits with 0', async () => {
    const { output, code } = await run('check', 'guess', '--client', 'python3 guess_client.py {HOST} {PORT}', '--folder', examples)
    expect(output).toMatch(/^passed {2}plays-to-the-end: plays one conversation to its end/)
    expect(output).toContain(
      'states visited: 5 of 5; games finished: 2 of 2 outcomes\nthese checks use a good network and a correct peer; --level robust has 15 more checks\ntjc/guess: passed, 2 of 2 checks\n',
    )
    expect(code).toBe(0)
  })

  test('says what is wrong, with the last lines and the line that repeats it, and exits with 1', async () => {
    const path = handIn('print("hello")\nraise ValueError("oh")')
    const { output, code } = await run('check', 'guess', '--client', `python3 ${path}/program.py`, '--seed', '9')
    const sentence = 'the client ended with the exit code 1 before it connected to the server; it says "ValueError: oh"'
    expect(output).toContain(`FAILED  plays-to-the-end: ${sentence}\n`)
    expect(output).toContain('| ValueError: oh\n')
    expect(output).toContain('not played, because an earlier check has failed: every-outcome\n')
    expect(output).toContain('cause: crashed; source: 000 program 11, exercise 10\n')
    expect(output).toContain(`repeat: parlor check guess --client 'python3 ${path}/program.py' --only plays-to-the-end --seed 9\n`)
    expect(code).toBe(1)
  })

  test('hints at a fault that only cut messages show, although the level worksheet has passed', async () => {
    const students = join(import.meta.dirname, '../lab/check/students/broken')
    const { output, code } = await run('check', 'guess', '--client', 'python3 partial-read-split.py {HOST} {PORT}', '--folder', students)
    expect(output).toMatch(
      /\nhint {4}byte-by-byte: .*one read can return a part of a message, so look for its end in all bytes that have arrived\n/,
    )
    expect(output).toMatch(/ cause: partial-read; source: .*; it does not count at the level worksheet\n/)
    expect(output).toMatch(/ repeat: parlor check guess .* --only byte-by-byte --seed 1 --level robust\n/)
    expect(output).toMatch(/ passed, 2 of 2 checks\n$/)
    expect(code).toBe(0)
  })

  test('draws what was sent, with a caret under the first wrong byte, and plays no further check', async () => {
    const path = handIn(
      "import os, socket\ns = socket.create_connection((os.environ['HOST'], int(os.environ['PORT'])))\ns.recv(9)\ns.sendall(b'move 5\\n')\ns.recv(9)",
    )
    const { output, code } = await run('check', 'tictactoe', '--client', `python3 ${path}/program.py`)
    expect(output).toMatch(/^FAILED {2}plays-to-the-end: the client sent "move 5".*write "MOVE"/)
    const lines = output.split('\n')
    const message = lines.findIndex((line) => line.includes('"move 5\\n"'))
    expect(lines[message + 1]?.indexOf('^')).toBe((lines[message]?.indexOf('"move') ?? -2) + 1)
    expect(output).toMatch(/cause: spelling; source: 000 programs 8, 9 and 10/)
    expect(output).toMatch(/not played, because an earlier check has failed: every-outcome\n/)
    expect(code).toBe(1)
  })

  test('gives the options of the program to the side that Parlor plays, and repeats them', async () => {
    const path = handIn(
      "import os, socket\ns = socket.create_connection((os.environ['HOST'], int(os.environ['PORT'])))\ns.recv(9)\ns.sendall(b'7')\ns.recv(9)",
    )
    const client = `python3 ${path}/program.py`
    const { output } = await run('check', 'guess', '--client', client, '--secret', '7', '--json', '--seed', '3')
    const [check] = JSON.parse(output).checks
    expect(check).toMatchObject({ passed: false, cause: 'missing-newline' })
    expect(check.repeat).toBe(`parlor check guess --client '${client}' --secret 7 --only plays-to-the-end --seed 3`)
    const wrong = await run('check', 'guess', '--server', 'true', '--secret', '7')
    expect(wrong.errors).toMatch(/--secret belongs to the server's side/)
    expect(wrong.code).toBe(2)
  })

  test('judges both sides, and prints one JSON object with both', async () => {
    const { output, code } = await run('check', 'guess', '--client', CLIENT, '--server', SERVER, '--json')
    const report = JSON.parse(output)
    expect(report).toMatchObject({ program: 'tjc/guess', role: 'both', level: 'worksheet', passed: true })
    // several checks run at the same time
    expect(report.checks.map(({ name }: { name: string }) => name).sort()).toEqual([
      ...['client:every-outcome', 'client:plays-to-the-end'],
      ...['server:every-line', 'server:every-outcome', 'server:next-client', 'server:plays-to-the-end'],
    ])
    expect(Object.keys(report.checks[0])).toEqual(['name', 'passed', 'cause', 'sentence', 'source', 'repeat'])
    expect(code).toBe(0)
  })

  test('writes reports for other programs', async () => {
    const path = folder()
    const files = ['--junit', join(path, 'junit.xml'), '--gradescope', join(path, 'results.json')]
    const { output, code } = await run('check', 'guess', '--server', SERVER, '--format', 'tap', ...files)
    expect(output).toMatch(
      /^TAP version 14\n1\.\.4\nok 1 - plays-to-the-end\n(?:ok [234] - (?:every-outcome|every-line|next-client)\n){3}$/,
    )
    expect(readFileSync(join(path, 'junit.xml'), 'utf8')).toContain('<testsuites tests="4" failures="0">')
    expect(JSON.parse(readFileSync(join(path, 'results.json'), 'utf8'))).toMatchObject({ score: 4 })
    expect(code).toBe(0)
  })
})

describe.skipIf(!hasPython)('parlor check with parlor-check.toml', () => {
  test('takes program, command, build, options and weights from it, and prints the points', async () => {
    const path = handIn('')
    const results = join(path, 'results.json')
    const settings = [
      'program = "guess"\nclient = "python3 made.py {HOST} {PORT}"\nbuild = "cp guess_client.py made.py"\npoints = 12.5',
      '[options]\nsecret = 50\n[weights]\nplays-to-the-end = 3',
    ]
    for (const file of ['guess_client.py', 'lines.py']) cpSync(join(examples, file), join(path, file))
    writeFileSync(join(path, 'parlor-check.toml'), settings.join('\n'))
    await using parlor = new Parlor(['check', '--gradescope', results], undefined, { cwd: path })
    expect(await parlor.exit).toBe(0)
    expect(parlor.output).toContain('tjc/guess: passed, 2 of 2 checks, 12.5 of 12.5 points\n')
    expect(JSON.parse(readFileSync(results, 'utf8'))).toMatchObject({ score: 12.5, tests: [{ max_score: 9.38 }, { max_score: 3.12 }] })
  })

  test('refuses what it cannot mean, with the file and the line', async () => {
    const path = handIn('')
    writeFileSync(join(path, 'parlor-check.toml'), 'program = "guess"\nclient = "true"\n[options]\nsecret = true\nsize = 3')
    await using parlor = new Parlor(['check'], undefined, { cwd: path })
    expect(await parlor.exit).toBe(2)
    expect(parlor.errors).toMatch(/^parlor: line 4: options\.secret \(from parlor-check\.toml\) is "true", and must be /)
    expect(parlor.errors).toMatch(/^parlor: line 5: options\.size \(from parlor-check\.toml\) is not an option of tjc\/guess/m)
  })

  test('does not take marks from the file of a hand-in', async () => {
    const path = handIn('')
    writeFileSync(join(path, 'parlor-check.toml'), 'client = "python3 program.py"\nprogram = "chat"\nlevel = "robust"\n[weights]\nslow = 0')
    const { errors, output, code } = await run('check', 'guess', '--folder', path)
    expect(errors).toContain(
      'may only give the commands that start the hand-in; Parlor ignores its other settings: program, level, weights',
    )
    expect(output).toContain('tjc/guess: failed, 0 of 2 checks\n')
    expect(code).toBe(1)
  })
})

describe.skipIf(!hasPython || !hasNamespaces)('parlor check that is interrupted', () => {
  test('ends the program, removes its files, and exits with 130', async () => {
    const temporary = folder()
    const path = handIn('import time\ntime.sleep(60)')
    await using parlor = new Parlor(['check', 'guess', '--client', `python3 ${path}/program.py`], undefined, {
      environment: { TMPDIR: temporary },
    })
    await new Promise<void>((resolve) => {
      const watcher = watch(temporary, { recursive: true }, (_, name) => {
        // the first program of the sandbox has ended, and the next program is the client
        if (!/^parlor-check-.*report/.test(name ?? '')) return
        watcher.close()
        resolve()
      })
    })
    parlor.signal('SIGINT')
    expect(await parlor.exit).toBe(130)
    expect(readdirSync(temporary).filter((name) => name.startsWith('parlor-check'))).toEqual([])
  })
})

describe('parlor check refuses', () => {
  test.each([
    [['check', 'guess'], /there is nothing to check/],
    [['check'], /the program is missing: parlor check PROGRAM, or program = "\.\.\." in parlor-check\.toml/],
    [['check', 'guess', '--client', 'true', '--html', 'x.html'], /--html needs --matrix/],
    [['check', 'guess', '--client', 'python3 "client.py'], /open quote/],
    [['check', 'guess', '--client', 'a | b'], /not run by a shell/],
    [['check', 'guess', '--client', 'true', '--only', 'nosuch'], /there is no check "nosuch"; there are: plays-to-the-end/],
    [['check', 'door', '--client', 'true'], /no checks for parlor\/door/],
    [['check', 'guess', '--udp', '--client', 'true'], /guess does not run over UDP/],
    [['check', 'guess', '--client', 'true', '--folder', '/no/such'], /there is no folder \/no\/such/],
    [['check', 'nosuch', '--client', 'true'], /there is no program "nosuch"/],
    [['check', 'guess', '--client', 'true', '--level', 'high'], /--level/],
  ])('%j', async (args, sentence) => {
    const { errors, code } = await run(...args)
    expect(errors).toMatch(sentence)
    expect(code).toBe(2)
  })
})
