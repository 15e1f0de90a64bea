import { expect, onTestFinished, test } from 'vitest'
import { openMonitor } from '../../src/cli/monitor.ts'
import { loadProgram } from '../../src/programs/index.ts'
import { memoryStore } from '../../src/storage/memory/index.ts'
import { openLobby } from '../support/lobby-service.ts'
import { openServer } from '../support/open-server.ts'

test('health is 503 and "starting" until the server serves', async () => {
  const monitor = await openMonitor({ host: '127.0.0.1', port: 0 })
  if (!monitor) throw new Error('no monitor was opened')
  onTestFinished(() => monitor.close())
  const ask = () => fetch(`http://127.0.0.1:${monitor.address.port}/health`)
  const before = await ask()
  expect([before.status, await before.json()]).toEqual([503, { status: 'starting', connections: 0, tables: 0 }])
  const program = await loadProgram('guess')
  if (!program) throw new Error('there is no program guess')
  const { server } = await openServer(program)
  onTestFinished(() => server.stop())
  monitor.watch(server, openLobby(), memoryStore())
  const after = await ask()
  expect([after.status, await after.json()]).toEqual([200, { status: 'serving', connections: 0, tables: 0 }])
})

test('a monitor whose port is in use returns the error', async () => {
  const first = await openMonitor({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => first?.close())
  const second = await openMonitor(first?.address ?? 'none')
  expect(second).toMatchObject({ address: first?.address, failure: { code: 'EADDRINUSE' } })
  expect(await openMonitor('none')).toBeUndefined()
})
