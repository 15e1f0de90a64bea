import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { Parlor } from '../../support/process.ts'
import type { Attack } from '../attack.ts'

const HOUR = 3_600_000
const preload = `--import=${join(import.meta.dirname, '../../support/settable-clock.ts')}`

/** The wall clock jumps an hour, forward or back: players stay connected, and silent clients do not. */
export const attack: Attack = {
  title: 'sets the wall clock of a server forward by an hour, and back by an hour',
  short: false,
  async run(cleanup) {
    const took = [await jump(cleanup, HOUR), await jump(cleanup, -HOUR)].map((ms) => `${(ms / 1000).toFixed(1)} s`)
    return `Players stayed; clients that sent nothing for 1 s were disconnected after ${took.join(' and ')}.`
  },
}

/** Sets the clock of a server; resolves to the time until it then disconnects a silent client. */
async function jump(cleanup: AsyncDisposableStack, by: number): Promise<number> {
  const args = ['serve', '--json', '--only', 'guess', '--port', 'guess=0', '--first', '1s', '--idle', '10m']
  const server = cleanup.use(new Parlor(args, undefined, { environment: { NODE_OPTIONS: preload, JUMP: String(by) } }))
  await server.shows(/\n/)
  const { listening } = JSON.parse(server.output) as { listening: { port: number }[] }
  const client = async () => {
    const socket = connect(listening[0]?.port ?? 0, '127.0.0.1').on('error', () => {})
    cleanup.defer(() => void socket.destroy())
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
    await once(socket, 'data')
    return { socket, closed }
  }
  const player = await client()
  // numbers that cannot be a secret
  player.socket.write('0\n')
  await once(player.socket, 'data')
  server.signal('SIGUSR2')
  await server.complains(/the clock is set/)
  const since = performance.now()
  await (await client()).closed
  const took = performance.now() - since
  player.socket.write('101\n')
  await once(player.socket, 'data')
  assert.ok(took > 900, `a silent client was disconnected after ${took} ms of its 1,000`)
  return took
}
