import { describe, expect, test } from 'vitest'
import { judgeHandIn } from '../../support/judge-hand-in.ts'
import { handIn, hasNamespaces, hasPython } from '../../support/sandboxes.ts'

const SOCKET = `
import os, socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
at = (os.environ['HOST'], int(os.environ['PORT']))
`

const SERVER = `${SOCKET}
from datetime import datetime
s.bind(at)
while True:
    wanted, client = s.recvfrom(1024)
    s.sendto(datetime.now().strftime(wanted.decode('utf-8', 'replace')).encode(), client)
`

const CLIENT = `${SOCKET}
s.connect(at)
s.settimeout(1)
while True:
    wanted = input('Format: ')
    if not wanted: break
    for _ in range(3):
        s.send(wanted.encode())
        try: print(s.recv(1024).decode('utf-8', 'replace'))
        except OSError: continue
        break
`

/** A client that takes the first datagram for the answer, from any address. */
const CREDULOUS = `${SOCKET}
s.sendto(b'Hi Server', at)
print(s.recvfrom(1024)[0])
`

const command = 'python3 program.py'

describe.skipIf(!hasPython || !hasNamespaces)('a program over UDP', { timeout: 30_000 }, () => {
  test.each([
    ['plays-to-the-end', 'server', SERVER],
    ['duplicated-datagrams', 'server', SERVER],
    ['plays-to-the-end', 'client', CLIENT],
    ['lost-datagram', 'client', CLIENT],
    ['wrong-sender', 'client', CLIENT],
    ['reordered-datagrams', 'client', CLIENT],
  ] as const)('%s passes a correct %s', async (only, role, text) => {
    const judged = { name: 'time', role, command, cwd: handIn(text), only, datagrams: true }
    expect(await judgeHandIn(judged)).toMatchObject([{ name: only, passed: true }])
  })

  test('wrong-sender finds a client that takes an answer from anywhere', async () => {
    const judged = { name: 'fh/hello', role: 'client', command, cwd: handIn(CREDULOUS), only: 'wrong-sender', datagrams: true } as const
    expect(await judgeHandIn(judged)).toMatchObject([{ passed: false, cause: 'wrong-address' }])
  })

  test('plays-to-the-end finds a client that cuts a long answer', async () => {
    const cwd = handIn(CLIENT.replace('s.recv(1024)', 's.recv(20)'))
    const [result] = await judgeHandIn({ name: 'time', role: 'client', command, cwd, only: 'plays-to-the-end', datagrams: true })
    expect(result).toMatchObject({ passed: false, cause: 'partial-read' })
    expect(result?.sentence).toMatch(/printed the first 20 of \d+ bytes of .* larger buffer/)
  })

  test('that binds no socket does not listen', async () => {
    const judged = { name: 'time', role: 'server', command, cwd: handIn(''), only: 'plays-to-the-end', datagrams: true } as const
    expect(await judgeHandIn(judged)).toMatchObject([{ passed: false, cause: 'not-listening' }])
  })
})
