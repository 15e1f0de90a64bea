import { expect, onTestFinished, test } from 'vitest'
import type { RunningProgram, Sandbox } from '../../../src/lab/check/sandbox.ts'
import { openSandbox } from '../../../src/lab/sandbox/open-sandbox.ts'
import { decode } from '../../../src/wire/text.ts'
import type { Sink, Transport } from '../../../src/wire/transport.ts'
import { handIn, hasNamespaces, hasPython } from '../../support/sandboxes.ts'

const withPython = test.skipIf(!hasPython)
const withNamespaces = test.skipIf(!hasPython || !hasNamespaces)

/** Records what a transport delivers, read by read, and how it ends. */
function record(transport: Transport): { reads: string[]; finished: Promise<void>; closed: Promise<string | undefined> } {
  const reads: string[] = []
  const finished = Promise.withResolvers<void>()
  const closed = Promise.withResolvers<string | undefined>()
  const sink: Sink = {
    data: (bytes) => void reads.push(decode(bytes)),
    finished: finished.resolve,
    closed: closed.resolve,
  }
  transport.open(sink)
  return { reads, finished: finished.promise, closed: closed.promise }
}

async function start(text: string, namespaces: boolean, environment = {}): Promise<{ sandbox: Sandbox; program: RunningProgram }> {
  const folder = handIn(`import os, socket, struct, time\n${text}`)
  const words = ['python3', 'program.py']
  const sandbox = await openSandbox({ words, cwd: folder, namespaces })
  onTestFinished(() => sandbox.close())
  return { sandbox, program: await sandbox.start({ words, environment }) }
}

withPython.each([true, false])('a program that listens late is reached (namespaces: %s)', async (namespaces) => {
  const { sandbox, program } = await start(
    `
listener = socket.socket()
listener.bind(('127.0.0.1', 0))
print(listener.getsockname()[1], flush=True)
time.sleep(0.3)
listener.listen()
connection, _ = listener.accept()
connection.sendall(b'late')
connection.close()
`,
    namespaces,
  )
  while (!program.output.text().includes('\n')) await program.output.next()
  const transport = await sandbox.connect(Number(program.output.text()), 5000)
  const { reads, finished } = record(transport)
  await finished
  expect(reads.join('')).toBe('late')
  transport.finish()
  expect((await program.ended).code).toBe(0)
})

withPython.each([true, false])(
  'a program connects to the judge, and both see FIN and what comes before it (namespaces: %s)',
  async (namespaces) => {
    const accepted = Promise.withResolvers<Transport>()
    const { sandbox, program } = await start(
      `
port = int(input('port: '))
s = socket.create_connection(('127.0.0.1', port))
s.sendall(b'hello')
s.shutdown(socket.SHUT_WR)
answer = b''
while True:
    more = s.recv(100)
    if not more: break
    answer += more
print(answer)
`,
      namespaces,
    )
    const listener = await sandbox.listen(0, accepted.resolve)
    program.type(String(listener.address.port))
    const transport = await accepted.promise
    const { reads, finished } = record(transport)
    await finished
    expect(reads).toEqual(['hello'])
    // the other direction is still open
    transport.write('bye')
    transport.finish()
    expect((await program.ended).code).toBe(0)
    expect(program.output.text()).toContain("b'bye'")
  },
)

withPython.each([true, false])('a reset arrives as a reset, in both directions (namespaces: %s)', async (namespaces) => {
  const transports: Transport[] = []
  const arrived = Promise.withResolvers<void>()
  const { sandbox, program } = await start(
    `
port = int(input('port: '))
one = socket.create_connection(('127.0.0.1', port))
try: print('got', one.recv(1))
except ConnectionResetError: print('reset')
two = socket.create_connection(('127.0.0.1', port))
two.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
two.close()
`,
    namespaces,
  )
  const listener = await sandbox.listen(0, (transport) => {
    transports.push(transport)
    if (transports.length === 1) transport.reset()
    else arrived.resolve()
  })
  program.type(String(listener.address.port))
  await arrived.promise
  const [, second] = transports
  if (!second) throw new Error('no second connection')
  expect(await record(second).closed).toBe('ECONNRESET')
  await program.ended
  expect(program.output.text()).toContain('reset')
})

withPython('a port without a server is refused in the end', async () => {
  const { sandbox, program } = await start('input()', true)
  await expect(sandbox.connect(1, 100)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  await program.stop()
})

/** A server with its port built in and without SO_REUSEADDR, which closes first. */
const PORT_BUILT_IN = `
import socket
listener = socket.socket()
listener.bind(('127.0.0.1', 23457))
listener.listen()
print('listening', flush=True)
connection, _ = listener.accept()
connection.sendall(b'hello')
connection.close()
`

withNamespaces('a server with its port built in can be started again immediately, unless the judge keeps the port', async () => {
  const { sandbox, program } = await start('', true)
  await program.ended
  const ends: unknown[] = []
  for (const keepsPort of [false, true, true]) {
    const again = await sandbox.start({ words: ['python3', '-c', PORT_BUILT_IN] })
    const up = await Promise.race([
      again.output.next().then(() => again.output.text().startsWith('listening')),
      again.ended.then(() => false),
    ])
    if (up) {
      const transport = await sandbox.connect(23_457, 5000, { keepsPort })
      const { finished, closed } = record(transport)
      await finished
      transport.finish()
      await closed
    }
    ends.push((await again.ended).code)
    if (!up) expect(again.output.text()).toContain('Address already in use')
  }
  // the last client finds the port of the client before in TIME_WAIT
  expect(ends).toEqual([0, 0, 1])
})
