import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { Terminal } from '../../src/terminal/terminal.ts'
import { settled } from '../support/test-clock.ts'

/** A terminal, or two pipes, and the lines typed there. */
function open(isTTY: boolean, columns = 80) {
  const [input, output] = [new PassThrough(), new PassThrough()].map((stream) => Object.assign(stream, { isTTY, columns }))
  const terminal = new Terminal(input as unknown as NodeJS.ReadStream, output as unknown as NodeJS.WriteStream)
  const type = async (line: string) => {
    input?.write(line)
    await settled()
  }
  return { terminal, type, printed: () => String(output?.read() ?? '') }
}

test('a diagnostic beside a prompt begins on a line of its own, once', async () => {
  const { terminal, type } = open(true)
  expect(terminal.leaveLine()).toBe(false)
  const answer = terminal.ask('Server moves: ')
  expect(terminal.leaveLine()).toBe(true)
  expect(terminal.leaveLine()).toBe(false)
  await type('5\n')
  expect(await answer).toBe('5')
  const next = terminal.ask('Server moves: ')
  await type('6\n')
  expect(await next).toBe('6')
  expect(terminal.leaveLine()).toBe(false)
  terminal.say('a whole line')
  expect(terminal.leaveLine()).toBe(false)
})

test('on pipes, the output of a program is unchanged', () => {
  const { terminal } = open(false)
  void terminal.ask('Server moves: ')
  expect(terminal.leaveLine()).toBe(false)
})

const SENTENCE = 'Other machines connect to 192.168.1.20'

test('a sentence wraps at blanks on a terminal, and stays one line on a pipe', () => {
  for (const [isTTY, columns, lines] of [
    [true, 24, 'Other machines connect\nto 192.168.1.20\n'],
    [true, 80, `${SENTENCE}\n`],
    // too few columns
    [true, 19, `${SENTENCE}\n`],
    [false, 24, `${SENTENCE}\n`],
  ] as const) {
    const { terminal, printed } = open(isTTY, columns)
    terminal.printSentence(SENTENCE)
    expect(printed()).toBe(lines)
  }
})

test('the text of a worksheet does not wrap', () => {
  const { terminal, printed } = open(true, 24)
  terminal.say(SENTENCE)
  expect(printed()).toBe(`${SENTENCE}\n`)
})
