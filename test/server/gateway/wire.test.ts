import { Buffer } from 'node:buffer'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readRecording } from '../../../src/lab/recordings/formats.ts'
import type { WireRow } from '../../../src/lab/wire/wire-messages.ts'
import { LineSocket } from '../../support/line-socket.ts'
import { run, startServe } from '../../support/process.ts'
import { startGateway } from '../../support/start-gateway.ts'
import { TestClock } from '../../support/test-clock.ts'
import { WireClient } from '../../support/wire-client.ts'

const TICTACTOE = 'tjc/tictactoe'
const SCISSORS = 'c8/scissors'
const illegal = ({ notes }: WireRow) => notes.some(({ tone }) => tone === 'illegal')

test('a page that waits sees the program of its machine from its first byte, and a violation within a second', async () => {
  const { url, ports } = await startGateway({ programs: [TICTACTOE] })
  const page = await WireClient.connect(url)
  expect(page.list).toMatchObject({ right: 'machine', connections: [], programs: [{ program: TICTACTOE }] })
  const program = new LineSocket(ports.get(TICTACTOE) ?? 0)
  await page.watchNewest()
  await page.until(() => page.rows.length > 0)
  const sentAt = performance.now()
  program.say('low')
  await page.until(() => page.rows.some(illegal))
  expect(performance.now() - sentAt).toBeLessThan(1000)
  const row = page.rows.find(illegal)
  expect(row).toMatchObject({ from: 'client', kind: 'message', hex: Buffer.from('low\n').toString('hex') })
  expect(row?.notes[0]?.text).toMatch(/^illegal: the client .*"low"/)
  await program.gone
})

test('a page that is opened after the program has ended sees the same, and exports what Wireshark and a browser read', async () => {
  const { url, ports } = await startGateway({ programs: [TICTACTOE] })
  const program = new LineSocket(ports.get(TICTACTOE) ?? 0)
  program.say('low')
  await program.gone
  const page = await WireClient.connect(url)
  await page.watchNewest()
  await page.until(() => page.rows.some(illegal))
  expect(page.list.connections).toMatchObject([{ program: TICTACTOE, isOpen: false }])
  page.send({ type: 'export', format: 'pcapng' })
  const file = await page.first('file')
  const { entries, warnings } = readRecording(Buffer.from(file.data, 'base64'))
  expect(warnings).toEqual([])
  const bytes = entries.flatMap((entry) => (entry.type === 'segment' && entry.from === 'client' ? [...entry.bytes] : []))
  expect(Buffer.from(bytes).toString()).toBe('low\n')
  page.send({ type: 'export', format: 'html' })
  await page.until(() => page.all('file').length > 1)
  expect(Buffer.from(page.all('file')[1]?.data ?? '', 'base64').toString()).toContain('<!doctype html>')
})

test('the row of a message that the program refuses stands behind the message and before the answer, with the reason and a cause', async () => {
  const { url, ports } = await startGateway({ programs: ['tjc/guess'] })
  const program = new LineSocket(ports.get('tjc/guess') ?? 0)
  await program.hear()
  program.say('low')
  await program.hear()
  const page = await WireClient.connect(url)
  await page.watchNewest()
  await page.until(() => page.rows.some(illegal))
  expect(page.rows.filter(({ kind }) => kind === 'message').map(({ name }) => name)).toEqual(['GUESS', 'guess', 'wasted', 'GUESS'])
  const note = { tone: 'illegal', text: expect.stringContaining('"low"') }
  expect(page.rows.slice(1, 4)).toMatchObject([{ name: 'guess' }, { kind: 'note', notes: [note], cause: 'spelling' }, { name: 'wasted' }])
  expect(page.rows.filter(illegal)).toHaveLength(1)
  // a second view reads the whole log in one round, and has the same rows
  const later = await WireClient.connect(url)
  await later.watchNewest()
  await later.until(() => later.rows.length === page.rows.length)
  expect(later.rows).toEqual(page.rows)
  program.close()
})

test('an unfinished line, and a move of another state, have the codes of their causes', async () => {
  const { url, ports } = await startGateway({ programs: ['tjc/guess', TICTACTOE] })
  const hanging = connect(ports.get('tjc/guess') ?? 0, '127.0.0.1').on('error', () => {})
  onTestFinished(() => void hanging.destroy())
  hanging.write('50')
  const page = await WireClient.connect(url)
  await page.watchNewest()
  await page.until(() => page.rows.some(({ cause }) => cause === 'missing-newline'))
  expect(page.rows.find(({ kind }) => kind === 'broken')).toMatchObject({ name: 'is not finished', cause: 'missing-newline' })
  const glued = new LineSocket(ports.get('tjc/guess') ?? 0)
  await glued.hear()
  glued.say('50\n60')
  await page.until(() => page.list.connections.length === 2)
  await page.watchNewest(2)
  await page.until(() => page.rows.some(({ cause }) => cause === 'answered-twice'))
  glued.close()
  const early = new LineSocket(ports.get(TICTACTOE) ?? 0)
  await early.hear()
  early.say('50')
  await early.gone
  await page.watchNewest(3)
  await page.until(() => page.rows.some(illegal) && page.all('watching').at(-1)?.connection.program === TICTACTOE)
  expect(page.rows.find(illegal)).toMatchObject({ cause: 'spelling' })
})

test('a move against the rules, which the protocol allows, is a row with the reason of the server', async () => {
  const { url, ports } = await startGateway({ programs: [TICTACTOE] })
  const program = new LineSocket(ports.get(TICTACTOE) ?? 0)
  const move = await program.hear()
  const page = await WireClient.connect(url)
  await page.watchNewest()
  program.say(move)
  await page.until(() =>
    page.rows.some(({ kind, notes }) => kind === 'note' && notes[0]?.text.includes('the server ended the conversation') === true),
  )
  expect(page.rows.filter(illegal)).toMatchObject([{ cause: 'wrong-rules' }])
  program.close()
})

test('the hands of a program that plays against a user are hidden until their game is over, and shown then', async () => {
  const { url, ports, browser } = await startGateway({ programs: [SCISSORS], lobby: { wait: 60_000 } })
  const ada = await browser({ name: 'ada' })
  await ada.ask({ type: 'seek', game: 'scissors', wait: null })
  const program = new LineSocket(ports.get(SCISSORS) ?? 0)
  const { table } = await ada.first('seated')
  expect(await program.hear()).toBe('CHOOSE')
  const page = await WireClient.connect(url)
  await page.watchNewest()
  await page.until(() => page.all('rows').at(-1)?.isHidden === true)
  const before = page.texts.length
  program.say('2')
  await page.until(() => page.rows.some(({ from }) => from === 'client'))
  const early = page.texts.slice(before)
  expect(early.length).toBeGreaterThan(0)
  for (const text of early) expect(text).not.toMatch(/320a|"2"|"2\\\\n"|Paper|"size"|"hex"|"name":"hand"/)
  page.send({ type: 'export', format: 'pcapng' })
  expect(await page.first('refused')).toMatchObject({ code: 'not-now', message: expect.stringContaining('hidden') })

  await ada.ask({ type: 'resign', table })
  await page.until(() => page.all('rows').at(-1)?.isHidden === false)
  await page.until(() => page.rows.some(({ hex, name }) => hex === '320a' && name === 'hand'))
  expect(page.all('file')).toEqual([])
  program.close()
})

test('a page of another origin, under a foreign name, or behind an unknown proxy sees no program', async () => {
  const { url, ports, port } = await startGateway({ programs: [TICTACTOE] })
  const program = new LineSocket(ports.get(TICTACTOE) ?? 0)
  await program.hear()
  await expect(WireClient.connect(url, { origin: 'http://evil.example' })).rejects.toThrow('403')
  const forwarded = await WireClient.connect(url, { headers: { 'x-forwarded-for': '127.0.0.1' } })
  expect(forwarded.list).toMatchObject({ right: 'none', connections: [], why: expect.stringContaining('proxy') })
  const rebound = { headers: { host: `evil.example:${port}` }, origin: `http://evil.example:${port}` }
  await expect(WireClient.connect(url, rebound)).rejects.toThrow('421')
  program.close()
})

test('a page gets a pong for its ping, and is closed after many pings, many pongs, a message in many fragments, or a long message', async () => {
  const { url } = await startGateway({ clock: new TestClock() })
  const pages = await Promise.all(Array.from({ length: 5 }, () => WireClient.connect(url)))
  const [pinging, ponging, fragmenting, long, binary] = pages
  let pongs = 0
  pinging?.socket.on('pong', () => pongs++)
  pinging?.socket.ping('here')
  await new Promise((resolve) => pinging?.socket.once('pong', resolve))
  const sent = 1000
  for (let n = 0; n < sent; n++) pinging?.socket.ping('here')
  for (let n = 0; n < sent; n++) ponging?.socket.pong('here')
  for (let n = 0; n < 200; n++) fragmenting?.socket.send('', { fin: false })
  long?.socket.send('x'.repeat(513))
  binary?.socket.send(Buffer.from('{}'))
  expect(await Promise.all(pages.map(({ closed }) => closed))).toEqual([1008, 1008, 1008, 1009, 1003])
  expect(pongs).toBeGreaterThan(0)
  expect(pongs).toBeLessThan(sent / 2)
})

test('a page that sends too many messages is closed, and frees its place among the views of its address', async () => {
  const { url } = await startGateway({ clock: new TestClock() })
  const pages = await Promise.all(Array.from({ length: 8 }, () => WireClient.connect(url)))
  await expect(WireClient.connect(url)).rejects.toThrow('429')
  for (let n = 0; n < 21; n++) pages[0]?.socket.send('nonsense')
  expect(await pages[0]?.closed).toBe(1008)
  expect((await WireClient.connect(url)).list).toMatchObject({ right: 'machine' })
})

test('a page that reads nothing and requests the rows again and again is disconnected at a bounded number of bytes', async () => {
  const clock = new TestClock()
  const { url, ports, close } = await startGateway({ programs: ['tjc/chat'], clock })
  const program = new LineSocket(ports.get('tjc/chat') ?? 0)
  for (let n = 0; n < 100; n++) program.say(`${n} ${'word '.repeat(40)}`)
  const page = await WireClient.connect(url)
  await page.watchNewest()
  page.socket.pause()
  let isClosed = false
  const closed = page.closed.then(() => {
    isClosed = true
  })
  // after so many requests, no ping without an answer has ended the connection yet
  const most = 200
  let requests = 0
  for (; !isClosed && requests < most; requests++) {
    page.send({ type: 'watch', connection: 1 })
    await clock.pass(250)
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
  page.socket.resume()
  await closed
  program.close()
  expect(requests).toBeLessThan(most)
  // the server waits for the end of its connections on the clock of the test
  await Promise.all([close(), clock.pass(60_000)])
})

test('a page whose trusted proxy names no readable address sees no program', async () => {
  const { url, ports } = await startGateway({ programs: [TICTACTOE], rules: { proxies: ['127.0.0.1'] } })
  const program = new LineSocket(ports.get(TICTACTOE) ?? 0)
  await program.hear()
  for (const headers of [{ 'x-forwarded-for': '192.0.2.1:5000' }, { 'x-real-ip': '192.0.2.1' }] as const) {
    const page = await WireClient.connect(url, { headers })
    expect(page.list).toMatchObject({ right: 'none', connections: [], why: expect.stringContaining('proxy') })
  }
  program.close()
})

test('a page of another address sees no program of this machine without a code, which works once', async () => {
  const { url, ports, wire } = await startGateway({ programs: [TICTACTOE], rules: { proxies: ['127.0.0.1'] } })
  const program = new LineSocket(ports.get(TICTACTOE) ?? 0)
  await program.hear()
  const headers = { 'x-forwarded-for': '10.0.0.9' }
  const page = await WireClient.connect(url, { headers })
  expect(page.list).toMatchObject({ right: 'address', connections: [] })
  page.send({ type: 'watch', connection: 1 })
  expect(await page.first('refused')).toMatchObject({ code: 'not-found' })
  page.send({ type: 'code', code: 'AAAA-AAAA' })
  await page.until(() => page.all('refused').length === 2)
  expect(page.all('refused')[1]).toMatchObject({ code: 'bad-token' })
  const code = wire.access.issueCode('127.0.0.1')
  if (typeof code !== 'string') throw new Error(code.refused)
  page.send({ type: 'code', code: code.toLowerCase() })
  await page.until(() => page.list.right === 'code')
  await page.watchNewest()
  await page.until(() => page.rows.length > 0)
  // the same page has its right again after a reload, and no other page has it
  const { ticket } = await page.first('ticket')
  const reloaded = await WireClient.connect(url, { headers })
  reloaded.send({ type: 'ticket', ticket })
  await reloaded.until(() => reloaded.list.right === 'code')
  expect(reloaded.list.connections).toMatchObject([{ program: TICTACTOE }])
  reloaded.send({ type: 'ticket', ticket: ticket.replace(/^./, (one) => (one === 'A' ? 'B' : 'A')) })
  expect(await reloaded.first('ticket')).toEqual({ type: 'ticket', ticket: '' })
  const other = await WireClient.connect(url, { headers })
  for (let tries = 0; tries < 12; tries++) other.send({ type: 'code', code })
  await other.until(() => other.all('refused').some((refused) => refused.code === 'throttled'))
  expect(other.list.connections).toEqual([])
  expect(wire.access.issueCode(undefined)).toMatchObject({ refused: expect.stringContaining('--lab') })
  program.close()
})

test('an operator with --lab sees all programs, without a password and without talk', async () => {
  const { url, ports, wire } = await startGateway({ programs: ['parlor/door', 'tjc/chat'], isLab: true })
  const user = new LineSocket(ports.get('parlor/door') ?? 0)
  user.say('register ada looms-and-numbers')
  user.say('quit')
  await user.gone
  const chatter = new LineSocket(ports.get('tjc/chat') ?? 0)
  chatter.say('a private word')
  const code = wire.access.issueCode(undefined)
  if (typeof code !== 'string') throw new Error(code.refused)
  const page = await WireClient.connect(url)
  page.send({ type: 'code', code })
  await page.until(() => page.list.right === 'operator')
  for (const { connection } of page.list.connections) {
    page.send({ type: 'watch', connection })
    await page.until(
      () =>
        page.rows.some(({ from, text }) => from === 'client' && text.includes('***')) &&
        page.all('watching').at(-1)?.connection.connection === connection,
    )
  }
  expect(page.list.connections).toHaveLength(2)
  expect(page.texts.join()).not.toMatch(/looms|private|6c6f6f6d73|70726976/)
  chatter.close()
})

test('the row of an unfinished line has no byte of a password, in any form', async () => {
  const { url, ports } = await startGateway({ programs: ['parlor/door'], isLab: true })
  const typing = connect(ports.get('parlor/door') ?? 0, '127.0.0.1').on('error', () => {})
  onTestFinished(() => void typing.destroy())
  typing.write('register ada looms-and-numbers')
  const page = await WireClient.connect(url)
  await page.watchNewest()
  await page.until(() => page.rows.some(({ kind }) => kind === 'broken'))
  expect(page.rows.find(({ kind }) => kind === 'broken')?.notes[0]?.text).toContain('***')
  expect(page.texts.join()).not.toMatch(/looms|6c6f6f6d73/)
})

test('"parlor serve" logs its programs, and "parlor wire-code" prints a code for the page', async () => {
  const data = await mkdtemp(join(tmpdir(), 'parlor-wire-'))
  onTestFinished(() => rm(data, { recursive: true, force: true }))
  const { server, ports } = await startServe(['parlor/door', TICTACTOE], '--data', data, '--web', '127.0.0.1:0')
  onTestFinished(() => server[Symbol.asyncDispose]())
  const { web } = JSON.parse(server.output) as { web: { url: string } }
  const program = new LineSocket(ports[TICTACTOE] ?? 0)
  const user = new LineSocket(ports['parlor/door'] ?? 0)
  await Promise.all([program.hear(), user.hear()])
  const page = await WireClient.connect(web.url.replace(/\/$/, ''), { headers: { 'x-forwarded-for': '10.0.0.9' } })
  expect(page.list).toMatchObject({ right: 'none', connections: [] })
  const { output, code } = await run('wire-code', '127.0.0.1', '--data', data)
  expect({ output, code }).toEqual({ output: expect.stringMatching(/^[0-9A-Z]{4}-[0-9A-Z]{4}\n/), code: 0 })
  page.send({ type: 'code', code: output.slice(0, 9) })
  await page.until(() => page.list.right === 'code')
  // the front door has no log without --lab
  expect(page.list.connections.map((one) => one.program)).toEqual([TICTACTOE])
  await page.watchNewest()
  program.say('low')
  await page.until(() => page.rows.some(illegal))
  const refused = await run('wire-code', '--data', data)
  expect(refused).toMatchObject({ errors: expect.stringContaining('--lab'), code: 1 })
  user.close()
})
