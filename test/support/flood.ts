import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'

/** Opens a connection that the end of an attack closes. */
export function connectSocket(port: number, cleanup: AsyncDisposableStack): Socket {
  const socket = connect(port, '127.0.0.1')
    .on('error', () => {})
    .setMaxListeners(0)
  cleanup.defer(() => void socket.destroy())
  return socket
}

/** Resolves when a socket has received a text, in any pieces; rejects if it is closed earlier. */
export async function receiveText(socket: Socket, text: string): Promise<string> {
  let received = ''
  for (;;) {
    const [data] = await Promise.race([once(socket, 'data'), once(socket, 'close')])
    if (typeof data === 'boolean' || data === undefined) throw new Error(`closed before ${text}, after ${received.slice(-200)}`)
    received += data
    if (received.includes(text)) return received
  }
}

/** Connects users at the front door, after each has sent some lines in JSON. */
export async function connectJsonUsers(
  port: number,
  count: number,
  lines: (n: number) => readonly string[],
  cleanup: AsyncDisposableStack,
): Promise<void> {
  for (let n = 0; n < count; n += 50) {
    const some = Array.from({ length: Math.min(50, count - n) }, async (_, at) => {
      const socket = connectSocket(port, cleanup)
      socket.write(['style json', ...lines(n + at), '{"type":"ping","id":"here"}', ''].join('\n'))
      await receiveText(socket, '"here"')
      socket.resume()
    })
    await Promise.all(some)
  }
}

/** Milliseconds between two pings. */
const EVERY = 10

/**
 * Returns how long other clients wait during a flood: the longest ping of another client, in milliseconds. It pings every few
 * milliseconds, answered or not, like a user who continues to type.
 */
export async function longestWait(port: number, flood: Promise<unknown>, cleanup: AsyncDisposableStack): Promise<number> {
  const other = connectSocket(port, cleanup)
  other.write('style json\n{"type":"ping","id":"first"}\n')
  await receiveText(other, '"first"')
  let going = true
  const over = flood.finally(() => {
    going = false
  })
  const asked: number[] = []
  let answered = 0
  let longest = 0
  let onLast: (() => void) | undefined
  createInterface({ input: other }).on('line', () => {
    longest = Math.max(longest, performance.now() - (asked[answered++] ?? 0))
    if (answered === asked.length) onLast?.()
  })
  while (going) {
    asked.push(performance.now())
    other.write('{"type":"ping"}\n')
    await setTimeout(EVERY)
  }
  if (answered < asked.length) {
    await new Promise<void>((resolve, reject) => {
      onLast = resolve
      other.once('close', () => reject(new Error('closed while it waited for an answer')))
    })
  }
  await over
  return longest
}
