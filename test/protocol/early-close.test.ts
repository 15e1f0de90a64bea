import { expect, test } from 'vitest'
import { allPrograms } from '../../src/programs/index.ts'
import type { Console } from '../../src/protocol/definition.ts'
import { fakePeer } from '../support/fake-peer.ts'

/** A client's conversation up to the server's last message: the input, the server's messages, and the message that is missing. */
type EarlyClose = readonly [program: string, typed: readonly string[], says: readonly string[], missing: string]

const TALK = 'expected a text (such as "Hello")'
const NUMBER = 'expected "LOW", "HIGH", "WIN" or "Please enter number 1 to 100"'
const COIN = 'expected "You are right!", "Sorry, you are wrong."'

const EARLY: readonly EarlyClose[] = [
  ['tjc/hello', [], [], 'expected "Hello from server\\n"'],
  ['tjc/hello-split', [], [], 'expected "Hello from server\\n"'],
  ['tjc/iterative', [], [], 'expected "Hello from server\\n"'],
  ['tjc/robot', [], [], 'it was this side’s turn to say "FORWARD", "LEFT" or "RIGHT", or "END" to stop'],
  ['tjc/robot', ['FORWARD'], [], 'it was this side’s turn to say "FORWARD", "LEFT" or "RIGHT", or "END" to stop'],
  ['tjc/chat', ['a'], [], TALK],
  ['tjc/chat-quit', ['a'], [], `${TALK}, or "quit" to stop`],
  ['tjc/tictactoe', ['1'], ['MOVE5\n'], 'expected something like "MOVE5", or "END" to stop'],
  ['tjc/tictactoe-alternative', ['1'], [], 'expected something like "MOVE5", or "END" to stop'],
  ['tjc/guess', ['50'], ['GUESS\n'], NUMBER],
  ['c8/hello-slides', [], [], 'expected "Hello from server"'],
  ['c8/hello', [], [], 'expected "Hello from server\\n"'],
  ['c8/two-clients', [], [], 'expected "Hello from server\\n"'],
  ['c8/hello-split', [], [], 'expected "Hello from server\\n"'],
  ['c8/both-ways', [], [], 'expected "Hello from server"'],
  ['c8/iterative', [], [], 'expected "Hello from server\\n"'],
  ['c8/chat', ['a'], [], TALK],
  ['c8/chat-bye', ['a'], [], `${TALK}, or "BYE" to stop`],
  ['c8/headtail', ['H'], ['I will toss a coin : '], COIN],
  ['c8/headtail-counters', ['H'], ['I will toss a coin : '], COIN],
  ['c8/highlow', ['50'], ['GUESS\n'], NUMBER],
  ['c8/scissors', [], [], 'expected "CHOOSE", or "QUIT" to stop'],
  ['c8/scissors', ['2'], ['CHOOSE\n'], 'expected something like "ROUND Scissor Stone", or "QUIT" to stop'],
  ['cs/chat', ['a'], [], TALK],
  ['fh/hello', [], [], 'expected "Hello in return!"'],
  ['fh/time', ['%H'], [], 'expected a text (such as "13:05:09")'],
  ['fh/http', ['/'], [], 'expected an HTTP response'],
  ['fh/quiz', ['ada', ''], [], 'expected something like "Welcome ada"'],
  ['fh/tictactoe', ['ada'], [], 'expected something like "Welcome ada"'],
  ['fh/hangman', ['y'], [], 'expected something like "WORD 6 8"'],
  ['fh/hangman', ['E'], ['WORD 3 8\n'], 'expected something like "AT 2 4 6" or "MISS 7"'],
  ['book/guess', ['50'], [], 'expected "Too small!"'],
]

/** A person who types some lines, and then waits at the prompt until the connection ends. */
function thinkerBehind(typed: readonly string[]): Console {
  const lines = [...typed]
  return {
    say: () => {},
    ask: (_prompt, _atEnd, signal) =>
      new Promise((resolve, reject) => {
        const line = lines.shift()
        if (line !== undefined) resolve(line)
        else if (signal?.aborted) reject(signal.reason)
        else signal?.addEventListener('abort', () => reject(signal.reason))
      }),
  }
}

test.each(EARLY)(
  'join %s, typing %j, at a server that closes after %j reports the close, and the missing message',
  async (name, typed, says, missing) => {
    const peer = await fakePeer(name, 'client', { person: thinkerBehind(typed) })
    await peer.clock.pass(1)
    await peer.say(...says)
    const { message = '' } = (await peer.close()) ?? {}
    expect(message).toContain(`the server closed the connection; ${missing}`)
  },
)

/** Programs whose client sends everything and expects nothing. */
const SPEAKS_ALONE = ['tjc/practice']

test('the table contains each worksheet program whose server sends a message', async () => {
  const names = (await allPrograms()).map(({ name }) => name).filter((name) => !name.startsWith('parlor/') && !SPEAKS_ALONE.includes(name))
  expect([...new Set(EARLY.map(([name]) => name))].sort()).toEqual(names.sort())
})
