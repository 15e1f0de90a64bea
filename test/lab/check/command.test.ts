import fc from 'fast-check'
import { quote } from 'shlex'
import { describe, expect, test } from 'vitest'
import { CommandError, fillCommand, parseCommand } from '../../../src/lab/check/command.ts'

describe('the command of a program', () => {
  test.each([
    ['python3 client.py', ['python3', 'client.py']],
    ['  ./client   {HOST} {PORT} ', ['./client', '{HOST}', '{PORT}']],
    [`java -cp "my classes" 'Guess Client'`, ['java', '-cp', 'my classes', 'Guess Client']],
    ['./a\\ b', ['./a b']],
    ["sh -c 'make | cat'", ['sh', '-c', 'make | cat']],
    ["node client.js ''", ['node', 'client.js', '']],
  ])('is split into words as a shell does: %s', (text, words) => {
    expect(parseCommand(text)).toEqual(words)
  })

  test.each([
    ['', 'is empty'],
    ['python3 "client.py', 'open quote'],
    ['cat words | python3 client.py', 'not run by a shell'],
    ['python3 client.py > out', 'not run by a shell'],
    ['make && ./client', 'not run by a shell'],
  ])('is refused with a sentence: %j', (text, sentence) => {
    expect(() => parseCommand(text)).toThrow(CommandError)
    expect(() => parseCommand(text)).toThrow(sentence)
  })

  test('gives every word back that was quoted', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1 }), (words) => {
        fc.pre(words[0] !== '' && !words.some((word) => /^[|&;<>]+$|^2>(?:&1)?$|^&>$/.test(word)))
        expect(parseCommand(words.map((word) => quote(word)).join(' '))).toEqual(words)
      }),
    )
  })

  test('gets the address and the port, within words too', () => {
    const words = fillCommand(['./client', '{HOST}', '--to={HOST}:{PORT}', '{OTHER}'], { host: '127.0.0.1', port: 9999 })
    expect(words).toEqual(['./client', '127.0.0.1', '--to=127.0.0.1:9999', '{OTHER}'])
  })
})
