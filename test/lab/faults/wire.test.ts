import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { addFaults } from '../../../src/lab/faults/faulty-transport.ts'
import type { Transport } from '../../../src/wire/transport.ts'
import { listenTcp } from '../../../src/wire/transports/tcp.ts'
import { listenUdp } from '../../../src/wire/transports/udp.ts'
import { faultProgram, faultRules } from '../../support/faults.ts'
import { recordReceived } from '../../support/received.ts'
import { Arrivals, closeAfterTest, plainClient } from '../../support/sockets.ts'

/** What a plain socket has received, and how its stream ended. */
class Reader {
  text = ''
  readonly pieces: string[] = []
  readonly end: Promise<string>

  constructor(socket: Socket) {
    socket.on('data', (bytes) => {
      this.text += bytes
      this.pieces.push(String(bytes))
    })
    this.end = new Promise((resolve) => {
      socket.on('end', () => resolve('FIN'))
      socket.on('error', (error) => resolve('code' in error ? String(error.code) : ''))
    })
  }
}

/** Our end of a TCP connection, the server of tjc/guess, behind faults; and a plain client. */
async function connect(rules: string): Promise<{ ours: Transport; client: Socket; read: Reader }> {
  const arrivals = new Arrivals()
  const listener = await closeAfterTest(listenTcp({ host: '127.0.0.1', port: 0 }, arrivals.accept))
  const client = await plainClient(listener.address)
  client.setNoDelay(true)
  const accepted = await arrivals.next()
  onTestFinished(() => accepted.destroy())
  const ours = addFaults(accepted, { program: await faultProgram('guess'), rules: faultRules(rules) })
  return { ours, client, read: new Reader(client) }
}

describe('faults over TCP', () => {
  test('reset: the peer reads what was sent before, and then ECONNRESET; our side sees it, too', async () => {
    const { ours, read } = await connect('reset before GAMEOVER')
    const heard = recordReceived(ours)
    ours.write('GUESS\nLOW\n')
    ours.write('GAMEOVER\n')
    expect(await read.end).toBe('ECONNRESET')
    expect(read.text).toBe('GUESS\nLOW\n')
    await heard.until(() => heard.closed !== undefined)
    expect(heard.closed).toBe('ECONNRESET')
  })

  test('reset of what is read: our side reads what came before, and the peer sees ECONNRESET', async () => {
    const { ours, client, read } = await connect('reset after 2nd guess')
    const heard = recordReceived(ours)
    client.write('50\n25\n12\n')
    expect(await read.end).toBe('ECONNRESET')
    await heard.until(() => heard.closed !== undefined)
    expect(heard).toMatchObject({ text: '50\n25\n', closed: 'ECONNRESET' })
  })

  test('half-close: the peer reads a FIN, and may still send', async () => {
    const { ours, client, read } = await connect('half-close inside 2nd GUESS')
    const heard = recordReceived(ours)
    ours.write('GUESS\nLOW\nGUESS\nmore\n')
    expect(await read.end).toBe('FIN')
    expect(read.text).toMatch(/^GUESS\nLOW\n(?:G|GU|GUE|GUES|GUESS)$/)
    client.end('50\n')
    await heard.until(() => heard.closed !== undefined)
    expect(heard).toMatchObject({ text: '50\n', finished: true, closed: '' })
  })

  test('split, delay, dribble, bandwidth: the peer reads the pieces apart', async () => {
    for (const [rule, text] of [
      ['split 6,delay 25ms', 'GUESS\nLOW\nGU'],
      ['dribble 25ms', 'LOW'],
      ['bandwidth 100/s', 'LOW\nHI'],
      ['split char,delay 25ms', 'aé'],
      ['split 1 at LOW,delay 25ms at LOW', 'GUESS\nLOW\n'],
    ] as const) {
      const { ours, client, read } = await connect(rule)
      recordReceived(ours)
      ours.write(text)
      ours.finish()
      expect(await read.end).toBe('FIN')
      expect(read.pieces.length, rule).toBeGreaterThanOrEqual(2)
      if (rule !== 'split char,delay 25ms') expect(read.text).toBe(text)
      client.end()
    }
  })

  test('glue: the peer reads together what was sent apart', async () => {
    const { ours, read } = await connect('glue 60ms')
    recordReceived(ours)
    ours.write('LOW\n')
    await new Promise((resolve) => setImmediate(resolve))
    ours.write('GUESS\n')
    ours.finish()
    await read.end
    expect(read.pieces).toEqual(['LOW\nGUESS\n'])
  })

  test('stall: a side that does not read makes the peer wait, and then nothing is lost', async () => {
    const { ours, client } = await connect('in:stall 300ms')
    const heard = recordReceived(ours)
    const block = 'x'.repeat(64 * 1024)
    let sent = 0
    while (client.write(block) || client.writableLength < 4 * block.length) sent++
    sent++
    expect(heard.text).toBe('')
    await once(client, 'drain')
    client.end()
    await heard.until(() => heard.finished)
    expect(heard.text.length % block.length).toBe(0)
    expect(heard.text.length).toBeGreaterThanOrEqual(sent * block.length)
  })
})

describe('faults over UDP', () => {
  test('lose, duplicate, reorder, delay', async () => {
    const arrivals = new Arrivals()
    const listener = await closeAfterTest(listenUdp({ host: '127.0.0.1', port: 0 }, arrivals.accept))
    const socket = createSocket('udp4')
    onTestFinished(() => {
      socket.close()
    })
    const { host, port } = listener.address
    socket.send('hello', port, host)
    const accepted = await arrivals.next()
    const program = await faultProgram('time')
    const ours = addFaults(accepted, { program, rules: faultRules('lose 1st,duplicate 2nd,reorder 3rd,delay 5ms') })
    recordReceived(ours)
    const texts: string[] = []
    const all = new Promise<void>((resolve) => {
      socket.on('message', (bytes) => {
        texts.push(String(bytes))
        if (texts.length === 5) resolve()
      })
    })
    for (const text of ['1', '2', '3', '4', '5']) ours.write(text)
    await all
    expect(texts).toEqual(['2', '2', '4', '3', '5'])
    ours.destroy()
  })
})
