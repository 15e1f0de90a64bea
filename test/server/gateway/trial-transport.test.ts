import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toWatchedProtocol } from '../../../src/lab/monitor/monitor.ts'
import { TrialEvent } from '../../../src/server/gateway/protocol-schemas.ts'
import { TrialTransport } from '../../../src/server/gateway/trial-transport.ts'
import { encode } from '../../../src/wire/text.ts'
import type { Sink } from '../../../src/wire/transport.ts'
import { memoryPair } from '../../../src/wire/transports/memory.ts'
import { program } from '../../support/play.ts'
import { TestClock } from '../../support/test-clock.ts'

/** Opens a trial of a program over a memory transport, whose other end is the browser. */
async function openTrial(name: string) {
  const clock = new TestClock()
  const [inner, browser] = memoryPair()
  const trial = new TrialTransport(inner, toWatchedProtocol(await program(name)), clock)
  const received: string[] = []
  const sink: Sink = {
    data: (bytes) => received.push(Buffer.from(bytes).toString('latin1')),
    finished: () => received.push('FIN'),
    closed() {},
  }
  trial.open(sink)
  const events = () => inner.written.map((line) => TrialEvent.parse(JSON.parse(Buffer.from(line).toString())))
  return { trial, inner, browser, clock, received, events }
}

const command = (text: string) => encode(`${JSON.stringify({ type: 'send', bytes: Buffer.from(text).toString('hex') })}\n`)

test('the program gets the bytes of each command, and nothing after the end', async () => {
  const { trial, received } = await openTrial('tjc/robot')
  trial.data(command('LE'))
  trial.data(command('FT\n'))
  trial.data(encode('{"type":"finish"}\n'))
  trial.data(command('RIGHT\n'))
  trial.data(encode('{"type":"finish"}\n'))
  expect(received).toEqual(['LE', 'FT\n', 'FIN'])
})

test('any bytes of both sides, cut anywhere, are reported whole and in order, and each message is a part of them', async () => {
  const piece = fc.record({
    from: fc.constantFrom('client', 'server'),
    bytes: fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 40 }),
      fc.constantFrom('START\n', 'MOVE5\n', 'QUIT\n', 'GUESS\n', '50', '\r\n', '\0', '\n').map((text) => encode(text)),
    ),
  })
  const names = fc.constantFrom('tjc/guess', 'fh/hangman', 'fh/http', 'book/guess', 'cs/chat', 'fh/quiz')
  await fc.assert(
    fc.asyncProperty(names, fc.array(piece, { maxLength: 30 }), async (name, pieces) => {
      const { trial, events } = await openTrial(name)
      for (const { from, bytes } of pieces) {
        if (from === 'server') trial.write(bytes)
        else trial.data(encode(`${JSON.stringify({ type: 'send', bytes: Buffer.from(bytes).toString('hex') })}\n`))
      }
      trial.finish()
      const all = events()
      for (const side of ['client', 'server']) {
        const sent = Buffer.concat(pieces.filter(({ from }) => from === side).map(({ bytes }) => bytes))
        const reported = all.flatMap((event) => (event.type === 'bytes' && event.from === side ? [event.bytes] : [])).join('')
        expect(reported).toBe(sent.toString('hex'))
        const sizes = all.flatMap((event) => (event.type === 'message' && event.from === side ? [event.size] : []))
        expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(sent.length)
      }
      expect(all.at(-1)).toMatchObject({ type: 'ended', from: 'server', how: 'finished' })
    }),
  )
})

test('a pause ends a message without an end of its own, and an unfinished message is reported once', async () => {
  const unframed = await openTrial('book/guess')
  unframed.trial.data(command('50'))
  expect(unframed.events().filter(({ type }) => type === 'message')).toEqual([])
  await unframed.clock.pass(300)
  expect(unframed.events().at(-1)).toMatchObject({ type: 'message', from: 'client', size: 2, standing: 'legal' })
  const lines = await openTrial('tjc/robot')
  lines.trial.data(command('LEFT'))
  await lines.clock.pass(10_000)
  expect(lines.events().filter(({ type }) => type === 'note')).toEqual([
    { type: 'note', from: 'client', sentence: 'the client has sent "LEFT" and no line end (\\n)' },
  ])
})

test('a browser that does not read the events is disconnected, although the program sends nothing', async () => {
  const { trial, inner, browser, clock } = await openTrial('tjc/robot')
  browser.pause()
  for (let sent = 0; inner.closeKind === undefined && sent < 10_000; sent++) {
    trial.data(command('LEFT\n'))
    await clock.pass(25)
  }
  expect(inner.closeKind).toBe('reset')
  expect(inner.written.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(300 * 1024)
})

test('after the reset of the program, a browser that reads gets the event, and a browser that does not read is reset', async () => {
  const reading = await openTrial('tjc/robot')
  reading.trial.reset()
  expect(reading.events().at(-1)).toMatchObject({ type: 'ended', from: 'server', how: 'reset', isOver: false })
  expect(reading.inner.closeKind).toBe('finished')
  const silent = await openTrial('tjc/robot')
  silent.browser.pause()
  silent.trial.data(command('LEFT\n'))
  silent.trial.reset()
  expect(silent.inner.closeKind).toBe('reset')
})
