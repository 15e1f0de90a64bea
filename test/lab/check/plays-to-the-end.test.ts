import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createSystemClock } from '../../../src/base/clock.ts'
import type { Finding } from '../../../src/lab/check/check.ts'
import { parseCommand } from '../../../src/lab/check/command.ts'
import { playsToTheEnd } from '../../../src/lab/check/plays-to-the-end.ts'
import { openSandbox } from '../../../src/lab/sandbox/open-sandbox.ts'
import type { Side } from '../../../src/protocol/message-spec.ts'
import { program } from '../../support/play.ts'
import { handIn, hasPython } from '../../support/sandboxes.ts'

const examples = join(import.meta.dirname, '../../../examples/python')

interface Judged {
  name: string
  role: Side
  command: string
  cwd: string
  seed?: number
  namespaces?: boolean
}

/** Judges a program by the check. */
async function judge({ name, role, command, cwd, seed = 1, namespaces = true }: Judged): Promise<Finding> {
  const subject = await program(name)
  const words = parseCommand(command)
  const sandbox = await openSandbox({ words, cwd, namespaces })
  onTestFinished(() => sandbox.close())
  const clock = createSystemClock()
  const port = namespaces ? subject.port : 0
  return playsToTheEnd.run({ program: subject, options: { ...subject.defaults }, role, words, port, sandbox, seed, clock })
}

/** A guess client with a part that breaks it. */
const client = ({ connect = "s.connect((os.environ['HOST'], int(os.environ['PORT'])))", end = '\\n', after = '', rest = '' } = {}) =>
  handIn(`
import os, socket, time
s = socket.socket()
${connect}
lines = s.makefile()
for line in lines:
    line = line.strip()
    print(line)
    if line == 'GUESS':
        s.sendall((input('Your guess: ') + '${end}').encode())
        ${after}
    elif line in ('WIN', 'GAMEOVER'):
        break
${rest}
`)

const guess = (cwd: string) => judge({ name: 'guess', role: 'client', command: 'python3 program.py', cwd })

describe.skipIf(!hasPython)('the check that a program plays to the end', () => {
  test.each([true, false])('passes a correct client that takes its address from the command (namespaces: %s)', async (namespaces) => {
    const finding = await judge({
      ...{ name: 'guess', role: 'client', command: 'python3 guess_client.py {HOST} {PORT}', cwd: examples, namespaces },
    })
    expect(finding).toMatchObject({ sentence: expect.stringContaining('the conversation ended') })
    expect(finding.cause).toBeUndefined()
  })

  test('passes a correct client that a person plays, and types at its turns', async () => {
    const finding = await guess(client())
    expect(finding.cause).toBeUndefined()
    expect(finding.sentence).toMatch(/typed: "\d+"/)
  })

  test('types the address at prompts that it has never seen', async () => {
    const connect = `s.connect((input("Enter the server's IP address: "), int(input('And its port, please> '))))`
    expect((await guess(client({ connect }))).cause).toBeUndefined()
  })

  test('passes a correct server', async () => {
    const finding = await judge({ name: 'guess', role: 'server', command: 'python3 guess_server.py {HOST} {PORT}', cwd: examples })
    expect(finding).toMatchObject({ sentence: expect.stringContaining('the conversation ended') })
    expect(finding.cause).toBeUndefined()
  })

  test('repeats a run with its seed', async () => {
    const run = async (seed: number) => {
      // the times of the observations differ, and so does the output after the time of the last message
      const judged: Finding & { readonly ending?: string } = await judge({
        name: 'guess',
        role: 'client',
        command: 'python3 program.py',
        cwd: client(),
        seed,
      })
      const { observations: _, ending: __, ...finding } = judged
      return finding
    }
    const [one, again, other] = [await run(7), await run(7), await run(8)]
    expect(again).toEqual(one)
    expect(other).not.toEqual(one)
  })

  test.each([
    ['a missing line end', { end: '' }, 'missing-newline', /no line end/],
    ['a crash, with its last lines', { after: 'raise ValueError("oh")' }, 'crashed', /exit code 1/],
    ['an early close', { after: 'break' }, 'closed-early', /closed|disconnected|connection/],
    ['a client that stays', { rest: 'time.sleep(60)' }, 'never-closes', /does not end/],
    ['a client that answers nothing', { after: '', end: "\\n') if 0 else ('" }, 'hangs', /./],
    ['another address', { connect: "s.connect((os.environ['HOST'], int(os.environ['PORT']) + 1))" }, 'wrong-address', /another address/],
    ['a client that does not connect', { connect: 'raise SystemExit(0)' }, 'wrong-address', /without having connected/],
    ['a client that crashes at its start', { connect: 'nosuchname' }, 'crashed', /before it connected/],
  ])('names %s', async (_, broken, cause, sentence) => {
    const finding = await guess(client(broken))
    expect(finding.cause).toBe(cause)
    expect(finding.sentence).toMatch(sentence)
  })

  test('quotes what a program printed before it crashed', async () => {
    const { lines = [] } = await guess(client({ after: 'raise ValueError("oh")' }))
    expect(lines.at(-1)).toBe('ValueError: oh')
  })

  test('names a server that does not listen, and a server that ends by an error', async () => {
    const server = (text: string) => judge({ name: 'guess', role: 'server', command: 'python3 program.py', cwd: handIn(text) })
    expect(await server('print("ready")')).toMatchObject({ cause: 'not-listening' })
    expect(await server('raise ValueError("oh")')).toMatchObject({ cause: 'crashed', lines: expect.arrayContaining(['ValueError: oh']) })
  })
})
