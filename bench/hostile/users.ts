// Users who are online, in a thread of their own: each waits for company, and has a table with the house besides.
import { connect } from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'

const { port, count } = workerData as { port: number; count: number }
/** Connections that are opened at once. */
const AT_ONCE = 100

for (let n = 0; n < count; n += AT_ONCE) {
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - n) }, (_, at) => enter(n + at)))
}
await lengthen()
parentPort?.postMessage('here')

/** A user comes in; resolves when all that it wants is answered. */
function enter(n: number): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    let heard = ''
    const hear = (data: string) => {
      heard += data
      if (!heard.includes('"id":3')) return
      socket.off('data', hear).resume()
      resolve()
    }
    socket.setEncoding('utf8').on('data', hear)
    socket.write(
      [
        'style json',
        `{"type":"enter","id":1,"name":"user${n}"}`,
        '{"type":"seek","id":2,"game":"tictactoe","wait":0}',
        '{"type":"seek","id":3,"game":"tictactoe","seats":[0],"wait":null}',
        '',
      ].join('\n'),
    )
  })
}

/** A table with 5,000 events: the house declines each draw. */
function lengthen(): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1').setEncoding('utf8')
    let heard = ''
    let offered = false
    socket.on('data', (data) => {
      heard = (heard + data).slice(-4096)
      const table = /"table":(\d+)/.exec(heard)?.[1]
      if (table && !offered) {
        offered = true
        socket.write(`{"type":"offer","table":${table}}\n`.repeat(2500))
        socket.write('{"type":"ping","id":"long"}\n')
      }
      if (heard.includes('"id":"long"')) resolve()
    })
    socket.write('style json\n{"type":"enter","name":"patient"}\n{"type":"seek","game":"tictactoe","settings":{"size":20},"wait":0}\n')
  })
}
