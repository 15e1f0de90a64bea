import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openStore } from '../../src/storage/sqlite/index.ts'
import { NativeLink } from '../support/native-link.ts'
import { run, startServe } from '../support/process.ts'
import { runInProcess } from '../support/run-in-process.ts'
import { asRoot, openFolder, smallDisk } from '../support/system.ts'

const text = ({ output, errors }: { output: string; errors: string }) => output + errors

/** Runs a command: a server in a process of its own, because it handles signals. */
function ran(...args: string[]) {
  return args[0] === 'serve' ? run(...args) : runInProcess(...args)
}

/** A server with a folder, and a game in which ada is to move. */
async function playing(data: string) {
  const { server, ports } = await startServe(['parlor/door'], '--data', data, '--level', 'info')
  onTestFinished(() => server[Symbol.asyncDispose]())
  const tables: number[] = []
  const link = async (name: string) => {
    const one = await NativeLink.open(ports['parlor/door'] ?? 0, (message) => {
      if (message.type === 'seated') tables.push(message.table)
    })
    onTestFinished(() => one.close())
    expect(await one.ask({ type: 'register', name, password: 'engine-1843' })).toMatchObject({ type: 'entered' })
    await one.ask({ type: 'seek', game: 'tictactoe' })
    return one
  }
  const [ada, grace] = [await link('ada'), await link('grace')]
  return { server, ada, grace, table: tables[0] ?? 0 }
}

async function movesIn(folder: string, table: number): Promise<number> {
  const store = await openStore({ folder })
  const events = await store.tables.read(table, 0)
  expect(await store.accounts.named('ada')).toMatchObject({ name: 'ada' })
  await store.close()
  return events.filter(({ type }) => type === 'moved').length
}

test('a backup of a running server is readable by its owner alone, and is restored in an empty folder', async () => {
  const around = openFolder()
  const data = join(around, 'data')
  const { server, ada, grace, table } = await playing(data)
  await ada.ask({ type: 'play', table, move: '1' })
  const file = join(around, 'backup.db')
  const made = await runInProcess('backup', file, '--data', data)
  expect([made.code, made.output]).toEqual([0, expect.stringContaining(`${file} has all of ${data}`)])
  expect(statSync(file).mode & 0o777).toBe(0o600)
  // the server continues meanwhile, and later changes are not in it
  expect(await grace.ask({ type: 'play', table, move: '2' })).toMatchObject({ type: 'ok' })
  expect(readdirSync(around).sort()).toEqual(['backup.db', 'data'])
  expect(await runInProcess('verify', file)).toMatchObject({
    code: 0,
    output: expect.stringMatching(/backup\.db is in order: 1 table with \d+ events/),
  })
  const again = await runInProcess('backup', file, '--data', data)
  expect([again.code, again.errors]).toEqual([2, expect.stringContaining('is there already: choose another file')])
  server.signal('SIGTERM')
  await server.exit
  const restored = join(around, 'restored')
  mkdirSync(restored, { mode: 0o700 })
  renameSync(file, join(restored, 'parlor.db'))
  expect([await movesIn(restored, table), await movesIn(data, table)]).toEqual([1, 2])
  const stopped = join(around, 'stopped.db')
  expect(await runInProcess('backup', stopped, '--data', data)).toMatchObject({ code: 0 })
  expect(await runInProcess('verify', stopped)).toMatchObject({ code: 0 })
})

test('verify checks a folder, also while the server runs, and reports faults, also by its exit code', async () => {
  const data = join(openFolder(), 'data')
  const { server, ada, table } = await playing(data)
  await ada.ask({ type: 'play', table, move: '1' })
  const running = await runInProcess('verify', '--data', data, '--json')
  expect(server.errors).toMatch(/the operator requested: verify, by a copy\n/)
  expect([running.code, JSON.parse(running.output)]).toEqual([0, expect.objectContaining({ ok: true, tables: 1, problems: [] })])
  server.signal('SIGKILL')
  await server.exit
  expect(await runInProcess('verify', '--data', data)).toMatchObject({ code: 0 })
  rmSync(join(data, 'parlor.db-wal'))
  const damaged = await runInProcess('verify', '--data', data)
  expect([damaged.code, damaged.errors]).toEqual([
    1,
    expect.stringMatching(/its log parlor\.db-wal is missing[\s\S]*is damaged: restore a backup/),
  ])
  expect(damaged.errors).not.toContain('parlor-verify-')
  const json = JSON.parse((await runInProcess('verify', '--data', data, '--json')).output)
  expect(json).toMatchObject({ ok: false, problems: [expect.stringMatching(/parlor\.db-wal is missing/)] })
})

test('a server does not start in a folder that has lost data, reports the loss and the repair, and starts after it', async () => {
  const data = join(openFolder(), 'data')
  const { server, ada, table } = await playing(data)
  await ada.ask({ type: 'play', table, move: '1' })
  server.signal('SIGKILL')
  await server.exit
  rmSync(join(data, 'parlor.db-wal'))
  const refused = await run('serve', '--only', 'guess', '--port', 'guess=0', '--data', data)
  expect(refused.code).toBe(2)
  expect(refused.errors).toMatch(/its log parlor\.db-wal is missing: the last \d+ of \d+ commits are lost, with table 1 altogether/)
  expect(refused.errors).toMatch(/Restore a backup, or continue without the lost data: "parlor repair --data /)
  const repaired = await runInProcess('repair', '--data', data)
  expect([repaired.code, repaired.output]).toEqual([0, expect.stringMatching(/The original files are in .*parlor\.damaged-/)])
  expect(repaired.output).toMatch(/^The new database has the events of \d+ tables?$/m)
  expect(await runInProcess('verify', '--data', data)).toMatchObject({ code: 0 })
  const after = await playing(data)
  expect(await after.ada.ask({ type: 'play', table: after.table, move: '1' })).toMatchObject({ type: 'ok' })
  expect((await runInProcess('repair', '--data', data)).errors).toMatch(/is in use by another program/)
})

test('backup refuses a folder that has lost data, as serve does; a backup of a killed server is complete and changes nothing', async () => {
  const around = openFolder()
  const [data, whole, file] = [join(around, 'data'), join(around, 'whole'), join(around, 'backup.db')]
  const { server, ada, table } = await playing(data)
  await ada.ask({ type: 'play', table, move: '1' })
  server.signal('SIGKILL')
  await server.exit
  cpSync(data, whole, { recursive: true, filter: (path) => !path.endsWith('.sock') })
  rmSync(join(data, 'parlor.db-wal'))
  const refused = await runInProcess('backup', file, '--data', data)
  expect([refused.code, refused.output, refused.errors]).toEqual([
    2,
    '',
    expect.stringMatching(
      /^parlor: \S+parlor\.db is damaged: its log parlor\.db-wal is missing: the last .* are lost.*"parlor repair --data /,
    ),
  ])
  expect(readdirSync(around).sort()).toEqual(['data', 'whole'])
  // the next start reports the loss again
  expect(await run('serve', '--only', 'guess', '--port', '0', '--data', data)).toMatchObject({ code: 2, output: '' })
  expect(await runInProcess('backup', file, '--data', whole)).toMatchObject({ code: 0, errors: '' })
  expect(await runInProcess('verify', file)).toMatchObject({ code: 0, errors: '' })
  expect(await runInProcess('verify', '--data', whole)).toMatchObject({ code: 0, errors: '' })
  expect(await movesIn(whole, table)).toBe(1)
})

test('a backup of a folder of an earlier version leaves the folder unchanged, for the earlier program', async () => {
  const around = openFolder()
  const [data, file] = [join(around, 'data'), join(around, 'backup.db')]
  cpSync(join(import.meta.dirname, '../fixtures/data-v4/stopped'), data, { recursive: true })
  const before = readFileSync(join(data, 'parlor.db'))
  expect(await runInProcess('backup', file, '--data', data)).toMatchObject({ code: 0, errors: '' })
  expect(readFileSync(join(data, 'parlor.db')).subarray(60, 64)).toEqual(before.subarray(60, 64))
  expect(await runInProcess('verify', file)).toMatchObject({ code: 0 })
})

test('a backup of a folder of an earlier version whose server was killed leaves its log there, which the next start checks', async () => {
  const around = openFolder()
  const [data, file] = [join(around, 'data'), join(around, 'backup.db')]
  cpSync(join(import.meta.dirname, '../fixtures/data-v4/killed'), data, { recursive: true })
  expect(await runInProcess('backup', file, '--data', data)).toMatchObject({ code: 0, errors: '' })
  expect(readdirSync(data)).toEqual(['parlor.db', 'parlor.db-wal'])
  expect(await runInProcess('verify', file)).toMatchObject({ code: 0 })
})

test.each(['parlor.db-wal', 'parlor.mark', 'parlor.sock'])(
  'each command refuses a symbolic link in the place of a file, and leaves its target unchanged: %s',
  async (name) => {
    const data = openFolder()
    await (await openStore({ folder: data })).close()
    const other = join(openFolder(), 'other')
    writeFileSync(other, 'of another program')
    chmodSync(other, 0o644)
    symlinkSync(other, join(data, name))
    const folders = [['serve', '--port', '0'], ['verify'], ['repair'], ['backup', join(data, 'x.db')], ['people', 'list'], ['rank', 'quiz']]
    for (const command of folders) {
      const ended = await ran(...command, '--data', data)
      expect([ended.code, ended.output, ended.errors]).toEqual([
        2,
        '',
        expect.stringMatching(/^parlor: \S+ is a symbolic link, and should be a (regular file|socket): move it away/),
      ])
    }
    expect(readFileSync(other, 'utf8')).toBe('of another program')
    expect(statSync(other).mode & 0o777).toBe(0o644)
  },
)

test('verify reports a mark that is missing, damaged or of another folder, and fails; serve reports it and starts', async () => {
  const [data, other] = [openFolder(), openFolder()]
  for (const folder of [data, other]) {
    const { server, ada, table } = await playing(folder)
    await ada.ask({ type: 'play', table, move: '1' })
    server.signal('SIGKILL')
    await server.exit
  }
  const mark = join(data, 'parlor.mark')
  for (const [spoil, what] of [
    [() => rmSync(mark), 'is missing'],
    [() => writeFileSync(mark, 'parlor-mark 1 nonsense'), 'is damaged or empty'],
    [() => copyFileSync(join(other, 'parlor.mark'), mark), 'belongs to another database'],
  ] as const) {
    spoil()
    const verified = await runInProcess('verify', '--data', data)
    expect([verified.code, verified.errors]).toEqual([
      1,
      expect.stringContaining(`parlor.mark ${what}: if commits are missing at the end of `),
    ])
  }
  const { server } = await startServe(['parlor/door'], '--data', data)
  onTestFinished(() => server[Symbol.asyncDispose]())
  expect(server.errors).toMatch(/parlor\.mark belongs to another database/)
})

test('every command reports a folder that is not a server’s', async () => {
  const around = openFolder()
  for (const command of [['verify'], ['repair'], ['backup', join(around, 'x.db')]]) {
    expect(text(await ran(...command, '--data', around))).toMatch(/there is no parlor\.db in .*: no server has stored data in this folder/)
    expect(text(await ran(...command, '--data', join(around, 'none')))).toMatch(/there is no .*none here; --data names another folder/)
  }
  writeFileSync(join(around, 'note.txt'), 'no database at all, and of some length at that')
  expect((await runInProcess('verify', join(around, 'note.txt'))).errors).toBe(
    `parlor: ${join(around, 'note.txt')} is not a database of Parlor: name the parlor.db of a server, or a backup\n`,
  )
  const empty = join(around, 'empty.db')
  writeFileSync(empty, '')
  expect(await runInProcess('verify', empty)).toMatchObject({
    code: 2,
    errors: `parlor: ${empty} is empty, so it is not a database of Parlor: name the parlor.db of a server, or a backup\n`,
  })
  const hollow = openFolder()
  writeFileSync(join(hollow, 'parlor.db'), '')
  for (const place of [[join(hollow, 'parlor.db')], [hollow], ['--data', hollow]])
    expect(await runInProcess('verify', ...place)).toMatchObject({
      code: 1,
      errors: expect.stringContaining('parlor.db is empty: all games'),
    })
  const busy = openFolder()
  await (await openStore({ folder: busy })).close()
  const sound = await runInProcess('repair', '--data', busy)
  expect(sound).toMatchObject({
    code: 0,
    output: expect.stringContaining('The command could read everything in the folder, and has copied it.'),
  })
  await playing(busy)
  const twice = await run('serve', '--only', 'guess', '--port', '0', '--data', busy)
  expect(twice).toMatchObject({
    code: 1,
    output: '',
    errors: expect.stringMatching(
      /^parlor: another Parlor seems to have this folder open: stop it, or serve beside it with another folder: --data DIR\nparlor: [^\n]+ choose another folder \(--data names another, or "none"\)\n$/,
    ),
  })
  expect(existsSync(join(around, 'x.db'))).toBe(false)
})

const NO_FILE = /is a (named pipe|directory), and should be a regular file/

test.each(['parlor.db', 'parlor.db-wal', 'parlor.mark'])('the command reports a directory in the place of a file: %s', async (name) => {
  const data = openFolder()
  await (await openStore({ folder: data })).close()
  rmSync(join(data, name), { force: true })
  mkdirSync(join(data, name))
  for (const command of [['serve', '--port', '0'], ['verify'], ['repair'], ['backup', join(data, 'x.db')]]) {
    const ended = await ran(...command, '--data', data)
    expect([ended.code, ended.errors]).toEqual([2, expect.stringMatching(NO_FILE)])
  }
})

test.each(['parlor.db', 'parlor.db-wal', 'parlor.mark'])(
  'the command reports a pipe in the place of a file, without a hang: %s',
  async (name) => {
    const data = openFolder()
    await (await openStore({ folder: data })).close()
    rmSync(join(data, name), { force: true })
    execFileSync('mkfifo', [join(data, name)])
    // a command that opens the pipe would hang, and this process must not
    for (const command of [['serve', '--port', '0'], ['verify'], ['repair'], ['backup', join(data, 'x.db')]]) {
      const ended = await run(...command, '--data', data)
      expect([ended.code, ended.errors]).toEqual([2, expect.stringMatching(NO_FILE)])
    }
  },
)

test('verify fails for a database that is missing beside its mark', async () => {
  const data = openFolder()
  writeFileSync(join(data, 'parlor.mark'), '')
  expect(await runInProcess('verify', '--data', data)).toMatchObject({
    code: 1,
    errors: expect.stringMatching(/parlor\.db is missing, and .*all games, accounts and results that were in it are lost/),
  })
})

test('with a database that is a link, serve and verify look beside its target, and report a dangling link', async () => {
  const [data, peer] = [openFolder(), openFolder()]
  await (await openStore({ folder: peer })).close()
  symlinkSync(join(peer, 'parlor.db'), join(data, 'parlor.db'))
  const { server } = await playing(data)
  server.signal('SIGKILL')
  await server.exit
  expect(readdirSync(peer).sort()).toEqual(['parlor.db', 'parlor.db-wal', 'parlor.mark'])
  expect(await runInProcess('verify', '--data', data)).toMatchObject({ code: 0 })
  rmSync(join(peer, 'parlor.db-wal'))
  expect(await runInProcess('verify', '--data', data)).toMatchObject({
    code: 1,
    errors: expect.stringMatching(/parlor\.db-wal is missing/),
  })
  expect(await run('serve', '--port', '0', '--data', data)).toMatchObject({
    code: 2,
    errors: expect.stringMatching(/parlor\.db-wal is missing/),
  })
  rmSync(peer, { recursive: true })
  for (const command of [['serve', '--port', '0'], ['verify'], ['repair'], ['backup', join(data, 'x.db')]]) {
    const errors = /^parlor: \S+parlor\.db is a symbolic link to a file that does not exist/
    expect(await ran(...command, '--data', data)).toMatchObject({ code: 2, errors: expect.stringMatching(errors) })
  }
})

test('verify of a running server whose log was cut names the user’s file and the consequence; a backup is still complete', async () => {
  const around = openFolder()
  const data = join(around, 'data')
  const { ada, grace, table } = await playing(data)
  await ada.ask({ type: 'play', table, move: '1' })
  await grace.ask({ type: 'play', table, move: '2' })
  truncateSync(join(data, 'parlor.db-wal'), 100)
  const verified = await runInProcess('verify', '--data', data)
  const saved = await runInProcess('backup', join(around, 'x.db'), '--data', data)
  const problem = `parlor: ${data}/parlor.db-wal was cut from \\d+ to 100 bytes while the server ran: stop the server, and restore a backup`
  expect(verified.code).toBe(1)
  expect(verified.errors).toMatch(new RegExp(`^${problem}`))
  expect(verified.errors).not.toMatch(/parlor-verify-|I\/O/)
  // the server has all of it in memory
  expect(saved).toMatchObject({ code: 0, errors: '' })
  const restored = openFolder()
  copyFileSync(join(around, 'x.db'), join(restored, 'parlor.db'))
  expect(await movesIn(restored, table)).toBe(2)
})

test('verify reports a damaged page as a fault of the file, and not of its copy', async () => {
  const data = openFolder()
  const { server, ada, table } = await playing(data)
  await ada.ask({ type: 'play', table, move: '1' })
  server.signal('SIGTERM')
  await server.exit
  const path = join(data, 'parlor.db')
  const content = readFileSync(path)
  content.fill(0xff, 4096, content.length)
  writeFileSync(path, content)
  const { code, errors } = await runInProcess('verify', '--data', data)
  expect(code).toBe(1)
  expect(errors).toContain(`${path} is damaged: restore a backup`)
  expect(errors).not.toContain('parlor-verify-')
})

test('a backup in the place of a file that the server uses is refused', async () => {
  const data = openFolder()
  await (await openStore({ folder: data })).close()
  for (const name of ['parlor.sock', 'parlor.mark', 'parlor.db-wal', 'parlor.probe']) {
    expect(await runInProcess('backup', join(data, name), '--data', data)).toMatchObject({
      code: 2,
      errors: expect.stringMatching(/ is a name that the server itself uses: choose another file\n/),
    })
  }
  expect(readdirSync(data)).toEqual(['parlor.db'])
  expect(await runInProcess('verify', '')).toMatchObject({
    code: 2,
    errors: expect.stringContaining('the name of the file to verify is empty'),
  })
})

asRoot('verify reports that there is no room for a copy, with the folder', async () => {
  const disk = smallDisk('256k')
  const data = join(openFolder(), 'data')
  const { server } = await playing(data)
  vi.stubEnv('TMPDIR', disk)
  onTestFinished(() => void vi.unstubAllEnvs())
  const verify = async () => {
    const { code, errors } = await runInProcess('verify', '--data', data)
    return [code, errors]
  }
  const said = `parlor: no copy of ${data}/parlor.db can be made in ${disk} (TMPDIR names another folder): the copy`
  writeFileSync(join(disk, 'filler'), new Uint8Array(200 * 1024))
  expect(await verify()).toEqual([2, expect.stringContaining(said)])
  server.signal('SIGTERM')
  await server.exit
  expect(await verify()).toEqual([2, expect.stringContaining(said.replace(/: the copy$/, ': '))])
})
