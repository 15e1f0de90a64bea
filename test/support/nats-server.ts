import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { onTestFinished } from 'vitest'
import { isTestedWith } from './capture.ts'
import { folder } from './folders.ts'

/** Whether tests run that need nats-server. */
export const hasNats = isTestedWith('nats-server')

/** RunningNats is a nats-server with JetStream on a port of the loopback interface. */
export interface RunningNats {
  readonly port: number
  /** Ends the server as SIGKILL does. */
  kill(): Promise<void>
}

/** Starts nats-server with its data in a folder, on a free port or on the given port. The test ends the server. */
export async function startNats(data: string = folder(), port = -1): Promise<RunningNats> {
  const server = spawn('nats-server', ['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', data], { stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = once(server, 'exit')
  const kill = async () => {
    server.kill('SIGKILL')
    await ended
  }
  onTestFinished(kill)
  let listening: number | undefined
  for await (const line of createInterface(server.stderr)) {
    const [, shown] = /Listening for client connections on \S+:(\d+)/.exec(line) ?? []
    if (shown !== undefined) listening = Number(shown)
    if (line.includes('Server is ready')) break
  }
  server.stderr.resume()
  if (!listening) throw new Error('nats-server has not started')
  return { port: listening, kill }
}

/** Connects to a nats-server; the test closes the connection. */
export async function connectNats({ port }: RunningNats): Promise<NatsConnection> {
  const connection = await connect({ servers: `127.0.0.1:${port}`, maxReconnectAttempts: -1, reconnectTimeWait: 100 })
  onTestFinished(() => connection.close())
  return connection
}
