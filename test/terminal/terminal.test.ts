import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { Terminal } from '../../src/terminal/terminal.ts'
import { settled } from '../support/clock.ts'

/** A terminal, or two pipes, and what is typed there. */
function open(isTTY: boolean) {
  const [input, output] = [new PassThrough(), new PassThrough()].map((stream) => Object.assign(stream, { isTTY }))
  const terminal = new Terminal(input as unknown as NodeJS.ReadStream, output as unknown as NodeJS.WriteStream)
  const type = async (line: string) => {
    input?.write(line)
    await settled()
  }
  return { terminal, type }
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

test('on pipes, nothing is added to what a program prints', () => {
  const { terminal } = open(false)
  void terminal.ask('Server moves: ')
  expect(terminal.leaveLine()).toBe(false)
})
