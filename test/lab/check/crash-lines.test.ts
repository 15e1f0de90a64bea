import { describe, expect, test } from 'vitest'
import { findErrorLine, isUnhandled, quoteErrorLine } from '../../../src/lab/check/crash-lines.ts'
import { ProgramOutput } from '../../../src/lab/check/program-output.ts'
import { encode } from '../../../src/wire/text.ts'

const NODE = `node:events:497
      throw er; // Unhandled 'error' event
      ^

Error: read ECONNRESET
    at TCP.onStreamRead (node:internal/stream_base_commons:216:20)
Emitted 'error' event on Socket instance at:
    at emitErrorNT (node:internal/streams/destroy:170:8)
    at emitErrorCloseNT (node:internal/streams/destroy:129:3)
    at process.processTicksAndRejections (node:internal/process/task_queues:90:21) {
  errno: -104,
  code: 'ECONNRESET',
  syscall: 'read'
}

Node.js v24.7.0
`
const PYTHON = `Traceback (most recent call last):
  File "/hand-in/server.py", line 11, in <module>
    guess = int(conn.recv(1024).decode())
ValueError: invalid literal for int() with base 10: ''
`
const JAVA = `Exception in thread "main" java.net.SocketException: Connection reset
\tat java.base/sun.nio.ch.NioSocketImpl.implRead(NioSocketImpl.java:318)
\tat Client.main(Client.java:9)
`

const linesOf = (output: string) => output.split('\n').filter((line) => line.trim() !== '')

describe('the line that names an error', () => {
  test.each([
    ['Node', NODE, 'Error: read ECONNRESET'],
    ['Python', PYTHON, "ValueError: invalid literal for int() with base 10: ''"],
    ['Java', JAVA, 'Exception in thread "main" java.net.SocketException: Connection reset'],
    ['C', '*** stack smashing detected ***: terminated\nAborted\n', '*** stack smashing detected ***: terminated'],
  ])('is found in a report of %s', (_, output, line) => {
    expect(linesOf(output)[findErrorLine(linesOf(output))]).toBe(line)
    expect(quoteErrorLine(linesOf(output))).toBe(`; it says ${JSON.stringify(line)}`)
  })

  test('is the last line if no line names an error, and nothing without output', () => {
    expect(quoteErrorLine(['hello', 'no server'])).toBe('; it says "no server"')
    expect(quoteErrorLine([])).toBe('')
  })

  test('is quoted from a long report in place of the last lines', () => {
    const output = new ProgramOutput(10_000)
    output.append({ at: 0, stream: 'terminal', bytes: encode(`ready\n${NODE}`) })
    expect(output.lastLines(3)).toEqual(linesOf(NODE).slice(3, 6))
    expect(output.lastLines(50).at(-1)).toBe('Node.js v24.7.0')
  })
})

describe('an error that a program does not handle', () => {
  test.each([NODE, PYTHON, JAVA])('shows a report', (output) => {
    expect(isUnhandled({}, output)).toBe(true)
  })

  test('is not a sentence of the program, but is a signal', () => {
    expect(isUnhandled({}, 'cannot connect: Connection refused\n')).toBe(false)
    expect(isUnhandled({ signal: 'SIGSEGV' }, '')).toBe(true)
  })
})
