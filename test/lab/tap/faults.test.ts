import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { toWatchedProtocol } from '../../../src/lab/monitor/monitor.ts'
import { formatPage } from '../../../src/lab/pages/page-formats.ts'
import { createWatches } from '../../../src/lab/tap/conversation-watch.ts'
import { LiveView } from '../../../src/lab/tap/live-view.ts'
import { RecordingJudge } from '../../../src/lab/tap/recording-judge.ts'
import { program } from '../../support/play.ts'
import { plainClient, plainServer, readToEnd } from '../../support/sockets.ts'
import { ending, opening, segment } from '../recordings/samples.ts'
import { startTap } from './start-tap.ts'

/** A server of tjc/guess whose number is 40, and which ends with the game. */
function serveGuess(socket: Socket): void {
  socket.write('GUESS\n')
  socket.on('data', (bytes) => {
    for (const line of String(bytes).trim().split('\n')) {
      const guess = Number(line)
      if (guess === 40) socket.end('WIN\n')
      else socket.write(guess > 40 ? 'HIGH\nGUESS\n' : 'LOW\nGUESS\n')
    }
  })
  socket.on('end', () => socket.end())
}

/** Sends a guess for each GUESS that arrives. Resolves to all that has arrived, and the code with which the connection broke. */
async function guess(socket: Socket, guesses: readonly number[]): Promise<{ readonly text: string; readonly code: unknown }> {
  const left = [...guesses]
  let text = ''
  let code: unknown
  socket.on('data', (bytes) => {
    text += bytes
    if (text.endsWith('GUESS\n') && left.length > 0) socket.write(`${left.shift()}\n`)
  })
  socket
    .on('end', () => socket.end())
    .on('error', (error: NodeJS.ErrnoException) => {
      code = error.code
    })
  await new Promise((resolve) => socket.once('close', resolve))
  return { text, code }
}

test('passes every byte on in pieces, and says how each message was sent on', async () => {
  const tap = await startTap(await plainServer(serveGuess), { name: 'guess', faults: 'server:split 2,client:delay 20' })
  const { text } = await guess(await plainClient(tap.address), [90, 40])
  expect(text).toBe('GUESS\nHIGH\nGUESS\nWIN\n')
  await tap.until(() => tap.summaries.length === 1)
  // the recording has what each side has sent, not what the tap has made of it
  expect(tap.recorded('server')).toBe(text)
  expect(tap.entries.filter(({ type }) => type === 'segment').length).toBeLessThan(8)
  expect(tap.summaries).toMatchObject([{ violations: 0, excused: 0, isDisturbed: false, isOver: true }])
  expect(tap.acts).toContainEqual(expect.stringMatching(/^message 1 is sent on in 3 pieces of 2 bytes(, \d+ ms later)?$/))
  expect(tap.acts).toContainEqual(expect.stringMatching(/^message 2 is sent on in one piece, (19|[2-9]\d|\d{3,}) ms later$/))
  // HIGH and GUESS came together, and one piece has bytes of both
  expect(tap.acts).toContainEqual(expect.stringMatching(/^message 3 is sent on in pieces of 2, 2, 1 bytes, together with other bytes/))
})

test('cuts the same bytes at the same places with the same seed', async () => {
  const address = await plainServer(serveGuess)
  const pieces = async (seed: number) => {
    const tap = await startTap(address, { name: 'guess', faults: 'server:split 1..3', seed })
    await guess(await plainClient(tap.address), [90, 20, 40])
    await tap.until(() => tap.summaries.length === 1)
    return tap.acts.map((sentence) => sentence.replace(/, \d+ ms later/, ''))
  }
  const [one, again, other] = [await pieces(7), await pieces(7), await pieces(8)]
  expect(one.length).toBeGreaterThan(5)
  expect(again).toEqual(one)
  expect(other).not.toEqual(one)
})

test('resets both sides by a fault, which the recording has as a comment and which blames no side', async () => {
  const codes: unknown[] = []
  const address = await plainServer((socket) => {
    socket.on('error', (error: NodeJS.ErrnoException) => codes.push(error.code))
    serveGuess(socket)
  })
  const tap = await startTap(address, { name: 'guess', faults: 'reset before HIGH' })
  expect(await guess(await plainClient(tap.address), [90, 40])).toEqual({ text: 'GUESS\n', code: 'ECONNRESET' })
  await tap.until(() => tap.summaries.length === 1)
  const sentence = 'the fault "reset before HIGH" resets the connection, after 6 bytes'
  // on a busy machine, the tap may also report that it has sent a message on late
  expect(tap.acts.filter((act) => !act.endsWith(' ms later'))).toEqual([sentence, '11 bytes of the server were not sent on'])
  expect(tap.entries.at(-1)).toMatchObject({ type: 'end', how: 'reset', comments: [`parlor: ${sentence}`] })
  expect(tap.entries.filter(({ type }) => type === 'end')).toHaveLength(1)
  expect(tap.summaries).toMatchObject([{ violations: 0, isDisturbed: true, isOver: false, state: 'guessing' }])
  expect(codes).toEqual(['ECONNRESET'])
})

test('ends one direction by a fault, and the other direction continues', async () => {
  const tap = await startTap(await plainServer(serveGuess), { name: 'guess', faults: 'half-close after 1st GUESS' })
  const client = await plainClient(tap.address)
  expect(await readToEnd(client)).toBe('GUESS\n')
  client.end('90\n')
  await tap.until(() => tap.summaries.length === 1)
  expect(tap.recorded('client')).toBe('90\n')
  expect(tap.acts.at(-1)).toBe('11 bytes of the server were not sent on')
})

test('does not blame the server for answering a datagram that a fault has repeated', async () => {
  const server = createSocket('udp4')
  onTestFinished(() => void server.close())
  server.on('message', (_, { port, address }) => server.send('Hello', port, address))
  server.bind(0, '127.0.0.1')
  await once(server, 'listening')
  const faults = 'client:duplicate 1st,server:lose 2nd'
  const tap = await startTap({ host: '127.0.0.1', port: server.address().port }, { udp: true, name: 'fh/hello', faults })
  const client = createSocket('udp4')
  onTestFinished(() => void client.close())
  client.send('Hello', tap.address.port, '127.0.0.1')
  await once(client, 'message')
  await tap.until(() => tap.acts.length === 5)
  expect(tap.acts).toEqual([
    'the fault "client:duplicate at 1st message" delivers datagram 1 of the client twice',
    'a datagram of 5 bytes of the client is sent on',
    'a datagram of 5 bytes of the client is sent on',
    'a datagram of 5 bytes of the server is sent on',
    'the fault "server:lose at 2nd message" drops datagram 2 of the server',
  ])
  const comments = tap.entries.flatMap((entry) => entry.comments ?? [])
  expect(comments).toContainEqual(expect.stringMatching(/\(after a fault of the tap, so the mistake may be its consequence\)$/))
})

test('draws the faults of a recording, on a page and in a terminal, as it drew them live', async () => {
  const fault = 'the fault "reset before HIGH" resets the connection, after 6 bytes'
  const reset = { ...ending('server', 'reset', 30), comments: [`parlor: ${fault}`] }
  const entries = [opening, segment('server', 'GUESS\n', 10), segment('client', '90\n', 20), reset]
  const protocols = [toWatchedProtocol(await program('guess'))]
  const page = await formatPage('.html', entries, protocols)
  expect(page).toContain('the tap: the fault &quot;reset before HIGH&quot; resets the connection')
  expect(page).not.toContain('breaks off')
  const lines: string[] = []
  const view = new LiveView({ write: (line) => lines.push(line), columns: () => 100, color: false, isDiagram: true })
  const judge = new RecordingJudge({ createWatch: createWatches(protocols), view })
  for (const entry of entries) expect(judge.take(entry)).toBe(entry)
  expect(judge.closeAll()).toMatchObject([{ violations: 0, isDisturbed: true, isOver: false }])
  expect(lines).toContain(`      0.000  ~ tap: ${fault}`)
  expect(lines.join('\n')).not.toContain('breaks off')
})
