import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { folder } from '../support/folders.ts'
import { Parlor, run, startServe } from '../support/process.ts'
import { runInProcess } from '../support/run-in-process.ts'

const NAME = 'example/connect-four'
const PLUGIN = ['--plugin', join(import.meta.dirname, '../../examples/plugins/connect-four-wire.ts')]

/** A client that asks for a column in each of its turns, and has no rules. */
const CLIENT = `
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
const socket = connect(Number(process.argv[3]), process.argv[2])
socket.on('close', () => process.exit())
const typed = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
for await (const line of createInterface({ input: socket })) {
  if (line !== 'BEGIN' && !line.startsWith('DROP ')) break
  process.stdout.write('Column: ')
  const { value } = await typed.next()
  socket.write((value === 'END' ? 'END' : 'DROP ' + value) + '\\n')
}
socket.end()
`

test('a plug-in with a protocol can be disturbed, tapped, recorded, shown and watched in a class', async () => {
  const files = folder()
  const { server, ports } = await startServe([NAME], ...PLUGIN, '--lab', '--wait', '0', '--data', files, '--fault', 'out:reset before OVER')
  onTestFinished(() => server[Symbol.asyncDispose]())
  const record = join(files, 'plugin.pcapng')
  await using tap = new Parlor([
    'tap',
    NAME,
    ...PLUGIN,
    '--to',
    String(ports[NAME]),
    '--listen',
    '0',
    '--record',
    record,
    '--connections',
    '1',
  ])
  await tap.complains(/listening on .*:\d+,/)
  const client = connect(Number(/listening on 127\.0\.0\.1:(\d+)/.exec(tap.errors)?.[1]), '127.0.0.1').setEncoding('utf8')
  let received = ''
  client.on('data', (text) => (received += text))
  const receive = async (pattern: RegExp) => {
    while (!pattern.test(received)) await once(client, 'data')
    received = ''
  }
  await receive(/^DROP [1-7]\n$/)
  client.write('DROP 4\n')
  await receive(/^DROP [1-7]\n$/)
  client.write('DROP 9\n')
  client.on('error', () => {})
  expect(await tap.exit).toBe(1)
  const sentence = 'the client sent "DROP 9", which does not belong here; expected something like "DROP 4"'
  expect(tap.output).toContain(sentence)

  const shown = await runInProcess('show', record, NAME, ...PLUGIN)
  expect(shown.output).toMatch(/message 1: DROP "DROP [1-7]\\n", legal, bytes 0 to 7 in read 1; "start" → "client drops"/)
  expect(shown.output).toContain('message 2: DROP "DROP 4\\n", legal')
  expect(shown.output).toContain(sentence)
  // the fault knows the messages
  expect(shown.output).not.toContain('OVER')
  expect(shown.output).toContain('server  breaks off')
  const among = await runInProcess('show', record, ...PLUGIN)
  expect(among.output).toContain('example/connect-four ended in')

  const watched = await run('class', '--once', '--data', files)
  expect(watched.output).toMatch(/ example\/connect-four +client drops +/)
  expect(watched.output).toContain('the client sent "DROP 9"')
})

test.each(["throw new Error('not in a thread')", 'process.exit(0)'])(
  'a tap ends with a sentence if the thread of its judge ends by %s in a plug-in',
  async (end) => {
    const plugin = join(folder(), 'main-thread-only.ts')
    writeFileSync(plugin, `import { isMainThread } from 'node:worker_threads'\nexport const games = []\nif (!isMainThread) ${end}\n`)
    const { code, errors } = await run('tap', 'guess', '--plugin', plugin, '--listen', '0', '--to', '1')
    expect(code).toBe(1)
    expect(errors).toMatch(/\nparlor: this is a mistake in Parlor itself, please report it: .*(?:not in a thread|has ended)\n$/)
  },
)

test('a plug-in with a protocol is judged, and a fault in its messages is named', async () => {
  const files = folder()
  writeFileSync(join(files, 'client.mjs'), CLIENT)
  writeFileSync(join(files, 'wrong.mjs'), CLIENT.replace(": 'DROP '", ": 'MOVE '"))
  const judge = (name: string) =>
    run(
      'check',
      NAME,
      '--client',
      `"${process.execPath}" ${name} {HOST} {PORT}`,
      '--folder',
      files,
      ...PLUGIN,
      '--only',
      'plays-to-the-end',
    )
  expect(await judge('client.mjs')).toMatchObject({ code: 0, output: expect.stringContaining('passed  plays-to-the-end') })
  const wrong = await judge('wrong.mjs')
  expect(wrong).toMatchObject({ code: 1, output: expect.stringContaining('the client sent "MOVE ') })
  expect(wrong.output).toMatch(/cause: (?:spelling|out-of-turn|wrong-rules|partial-read); source: a plug-in/)
})
