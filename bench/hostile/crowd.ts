// Hostile connections, in a thread of their own: they pipeline the texts of their floods as fast as the server reads them.
import { createSocket } from 'node:dgram'
import { connect, type Socket } from 'node:net'
import { parentPort } from 'node:worker_threads'
import type { Flood } from './floods.ts'

/** Orders start one connection for each flood, at the ports of the programs, and end all connections of earlier orders. */
export interface Orders {
  readonly floods: readonly Flood[]
  readonly ports: Readonly<Record<string, number>>
}

/** Minimum of bytes in one write. */
const CHUNK = 32 * 1024
/** Characters of received text in which a connection looks for its table and token. */
const SEARCHED = 64 * 1024
/** Milliseconds until a closed connection opens again. */
const AGAIN = 20

let round = 0
let names = 0
const open = new Set<{ destroy(): void }>()

parentPort?.on('message', ({ floods, ports }: Orders) => {
  round++
  for (const one of open) one.destroy()
  open.clear()
  for (const flood of floods) {
    const port = ports[flood.program] ?? 0
    if (flood.udp) floodDatagrams(flood, port)
    else if (flood.connects) reconnect(flood.connects, port, round)
    else attack(flood, port, round)
  }
  parentPort?.postMessage('ordered')
})

/** Opens a connection and pipelines on it, again and again until the round is over. */
function attack(flood: Flood, port: number, during: number): void {
  if (round !== during) return
  const user = `evil${++names}`
  const socket = connect(port, '127.0.0.1')
  open.add(socket)
  socket.on('error', () => {})
  socket.on('close', () => {
    open.delete(socket)
    setTimeout(() => attack(flood, port, during), AGAIN)
  })
  const fill = (text: string, table: string, token: string) =>
    text.replaceAll('USER', user).replaceAll('TABLE', table).replaceAll('TOKEN', token)
  socket.write(fill(flood.prelude, '1', ''))
  if (!/TABLE|TOKEN/.test(flood.text)) {
    socket.resume()
    return pipeline(socket, fill(flood.text, '1', ''))
  }
  let received = ''
  socket.setEncoding('utf8').on('data', (data) => {
    if (received === 'all') return
    received = (received + data).slice(-SEARCHED)
    const table = /"table":(\d+)|Table (\d+)/.exec(received)
    const token = /"token":"(\w+)"|resume (\w{20,})/.exec(received)
    if (!table || !token) return
    received = 'all'
    pipeline(socket, fill(flood.text, table[1] ?? table[2] ?? '1', token[1] ?? token[2] ?? ''))
  })
}

/** Opens a connection, resets it immediately or after the greeting, and opens another, until the round is over. */
function reconnect(when: Flood['connects'], port: number, during: number): void {
  if (round !== during) return
  const socket = connect(port, '127.0.0.1')
  open.add(socket)
  socket.on('error', () => {})
  socket.once(when === 'greeted' ? 'data' : 'connect', () => socket.resetAndDestroy())
  socket.on('close', () => {
    open.delete(socket)
    setImmediate(() => reconnect(when, port, during))
  })
}

/** Sends a text again and again; with an empty text, the client only connects. */
function pipeline(socket: Socket, text: string): void {
  if (text === '') return
  const chunk = Buffer.from(text.repeat(Math.ceil(CHUNK / Math.max(1, text.length))))
  const more = () => {
    while (!socket.destroyed && socket.write(chunk)) {}
  }
  socket.on('drain', more)
  more()
}

/** Sends datagrams, a thousand every few milliseconds. */
function floodDatagrams({ text }: Flood, port: number): void {
  const socket = createSocket('udp4').on('error', () => {})
  const timer = setInterval(() => {
    for (let n = 0; n < 20; n++) socket.send(text, port, '127.0.0.1')
  }, 5)
  open.add({
    destroy() {
      clearInterval(timer)
      socket.close()
    },
  })
}
