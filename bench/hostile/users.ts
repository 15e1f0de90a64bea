// Online users, in a thread of their own: each has an open seek, and a table with the house.
import { connect } from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'

const { port, count } = workerData as { port: number; count: number }
/** Connections opened at the same time. */
const AT_ONCE = 100

for (let n = 0; n < count; n += AT_ONCE) {
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - n) }, (_, at) => enter(n + at)))
}
await lengthen()
parentPort?.postMessage('here')

/** Connects a user; resolves when the server has answered all its messages. */
function enter(n: number): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    let received = ''
    const onData = (data: string) => {
      received += data
      if (!received.includes('"id":3')) return
      socket.off('data', onData).resume()
      resolve()
    }
    socket.setEncoding('utf8').on('data', onData)
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

/** Makes a table with 5,000 events: the user offers draws, and the house declines each. */
function lengthen(): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1').setEncoding('utf8')
    let received = ''
    let offered = false
    socket.on('data', (data) => {
      received = (received + data).slice(-4096)
      const table = /"table":(\d+)/.exec(received)?.[1]
      if (table && !offered) {
        offered = true
        socket.write(`{"type":"offer","table":${table}}\n`.repeat(2500))
        socket.write('{"type":"ping","id":"long"}\n')
      }
      if (received.includes('"id":"long"')) resolve()
    })
    socket.write('style json\n{"type":"enter","name":"patient"}\n{"type":"seek","game":"tictactoe","settings":{"size":20},"wait":0}\n')
  })
}
