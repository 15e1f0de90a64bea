import { once } from 'node:events'
import type { Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { createSystemClock } from '../../src/base/clock.ts'
import type { Transport } from '../../src/wire/transport.ts'
import { DirectSockets } from '../../src/wire/transports/direct-socket.ts'
import { plainServer } from '../support/sockets.ts'

/** Connects to a new server. Resolves to the transport, and to the socket of the server. */
async function connectDirectly(): Promise<{ readonly transport: Transport; readonly peer: Socket }> {
  const accepted = Promise.withResolvers<Socket>()
  const address = await plainServer(accepted.resolve)
  const transport = await new DirectSockets().connect(address, createSystemClock())
  onTestFinished(() => transport.destroy())
  return { transport, peer: await accepted.promise }
}

/** Opens a transport whose bytes do not matter. Resolves to the code with which the connection breaks. */
function openUntilClosed(transport: Transport): Promise<string | undefined> {
  return new Promise((resolve) => transport.open({ data() {}, finished() {}, closed: resolve }))
}

test('sends all bytes in their order to a slow reader, although the memory of each write is used again', async () => {
  const { transport, peer } = await connectDirectly()
  peer.pause()
  void openUntilClosed(transport)
  const memory = new Uint8Array(16_000)
  const count = 1000
  for (let n = 0; n < count; n++) transport.write(memory.fill(n))
  // the system has accepted a part of the bytes
  expect(transport.unsent).toBeGreaterThan(0)
  expect(transport.unsent).toBeLessThan(count * memory.length)
  const sent = new Promise<void>((resolve) => transport.whenSent(resolve))
  const read: Buffer[] = []
  peer.on('data', (bytes) => read.push(bytes)).resume()
  await sent
  transport.write('the last bytes')
  transport.finish()
  await once(peer, 'end')
  const all = Buffer.concat(read)
  expect(all.length).toBe(count * memory.length + 14)
  expect(all.toString('latin1', count * memory.length)).toBe('the last bytes')
  for (let n = 0; n < count; n++)
    expect(all.subarray(n * memory.length, (n + 1) * memory.length).every((byte) => byte === n % 256)).toBe(true)
})

test('reports a reset by the peer, and ignores the writes after it', async () => {
  const { transport, peer } = await connectDirectly()
  const closed = openUntilClosed(transport)
  peer.resetAndDestroy()
  await once(peer, 'close')
  for (let n = 0; n < 10; n++) transport.write(Uint8Array.of(n))
  expect(await closed).toMatch(/^(?:ECONNRESET|EPIPE)$/)
  transport.write(Uint8Array.of(1))
  expect(transport.unsent).toBe(0)
})
