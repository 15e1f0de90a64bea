import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { allPrograms } from '../../src/programs/index.ts'
import { strftime } from '../../src/programs/python/strftime.ts'
import { openServer } from '../support/open-server.ts'

const programs = await allPrograms()
const now = new Date('2024-02-29T13:05:09')

/** Returns the answers of a program to datagrams, each from a port of its own; '' for a missing or empty answer. */
async function answersOf(name: string, asked: readonly string[]): Promise<string[]> {
  const program = programs.find((one) => one.name === name)
  if (!program) throw new Error(name)
  const { server, address } = await openServer(program, { options: { now } })
  onTestFinished(() => server.stop())
  return Promise.all(
    asked.map(async (text) => {
      const socket = createSocket('udp4')
      socket.send(text, address.port, address.host)
      const [bytes] = await once(socket, 'message')
      socket.close()
      return String(bytes)
    }),
  )
}

const overUdp = programs.filter(({ host }) => host?.udp).map(({ name }) => name)

test('there are programs over UDP', () => expect(overUdp).toContain('fh/time'))

test.each(overUdp)('no datagram makes %s send more than 128 bytes, or three times its length', async (name) => {
  const asked = ['%', '%c', '%999d', '%2000d.', '%c'.repeat(500), '%A'.repeat(500), 'x'.repeat(1000)]
  const answers = await answersOf(name, asked)
  for (const [at, answer] of answers.entries())
    expect(Buffer.byteLength(answer), asked[at]?.slice(0, 10)).toBeLessThanOrEqual(Math.max(128, 3 * Buffer.byteLength(asked[at] ?? '')))
  expect(answers.filter((answer) => answer !== '').length).toBe(asked.length)
})

test('usual time formats get the same answer over UDP as over TCP', async () => {
  const asked = [
    '%c',
    '%H:%M:%S',
    '%A, %d %B %Y %H:%M:%S %c %x %X',
    '%100Y',
    '%F %T',
    'It is %A, the %e of %B, and the %j. day',
    '%%'.repeat(600),
  ]
  expect(await answersOf('fh/time', asked)).toEqual(asked.map((format) => strftime(format, now)))
})
