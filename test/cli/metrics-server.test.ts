import { expect, onTestFinished, test } from 'vitest'
import { openMetricsServer } from '../../src/cli/metrics-server.ts'
import { loadProgram } from '../../src/programs/index.ts'
import { memoryStore } from '../../src/storage/memory/index.ts'
import { openLobby } from '../support/lobby-service.ts'
import { openServer } from '../support/open-server.ts'

test('health is 503 and "starting" until the server serves', async () => {
  const metricsServer = await openMetricsServer({ host: '127.0.0.1', port: 0 })
  if (!metricsServer) throw new Error('no metrics server was opened')
  onTestFinished(() => metricsServer.close())
  const ask = () => fetch(`http://127.0.0.1:${metricsServer.address.port}/health`)
  const before = await ask()
  expect([before.status, await before.json()]).toEqual([503, { status: 'starting', connections: 0, tables: 0 }])
  const program = await loadProgram('guess')
  if (!program) throw new Error('there is no program guess')
  const { server } = await openServer(program)
  onTestFinished(() => server.stop())
  metricsServer.watch(server, openLobby(), memoryStore())
  const after = await ask()
  expect([after.status, await after.json()]).toEqual([200, { status: 'serving', connections: 0, tables: 0 }])
})

test('a metrics server whose port is in use holds the error', async () => {
  const first = await openMetricsServer({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => first?.close())
  const second = await openMetricsServer(first?.address ?? 'none')
  expect(second).toMatchObject({ address: first?.address, failure: { code: 'EADDRINUSE' } })
  expect(await openMetricsServer('none')).toBeUndefined()
})
