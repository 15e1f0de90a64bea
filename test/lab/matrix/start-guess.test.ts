import { describe, expect, test } from 'vitest'
import { parseCommand } from '../../../src/lab/check/command.ts'
import { guessStart } from '../../../src/lab/matrix/start-guess.ts'

const files = (all: Readonly<Record<string, string>>) => Object.entries(all).map(([name, text]) => ({ name, text }))

describe('a hand-in is started', () => {
  test.each([
    ['client', { 'client.py': 'input("Host: ")' }, 'python3 client.py', undefined],
    ['client', { 'client.py': 'host, port = sys.argv[1:]' }, 'python3 client.py {HOST} {PORT}', undefined],
    ['client', { 'client.py': 'connect((sys.argv[1], 9999))' }, 'python3 client.py {HOST}', undefined],
    ['server', { 'server.py': 'bind(("", int(sys.argv[1])))' }, 'python3 server.py {PORT}', undefined],
    ['client', { 'guess_client.js': 'const [host, port] = process.argv.slice(2)' }, 'node guess_client.js {HOST} {PORT}', undefined],
    [
      'server',
      { 'server.c': 'int main(int argc, char **argv) { port = atoi(argv[1]);', 'lines.c': '', 'client.c': '', 'lines.h': '' },
      './server.out {PORT}',
      'cc -o server.out server.c lines.c -lpthread',
    ],
    [
      'client',
      { 'GuessClient.java': 'args[0], args[1]', 'Lines.java': '' },
      'java GuessClient {HOST} {PORT}',
      'javac GuessClient.java Lines.java',
    ],
    ['client', { 'client.py': '', 'old_client.py': '' }, 'python3 client.py', undefined],
    ['client', { 'my client; rm -rf.py': '' }, "python3 'my client; rm -rf.py'", undefined],
    ['client', { '-client.py': '' }, 'python3 ./-client.py', undefined],
    ['server', { 'package.json': '{"scripts":{"server":"node a.js && true"}}', 'server.py': '' }, "sh -c 'node a.js && true'", undefined],
  ] as const)('as the %s of %j', (side, all, command, build) => {
    expect(guessStart(side, files(all))).toMatchObject(build === undefined ? { command } : { command, build })
    expect(parseCommand(command).length).toBeGreaterThan(0)
  })

  test.each([
    ['client', { 'main.py': '', 'client.txt': '' }],
    ['client', { 'client_and_server.py': '' }],
    ['server', { 'package.json': '{"scripts":' }],
    ['client', { 'client.constructor': '' }],
  ] as const)('not as the %s of %j', (side, all) => {
    expect(guessStart(side, files(all))).toBeUndefined()
  })

  test('not if two files could be meant, and both are named', () => {
    const guess = guessStart('client', files({ 'client1.py': '', 'client2.py': '' }))
    expect(guess).toEqual({ unclear: 'client1.py and client2.py could both be its client' })
  })
})
