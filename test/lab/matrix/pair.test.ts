import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createSystemClock } from '../../../src/base/clock.ts'
import type { CheckSubject } from '../../../src/lab/check/check.ts'
import { playPair } from '../../../src/lab/matrix/pair.ts'
import { openSandbox } from '../../../src/lab/sandbox/open-sandbox.ts'
import type { Side } from '../../../src/protocol/message-spec.ts'
import { folder } from '../../support/folders.ts'
import { program } from '../../support/play.ts'
import { hasNamespaces, hasPython } from '../../support/sandboxes.ts'

/** Opens a hand-in with one file. */
async function subjectOf(role: Side, name: string, text: string, port: number): Promise<CheckSubject> {
  const cwd = folder()
  writeFileSync(join(cwd, 'program.py'), text)
  const words = ['python3', 'program.py', cwd]
  const sandbox = await openSandbox({ words, cwd, confined: true })
  onTestFinished(() => sandbox.close())
  const subject = await program(name)
  return { program: subject, options: { ...subject.defaults }, role, words, port, sandbox, seed: 1, clock: createSystemClock() }
}

const SERVER = `
import socket
listener = socket.create_server(("127.0.0.1", 4000))
s, _ = listener.accept()
s.sendall(b"GUESS\\n")
s.makefile().readline()
s.sendall(b"WIN\\n")
`

/** It says what it finds of the server: a file, a process, a port. */
const CLIENT = `
import glob, os, socket
try:
    found = str(socket.create_connection(("127.0.0.1", 4000)))
except OSError as error:
    found = str(error)
print(found, glob.glob("/tmp/parlor-store-*/*"), len([p for p in os.listdir("/proc") if p.isdigit()]) > 9)
s = socket.create_connection((os.environ["HOST"], int(os.environ["PORT"])))
lines = s.makefile()
lines.readline()
s.sendall(b"50\\n")
print(lines.readline())
`

describe.skipIf(!hasPython || !hasNamespaces)('two hand-ins that play each other', { timeout: 30_000 }, () => {
  test('see only each other’s bytes, which the judge passes on', async () => {
    const client = await subjectOf('client', 'guess', CLIENT.replace('print(found', 'assert "refused" in found, found\nprint(found'), 5000)
    const server = await subjectOf('server', 'guess', SERVER, 4000)
    expect(await playPair({ client, server, options: {} })).toEqual({ sentence: 'the conversation ended as its protocol ends' })
  })

  test('are typed at both, if both have a person, in a protocol without an end, too', async () => {
    const client = `
import os, socket
s = socket.create_connection((os.environ["HOST"], int(os.environ["PORT"])))
lines = s.makefile()
while True:
    print(lines.readline())
    s.sendall((input("you: ") + "\\n").encode())
`
    const server = `
import os, socket
s, _ = socket.create_server((os.environ["HOST"], int(os.environ["PORT"]))).accept()
lines = s.makefile()
while True:
    s.sendall((input("you: ") + "\\n").encode())
    print(lines.readline())
`
    const one = await subjectOf('client', 'chat', client, 5000)
    const other = await subjectOf('server', 'chat', server, 4000)
    const finding = await playPair({ client: one, server: other, options: {} })
    expect(finding).toEqual({ sentence: 'the conversation continued until the judge stopped it, because its protocol has no end' })
  })
})
