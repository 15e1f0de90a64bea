import { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { SocketTransport } from '../../src/wire/transports/socket.ts'

test('what fails in one connection at the end of a turn keeps no other waiting', async () => {
  const [one, other] = [1, 2].map((port) => new SocketTransport(new Socket(), { remote: { host: 'test', port } }))
  const failed = new Promise((resolve) => process.setUncaughtExceptionCaptureCallback(resolve))
  const called = new Promise<string>((resolve) => {
    one?.soon({
      flush() {
        throw new Error('one fails')
      },
    })
    other?.soon({ flush: () => resolve('called') })
  })
  await expect(failed).resolves.toMatchObject({ message: 'one fails' })
  process.setUncaughtExceptionCaptureCallback(null)
  await expect(called).resolves.toBe('called')
})
