import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { describe, expect, onTestFinished, test } from 'vitest'
import { segments } from '../../src/wire/framing/unframed.ts'
import type { Address, Transport } from '../../src/wire/transport.ts'
import { connectUdp, listenUdp, type UdpOptions } from '../../src/wire/transports/udp.ts'
import { Arrivals, closeAfterTest, lineConnection } from '../support/sockets.ts'
import { TestClock } from '../support/test-clock.ts'

const UNFRAMED = { incoming: segments(), outgoing: segments() }

const unframed = (transport: Transport) => lineConnection(transport, UNFRAMED)

/** A UDP listener on any free port. */
async function place(options?: UdpOptions, host = '127.0.0.1') {
  const arrivals = new Arrivals()
  const listener = await closeAfterTest(listenUdp({ host, port: 0 }, arrivals.accept, options))
  return { listener, arrivals, at: listener.address }
}

/** A plain datagram socket, like those of other programs; it sends to `at`. */
async function plain(
  at: Address,
  from = '127.0.0.1',
): Promise<{ socket: Socket; say: (text: string) => void; hear: () => Promise<string> }> {
  const socket = createSocket('udp4')
  onTestFinished(() => {
    socket.close()
  })
  socket.bind(0, from)
  await once(socket, 'listening')
  return {
    socket,
    say: (text) => socket.send(text, at.port, at.host),
    hear: async () => String((await once(socket, 'message'))[0]),
  }
}

describe.each(['127.0.0.1', '::1', 'localhost'])('datagrams at %s', (host) => {
  test('carry messages both ways, empty ones too', async () => {
    const { at, arrivals } = await place({}, host)
    const client = await connectUdp({ host, port: at.port })
    expect(client).toMatchObject({ remote: at, datagrams: true, loopback: true })
    const here = unframed(client)
    here.send('Grüße')
    const there = unframed(await arrivals.next())
    expect(await there.receive()).toBe('Grüße')
    there.send('')
    expect(await here.receive()).toBe('')
    there.send('a')
    there.send('b\n')
    expect(await here.receive()).toBe('a')
    expect(await here.receive()).toBe('b\n')
    here.send('')
    expect(await there.receive()).toBe('')
    await Promise.all([here.close(), there.close()])
    await expect(here.receive()).rejects.toMatchObject({ reason: 'ours' })
  })
})

describe('a UDP listener', () => {
  test('distinguishes its remotes', async () => {
    const { at, arrivals } = await place()
    const [one, other] = [await plain(at), await plain(at)]
    one.say('one')
    const first = unframed(await arrivals.next())
    other.say('other')
    const second = unframed(await arrivals.next())
    expect(first.transport.remote).toEqual({ host: '127.0.0.1', port: one.socket.address().port })
    expect(await second.receive()).toBe('other')
    expect(await first.receive()).toBe('one')
    second.send('to the other')
    expect(await other.hear()).toBe('to the other')
    first.send('to the one')
    expect(await one.hear()).toBe('to the one')
    one.say('again')
    expect(await first.receive()).toBe('again')
    expect(arrivals.count).toBe(2)
  })

  test('sends pending messages before it forgets a remote, and treats it as new when it sends again', async () => {
    const { at, arrivals } = await place()
    const client = await plain(at)
    client.say('Hi Server')
    const first = unframed(await arrivals.next())
    expect(await first.receive()).toBe('Hi Server')
    first.send('Hello in return!')
    const answer = client.hear()
    await first.close()
    expect(await answer).toBe('Hello in return!')
    client.say('Hi again')
    const second = unframed(await arrivals.next())
    expect(await second.receive()).toBe('Hi again')
    await expect(first.receive()).rejects.toMatchObject({ reason: 'ours' })
  })

  test('forgets a remote that was silent for too long, and no other', async () => {
    const clock = new TestClock()
    const { at, arrivals } = await place({ clock, idle: 1000 })
    const [one, other] = [await plain(at), await plain(at)]
    one.say('x')
    const first = unframed(await arrivals.next())
    await first.receive()
    await clock.pass(600)
    other.say('x')
    const second = unframed(await arrivals.next())
    await second.receive()
    const gone = expect(first.receive()).rejects.toMatchObject({ reason: 'finished' })
    await clock.pass(399)
    expect(first.end).toBeUndefined()
    await clock.pass(1)
    await gone
    other.say('y')
    expect(await second.receive()).toBe('y')
    one.say('new')
    const third = unframed(await arrivals.next())
    await third.receive()
    await clock.pass(500)
    other.say('z')
    expect(await second.receive()).toBe('z')
    const forgotten = expect(third.receive()).rejects.toMatchObject({ reason: 'finished' })
    await clock.pass(500)
    await forgotten
    await clock.pass(499)
    expect(second.end).toBeUndefined()
    const left = expect(second.receive()).rejects.toMatchObject({ reason: 'finished' })
    await clock.pass(1)
    await left
    expect(clock.waiting).toBe(0)
  })

  test('accepts a limited number of remotes until it forgets a remote', async () => {
    const { at, arrivals } = await place({ remotes: 1 })
    const [one, other] = [await plain(at), await plain(at)]
    one.say('x')
    const first = unframed(await arrivals.next())
    await first.receive()
    other.say('lost')
    one.say('y')
    expect(await first.receive()).toBe('y')
    expect(arrivals.count).toBe(1)
    await first.close()
    other.say('not lost')
    expect(await unframed(await arrivals.next()).receive()).toBe('not lost')
  })

  test('gives one host half of the remotes, so that its ports block no other host', async () => {
    const { at, arrivals } = await place({ remotes: 4 })
    const [one, two, three, other] = [await plain(at), await plain(at), await plain(at), await plain(at, '127.0.0.2')]
    const received: string[] = []
    for (const client of [one, two]) {
      client.say('x')
      received.push(await unframed(await arrivals.next()).receive())
    }
    three.say('lost')
    other.say('from another host')
    expect(await unframed(await arrivals.next()).receive()).toBe('from another host')
    expect([received, arrivals.count]).toEqual([['x', 'x'], 3])
  })

  test('drops the datagram of a remote that may not begin, and not those of known remotes', async () => {
    let may = true
    const { at, arrivals } = await place({ mayBegin: () => may })
    const [one, other] = [await plain(at), await plain(at)]
    one.say('x')
    const first = unframed(await arrivals.next())
    expect(await first.receive()).toBe('x')
    may = false
    other.say('lost')
    one.say('y')
    expect(await first.receive()).toBe('y')
    expect(arrivals.count).toBe(1)
    may = true
    other.say('not lost')
    expect(await unframed(await arrivals.next()).receive()).toBe('not lost')
  })

  test('sends at most 128 bytes for a short datagram, and three times its length for a long datagram, all answers together', async () => {
    const { at, arrivals } = await place()
    const [one, other] = [await plain(at), await plain(at)]
    one.say('%c')
    const first = unframed(await arrivals.next())
    await first.receive()
    for (let n = 0; n < 4; n++) {
      first.send('ä'.repeat(16))
      expect(await one.hear()).toBe('ä'.repeat(16))
    }
    one.say('another datagram')
    await first.receive()
    first.send('x'.repeat(128))
    expect(await one.hear()).toBe('x'.repeat(128))
    other.say('x'.repeat(1000))
    const second = unframed(await arrivals.next())
    second.send('y'.repeat(3000))
    expect(await other.hear()).toBe('y'.repeat(3000))
  })

  test.each([
    [2, 129],
    [1000, 3001],
    [30_000, 65_508],
  ])(
    'answers with a sentence if a datagram of %i bytes would cause %i, and forgets the remote, whose address may be forged',
    async (has, length) => {
      const asked = 'x'.repeat(has)
      const { at, arrivals } = await place()
      const client = await plain(at)
      client.say(asked)
      const first = lineConnection(await arrivals.next(), { ...UNFRAMED, messageLimit: has })
      const received = client.hear()
      expect(await first.receive()).toBe(asked)
      const end = first.receive().catch(({ message }) => message)
      first.send('y'.repeat(length))
      const most = Math.min(65_507, Math.max(128, 3 * asked.length))
      expect(await received).toBe(
        `Answer not sent: ${length} bytes, and the limit over UDP is ${most} for ${asked.length} received bytes. Use TCP.`,
      )
      expect(await end).toBe('the answer was longer than the limit over UDP (128 bytes, or three times the bytes that the client has sent)')
      client.say('again')
      expect(await unframed(await arrivals.next()).receive()).toBe('again')
    },
  )

  test('accepts no new remote after it is closed, and known remotes continue', async () => {
    const { at, arrivals, listener } = await place()
    const [one, other] = [await plain(at), await plain(at)]
    one.say('x')
    const first = unframed(await arrivals.next())
    await first.receive()
    await listener.close()
    other.say('too late')
    one.say('y')
    expect(await first.receive()).toBe('y')
    expect(arrivals.count).toBe(1)
    const answer = one.hear()
    first.send('goodbye')
    await first.close()
    expect(await answer).toBe('goodbye')
    const again = await closeAfterTest(listenUdp(at, () => {}))
    expect(again.address).toEqual(at)
  })

  test('a UDP port that is in use is refused with the system’s code', async () => {
    const { at } = await place()
    await expect(listenUdp(at, () => {})).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })

  test('stores datagrams for a transport that is not open yet', async () => {
    const { at, arrivals } = await place()
    const client = await plain(at)
    client.say('first')
    const waiting = await arrivals.next()
    client.say('second')
    const [probe] = [await plain(at)]
    probe.say('behind it')
    await arrivals.next()
    const late = unframed(waiting)
    expect(await late.receive()).toBe('first')
    expect(await late.receive()).toBe('second')
  })
})

describe('a UDP client', () => {
  test('gets the error that no server listens at the port', async () => {
    const { at, listener } = await place()
    await listener.close()
    const here = unframed(await connectUdp(at))
    here.send('Hi Server')
    await expect(here.receive()).rejects.toMatchObject({
      reason: 'reset',
      message: 'nothing listens at the port of the other side (ECONNREFUSED)',
    })
    await here.close()
  })

  test('gets the error that a message is too long for a datagram', async () => {
    const { at } = await place()
    const here = unframed(await connectUdp(at))
    here.send('x'.repeat(70_000))
    await expect(here.receive()).rejects.toMatchObject({ reason: 'reset', message: 'a message was too long for one datagram (EMSGSIZE)' })
  })

  test('sends its message if it closes immediately behind it', async () => {
    const { at, arrivals } = await place()
    const here = unframed(await connectUdp(at))
    here.send('Hi Server')
    await here.close()
    expect(await unframed(await arrivals.next()).receive()).toBe('Hi Server')
  })

  test('a reset closes it', async () => {
    const { at } = await place()
    const here = unframed(await connectUdp(at))
    await here.abort()
    expect(here.end?.reason).toBe('ours')
  })
})
