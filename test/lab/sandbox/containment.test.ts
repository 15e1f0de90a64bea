import { randomUUID } from 'node:crypto'
import { chmodSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { DEFAULT_LIMITS, type ProgramEnd, type ProgramLimits, type RunningProgram, SandboxError } from '../../../src/lab/check/sandbox.ts'
import { openSandbox } from '../../../src/lab/sandbox/open-sandbox.ts'
import { findMarked } from '../../../src/lab/sandbox/process-tree.ts'
import { handIn, hasNamespaces, hasPython } from '../../support/sandboxes.ts'

/** Limits in which every test ends within seconds. */
const LIMITS: ProgramLimits = { ...DEFAULT_LIMITS, time: 5000 }
const SECRET = 'sandbox-test-secret'

interface Run {
  program: RunningProgram
  end: ProgramEnd
  /** Variable that every process of the program has in its environment. */
  mark: string
  folder: string
}

/** Runs a Python program to its end in a sandbox. */
async function run(text: string, { limits = LIMITS, namespaces = true, pipes = false, environment = {} } = {}): Promise<Run> {
  const folder = handIn(text)
  const words = ['python3', 'program.py']
  const sandbox = await openSandbox({ words, cwd: folder, limits, namespaces })
  onTestFinished(() => sandbox.close())
  const name = 'SANDBOX_TEST'
  const value = randomUUID()
  const program = await sandbox.start({ words, pipes, environment: { ...environment, [name]: value } })
  return { program, end: await program.ended, mark: `${name}=${value}`, folder }
}

const DAEMON = `
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.write(1, b'daemon runs\\n')
        time.sleep(600)
    os._exit(0)
os.wait()
time.sleep(0.2)
print('program ends')
`

describe.skipIf(!hasPython)('a sandbox', () => {
  test('gives a program a clean environment, an empty HOME and a copy of its own folder', async () => {
    process.env.SANDBOX_SECRET = SECRET
    onTestFinished(() => {
      delete process.env.SANDBOX_SECRET
    })
    const { program, end, folder } = await run(`
import os
print(sorted(os.environ), os.environ['HOME'], os.listdir(os.environ['HOME']))
open('written', 'w').write('here')
print(sorted(os.listdir('.')))
`)
    expect(end.code).toBe(0)
    expect(program.output.text()).not.toContain('SANDBOX_SECRET')
    expect(program.output.text()).not.toContain(`'HOME': '${process.env.HOME}'`)
    expect(program.output.text()).toContain("['program.py', 'written']")
    expect(existsSync(join(folder, 'written'))).toBe(false)
  })

  test("does not copy Parlor's own data, which may lie beside a program", async () => {
    const folder = handIn("import os\nprint(sorted(os.listdir('.')))")
    for (const name of ['parlor.db', 'parlor.db-wal', 'parlor.toml', 'words.txt']) writeFileSync(join(folder, name), 'content')
    const words = ['python3', 'program.py']
    const sandbox = await openSandbox({ words, cwd: folder })
    onTestFinished(() => sandbox.close())
    const program = await sandbox.start({ words })
    await program.ended
    expect(program.output.text()).toContain("['program.py', 'words.txt']")
  })

  test.each([{ pipes: false }, { pipes: true }])('reports exit codes and signals: %o', async ({ pipes }) => {
    const code = await run('raise SystemExit(7)', { pipes })
    expect(code.end).toMatchObject({ code: 7 })
    const crash = await run('import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)', { pipes })
    expect(crash.end).toMatchObject({ signal: 'SIGSEGV' })
  })

  test('separates both streams on pipes', async () => {
    const { program } = await run("import sys\nprint('out')\nprint('err', file=sys.stderr)", { pipes: true })
    expect(program.output.text('stdout')).toBe('out\n')
    expect(program.output.text('stderr')).toBe('err\n')
  })

  test('ends a program that never ends', async () => {
    const { end } = await run('while True: pass', { limits: { ...LIMITS, time: 1000 } })
    expect(end.stopped).toBe('time')
    expect(end.usage.processor).toBeGreaterThan(100)
  })

  test('ends a program that prints without end', async () => {
    const { program, end } = await run("while True: print('x' * 1000)", { limits: { ...LIMITS, output: 100_000 } })
    expect(end.stopped).toBe('output')
    expect(program.output.text().length).toBeLessThanOrEqual(100_000)
  })

  test.each([{ namespaces: true }, { namespaces: false }])('ends a daemon with the program that started it: %o', async (options) => {
    const { program, end, mark } = await run(DAEMON, options)
    expect(program.output.text()).toContain('daemon runs')
    expect(program.output.text()).toContain('program ends')
    expect(end.code).toBe(0)
    expect(findMarked(mark)).toEqual([])
  })

  test('ends what a program has started when the judge stops it', async () => {
    const folder = handIn(DAEMON.replace('time.sleep(0.2)', 'time.sleep(600)'))
    const words = ['python3', 'program.py']
    const sandbox = await openSandbox({ words, cwd: folder, limits: LIMITS })
    onTestFinished(() => sandbox.close())
    const value = randomUUID()
    const program = await sandbox.start({ words, environment: { SANDBOX_TEST: value } })
    while (!program.output.text().includes('daemon runs')) await program.output.next()
    if (process.platform === 'linux') expect(findMarked(`SANDBOX_TEST=${value}`)).not.toEqual([])
    expect(await program.stop()).toMatchObject({ stopped: 'judge' })
    expect(findMarked(`SANDBOX_TEST=${value}`)).toEqual([])
  })
})

describe.skipIf(!hasPython || !hasNamespaces)('a sandbox with namespaces', () => {
  test('ends a program that allocates without end', async () => {
    const { end } = await run("kept = []\nwhile True: kept.append(b'x' * 10_000_000)", {
      limits: { ...LIMITS, memory: 200 * 1024 * 1024 },
    })
    // the program meets its limit, which Python reports, or the judge ends it
    expect(end.stopped === 'memory' || end.code === 1).toBe(true)
    expect(end.usage.memory).toBeLessThan(1024 * 1024 * 1024)
  })

  test('ends a program whose processes together allocate too much', async () => {
    const { end } = await run(
      `
import os, time
for each in range(8):
    if os.fork() == 0:
        kept = b'x' * 60_000_000
        time.sleep(600)
time.sleep(600)
`,
      { limits: { ...LIMITS, memory: 200 * 1024 * 1024 } },
    )
    expect(end.stopped).toBe('memory')
  })

  test('bounds the processes of a fork bomb, and ends them all', async () => {
    // without the bound, this would be at most 4,096 processes, which end by themselves
    const { program, end, mark } = await run(
      `
import os, time
refused = 0
for each in range(12):
    try: os.fork()
    except OSError: refused += 1
if refused: os.write(1, b'refused\\n')
time.sleep(20)
`,
      { limits: { ...LIMITS, time: 2500, processes: 40 } },
    )
    expect(program.output.text()).toContain('refused')
    expect(end.stopped).toBe('time')
    expect(findMarked(mark)).toEqual([])
  })

  test('denies a program the files of other users: the program deletes what it finds, in vain', async () => {
    const other = handIn('the hand-in of another')
    const { program, folder } = await run(
      `
import os, shutil
other = os.environ['OTHER']
try: print('read', open(other + '/program.py').read())
except OSError as error: print('not read:', type(error).__name__)
try: open('/etc/parlor-test', 'w'); print('written')
except OSError as error: print('not written:', type(error).__name__)
for path in [os.environ['HOME'], os.getcwd(), other, '/etc', '/usr/bin']:
    shutil.rmtree(path, ignore_errors=True)
print('own', os.listdir('.'), 'passwd', os.path.exists('/etc/passwd'))
`,
      { environment: { OTHER: other } },
    )
    expect(program.output.text()).toContain('not read: FileNotFoundError')
    expect(program.output.text()).toContain('not written: OSError')
    expect(program.output.text()).toContain('own [] passwd True')
    expect(existsSync(join(other, 'program.py'))).toBe(true)
    expect(existsSync(join(folder, 'program.py'))).toBe(true)
    expect(existsSync('/etc/parlor-test')).toBe(false)
  })

  test('shows a folder that is too large to be copied, read-only, with a note', async () => {
    const folder = handIn("print(open('words.txt').read())\ntry: open('new', 'w')\nexcept OSError as error: print(error.strerror)")
    for (let number = 0; number < 2001; number++) writeFileSync(join(folder, `file${number}`), '')
    writeFileSync(join(folder, 'words.txt'), 'a word')
    const words = ['python3', 'program.py']
    if (process.geteuid?.() === 0) await expect(openSandbox({ words, cwd: folder })).rejects.toThrow(SandboxError)
    chmodSync(folder, 0o755)
    const sandbox = await openSandbox({ words, cwd: folder })
    onTestFinished(() => sandbox.close())
    expect(sandbox.notes.join()).toContain(`${folder} has more than 2000 files or 64 MB, so the program sees the folder itself, read-only`)
    const program = await sandbox.start({ words })
    await program.ended
    expect(program.output.text()).toBe('a word\nRead-only file system\n')
  })

  test('bounds the files that a program writes', async () => {
    const { program } = await run(
      `
total = 0
try:
    for each in range(100):
        with open('file%d' % each, 'wb') as file: file.write(b'x' * 1_000_000)
        total += 1
except OSError as error: print('stopped by', error.strerror)
print(total < 20)
`,
      { limits: { ...LIMITS, files: 10 * 1024 * 1024 } },
    )
    expect(program.output.text()).toContain('stopped by No space left on device')
    expect(program.output.text()).toContain('True')
  })

  test('gives a program no other network, and no sight of other processes', async () => {
    const { program } = await run(`
import os, socket
try: socket.create_connection(('192.0.2.1', 80), 1)
except OSError as error: print('network:', error.strerror)
print('processes', sum(name.isdigit() for name in os.listdir('/proc')) < 8)
`)
    expect(program.output.text()).toContain('network: Network is unreachable')
    expect(program.output.text()).toContain('processes True')
  })
})
